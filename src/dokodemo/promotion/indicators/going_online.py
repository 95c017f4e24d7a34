"""How far the city is online (オンライン化の五つの数字): K1 to K5, kept apart.

Owns how each is put together from the inventory and the cases, and says what it counts. Never one bare percentage: five
numbers go by the name of «online rate», and they differ by a factor of ten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from dokodemo.administration.inventory import logic
from dokodemo.administration.inventory import queries as inventory
from dokodemo.administration.inventory.logic import Count
from dokodemo.administration.inventory.standing import priority_of
from dokodemo.administration.procedures import queries as procedures
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.once import once
from dokodemo.promotion.indicators import counted
from dokodemo.promotion.indicators.logic import Ratio


@dataclass(frozen=True)
class Measure:
    """One of the five: numerator, denominator, what is counted in which unit, the day, and what stands beside."""

    code: str
    count: Count
    unit: str
    counts: str
    as_of: date

    @property
    def ratio(self) -> Ratio:
        """The two numbers and the day."""
        return Ratio(self.count.numerator, self.count.denominator, self.as_of)

    def as_json(self) -> dict[str, Any]:
        """The measure for machines; `percent` is null while there is nothing to divide by."""
        return {
            "numerator": self.count.numerator,
            "denominator": self.count.denominator,
            "percent": self.ratio.percent,
            "unit": self.unit,
            "as_of": self.as_of.isoformat(),
            "counts": self.counts,
            "beside": dict(self.count.beside),
        }


def measured() -> bool:
    """Whether a survey was taken in: K4 and K5 cannot be known before."""
    return inventory.imported() is not None


def _fiscal_year(on: date) -> tuple[date, date]:
    return calendar_jp.fiscal_year_start(calendar_jp.fiscal_year(on)), on


def online_kinds(on: date) -> Measure:
    """K1 オンライン化割合（種類）, the plan's own number."""
    return Measure(
        "K1",
        logic.kinds_online(inventory.kinds()),
        "kinds",
        "kinds of procedure wholly online / kinds the city performs; partly online is beside, not in the numerator",
        on,
    )


def online_cases(on: date) -> Measure:
    """K2 オンライン利用率（件数）."""
    since, until = _fiscal_year(on)
    found = counted.online_cases(since=since, until=until)
    return Measure(
        "K2",
        Count(found.online, found.total),
        "cases",
        "cases of this fiscal year that came online / all cases handled here, paper tallies included",
        on,
    )


def online_applications(on: date) -> Measure:
    """K3 オンライン申請率, as the national dashboard defines it."""
    since, until = _fiscal_year(on)
    cases = counted.by_procedure(since=since, until=until)
    return Measure(
        "K3",
        logic.applications(inventory.kinds(), cases),
        "applications",
        "online applications / all applications of performed procedures; where no procedure is published, "
        "what the section counted in a year; estimates never",
        on,
    )


def applications_by_procedure(on: date) -> Mapping[str, tuple[int, int] | None]:
    """K3 of each published procedure: (online, all) of this fiscal year, None for one that is not performed."""
    since, until = _fiscal_year(on)
    cases = counted.by_procedure(since=since, until=until)
    return {
        procedure.slug: cases.get(procedure.slug, (0, 0)) if procedure.definition.performed else None
        for procedure in procedures.published()
    }


def via_mynaportal(on: date) -> Measure:
    """K4 子育て・介護26手続."""
    return Measure(
        "K4",
        logic.via_mynaportal(priority_of(settings.DOKODEMO_PACK), inventory.kinds()),
        "entries of the list of 26",
        "of the 26, those possible through Mynaportal, wholly or in part; an e-application of the city's own "
        "does not count, and what the city does not have counts as not possible",
        on,
    )


def often_used(on: date) -> Measure:
    """K5 よく使う32手続."""
    return Measure(
        "K5",
        logic.often_used(priority_of(settings.DOKODEMO_PACK), inventory.kinds()),
        "entries of the list of 32",
        "often-used procedures wholly online / those the city performs; the list is not fully verified (beside)",
        on,
    )


def five(on: date) -> tuple[Measure, ...]:
    """All five, in their order."""
    with once():
        return (
            online_kinds(on),
            online_cases(on),
            online_applications(on),
            via_mynaportal(on),
            often_used(on),
        )
