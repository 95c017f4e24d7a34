"""Reads of indicators (指標の照会): each number with its numerator, its denominator and its day.

Owns what the plan's pages show. Never returns 0 for a number nobody has measured: that is None (未計測).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.conf import settings

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import open_pack
from dokodemo.promotion.indicators.definitions import Indicator, Indicators, Target, load_indicators
from dokodemo.promotion.indicators.logic import Ratio, Recomputed, progress, recompute
from dokodemo.promotion.indicators.models import MonthlyReading
from dokodemo.promotion.indicators.sources import SOURCES


@lru_cache(maxsize=4)
def _numbers_of(pack: str) -> Indicators:
    return load_indicators(open_pack(pack))


@dataclass(frozen=True)
class Reading:
    """An indicator and its value today; `ratio` is None while nothing measures it (未計測)."""

    indicator: Indicator
    ratio: Ratio | None

    @property
    def percent(self) -> float | None:
        """The value in percent, if there is one."""
        return self.ratio.percent if self.ratio is not None else None


@dataclass(frozen=True)
class Past:
    """What an indicator was in a month, as first read in it."""

    month: date
    ratio: Ratio


@dataclass(frozen=True)
class TargetReading:
    """A target, its indicator today and month by month, how much of the way is done, and the target worked out again."""

    target: Target
    reading: Reading
    history: tuple[Past, ...]
    progress: float | None
    recomputed: Recomputed | None


def definitions() -> dict[str, Indicator]:
    """What every indicator of the plan means, by code, without reading any record. Raises PackError."""
    return {one.code: one for one in _numbers_of(settings.DOKODEMO_PACK).indicators}


def readings() -> dict[str, Reading]:
    """Every indicator of the plan by code, read from the records now."""
    today = calendar_jp.today()
    found = {}
    for indicator in _numbers_of(settings.DOKODEMO_PACK).indicators:
        source = SOURCES.get(indicator.source) if indicator.state == "works" else None
        found[indicator.code] = Reading(indicator, source(today) if source is not None else None)
    return found


def targets(known: dict[str, Reading]) -> list[TargetReading]:
    """The plan's targets in its order, with the readings they are about."""
    return [
        TargetReading(
            target,
            known[target.indicator],
            history(target.indicator),
            progress(
                target.baseline.value if target.baseline else None,
                known[target.indicator].percent,
                target.target.value,
            ),
            recompute(target),
        )
        for target in _numbers_of(settings.DOKODEMO_PACK).targets
    ]


def history(code: str) -> tuple[Past, ...]:
    """The kept readings of an indicator, oldest month first; empty for one that was never kept."""
    rows = MonthlyReading.objects.filter(code=code).order_by("month")
    return tuple(Past(row.month, Ratio(row.numerator, row.denominator, row.as_of)) for row in rows)
