"""Reads of the headquarters (DX推進本部の照会): what is to be reported, what was, meetings and what is still open.

Owns the view of a quarter. Never writes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Min, Q, QuerySet

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.firsts import FirstOfEach
from dokodemo.promotion.headquarters import logic, policies
from dokodemo.promotion.headquarters.definitions import wall_of
from dokodemo.promotion.headquarters.logic import Quarter
from dokodemo.promotion.headquarters.models import FollowUp, Meeting, Report
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.observing import sampled
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.action_plan import Action

MOST_MEETINGS = 100
# The fiscal years a plan may have.
FIRST_YEAR, LAST_YEAR = 2000, 2100


def _reads(actor: Actor) -> None:
    if not policies.may_read(actor):
        raise NotFound


def _plans() -> list[str]:
    return [one.code for one in plans.plans()]


def _reports(quarter: Quarter) -> QuerySet[Report]:
    return Report.objects.filter(
        plan=plans.plan(quarter.last).code, fiscal_year=quarter.fiscal_year, quarter=quarter.number
    )


def actions_of(quarter: Quarter) -> list[Action]:
    """The actions that report on a quarter, of the version in force on its last day; where there was none yet, of the last of
    that fiscal year, or of today's."""
    version = plans.in_force(quarter.last) or plans.latest(quarter.fiscal_year) or plans.in_force()
    return logic.reporting(plans.actions_of(version), quarter) if version is not None else []


@dataclass(frozen=True)
class Row:
    """An action in a quarter with its report, where there is one; `late`: it is overdue."""

    action: Action
    report: Report | None
    late: bool


def quarter(actor: Actor, of: Quarter, *, on: date | None = None) -> list[Row]:
    """Every action that reports on a quarter, now or as it stood at the end of a past day: then only what was filed by it.

    Raises NotFound.
    """
    _reads(actor)
    day = on or calendar_jp.today()
    rows = (
        _reports(of)
        if day >= calendar_jp.today()
        else _reports(of).filter(filed_at__lt=calendar_jp.day_end(day))
    )
    reports = {one.action: _as_of(one, day) for one in rows}
    found = actions_of(of)
    filed = {code for code, one in reports.items() if one.filed_at is not None}
    late = {one.code for one in logic.late(found, filed, of, day)}
    return [Row(one, reports.get(one.code), one.code in late) for one in found]


def _as_of(report: Report, day: date) -> Report:
    """A report as it stood at the end of a day: without a second assessment that came later."""
    if report.assessed_at is not None and report.assessed_at >= calendar_jp.day_end(day):
        report.second_grade = report.second_direction = report.second_words = ""
        report.assessed_at = report.assessed_by = None
    return report


def get_action(actor: Actor, of: Quarter, code: str) -> Action:
    """One action that reports on a quarter. Raises NotFound."""
    _reads(actor)
    found = next((one for one in actions_of(of) if one.code == code), None)
    if found is None:
        raise NotFound
    return found


def report_on(of: Quarter, code: str) -> Report | None:
    """The report on an action for a quarter."""
    return _reports(of).filter(action=code).first()


def states(of: Quarter) -> dict[str, str]:
    """The states filed for a quarter, by action."""
    return dict(_reports(of).filter(filed_at__isnull=False).values_list("action", "state"))


def public_states(actions: Collection[str], on: date | None = None) -> dict[str, str]:
    """What residents are told of actions of a day's plan: the state each was last reported in by the end of that day.

    Never what a section wrote. One look into the index for each: the reports of many years are never read for the last.
    """
    day = on or calendar_jp.today()
    return _LAST_STATES.all(actions, plan=plans.plan(day).code, until=calendar_jp.day_end(day))


_LAST_STATES = FirstOfEach(
    lambda plan, until: Report.objects.filter(plan=plan, filed_at__lt=until).order_by(
        "-fiscal_year", "-quarter"
    ),
    "state",
    key="action",
    of=str,
    plan=str,
    until=datetime,
)


@dataclass(frozen=True)
class Told:
    """What the public may know of one filed report: of which action and quarter, the state, and when (UTC)."""

    id: UUID
    action: str
    quarter: Quarter
    state: str
    filed_at: datetime


def told(most: int, *, actions: Collection[str] | None = None, since: datetime | None = None) -> list[Told]:
    """The reports filed last, the newest first; of some actions or of all, from a moment on (UTC). Never what a section wrote."""
    rows = Report.objects.filter(plan__in=_plans(), filed_at__isnull=False)
    if since is not None:
        rows = rows.filter(filed_at__gte=since)
    if actions is not None:
        rows = rows.filter(action__in=list(actions))
    found = rows.order_by("-filed_at", "action").only("action", "fiscal_year", "quarter", "state", "filed_at")
    return [
        Told(one.pk, one.action, Quarter(one.fiscal_year, one.quarter), one.state, one.filed_at)
        for one in found[:most]
        if one.filed_at is not None
    ]


@dataclass(frozen=True)
class Last:
    """What was last reported of an action: the quarter, the state, and the direction of the second assessment or else the
    section's own."""

    quarter: Quarter
    state: str
    direction: str


def last_reports(plan: str, until: Quarter) -> dict[str, Last]:
    """The last filed report of each action of a plan, up to a quarter."""
    rows = Report.objects.filter(plan=plan, filed_at__isnull=False, fiscal_year__lte=until.fiscal_year)
    rows = rows.order_by("fiscal_year", "quarter").defer("done", "learned", "evidence", "second_words")
    return {
        row.action: Last(
            Quarter(row.fiscal_year, row.quarter), row.state, row.second_direction or row.direction
        )
        for row in rows
        if Quarter(row.fiscal_year, row.quarter) <= until
    }


def lessons(actor: Actor | None, *, since: date, most: int) -> list[Report]:
    """The filed reports since a day that say what was learned, the newest first. Nothing for whoever may not read.

    For nobody in particular (None) without what was written: what is public of them is how many there are.
    """
    if actor is not None and not policies.may_read(actor):
        return []
    rows = Report.objects.filter(plan=plans.plan().code, filed_at__gte=calendar_jp.day_start(since))
    rows = rows.exclude(learned="").order_by("-filed_at", "action")
    return list(rows.defer("learned", "done", "evidence")[:most] if actor is None else rows[:most])


def finished(actions: Collection[str]) -> dict[str, datetime]:
    """When each of these actions was first reported as finished (UTC); none for one that was not."""
    rows = Report.objects.filter(
        plan=plans.plan().code, action__in=list(actions), state="finished", filed_at__isnull=False
    )
    found = rows.order_by().values_list("action").annotate(first=Min("filed_at"))
    return {action: first for action, first in found if first is not None}


def numbers_now(action: Action) -> list[dict[str, Any]]:
    """The action's indicators as they stand, as a report keeps them; `value` is None for what nobody measures."""
    readings = indicators.readings(action.indicators)
    found = []
    for code in action.indicators:
        reading = readings.get(code)
        if reading is None:
            continue
        counted, observed = reading.counted, reading.observed
        as_of = counted.as_of if counted is not None else observed.to if observed is not None else None
        found.append(
            {
                "code": code,
                "value": None if reading.value is None else round(reading.value, 4),
                "unit": reading.indicator.unit,
                "as_of": as_of.isoformat() if as_of is not None else None,
                **(sampled(observed) if counted is None and observed is not None else {}),
            }
        )
    return found


def meetings(actor: Actor, *, on: date | None = None) -> list[Meeting]:
    """The meetings, the latest first; of a past day those called by then, held where their minutes were there.

    Raises NotFound.
    """
    _reads(actor)
    rows = Meeting.objects.filter(plan__in=_plans()).order_by("-on", "-called_at")
    if on is None or on >= calendar_jp.today():
        return list(rows[:MOST_MEETINGS])
    until = calendar_jp.day_end(on)
    found = list(rows.filter(called_at__lt=until)[:MOST_MEETINGS])
    for one in found:
        if one.held_at is not None and one.held_at >= until:
            one.held_at = None
    return found


def get_meeting(actor: Actor, meeting_id: UUID) -> Meeting:
    """One meeting with its decisions and their follow-ups. Raises NotFound."""
    _reads(actor)
    rows = Meeting.objects.filter(plan__in=_plans()).prefetch_related("decisions__follow_ups")
    found = rows.filter(pk=meeting_id).first()
    if found is None:
        raise NotFound
    return found


def meeting_at_hand(actor: Actor) -> Meeting | None:
    """The meeting whose papers are wanted now: the next to come that was not held, else the last one. Raises NotFound."""
    _reads(actor)
    rows = Meeting.objects.filter(plan__in=_plans())
    coming = rows.filter(held_at=None, on__gte=calendar_jp.today()).order_by("on", "called_at")
    return coming.first() or rows.order_by("-on", "-called_at").first()


def meeting_before(meeting: Meeting) -> Meeting | None:
    """The last meeting held before this one."""
    rows = Meeting.objects.filter(plan=meeting.plan, held_at__isnull=False, on__lt=meeting.on)
    return rows.order_by("-on").first()


def still_open(rows: QuerySet[FollowUp], on: date | None) -> QuerySet[FollowUp]:
    """Of follow-ups those that are not done, or were given and not done at the end of a past day."""
    if on is None or on >= calendar_jp.today():
        return rows.filter(done_at=None)
    until = calendar_jp.day_end(on)
    return rows.filter(given_at__lt=until).filter(Q(done_at=None) | Q(done_at__gte=until))


def open_follow_ups(
    actor: Actor, *, sections: Collection[str] | None = None, on: date | None = None
) -> list[FollowUp]:
    """What is still to be done after decisions, or was on a past day, the earliest due first; of some sections or of all.

    Raises NotFound.
    """
    _reads(actor)
    rows = still_open(FollowUp.objects.filter(decision__meeting__plan__in=_plans()), on)
    if sections is not None:
        rows = rows.filter(section__in=list(sections))
    return list(rows.select_related("decision__meeting").order_by("due", "given_at")[:200])


def public_next_meeting() -> date | None:
    """The day of the next meeting, where the pack says that it is public."""
    if not wall_of(settings.DOKODEMO_PACK).next_meeting:
        return None
    rows = Meeting.objects.filter(plan__in=_plans(), held_at=None, on__gte=calendar_jp.today())
    return rows.order_by("on").values_list("on", flat=True).first()


def parse_quarter(text: str, today: date) -> Quarter:
    """A quarter as an address carries it ("2026-2"); the one that is reported on now for anything else."""
    year, _, number = text.partition("-")
    known = year.isascii() and year.isdecimal() and len(year) == 4 and number in ("1", "2", "3", "4")
    if known and FIRST_YEAR <= int(year) <= LAST_YEAR:
        return Quarter(int(year), int(number))
    return logic.to_report(today)
