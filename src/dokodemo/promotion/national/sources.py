"""What answers a national indicator by itself (自動で答える出どころ): one function for each source a list may name.

Owns the list, and what each answer was computed from. Never counts anything itself, and never says no: that a record is
missing does not prove that the thing is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.definitions import Function
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Role
from dokodemo.promotion.indicators import going_online
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.definitions import Observed
from dokodemo.promotion.indicators.logic import Ratio
from dokodemo.promotion.indicators.sources import SOURCES as INDICATORS
from dokodemo.promotion.national.logic import YES, Value
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.reform import queries as reform
from dokodemo.promotion.responsibility import seats
from dokodemo.promotion.training import people
from dokodemo.promotion.training import queries as training


@dataclass(frozen=True)
class Computed:
    """An answer from the records, the day it holds for, the source and the numbers its sentence
    (`national.from.<source>`) is filled with."""

    value: Value
    as_of: date
    source: str
    numbers: Mapping[str, int] = field(default_factory=dict)


type Answered = tuple[Value, Mapping[str, int]] | None


@dataclass(frozen=True)
class Source:
    """The kind of indicator a source can answer, and the function that asks; None is "not known here".

    `day`: the day an answer holds for, where it is not the day it was asked on.
    """

    kind: str
    ask: Callable[[date], Answered]
    day: Callable[[], date | None] | None = None


def _yes(count: int, **numbers: int) -> Answered:
    return (Value(word=YES), numbers or {"count": count}) if count else None


def cio(on: date) -> Answered:
    """Yes while somebody holds the post of the CIO."""
    return _yes(sum(post.role is Role.CIO for posts in organisation.roster(on).values() for post in posts))


def cio_aide(on: date) -> Answered:
    """Yes while somebody holds the seat of the CIO's aide (CIO補佐官) together with a post."""
    return _yes(seats.how_many("cio_aide", on))


def headquarters(on: date) -> Answered:
    """Yes while a section keeps the plan for all others (DX推進本部の事務局)."""
    return _yes(len(organisation.sections_with(Function.DX_HEADQUARTERS, on)))


def in_force(on: date) -> Answered:
    """Yes while a version of the action plan is adopted and in force."""
    version = plans.in_force(on)
    return _yes(1, year=version.fiscal_year, version=version.number) if version is not None else None


def _completed(on: date) -> dict[str, int]:
    return people.completed_in(calendar_jp.fiscal_year_start(calendar_jp.fiscal_year(on)), on)


def training_held(on: date) -> Answered:
    """Yes once somebody completed a course this fiscal year."""
    return _yes(sum(_completed(on).values()))


def training_for_all(on: date) -> Answered:
    """Yes once a course that everybody with a post must take was completed by somebody this fiscal year."""
    held = {post.role for posts in organisation.roster(on).values() for post in posts}
    for_all = {one.code for one in training.catalogue().courses if held and held <= set(one.for_roles)}
    return _yes(sum(people for code, people in _completed(on).items() if code in for_all))


def _ratio(found: Ratio | None) -> Answered:
    if found is None or not found.denominator:
        return None
    value = Value(numerator=found.numerator, denominator=found.denominator)
    return value, {"numerator": found.numerator, "denominator": found.denominator}


def systems_moved(on: date) -> Answered:
    """Standardised systems that have moved, over all of them."""
    found = reform.systems_moved()
    return _ratio(Ratio(*found, on)) if found is not None else None


def _observed(code: str) -> Observed | None:
    """The newest entered value of an indicator of the plan that names both its numbers."""
    reading = indicators.readings([code]).get(code)
    one = reading.observed if reading is not None else None
    return one if one is not None and one.numerator is not None and one.denominator else None


def _of_entered(code: str) -> Source:
    def ask(on: date) -> Answered:
        one = _observed(code)
        if one is None or one.numerator is None or one.denominator is None:
            return None
        return _ratio(Ratio(one.numerator, one.denominator, one.to))

    def day() -> date | None:
        one = _observed(code)
        return one.to if one is not None else None

    return Source("ratio", ask, day)


def _counted(source: str, on: date) -> Ratio | None:
    """What a counted share is now; none of those that the national list asks for is an amount of its own."""
    found = INDICATORS[source](on)
    return found if isinstance(found, Ratio) else None


def _of_indicator(source: str) -> Source:
    return Source("ratio", lambda on: _ratio(_counted(source, on)))


def _part(source: str, part: str) -> Source:
    def ask(on: date) -> Answered:
        found = _counted(source, on)
        if found is None or not found.denominator:
            return None
        number = found.numerator if part == "numerator" else found.denominator
        return Value(numerator=number), {"numerator": found.numerator, "denominator": found.denominator}

    return Source("count", ask)


SOURCES: Mapping[str, Source] = {
    "organisation.cio": Source("yes_no", cio),
    "responsibility.cio_aide": Source("yes_no", cio_aide),
    "organisation.headquarters": Source("yes_no", headquarters),
    "plan.in_force": Source("yes_no", in_force),
    "training.held": Source("yes_no", training_held),
    "training.for_all": Source("yes_no", training_for_all),
    "training.completed": _of_indicator("training.completed"),
    "procedures.online_kinds": _of_indicator("procedures.online_kinds"),
    "cases.online_cases": Source("ratio", lambda on: _ratio(going_online.online_cases(on).ratio)),
    "cases.online_applications": _of_indicator("cases.online_applications"),
    "inventory.via_mynaportal": _of_indicator("inventory.via_mynaportal"),
    "inventory.often_used": _of_indicator("inventory.often_used"),
    "inventory.often_used_performed": _part("inventory.often_used", "denominator"),
    "inventory.often_used_online": _part("inventory.often_used", "numerator"),
    "reform.systems_moved": Source("ratio", systems_moved),
    "indicators.card_holding": _of_entered("card_holding"),
}


def compute(source: str | None, on: date) -> Computed | None:
    """What a source answers on a day; None where the records do not tell."""
    if source is None or source not in SOURCES:
        return None
    asked = SOURCES[source]
    found, day = asked.ask(on), asked.day() if asked.day is not None else None
    return None if found is None else Computed(found[0], day or on, source, dict(found[1]))
