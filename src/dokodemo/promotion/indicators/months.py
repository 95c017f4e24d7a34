"""The months of each number (月ごとの値): what a counted indicator was in every month in which it was kept.

Owns reads of what was kept. Never counts anything, and never keeps: that is the actions'.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from dokodemo.kernel.prepared import Prepared
from dokodemo.promotion.indicators.logic import Amount, Ratio, value_of
from dokodemo.promotion.indicators.models import MonthlyAmount, MonthlyReading


@dataclass(frozen=True)
class Past:
    """What an indicator was in a month, as first read in it: a ratio, or an amount in the indicator's unit."""

    month: date
    counted: Ratio | Amount

    @property
    def ratio(self) -> Ratio | None:
        """The numerator and denominator of a ratio."""
        return self.counted if isinstance(self.counted, Ratio) else None

    @property
    def value(self) -> float | None:
        """The value in the indicator's unit; None for a ratio of nothing."""
        return value_of(self.counted)


def history(code: str) -> tuple[Past, ...]:
    """The kept readings of an indicator, oldest month first; empty for one that was never kept."""
    return tuple(histories([code]).get(code, ()))


def histories(codes: Collection[str]) -> dict[str, list[Past]]:
    """The same of several indicators at once; no key for one that was never kept."""
    return _by_indicator(_RATIOS.all(codes=codes), _AMOUNTS.all(codes=codes))


_RATIOS = Prepared(
    lambda codes: MonthlyReading.objects.filter(code__in=codes).order_by("month"), codes=list[str]
)
_AMOUNTS = Prepared(
    lambda codes: MonthlyAmount.objects.filter(code__in=codes).order_by("month"), codes=list[str]
)


def _kept(**wanted: Any) -> dict[str, list[Past]]:
    """Kept values by indicator, the oldest month first, of ratios and of amounts."""
    ratios, amounts = MonthlyReading.objects.filter(**wanted), MonthlyAmount.objects.filter(**wanted)
    return _by_indicator(ratios.order_by("month"), amounts.order_by("month"))


def _by_indicator(
    ratios: Iterable[MonthlyReading], amounts: Iterable[MonthlyAmount]
) -> dict[str, list[Past]]:
    found: dict[str, list[Past]] = {}
    for row in ratios:
        ratio = Ratio(row.numerator, row.denominator, row.as_of)
        found.setdefault(row.code, []).append(Past(row.month, ratio))
    for kept in amounts:
        found.setdefault(kept.code, []).append(Past(kept.month, Amount(kept.value, kept.as_of)))
    # An indicator that was a ratio once and is an amount now has months of both.
    return {code: sorted(months, key=lambda past: past.month) for code, months in found.items()}


def last_kept(codes: Collection[str], on: date) -> dict[str, Ratio | Amount]:
    """The last kept value of each of some indicators by the end of a day."""
    kept = _kept(code__in=list(codes), as_of__lte=on)
    return {code: months[-1].counted for code, months in kept.items()}


def kept_between(first: date, last: date) -> dict[str, list[Ratio | Amount]]:
    """The values kept of each counted indicator in a time, both days inclusive, the oldest first."""
    kept = _kept(as_of__gte=first, as_of__lte=last)
    return {code: [past.counted for past in months] for code, months in kept.items()}
