"""Reads of the inventory (棚卸の照会): lists for a section, one row with its history, what counts, what is missing.

What residents may know (`kinds`, `missing`, `imported`, `for_everybody`) asks for no actor; everything else does. Never writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet, Value

from dokodemo.administration.inventory import policies
from dokodemo.administration.inventory.coding import fold
from dokodemo.administration.inventory.definitions import OnlineState, Performed, load_codes
from dokodemo.administration.inventory.logic import Kind, Published, together
from dokodemo.administration.inventory.models import Assignment, Confirmation, InventoryRow, SurveyImport
from dokodemo.administration.inventory.standing import (
    Standing,
    as_published,
    linked,
    missing_of,
    published,
    standing_of,
)
from dokodemo.administration.inventory.survey import SurveyRow
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.everyday import LifeEvent
from dokodemo.administration.procedures.reading import read_life_events
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.once import asked_once
from dokodemo.kernel.packs import Text, open_pack
from dokodemo.kernel.prepared import Prepared, PreparedValues

PAGE = 50
STATES = ("unknown", "full", "partial", "not_yet", "excluded", "not_performed", "gone")


@dataclass(frozen=True)
class Filters:
    """What somebody wants to see; empty means everything. `section` "-" is rows that nobody has been given."""

    section: str = ""
    state: str = ""
    event: str = ""
    search: str = ""
    without_definition: bool = False
    office_blank: bool = False


@dataclass(frozen=True)
class Listed:
    """A page of standings, and how many rows of the same choice are in each state."""

    page: Page[InventoryRow]
    standings: list[Standing]
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Said:
    """One entry of a row's history: who confirmed or assigned it, when, and what was said."""

    at: datetime
    by: UUID
    section: str
    what: Confirmation | None


@dataclass(frozen=True)
class Missing:
    """Something performed that still asks for a visit: what, whose, how far, what is missing, how many a year.

    `easy` and `en` names exist for published procedures only (`slug`); the survey's names are Japanese.
    """

    key: str
    title: Text | str
    slug: str
    section: str
    online: OnlineState
    lacks: tuple[str, ...]
    missing: Text | str
    volume: int | None
    estimated: bool


def visible(actor: Actor, definitions: Mapping[str, list[Published]] | None = None) -> QuerySet[InventoryRow]:
    """The rows an actor may look at: those of their sections, all for headquarters."""
    if policies.is_headquarters(actor):
        return InventoryRow.objects.all()
    mine = policies.my_sections(actor)
    if not mine:
        return InventoryRow.objects.none()
    return InventoryRow.objects.filter(_of_sections(mine, linked() if definitions is None else definitions))


def _of_sections(sections: frozenset[str], definitions: Mapping[str, list[Published]]) -> Q:
    by_definition = [number for number, named in definitions.items() if named[0].unit in sections]
    return Q(section__in=sections) | Q(section="", number__in=by_definition)


def listed(actor: Actor, filters: Filters, *, page: int = 1) -> Listed:
    """Rows of a choice, the most frequent first. Raises NotFound for somebody who may look at none."""
    if not policies.may_look(actor):
        raise NotFound
    definitions = linked()
    rows = _chosen(visible(actor, definitions), filters, definitions)
    counts = _counts(rows, definitions)
    if filters.state in STATES:
        rows = rows.filter(_in_state(filters.state, definitions))
    ordered = rows.order_by(F("national_volume").desc(nulls_last=True), "number")
    found = Paginator(ordered, PAGE).get_page(page)
    return Listed(found, [standing_of(row, definitions) for row in found], counts)


def everything(actor: Actor, filters: Filters) -> list[Standing]:
    """All rows of a choice, for a table. Raises NotFound for somebody who may look at none."""
    if not policies.may_look(actor):
        raise NotFound
    definitions = linked()
    rows = _chosen(visible(actor, definitions), filters, definitions)
    if filters.state in STATES:
        rows = rows.filter(_in_state(filters.state, definitions))
    ordered = rows.order_by(F("national_volume").desc(nulls_last=True), "number")
    return [standing_of(row, definitions) for row in ordered]


def _chosen(
    rows: QuerySet[InventoryRow], filters: Filters, definitions: Mapping[str, list[Published]]
) -> QuerySet[InventoryRow]:
    if filters.section == "-":
        rows = rows.filter(section="").exclude(number__in=list(definitions))
    elif filters.section:
        rows = rows.filter(_of_sections(frozenset({filters.section}), definitions))
    if filters.event:
        rows = rows.filter(events__contains=f" {filters.event} ")
    for word in filters.search.split():
        rows = rows.filter(words__contains=fold(word).casefold())
    if filters.without_definition:
        rows = rows.exclude(number__in=list(definitions))
    if filters.office_blank:
        rows = rows.filter(office_named=False)
    return rows


def _in_state(state: str, definitions: Mapping[str, list[Published]]) -> Q:
    if state == "gone":
        return Q(gone_at__isnull=False)
    said = {number: _word(*together(named)) for number, named in definitions.items()}
    own = ~Q(number__in=list(definitions))
    if state == "unknown":
        own &= Q(performed__in=["", Performed.UNKNOWN.value])
    elif state == "not_performed":
        own &= Q(performed=state)
    else:
        own &= Q(online=state)
    by_definition = [number for number, word in said.items() if word == state]
    return Q(gone_at__isnull=True) & (own | Q(number__in=by_definition))


def _word(performed: Performed, online: OnlineState | None) -> str:
    return online.value if online is not None else performed.value


def _counts(rows: QuerySet[InventoryRow], definitions: Mapping[str, list[Published]]) -> dict[str, int]:
    counts = dict.fromkeys(STATES, 0)
    said = {number: _word(*together(named)) for number, named in definitions.items()}
    for number, performed, online, gone in rows.values_list("number", "performed", "online", "gone_at"):
        word = "gone" if gone is not None else said.get(number) or online or performed or "unknown"
        counts[word] += 1
    return counts


def get(actor: Actor, number: str) -> tuple[Standing, SurveyRow]:
    """A row as it stands and as the survey describes it. Raises NotFound, also for a row of another section."""
    definitions = linked()
    row = visible(actor, definitions).filter(number=number).first()
    if row is None:
        raise NotFound
    return standing_of(row, definitions), SurveyRow.model_validate(row.survey)


def history(actor: Actor, number: str) -> list[Said]:
    """Who said what of a row and who gave it to whom, newest first. Raises NotFound."""
    row = visible(actor).filter(number=number).first()
    if row is None:
        raise NotFound
    said = [Said(one.at, one.by, one.section, one) for one in Confirmation.objects.filter(row=row)]
    given = [Said(one.at, one.by, one.section, None) for one in Assignment.objects.filter(row=row)]
    return sorted(said + given, key=lambda one: one.at, reverse=True)


def next_unknown(actor: Actor, filters: Filters, *, after: str) -> str | None:
    """The 手続ID of the next row of a choice that nobody has confirmed, most frequent first; None when all are."""
    definitions = linked()
    rows = _chosen(visible(actor, definitions), filters, definitions)
    # A row of which a section said «not known» has been looked at: it would come back for ever.
    waiting = rows.filter(_in_state("unknown", definitions), revision=0).exclude(number=after)
    found = waiting.order_by(F("national_volume").desc(nulls_last=True), "number").first()
    return found.number if found is not None else None


def life_events() -> tuple[LifeEvent, ...]:
    """The life events that rows of the survey may belong to, in the order of the pack."""
    return _life_events(settings.DOKODEMO_PACK)


@lru_cache(maxsize=4)
def _life_events(name: str) -> tuple[LifeEvent, ...]:
    pack = open_pack(name)
    lists = load_codes(pack)
    codes = [*lists.event_person.values(), *lists.event_business.values()]
    used = {event for code in codes for event in code.life_events}
    return tuple(event for event in read_life_events(pack).values() if event.code in used)


def survey_row(number: str) -> tuple[SurveyRow, str]:
    """A row of the survey and the section it was given to (empty: none), for drafting. Raises NotFound."""
    row = InventoryRow.objects.filter(number=number).first()
    if row is None:
        raise NotFound
    return SurveyRow.model_validate(row.survey), row.section


# What residents may know.


def for_everybody(number: str) -> tuple[Standing, SurveyRow]:
    """A row of the newest survey as anybody may know it, with what the survey says. Raises NotFound."""
    row = InventoryRow.objects.filter(number=number[:24], gone_at__isnull=True).first()
    if row is None:
        raise NotFound
    return standing_of(row, linked()), SurveyRow.model_validate(row.survey)


@asked_once
def imported() -> SurveyImport | None:
    """The newest survey taken in; None while there is none."""
    return _IMPORTED.first()


_IMPORTED = Prepared(lambda: SurveyImport.objects.order_by("-at", "-pk")[:1])


@asked_once
def kinds() -> tuple[Kind, ...]:
    """Every kind of procedure that counts: the rows of the newest survey, and published procedures no row stands for.

    Reckoned once for what is in force, surveyed and confirmed: a page of the plan asks five times.
    """
    newest = imported()
    said = tuple(row["pk"] for row in _SAID_LAST.all())
    [confirmed] = _CONFIRMED.all()
    stamp = procedures.index_stamp()
    return _kinds((stamp, calendar_jp.today(), newest and newest.pk, said, confirmed["n"]))


_SAID_LAST = PreparedValues(lambda: Confirmation.objects.order_by("-pk").values("pk")[:1])
_CONFIRMED = PreparedValues(
    lambda: Confirmation.objects.order_by().values(all=Value(1)).annotate(n=Count("pk"))
)


@lru_cache(maxsize=2)
def _kinds(as_of: tuple[object, ...]) -> tuple[Kind, ...]:
    definitions = linked()
    columns = ("number", "performed", "online", "via_mynaportal", "yearly", "yearly_online")
    found: list[Kind] = []
    for number, performed, online, mynaportal, yearly, yearly_online in InventoryRow.objects.filter(
        gone_at__isnull=True
    ).values_list(*columns):
        named = definitions.get(number, [])
        if named:
            performs, state = together(named)
        else:
            performs = Performed(performed) if performed else Performed.UNKNOWN
            state = OnlineState(online) if online else None
        slugs = tuple(one.slug for one in named)
        found.append(Kind(number, performs, state, bool(mynaportal), slugs, yearly, yearly_online))
    rows = {kind.key for kind in found}
    others = (one for one in published() if not rows.intersection(one.inventory))
    return (*found, *(Kind(one.slug, *together([one]), slugs=(one.slug,)) for one in others))


def missing(*, by: str = "volume") -> list[Missing]:
    """What is performed and not wholly online, by volume (most first) or by section and then volume.

    A procedure that stands for several rows is there once, with the volume of the most frequent one.
    """
    definitions = linked()
    rows = list(InventoryRow.objects.filter(gone_at__isnull=True))
    found = [_missing_row(standing) for standing in (standing_of(row, definitions) for row in rows)]
    numbers = {row.number for row in rows}
    found += [
        _missing_procedure(procedure.slug)
        for procedure in procedures.published()
        if not numbers.intersection(procedure.definition.inventory)
    ]
    kept = sorted((one for one in found if one is not None), key=lambda one: (-(one.volume or 0), one.key))
    once: dict[str, Missing] = {}
    for one in kept:
        once.setdefault(one.slug or one.key, one)
    return sorted(once.values(), key=lambda one: one.section) if by == "section" else list(once.values())


def _missing_row(row: Standing) -> Missing | None:
    if row.performed is not Performed.PERFORMED or row.online in (None, OnlineState.FULL):
        return None
    title: Text | str = row.name
    slug = row.definitions[0] if row.definitions else ""
    lacks: Sequence[str] = row.answer.lacks
    if slug:
        definition = procedures.get_published(slug).definition
        title, lacks = definition.title, definition.online.lacks
    assert row.online is not None
    words = row.missing[0] if row.missing else row.answer.reason
    return Missing(
        key=row.number,
        title=title,
        slug=slug,
        section=row.section,
        online=row.online,
        lacks=tuple(lacks),
        missing=words,
        volume=row.volume,
        estimated=row.answer.yearly is None and row.estimate is not None,
    )


def _missing_procedure(slug: str) -> Missing | None:
    definition = procedures.get_published(slug).definition
    one = as_published(definition)
    if not one.performed or one.online is OnlineState.FULL:
        return None
    return Missing(
        key=slug,
        title=definition.title,
        slug=slug,
        section=one.unit,
        online=one.online,
        lacks=tuple(definition.online.lacks),
        missing=missing_of(definition),
        volume=None,
        estimated=False,
    )
