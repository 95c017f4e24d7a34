"""By when something must be filed (届出期間の計算): the last day of each deadline, while its first day is known.

Owns the counting of a procedure's `deadlines`. Pure; never asks which procedure is due.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.periods import Deadline
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.expressions import Expression

_EVE = timedelta(days=1)


@dataclass(frozen=True)
class LastDay:
    """One deadline: its last day, None while `missing` terms are not known; `passed` when that day is over."""

    until: date | None
    passed: bool
    law: str
    article: str
    missing: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON; the day as ISO text or null."""
        return {
            "until": None if self.until is None else self.until.isoformat(),
            "passed": self.passed,
            "law": self.law,
            "article": self.article,
            "terms": list(self.missing),
        }


def last_day(deadline: Deadline, since: date) -> date:
    """The last day of a deadline that began on `since`.

    The first day does not count (民法140条) unless the law counts it (戸籍法43条). A period that ends while the city hall
    is closed ends on the next business day (民法142条, 地方自治法4条の2第4項); one that is a single named day stays that day.
    Counted back from a day, that day does not count either (30 days before the 31st is the 1st), and no closed day moves
    it: later would be too late, and filing here is open every day.
    """
    if deadline.before is not None:
        return _last_day_before(deadline, since)
    start = since - _EVE if deadline.counts_first_day else since
    if deadline.months is not None:
        return calendar_jp.add_months(start, deadline.months, open_day=True)
    days = deadline.days or 0
    if deadline.count == "business":
        return calendar_jp.add_business_days(start, days)
    names_a_day = deadline.counts_first_day and days == 1
    return calendar_jp.add_calendar_days(start, days, open_day=not names_a_day)


def _last_day_before(deadline: Deadline, day: date) -> date:
    end = day + _EVE if deadline.counts_first_day else day
    if deadline.months is not None:
        return calendar_jp.months_before(end, deadline.months)
    days = deadline.days or 0
    if deadline.count == "business":
        while days:
            end -= _EVE
            days -= calendar_jp.is_business_day(end)
        return end
    return end - timedelta(days=days)


def last_days(
    procedure: CompiledProcedure, events: Sequence[str], facts: Mapping[str, Any], on: date
) -> tuple[LastDay, ...]:
    """Every deadline of a procedure that holds for one of the life events, known ones first, the earliest before the others."""
    found = [
        _last_day(procedure, deadline, since, facts, on)
        for deadline, since in zip(procedure.definition.deadlines, procedure.starts, strict=True)
        if deadline.event is None or deadline.event in events
    ]
    return tuple(sorted(found, key=lambda one: (one.until is None, one.until or on)))


def _last_day(
    procedure: CompiledProcedure, deadline: Deadline, since: Expression, facts: Mapping[str, Any], on: date
) -> LastDay:
    trace = since.trace(facts, on=on)
    law, article = procedure.definition.law.name, deadline.article
    if not isinstance(trace.outcome, date):
        return LastDay(None, False, law, article, tuple(dict.fromkeys(leaf.term for leaf in trace.unknown)))
    until = last_day(deadline, trace.outcome)
    return LastDay(until, until < on, law, article)
