"""Reads of the guide (案内の照会): a guide ready to be asked, and one's own saved lists.

Guides are kept in the process until the next publication or the next day. They hold no fact of a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from dokodemo.administration.guidance.definitions import Kept
from dokodemo.administration.guidance.logic import MOST_TOGETHER, TOGETHER, Guide
from dokodemo.administration.guidance.models import SavedList
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.everyday import LifeEvent
from dokodemo.administration.procedures.topics import Topic
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.packs import Text

MOST_LISTS = 20
_FOR_BUSINESS = frozenset({"business", "farmer"})


@dataclass(frozen=True)
class Choices:
    """The life events to choose from: those that are mostly for the young, for firms and farms, and for everybody."""

    young: tuple[LifeEvent, ...]
    business: tuple[LifeEvent, ...]
    everybody: tuple[LifeEvent, ...]

    @property
    def all(self) -> tuple[LifeEvent, ...]:
        """Every one of them, those for everybody first."""
        return (*self.everybody, *self.young, *self.business)


@dataclass(frozen=True)
class SavedRow:
    """One saved list with the moment it was saved."""

    pk: UUID
    saved_at: datetime
    content: Kept


def choices() -> Choices:
    """Every life event with a procedure the city performs. An event is for those for whom most of its procedures are."""
    young, business, everybody = [], [], []
    for event in procedures.life_events():
        found = _performed(event.code)
        if not found:
            continue
        if _mostly([bool(_FOR_BUSINESS & set(one.definition.audience)) for one in found]):
            business.append(event)
        elif _mostly(["young" in one.definition.audience for one in found]):
            young.append(event)
        else:
            everybody.append(event)
    return Choices(tuple(young), tuple(business), tuple(everybody))


def _performed(code: str) -> tuple[CompiledProcedure, ...]:
    return tuple(one for one in procedures.by_life_event(code) if one.definition.performed)


def _mostly(answers: list[bool]) -> bool:
    return 2 * sum(answers) > len(answers)


def opened(code: str, on: date | None = None) -> tuple[LifeEvent, Guide]:
    """A life event and its guide for a day (default: today, JST); several at once as "birth-moving_in".

    Raises NotFound for what cannot be asked about, for one named twice and for more than `MOST_TOGETHER`.
    """
    codes = code.split(TOGETHER)
    known = {event.code: event for event in procedures.life_events()}
    events = [known[one] for one in dict.fromkeys(codes) if one in known and _performed(one)]
    if len(events) != len(codes) or len(codes) > MOST_TOGETHER:
        raise NotFound
    found = {one.slug: one for each in codes for one in _performed(each)}
    guide = _kept_guide(
        code, _Together(found.values()), procedures.topics(), calendar_jp.today() if on is None else on
    )
    return together(events), guide


def together(events: Sequence[LifeEvent]) -> LifeEvent:
    """Several life events as one, named after all of them."""
    if len(events) == 1:
        return events[0]
    titles = [event.title for event in events]
    title = Text(
        ja="、".join(one.ja for one in titles),
        easy="、".join(one.easy for one in titles),
        en="; ".join(one.en for one in titles),
    )
    return LifeEvent.model_construct(code=TOGETHER.join(event.code for event in events), title=title)


class _Together(tuple[CompiledProcedure, ...]):
    """Published procedures that compare by their versions: a definition need not be read to tell two apart."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Together) and self.versions() == other.versions()

    def __hash__(self) -> int:
        return hash(self.versions())

    def versions(self) -> tuple[UUID | None, ...]:
        return tuple(one.version_id for one in self)


@lru_cache(maxsize=64)
def _kept_guide(code: str, found: _Together, topics: tuple[Topic, ...], on: date) -> Guide:
    return Guide(code, found, on, topics)


def own_rows(actor: Actor) -> QuerySet[SavedList]:
    """The rows of the person who is signed in as a resident; none for anybody else."""
    if actor.kind != "resident" or actor.account_id is None:
        return SavedList.objects.none()
    return SavedList.objects.filter(owner_id=actor.account)


def my_lists(actor: Actor) -> list[SavedRow]:
    """One's own lists, newest first."""
    return [_row(row) for row in own_rows(actor).order_by("-saved_at")[:MOST_LISTS]]


def my_list(actor: Actor, list_id: UUID) -> SavedRow:
    """One of one's own lists. Raises NotFound, also for another's."""
    row = own_rows(actor).filter(pk=list_id).first()
    if row is None:
        raise NotFound
    return _row(row)


def _row(row: SavedList) -> SavedRow:
    return SavedRow(row.pk, row.saved_at, Kept.from_json(row.content))
