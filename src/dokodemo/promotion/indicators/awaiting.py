"""Values that are awaited (値の提出期限): which period of an entered indicator is missing, and the day it is due.

Reads only. Never counts anything from records.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

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
    return _due_day(indicator.lag_months, to)


@lru_cache(maxsize=500)
def _due_day(lag_months: int, to: date) -> date:
    # Hundreds of indicators share a few rhythms.
    return calendar_jp.add_months(to + timedelta(days=1), lag_months + GRACE_MONTHS) - timedelta(days=1)


def awaited(today: date, *, ahead_days: int) -> list[Awaited]:
    """The values that are missing today or will be due within some days, the earliest due first.

    Of periods whose day is over only the latest counts, as `queries.due` has it.
    """
    known = {code: one for code, one in queries.definitions().items() if one.state == "entered"}
    newest = queries.newest_entered(known)
    found = []
    days = (today, today + timedelta(days=ahead_days + 1))
    for code, indicator in known.items():
        last = newest.get(code)
        periods = dict.fromkeys(last_period(indicator, day) for day in days)
        found += [
            Awaited(indicator, period.last, due_day(indicator, period.last))
            for period in periods
            if period is not None and not is_of(last, period)
        ]
    return sorted(found, key=lambda one: (one.due, one.indicator.code))
