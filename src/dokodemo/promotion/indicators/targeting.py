"""Targets and how far they are (数値目標と達成度).

Owns what is said of a target: its indicator, its way so far, the vintage in which its baseline compares. Never decides what
a value is: that is `queries`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.prepared import PreparedValues
from dokodemo.promotion.indicators.definitions import Observed, Target
from dokodemo.promotion.indicators.logic import Recomputed, Verdict, progress, recompute, verdict
from dokodemo.promotion.indicators.models import Observation, Withdrawal
from dokodemo.promotion.indicators.months import Past, histories
from dokodemo.promotion.indicators.observing import comparable, in_line, standing
from dokodemo.promotion.indicators.queries import Reading, by_key, numbers_of, observed
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.definitions import Plan

# Where a value stands in its series: a series of a thousand values is compared without reading what they say.
_PLACE = ("period_from", "period_to", "vintage", "published_on", "pk")
# What of a series changes when anything is entered or withdrawn: values, the last of them, withdrawals.
type SoFar = tuple[int, datetime | None, int]


class _Place(NamedTuple):
    from_: date
    to: date
    vintage: str
    published_on: date
    pk: UUID


@dataclass(frozen=True)
class TargetReading:
    """A target, its indicator today and month by month, how much of the way is done, and the target worked out again."""

    target: Target
    reading: Reading
    history: tuple[Past, ...]
    progress: float | None
    recomputed: Recomputed | None
    # Baseline and newest value of one vintage, where the value is observed and a vintage has both.
    pair: tuple[Observed, Observed] | None = None
    # Of one of the city's own surveys each wave as last published, the oldest first.
    waves: tuple[Observed, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Whether it is reached, as far as anybody can know."""
        observed, start = self.reading.observed, self.target.baseline
        interval, new = None, True
        if observed is not None:
            new = start is None or calendar_jp.fiscal_year(observed.to) > start.fiscal_year
            if observed.low is not None and observed.high is not None:
                interval = float(observed.low), float(observed.high)
        up = self.reading.indicator.direction == "up"
        return verdict(self.reading.value, self.target.target.value, up=up, interval=interval, new=new)


def targets_of(plan: Plan) -> list[Target]:
    """The numerical targets of a plan, in the order of the file."""
    first = plans.plans()[0].code
    return [one for one in numbers_of(settings.DOKODEMO_PACK).targets if (one.plan or first) == plan.code]


def targets(known: dict[str, Reading], *, on: date | None = None) -> list[TargetReading]:
    """The targets of a day's plan in its order, with the readings they are about, as `readings` gave them for that day."""
    day = on or calendar_jp.today()
    found = targets_of(plans.plan(day))
    codes = [target.indicator for target in found]
    entered, months = _so_far(codes), histories(codes)
    return [
        _target(
            target,
            known[target.indicator],
            day,
            entered.get(target.indicator, (0, None, 0)),
            months.get(target.indicator, ()),
        )
        for target in found
    ]


def _target(
    target: Target, reading: Reading, day: date, entered: SoFar, months: Sequence[Past]
) -> TargetReading:
    baseline, value = (target.baseline.value if target.baseline else None), reading.value
    pair = None
    if reading.observed is not None and target.baseline is not None:
        pair = _pair_as_of(target.indicator, target.baseline.fiscal_year, day, *entered)
        # Without a vintage that has both, how much of the way is done is not known.
        baseline, value = (float(pair[0].value), float(pair[1].value)) if pair is not None else (None, value)
    return TargetReading(
        target,
        reading,
        tuple(past for past in months if past.counted.as_of <= day),
        progress(baseline, value, target.target.value),
        recompute(target),
        pair,
        _waves(reading, day),
    )


def _waves(reading: Reading, day: date) -> tuple[Observed, ...]:
    if reading.observed is None or reading.observed.survey is None:
        return ()
    return tuple(in_line(observed(reading.indicator.code, on=day)))


def _so_far(codes: Sequence[str]) -> dict[str, SoFar]:
    """How many values of each indicator were ever entered, when the last was, and how many were withdrawn."""
    withdrawn = {row["code"]: row["n"] for row in _WITHDRAWN.all(codes=codes)}
    return {
        row["code"]: (row["n"], row["last"], withdrawn.get(row["code"], 0))
        for row in _ENTERED.all(codes=codes)
    }


_WITHDRAWN = PreparedValues(
    lambda codes: Withdrawal.objects.filter(code__in=codes).order_by().values("code").annotate(n=Count("pk")),
    codes=list[str],
)
_ENTERED = PreparedValues(
    lambda codes: (
        Observation.objects.filter(code__in=codes)
        .order_by()
        .values("code")
        .annotate(n=Count("pk"), last=Max("entered_at"))
    ),
    codes=list[str],
)


@lru_cache(maxsize=1000)
def _pair_as_of(
    code: str, baseline_year: int, day: date, rows: int, last: datetime | None, withdrawn: int
) -> tuple[Observed, Observed] | None:
    """Baseline and newest value of one vintage, as known on a day; read again only when something was entered or withdrawn."""
    # Rows are only ever added: their numbers and the latest of them say which series it is.
    every = Observation.objects.filter(code=code).order_by("entered_at", "pk")
    entered = every.values_list(*_PLACE, "withdrawal__void_from")
    known = standing(((tuple(place[:3]), _Place(*place), gone) for *place, gone in entered), day).values()
    pair = comparable(baseline_year, sorted(known, key=lambda one: (one.to, one.published_on)))
    if pair is None:
        return None
    values = by_key([one.pk for one in pair])
    return values[pair[0].pk], values[pair[1].pk]
