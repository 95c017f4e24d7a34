"""Rules for values observed elsewhere (観測値の規則): what cannot be, which periods are due, and which vintage compares.

Pure. Never reads a record. Faults are (key, message in English, remedy); the key is the field's name in a file, and each
message has its text in the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.indicators.definitions import Indicator, Observed

# A ratio is published rounded to one place, so the quotient may differ by half of it.
ROUNDED = Decimal("0.06")
GRACE_MONTHS = 1
# Why a value was withdrawn: somebody took it back and said why, or a survey was published again and shows it no more.
TAKEN_BACK, TOO_FEW = CAUSES = ("taken_back", "too_few")
LONGEST_REASON = 500

type Fault = tuple[str, str, str]


def faults(one: Observed, indicator: Indicator | None, today: date) -> Iterator[Fault]:
    """Everything about an observed value that cannot be."""
    if indicator is None:
        yield "indicator", "There is no such indicator", "Write the code of an indicator of the plan"
        return
    if indicator.state == "works":
        yield "indicator", "This indicator is counted from records", "Values are entered only for the others"
    if one.to < one.from_:
        yield "to", "The period ends before it begins", "Put the later day last"
    if one.to > today and one.status != "estimate":
        yield "to", "The period is not over yet", "Enter it when it is, or as an estimate"
    elif one.from_ > today:
        yield (
            "from",
            "The period has not begun yet",
            "Nothing can be observed before it: a plan for it is a target",
        )
    if one.published_on > today:
        yield (
            "published_on",
            "It was published on a day that is still to come",
            "Write the day it was published",
        )
    elif one.published_on < one.to and one.status != "estimate":
        yield (
            "published_on",
            "It was published before its period ended",
            "Correct a day, or make it an estimate",
        )
    yield from _ratio(one, indicator)
    yield from _sampled(one)


def _sampled(one: Observed) -> Iterator[Fault]:
    if (one.low is None) != (one.high is None):
        missing = "low" if one.low is None else "high"
        yield missing, "Both ends of an interval belong together", "Write both, or neither"
    elif one.low is not None and one.high is not None and not one.low <= one.value <= one.high:
        yield "low", "The value does not lie in its interval", "Correct the value or the interval"
    if (one.survey is None) != (one.wave is None):
        missing = "survey" if one.survey is None else "wave"
        yield missing, "A survey and its wave belong together", "Write both, or neither"


def _ratio(one: Observed, indicator: Indicator) -> Iterator[Fault]:
    if (one.numerator is None) != (one.denominator is None):
        missing = "numerator" if one.numerator is None else "denominator"
        yield missing, "Numerator and denominator belong together", "Write both, or neither"
        return
    if one.denominator == 0:
        yield "denominator", "The denominator is zero", "A ratio of nothing is no value"
        return
    if indicator.unit == "percent":
        if not 0 <= one.value <= 100:
            yield "value", "A percentage lies between 0 and 100", "Write 57.0 for 57.0 %"
        elif one.numerator is not None and one.denominator is not None:
            exact = Decimal(100 * one.numerator) / one.denominator
            if abs(exact - one.value) > ROUNDED:
                yield "value", "The value is not numerator over denominator", "Correct one of the three"
    elif indicator.unit == "count" and (one.value < 0 or one.value != one.value.to_integral_value()):
        yield "value", "A count is a whole number", "Write digits only"


def same(one: Observed) -> tuple[str, date, date, str]:
    """What makes two observed values one and the same, so that the later entered is a correction."""
    return one.indicator, one.from_, one.to, one.vintage


class Known(Protocol):
    """What says when a value became known."""

    @property
    def published_on(self) -> date:
        """The day it was published."""


def standing[K, One: Known](
    entered: Iterable[tuple[K, One, date | None]], on: date | None = None
) -> dict[K, One]:
    """Of values in the order they were entered, each with what makes it the same and the day from which it is void, those
    that count.

    Now, or on a past day: then one that is void only later still counts as it was published, unless one entered after it was
    known too.
    A corrected value never comes back, for it was wrong at all times; nor does it when its correction is withdrawn.
    """
    every: dict[K, list[tuple[One, date | None]]] = {}
    for key, one, void_from in entered:
        rows = every.setdefault(key, [])
        if rows and rows[-1][1] is None:
            rows.pop()
        rows.append((one, void_from))
    found = {}
    for key, rows in every.items():
        for one, void_from in reversed(rows):
            withdrawn = void_from is not None and (on is None or void_from <= on)
            if not withdrawn and (on is None or one.published_on <= on):
                found[key] = one
                break
    return found


@dataclass(frozen=True)
class Withdrawn:
    """What everybody may know of a value that was withdrawn (取下げ): its period and edition, on which day and why.

    Never the value: too few may have answered to show it. `reason`: what whoever withdrew it wrote; may be empty for TOO_FEW.
    """

    from_: date
    to: date
    vintage: str
    published_on: date
    on: date
    cause: str
    reason: str

    def as_json(self) -> dict[str, str]:
        """The same for machines."""
        return {
            "from": self.from_.isoformat(),
            "to": self.to.isoformat(),
            "vintage": self.vintage,
            "published_on": self.published_on.isoformat(),
            "on": self.on.isoformat(),
            "cause": self.cause,
            "reason": self.reason,
        }


def is_missed(one: Withdrawn, instead: Observed | None) -> bool:
    """Whether a withdrawn value would be shown if it still counted: what is shown `instead` is older, or nothing.

    A value entered again for the same period and edition takes its place.
    """
    if instead is None:
        return True
    again = (instead.from_, instead.to, instead.vintage) == (one.from_, one.to, one.vintage)
    return not again and (one.to, one.published_on) > (instead.to, instead.published_on)


@dataclass(frozen=True)
class Period:
    """A period an indicator is observed for, first and last day inclusive."""

    first: date
    last: date


def last_period(indicator: Indicator, today: date) -> Period | None:
    """The latest period whose value should have been entered by now; None for what is counted every day."""
    if indicator.every == "day":
        return None
    return _last_period({"month": 1, "quarter": 3, "year": 12}[indicator.every], indicator.lag_months, today)


@lru_cache(maxsize=500)
def _last_period(months: int, lag_months: int, today: date) -> Period:
    # Hundreds of indicators share a few rhythms.
    latest = calendar_jp.months_before(today, lag_months + GRACE_MONTHS)
    # Periods follow the fiscal year, which begins in April.
    since_april = (latest.month - 4) % 12
    start = calendar_jp.months_before(latest.replace(day=1), since_april % months)
    first = calendar_jp.months_before(start, months)
    return Period(first, start - timedelta(days=1))


def is_of(one: Observed | None, period: Period) -> bool:
    """Whether a value is the one awaited for a period: it reaches its end, or is of a survey held within it or later.

    A survey is held in some weeks of its year and stands for the year.
    """
    if one is None:
        return False
    return one.to >= (period.first if one.survey is not None else period.last)


def in_line(observed: Sequence[Observed]) -> list[Observed]:
    """The values that compare with the newest one, by time: of one vintage, or of one survey each wave as last published.

    A revised series is revised whole, so its vintages must not be mixed; the waves of a survey are asked and counted alike.
    """
    last = newest(observed)
    if last is None:
        return []
    if last.survey is None:
        return sorted((one for one in observed if one.vintage == last.vintage), key=lambda one: one.to)
    # A later publication of a wave takes the place of an earlier one.
    waves = {one.wave: one for one in by_publication(observed) if one.survey == last.survey}
    return sorted(waves.values(), key=lambda one: one.to)


class InSeries(Known, Protocol):
    """What says where a value stands in its series: its period, its edition, and when it became known."""

    @property
    def from_(self) -> date:
        """The first day of its period."""

    @property
    def to(self) -> date:
        """The last day of its period."""

    @property
    def vintage(self) -> str:
        """The edition of the series."""


def comparable[One: InSeries](baseline_year: int, observed: Sequence[One]) -> tuple[One, One] | None:
    """Baseline and newest value of one vintage, the latest that has both; None when no vintage does.

    A series is revised as a whole, so values of two vintages must not be compared (plan_rules: revision of 市町村民経済計算).
    """
    for vintage in reversed(list(dict.fromkeys(one.vintage for one in by_publication(observed)))):
        rows = sorted((one for one in observed if one.vintage == vintage), key=lambda one: one.to)
        start = next((one for one in rows if calendar_jp.fiscal_year(one.from_) == baseline_year), None)
        if start is not None and rows[-1] is not start:
            return start, rows[-1]
    return None


def by_publication[One: InSeries](observed: Sequence[One]) -> list[One]:
    """In the order they became known."""
    return sorted(observed, key=lambda one: (one.published_on, one.to))


def newest(observed: Sequence[Observed]) -> Observed | None:
    """The value of the latest period, in its latest vintage; of two published on one day the one that stands later."""
    return max(reversed(observed), key=lambda one: (one.to, one.published_on), default=None)


def sampled(one: Observed) -> dict[str, int | float | None]:
    """How many answered and the 95 % interval, where a value is of a survey; nothing otherwise."""
    if one.answers is None:
        return {}
    low, high = (float(end) if end is not None else None for end in (one.low, one.high))
    return {"answers": one.answers, "low": low, "high": high}


def published[One: InSeries](observed: Iterable[One], on: date) -> list[One]:
    """The values that were known on a day; of one corrected later the correction, since the value was wrong then too."""
    return [one for one in observed if one.published_on <= on]
