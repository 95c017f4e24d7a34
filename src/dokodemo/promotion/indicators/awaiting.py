"""Values that are awaited (値の提出期限): which period of an entered indicator is missing, and the day it is due.

Reads only. Never counts anything from records.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.indicators import queries
from dokodemo.promotion.indicators.definitions import Indicator
from dokodemo.promotion.indicators.observing import GRACE_MONTHS, is_of, last_period


@dataclass(frozen=True)
class Awaited:
    """A value nobody entered yet: of which indicator, for the period that ended on `to`, due on `due` (a day in time)."""

    indicator: Indicator
    to: date
    due: date


def due_day(indicator: Indicator, to: date) -> date:
    """The last day on which the value of a period that ended on `to` (the end of a month) is in time."""
    after = calendar_jp.add_months(to + timedelta(days=1), indicator.lag_months + GRACE_MONTHS)
    return after - timedelta(days=1)


def awaited(today: date, *, ahead_days: int) -> list[Awaited]:
    """The values that are missing today or will be due within some days, the earliest due first.

    Of periods whose day is over only the latest counts, as `queries.due` has it.
    """
    known = {code: one for code, one in queries.definitions().items() if one.state == "entered"}
    newest = queries.newest_entered(known)
    found = []
    for code, indicator in known.items():
        last = newest.get(code)
        days = (today, today + timedelta(days=ahead_days + 1))
        periods = dict.fromkeys(last_period(indicator, day) for day in days)
        found += [
            Awaited(indicator, period.last, due_day(indicator, period.last))
            for period in periods
            if period is not None and not is_of(last, period)
        ]
    return sorted(found, key=lambda one: (one.due, one.indicator.code))
