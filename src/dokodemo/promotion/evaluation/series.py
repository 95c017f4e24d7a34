"""A monthly series and whether it is enough (月次系列と最低条件). Pure.

Owns what a series is, the units it may be in, and the least data an estimate needs. Never estimates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["rate", "count"]
UNITS: Mapping[str, Kind] = {
    "cases": "count",
    "people": "count",
    "percent": "rate",
    "days": "rate",
    "hours": "rate",
    "minutes": "rate",
    "yen": "rate",
    "points": "rate",
}
LEAST_BEFORE, LEAST_AFTER = 12, 6  # months
MOST_MONTHS = 240
# With two whole years before the change each month of the year has an effect of its own; below, one wave of a year.
MONTHS_OF_THEIR_OWN = 24


@dataclass(frozen=True)
class Point:
    """One month, by its first day: the value, the working days it is counted over, and the comparison's value."""

    month: date
    value: float
    days: int | None = None
    comparison: float | None = None


type Series = tuple[Point, ...]


def months_between(first: date, last: date) -> int:
    """How many months `last` lies after `first`."""
    return (last.year - first.year) * 12 + last.month - first.month


def month_after(month: date, months: int = 1) -> date:
    """The first day of the month some months later."""
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def missing(series: Series) -> list[date]:
    """The months between the first and the last that the series does not have."""
    if not series:
        return []
    have = {point.month for point in series}
    span = months_between(series[0].month, series[-1].month)
    return [month for n in range(span) if (month := month_after(series[0].month, n)) not in have]


def compared(series: Series) -> bool:
    """Whether a comparison stands beside the series."""
    return bool(series) and all(point.comparison is not None for point in series)


def over_days(series: Series) -> bool:
    """Whether the months' working days are known."""
    return bool(series) and all(point.days is not None for point in series)


def modelled(series: Series) -> list[float]:
    """What is looked at: the values, or with a comparison the values less the comparison's.

    Differences of counts are taken per working day where the working days are known: two counters with the same days
    open differ by what happened at them and not by the calendar.
    """
    if not compared(series):
        return [point.value for point in series]
    return [(point.value - (point.comparison or 0.0)) / (point.days or 1) for point in series]


def split(series: Series, change: date) -> tuple[list[float], list[float]]:
    """What is looked at before the month of the change, and from it on."""
    values = modelled(series)
    at = sum(point.month < change for point in series)
    return values[:at], values[at:]


def refusals(series: Series, change: date) -> list[str]:
    """Why nothing can be said at all; each a key of `evaluation.refused.…`."""
    if not series:
        return ["empty"]
    if missing(series):
        return ["gaps"]
    if not series[0].month < change <= series[-1].month:
        return ["outside"]
    values = modelled(series)
    return ["constant"] if max(values) == min(values) else []


def lacks(series: Series, change: date) -> list[str]:
    """Why there are means but no estimate; each a key of `evaluation.lacks.…`. Empty: the data is enough."""
    before, after = split(series, change)
    found = []
    if len(before) < LEAST_BEFORE:
        found.append("before")
    if len(after) < LEAST_AFTER:
        found.append("after")
    return found


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean. ZeroDivisionError for none."""
    return sum(values) / len(values)
