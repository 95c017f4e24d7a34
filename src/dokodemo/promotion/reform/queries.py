"""Reads of work reform (業務改革の照会): tasks with what could be lighter, reforms with their hours, states of systems.

Owns who sees which task. Never adds measured hours to estimated ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.once import asked_once
from dokodemo.kernel.prepared import PreparedValues
from dokodemo.promotion.reform import logic, policies
from dokodemo.promotion.reform.definitions import (
    RuleDefinition,
    SystemDefinition,
    rules_of,
    systems_of,
)
from dokodemo.promotion.reform.logic import MEASURES, Saved, TaskFacts
from dokodemo.promotion.reform.models import Reform, SystemState, Task, TaskChange

PAGE, DRAWN, MOST_ROWS, MOST_SHOWN = 50, 10, 5000, 100


@dataclass(frozen=True)
class Filters:
    """What a list of tasks is narrowed to: a section, and one measure, "core" for core work, or "none"."""

    section: str = ""
    measure: str = ""


@dataclass(frozen=True)
class Row:
    """A task with its hours a year and the rules that hold for it, the one to look at first in front."""

    facts: TaskFacts
    sample: bool
    revision: int
    rules: tuple[RuleDefinition, ...]

    @property
    def measure(self) -> str:
        """What is proposed: one of MEASURES, "core" for core work, or "none"."""
        if self.facts.core:
            return "core"
        return self.rules[0].measure if self.rules else "none"

    @property
    def reason(self) -> RuleDefinition | None:
        """The rule that gives the reason."""
        return self.rules[0] if self.rules else None


@dataclass(frozen=True)
class Listed:
    """One page of tasks, the longest by hours first; those to be drawn; how many there are of each proposal."""

    page: Page[Row]
    drawn: list[Row]
    counts: dict[str, int]
    total: int
    hours: Decimal
    samples: int


@dataclass(frozen=True)
class Record:
    """A reform as recorded, with its hours."""

    pk: UUID
    task: str
    title: str
    section: str
    day: date
    what: str
    before: Decimal
    after: Decimal
    cases: int
    build: Decimal
    upkeep: Decimal
    measured: bool
    saved: Saved
    by: UUID
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Change:
    """What a task was said to be at a moment."""

    at: datetime
    by: UUID | None
    facts: dict[str, Any]


@dataclass(frozen=True)
class Detail:
    """One task with its reforms and its history, both newest first."""

    row: Row
    records: list[Record]
    changes: list[Change]


@dataclass(frozen=True)
class Results:
    """Reforms of a choice with the two sums that are never added, and by section."""

    page: Page[Record]
    measured: logic.Sum
    estimated: logic.Sum


def visible(actor: Actor) -> QuerySet[Task]:
    """The tasks an actor may see; none for somebody who may look at none."""
    if not policies.may_look(actor):
        return Task.objects.none()
    if policies.sees_all(actor):
        return Task.objects.all()
    return Task.objects.filter(section__in=policies.own_sections(actor))


def _refuse_outsiders(actor: Actor) -> None:
    if not policies.may_look(actor):
        raise NotFound


def facts_of(task: Task) -> TaskFacts:
    """A row as the rules take it."""
    return TaskFacts(
        code=task.code,
        section=task.section,
        title=task.title,
        minutes=task.minutes,
        cases=task.cases,
        rules_alone=task.rules_alone,
        medium_in=task.medium_in,
        medium_out=task.medium_out,
        basis=task.basis,
        core=task.core,
        measured=task.measured,
        systems=tuple(task.systems),
    )


def _row(task: Task) -> Row:
    facts, rules = facts_of(task), rules_of(settings.DOKODEMO_PACK)
    known = {definition.code: definition for definition in rules}
    held = logic.proposals(facts, [definition.rule for definition in rules])
    return Row(facts, task.sample, task.revision, tuple(known[rule.code] for rule in held))


def _rows(actor: Actor, filters: Filters) -> list[Row]:
    """Tasks of a section, the longest first. The rules are of the pack, so they are asked here and not in the table."""
    found = visible(actor)
    if filters.section:
        found = found.filter(section=filters.section)
    return [_row(task) for task in found.order_by("-hours", "code")[:MOST_ROWS]]


def listed(actor: Actor, filters: Filters, *, page: int = 1) -> Listed:
    """One page of tasks. Raises NotFound for somebody who may look at none."""
    _refuse_outsiders(actor)
    every = _rows(actor, filters)
    counts = dict.fromkeys((*MEASURES, "core", "none"), 0)
    for row in every:
        counts[row.measure] += 1
    wanted = _narrowed(every, filters)
    candidates = [row for row in wanted if row.rules]
    return Listed(
        page=Paginator(wanted, PAGE).get_page(page),
        drawn=candidates[:DRAWN],
        counts=counts,
        total=len(every),
        hours=sum((row.facts.hours for row in wanted), Decimal(0)),
        samples=sum(row.sample for row in wanted),
    )


def everything(actor: Actor, filters: Filters) -> list[Row]:
    """Every task of a choice up to MOST_ROWS, for a table. Raises NotFound for somebody who may look at none."""
    _refuse_outsiders(actor)
    return _narrowed(_rows(actor, filters), filters)


def _narrowed(rows: list[Row], filters: Filters) -> list[Row]:
    return [row for row in rows if filters.measure in ("", row.measure)]


def sections(actor: Actor) -> list[str]:
    """Codes of the sections whose tasks the actor sees."""
    return list(visible(actor).order_by("section").values_list("section", flat=True).distinct())


def get(actor: Actor, code: str) -> Detail:
    """One task. Raises NotFound, also for a task of a section the actor does not see."""
    task = visible(actor).filter(code=code).first()
    if task is None:
        raise NotFound
    reforms = Reform.objects.filter(task=task).select_related("task").order_by("-day", "-at")
    changes = TaskChange.objects.filter(task=task).order_by("-at", "-pk")
    return Detail(
        _row(task),
        [record_of(one) for one in reforms[:MOST_SHOWN]],
        [Change(one.at, one.by, one.said) for one in changes[:MOST_SHOWN]],
    )


def record_of(reform: Reform) -> Record:
    """A reform with its hours worked out."""
    return Record(
        pk=reform.pk,
        task=reform.task.code,
        title=reform.task.title,
        section=reform.section,
        day=reform.day,
        what=reform.what,
        before=reform.before,
        after=reform.after,
        cases=reform.cases,
        build=reform.build,
        upkeep=reform.upkeep,
        measured=reform.measured,
        saved=logic.saved(
            before=reform.before,
            after=reform.after,
            cases=reform.cases,
            build=reform.build,
            upkeep=reform.upkeep,
            freed={name: getattr(reform, column) for name, column in Reform.FREED_FIELDS.items()},
        ),
        by=reform.by,
        withdrawn_at=reform.withdrawn_at,
    )


def records(actor: Actor, section: str = "") -> list[Record]:
    """Reforms that stand, newest first, up to MOST_ROWS. Raises NotFound for somebody who may look at none."""
    _refuse_outsiders(actor)
    found = Reform.objects.filter(withdrawn_at=None, task__in=visible(actor))
    if section:
        found = found.filter(section=section)
    return [record_of(one) for one in found.select_related("task").order_by("-day", "-at")[:MOST_ROWS]]


def results(actor: Actor, section: str = "", *, page: int = 1) -> Results:
    """What reforms of a section (or all that the actor sees) came to. Raises NotFound."""
    every = records(actor, section)
    return Results(
        Paginator(every, PAGE).get_page(page),
        logic.summed(one.saved for one in every if one.measured),
        logic.summed(one.saved for one in every if not one.measured),
    )


def freed_for_core(*, measured: bool) -> Decimal | None:
    """Hours a year that reforms freed for core work in the whole city, of one kind only; None while none is recorded."""
    return _sum(freed for was_measured, freed, _ in _effects() if was_measured == measured)


def minutes_saved(*, measured: bool) -> Decimal | None:
    """Minutes a year that reforms of one kind saved in the whole city, less building and upkeep; None while none is recorded."""
    return _sum(minutes for was_measured, _, minutes in _effects() if was_measured == measured)


def _sum(values: Iterable[Decimal]) -> Decimal | None:
    known = list(values)
    return sum(known, Decimal(0)) if known else None


@asked_once
def _effects() -> list[tuple[bool, Decimal, Decimal]]:
    """Of each reform whether it was measured, the hours a year it freed for core work, and the minutes it saved."""
    return [
        (measured, freed, (before - after) * cases - 60 * (build + upkeep))
        for measured, freed, before, after, cases, build, upkeep in map(dict.values, _STANDING.all())
    ]


_STANDING = PreparedValues(
    lambda: Reform.objects.filter(withdrawn_at=None).values(
        "measured", "freed_core", "before", "after", "cases", "build", "upkeep"
    )
)


@dataclass(frozen=True)
class SystemView:
    """A standardised system and the newest that was said of it; UNSAID and no date while nothing was."""

    number: int
    definition: SystemDefinition
    state: str
    reason: str
    planned_on: date | None
    moved_on: date | None
    blocked_by: str
    at: datetime | None
    by: UUID | None
    revision: int


def systems(actor: Actor) -> list[SystemView]:
    """Every standardised system in the order of the law. Raises NotFound for somebody who may look at none."""
    _refuse_outsiders(actor)
    return _systems()


def systems_moved() -> tuple[int, int] | None:
    """How many standardised systems have moved, and how many there are; None while of one of them nothing was said."""
    counts = by_state(_systems())
    return None if counts[logic.UNSAID] else (counts["moved"], sum(counts.values()))


def _systems() -> list[SystemView]:
    newest: dict[str, SystemState] = {}
    for said in SystemState.objects.order_by("number")[:MOST_ROWS]:
        newest[said.system] = said
    return [
        _system(place, definition, newest.get(definition.code))
        for place, definition in enumerate(systems_of(settings.DOKODEMO_PACK), start=1)
    ]


def _system(place: int, definition: SystemDefinition, said: SystemState | None) -> SystemView:
    if said is None:
        return SystemView(place, definition, logic.UNSAID, "", None, None, "", None, None, 0)
    return SystemView(
        number=place,
        definition=definition,
        state=said.state,
        reason=said.reason,
        planned_on=said.planned_on,
        moved_on=said.moved_on,
        blocked_by=said.blocked_by,
        at=said.at,
        by=said.by,
        revision=said.number,
    )


def system_history(actor: Actor, code: str) -> list[SystemView]:
    """What was said of one system, newest first; its first element is what holds. Raises NotFound."""
    now = next((one for one in systems(actor) if one.definition.code == code), None)
    if now is None:
        raise NotFound
    said = SystemState.objects.filter(system=code).order_by("-number")[:MOST_SHOWN]
    return [_system(now.number, now.definition, one) for one in said] or [now]


def by_state(views: Iterable[SystemView]) -> dict[str, int]:
    """How many systems are in each state, in the order of STATES; those of which nothing was said in front."""
    counts = dict.fromkeys((logic.UNSAID, *logic.STATES), 0)
    for view in views:
        counts[view.state] += 1
    return counts
