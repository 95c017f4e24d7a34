"""Where live numbers come from (指標の出どころ): one function for each source a pack may name.

Owns the list of what a query of the pack cannot say. Never counts anything twice: each function asks the counters or the
domain that keeps the records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from dokodemo.administration.cases.service import FEWEST
from dokodemo.administration.findings import queries as findings
from dokodemo.kernel import calendar_jp
from dokodemo.promotion.costs import queries as costs
from dokodemo.promotion.indicators import counted, going_online
from dokodemo.promotion.indicators.logic import Amount, Ratio
from dokodemo.promotion.reform import queries as reform
from dokodemo.promotion.training import people

type Source = Callable[[date], Ratio | Amount | None]


def _span(on: date) -> tuple[date, date]:
    """The fiscal year so far."""
    return calendar_jp.fiscal_year_start(calendar_jp.fiscal_year(on)), on


def online_kinds(on: date) -> Ratio:
    """K1: kinds that need no visit over kinds the city performs, of the inventory where one was taken in."""
    return going_online.online_kinds(on).ratio


def online_applications(on: date) -> Ratio:
    """K3: online applications over all applications of performed procedures, this fiscal year."""
    return going_online.online_applications(on).ratio


def via_mynaportal(on: date) -> Ratio | None:
    """K4: of the 26 procedures, those possible through マイナポータル; None before an inventory was taken in."""
    return going_online.via_mynaportal(on).ratio if going_online.measured() else None


def often_used(on: date) -> Ratio | None:
    """K5: often-used procedures online over those performed; None before an inventory was taken in."""
    return going_online.often_used(on).ratio if going_online.measured() else None


def searches_found(on: date) -> Ratio | None:
    """Searches of this fiscal year that found what fits, over all searches; None while nobody searched."""
    since, until = _span(on)
    found = findings.searches(since=since, until=until)
    return Ratio(found.found, found.all, on) if found.all else None


def trained(on: date) -> Ratio | None:
    """Staff who are up to date with every course they must take, over all who must be; None while nobody must."""
    found = people.completion(on)
    return Ratio(found.up_to_date, found.must_be, on) if found.must_be else None


def found_easy(on: date) -> Ratio | None:
    """People who found applying easy this fiscal year, over all who said; None while too few did to tell."""
    since, until = _span(on)
    found = counted.services(since=since, until=until).values()
    asked = sum(one.asked for one in found)
    easy = sum(one.opinions.get(level, 0) for one in found for level in (4, 5))
    return Ratio(easy, asked, on) if asked >= FEWEST else None


def freed_measured(on: date) -> Amount | None:
    """Hours a year that reforms freed for core work as measured afterwards; None while nobody measured one."""
    return _freed(on, measured=True)


def freed_estimated(on: date) -> Amount | None:
    """Hours a year that reforms freed for core work as estimated; None while nobody estimated one."""
    return _freed(on, measured=False)


def _freed(on: date, *, measured: bool) -> Amount | None:
    hours = reform.freed_for_core(measured=measured)
    return Amount(hours, on) if hours is not None else None


def minutes_measured(on: date) -> Amount | None:
    """Minutes a year that reforms saved as measured afterwards; None while nobody measured one."""
    return _minutes(on, measured=True)


def minutes_estimated(on: date) -> Amount | None:
    """Minutes a year that reforms save as estimated; None while nobody estimated one."""
    return _minutes(on, measured=False)


def _minutes(on: date, *, measured: bool) -> Amount | None:
    minutes = reform.minutes_saved(measured=measured)
    return Amount(minutes, on) if minutes is not None else None


def cost_of_a_case(on: date) -> Amount | None:
    """Yen for one completed case over all procedures whose cost was entered, of the last year that has any; else None."""
    found = costs.overall(on)
    return Amount(*found) if found is not None else None


SOURCES: Mapping[str, Source] = {
    "procedures.online_kinds": online_kinds,
    "cases.online_applications": online_applications,
    "inventory.via_mynaportal": via_mynaportal,
    "inventory.often_used": often_used,
    "cases.found_easy": found_easy,
    "findings.searches_found": searches_found,
    "training.completed": trained,
    "costs.of_a_case": cost_of_a_case,
    "reform.freed_measured": freed_measured,
    "reform.freed_estimated": freed_estimated,
    "reform.minutes_measured": minutes_measured,
    "reform.minutes_estimated": minutes_estimated,
}
