"""Reads of responsibility (責任者の照会): what there is to answer for, who does on a day, and what nobody does.

Owns the view of a day. That somebody left is seen from the appointments of that day and kept nowhere. Never writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.packs import Text
from dokodemo.promotion.headquarters import awaiting as headquarters
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.responsibility import policies
from dokodemo.promotion.responsibility.logic import KINDS
from dokodemo.promotion.responsibility.models import Responsible


@dataclass(frozen=True)
class Matter:
    """A thing to answer for: its section, and what it is called (`words` is what staff wrote, `title` the pack's text)."""

    kind: str
    code: str
    section: str
    title: Text | None = None
    words: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others."""
        return self.kind, self.code


@dataclass(frozen=True)
class Standing:
    """A thing and who answers for it on a day; `account` is None for nobody, `left` names who did until they left."""

    matter: Matter
    account: UUID | None
    since: date | None
    until: date | None
    left: UUID | None

    @property
    def ownerless(self) -> bool:
        """Whether nobody answers for it."""
        return self.account is None


def matters(on: date | None = None) -> list[Matter]:
    """Every thing of the plan to answer for, today or on a past day: indicators, actions in force, follow-ups not done."""
    version = plans.in_force(on)
    actions = plans.actions_of(version) if version is not None else ()
    return [
        *(Matter("indicator", code, one.owner, one.title) for code, one in indicators.definitions().items()),
        *(Matter("action", one.code, one.section, one.title) for one in actions),
        *(Matter("follow_up", str(one.pk), one.section, words=one.words) for one in headquarters.undone(on)),
    ]


def get_matter(actor: Actor, kind: str, code: str) -> Matter:
    """One thing. Raises NotFound for who has no post and for what there is not."""
    if not policies.may_read(actor) and actor.kind != "system":
        raise NotFound
    found = next((one for one in matters() if one.key == (kind, code)), None)
    if found is None:
        raise NotFound
    return found


def standings(day: date, wanted: Iterable[Matter] | None = None) -> list[Standing]:
    """Who answers for each thing on a day, in the things' order. Three queries however many things."""
    known = matters() if wanted is None else list(wanted)
    rows = _by_thing(_on(day))
    people = appointed(day)
    return [_standing(one, rows.get(one.key), people) for one in known]


def appointed(day: date) -> dict[str, set[UUID]]:
    """Who is appointed in each section on a day. One query."""
    return {
        section: {post.account_id for post in posts} for section, posts in organisation.roster(day).items()
    }


def _standing(matter: Matter, row: Responsible | None, people: Mapping[str, set[UUID]]) -> Standing:
    # A thing that moved to another section needs somebody of that section.
    if row is None or row.section != matter.section:
        return Standing(matter, None, None, None, None)
    if row.account not in people.get(matter.section, set()):
        return Standing(matter, None, row.since, row.until, row.account)
    return Standing(matter, row.account, row.since, row.until, None)


def _rows(on: date | None = None) -> QuerySet[Responsible]:
    return Responsible.objects.filter(thing__plan=plans.plan(on).code).select_related("thing")


def _on(day: date) -> QuerySet[Responsible]:
    return _rows(day).filter(since__lte=day).filter(Q(until=None) | Q(until__gte=day))


def _by_thing(rows: Iterable[Responsible]) -> dict[tuple[str, str], Responsible]:
    return {(row.thing.kind, row.thing.code): row for row in rows}


def history(actor: Actor, matter: Matter) -> list[Responsible]:
    """Who answered for a thing, answers and will, the newest first; at most 200. Raises NotFound."""
    if not policies.may_read(actor):
        raise NotFound
    return list(_rows().filter(thing__kind=matter.kind, thing__code=matter.code)[:200])


@dataclass(frozen=True)
class Carried:
    """One thing somebody answers for, with the row that says so."""

    matter: Matter
    row: UUID
    since: date


def carried_by(account: UUID, *, sections: Collection[str] | None = None) -> list[Carried]:
    """What somebody answers for today or from a later day on; of some sections or of all."""
    known = {one.key: one for one in matters()}
    today = calendar_jp.today()
    rows = _rows().filter(account=account).filter(Q(until=None) | Q(until__gte=today))
    found = [
        Carried(known[key], row.pk, row.since)
        for row in rows.order_by("since", "pk")
        if (key := (row.thing.kind, row.thing.code)) in known and known[key].section == row.section
    ]
    kept = [one for one in found if sections is None or one.matter.section in sections]
    return sorted(kept, key=lambda one: (KINDS.index(one.matter.kind), one.matter.code))


def to_hand_over(actor: Actor, account: UUID) -> list[Carried]:
    """What somebody answers for in the sections whose responsible the actor names.

    Raises Forbidden for who names none, NotFound when there is nothing the actor may see.
    """
    if not policies.may_read(actor):
        raise NotFound
    sections = _named_by(actor)
    found = carried_by(account, sections=sections)
    if not found:
        raise NotFound
    return found


def people(actor: Actor) -> dict[UUID, list[Carried]]:
    """Everybody who answers for something in the sections the actor names; also who has left. Raises Forbidden, NotFound."""
    if not policies.may_read(actor):
        raise NotFound
    sections = _named_by(actor)
    known = {one.key: one for one in matters()}
    rows = _rows().filter(section__in=sections)
    rows = rows.filter(Q(until=None) | Q(until__gte=calendar_jp.today()))
    found: dict[UUID, list[Carried]] = {}
    for row in rows.order_by("account", "since", "pk"):
        matter = known.get((row.thing.kind, row.thing.code))
        if matter is not None and matter.section == row.section:
            found.setdefault(row.account, []).append(Carried(matter, row.pk, row.since))
    return found


def _named_by(actor: Actor) -> frozenset[str]:
    sections = policies.may_assign_in(actor, [one.code for one in organisation.sections()])
    if not sections:
        raise Forbidden("Responsible persons are named by the head, the digital staff and the coordinators.")
    return sections
