"""The shape of a plan's numbers (指標・数値目標の定義): `plan/indicators.yaml`.

Owns which keys the file may have and whether plan and numbers name each other rightly. Never computes a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from dokodemo.kernel.packs import Document, Pack, PackError, PackModel, Problem, Text, fault, validate
from dokodemo.promotion.plan.action_plan import check_actions
from dokodemo.promotion.plan.definitions import (
    FURTHER_PLANS,
    PLAN_FILE,
    Code,
    Plan,
    load_plan,
    load_plans,
    twice,
)

INDICATORS_FILE = "plan/indicators.yaml"
OBSERVATIONS_FILE = "plan/observations.yaml"
# What `source` says where the number is worked out by a query of the pack.
QUERY = "query"
Unit = Literal["percent", "million_yen", "count", "hours", "minutes", "yen"]
Status = Literal["estimate", "provisional", "final"]
STATUSES: tuple[Status, ...] = ("estimate", "provisional", "final")
# The steps of a logic model: means, what is done, what comes out of it, outcomes soon, later and in the long run, the end.
Kind = Literal["input", "activity", "output", "short", "mid", "long", "impact"]
# What changes for people; the others say what the city spends, does and makes.
OUTCOMES: frozenset[Kind] = frozenset({"short", "mid", "long", "impact"})


class Query(PackModel):
    """How a number is worked out from the records (集計式); see `formulas` for what the texts may name.

    `numerator`: of what; alone it is the value. `denominator`: over what. `measure`: only procedures that serve it.
    """

    numerator: str = Field(min_length=1, max_length=400)
    denominator: str | None = Field(default=None, min_length=1, max_length=400)
    measure: Code | None = None


class Indicator(PackModel):
    """What a number means, and what it is counted from (指標): by a `query`, or by a source that the software knows."""

    code: Code
    kind: Kind
    title: Text
    says: Text
    unit: Unit
    direction: Literal["up", "down"]
    counting_unit: Text | None = None
    numerator: Text | None = None
    denominator: Text | None = None
    source: str = Field(pattern=r"^[a-z_]+(\.[a-z_]+)?$")
    query: Query | None = None
    # works: counted from records; entered: observed elsewhere and entered with its evidence; planned: no source yet.
    state: Literal["works", "entered", "planned"]
    owner: Code
    every: Literal["day", "month", "quarter", "year"]
    lag_months: int = Field(ge=0, le=60)
    # Which record is missing while the number reads 未計測.
    missing: Text | None = None

    @model_validator(mode="after")
    def _a_planned_one_says_what_is_missing(self) -> Self:
        if self.state == "planned" and self.missing is None:
            raise fault(
                f"{self.code} has no source yet and does not say which record is missing",
                "Write `missing` in the three languages",
            )
        return self

    @model_validator(mode="after")
    def _a_query_says_so(self) -> Self:
        if (self.query is not None) != (self.source == QUERY):
            raise fault(
                f"{self.code} has a query without `source: query`, or that without a query",
                "Write both, or neither",
            )
        if self.query is not None and self.unit == "percent" and self.query.denominator is None:
            raise fault(
                f"The query of {self.code} is a percentage of nothing",
                "Write `denominator` beside `numerator`",
            )
        return self

    @model_validator(mode="after")
    def _a_ratio_names_both(self) -> Self:
        if self.unit == "percent" and (self.numerator is None or self.denominator is None):
            raise fault(f"{self.code} is a percentage of nothing", "Write numerator and denominator in words")
        return self


class Value(PackModel):
    """A value and the fiscal year it is of."""

    value: float
    fiscal_year: int = Field(ge=2000, le=2100)


class Input(PackModel):
    """A number a target was computed from, with its source and how sure it is."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    value: int
    unit: Text
    source: Text
    certainty: Literal["published", "derived", "assumed"]


class Target(PackModel):
    """A numerical target, where it starts and how it was set (数値目標). `plan`: whose it is, the city's first where not said."""

    strategy: Code
    indicator: Code
    baseline: Value | None
    target: Value
    rationale: Text
    formula: str | None = None
    inputs: tuple[Input, ...] = ()
    remark: Text | None = None
    plan: Code | None = None

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if self.baseline is not None and self.target.fiscal_year <= self.baseline.fiscal_year:
            raise fault(
                f"The target of {self.indicator} lies before its baseline", "Correct one of the fiscal years"
            )
        if (self.formula is None) != (not self.inputs):
            raise fault(
                f"The target of {self.indicator} has a formula without inputs, or inputs without formula",
                "Write both, or neither",
            )
        return self


class Indicators(PackModel):
    """The whole of `plan/indicators.yaml`."""

    indicators: tuple[Indicator, ...] = Field(min_length=1)
    targets: tuple[Target, ...] = ()


class Observed(PackModel):
    """A value observed elsewhere, with what proves it (観測値). `value` is in the indicator's unit.

    `status`: how final it is. `vintage`: the edition of the series it stands in (公表の版), since series are revised whole.
    `answers`, `low`, `high`: of a survey, how many answered and the 95 % interval; `survey` and `wave`: of the city's own.
    """

    indicator: Code
    from_: date = Field(alias="from")
    to: date
    value: Decimal = Field(max_digits=18, decimal_places=4)
    numerator: int | None = Field(default=None, ge=0, le=10**15)
    denominator: int | None = Field(default=None, ge=0, le=10**15)
    status: Status = "final"
    vintage: str = Field(min_length=1, max_length=80)
    published_on: date
    source: str = Field(min_length=1, max_length=300)
    evidence: str = Field(default="", max_length=1000)
    answers: int | None = Field(default=None, ge=1, le=10**9)
    low: Decimal | None = Field(default=None, max_digits=18, decimal_places=4)
    high: Decimal | None = Field(default=None, max_digits=18, decimal_places=4)
    survey: Code | None = None
    wave: int | None = Field(default=None, ge=1, le=9999)


class Observations(PackModel):
    """The whole of `plan/observations.yaml`."""

    observations: tuple[Observed, ...]


def load_observations(pack: Pack) -> tuple[Observed, ...]:
    """The observed values a pack brings. Raises PackError with file, line and remedy."""
    document = pack.document(OBSERVATIONS_FILE)
    return () if document is None else validate(Observations, document).observations


def load_indicators(pack: Pack) -> Indicators:
    """The indicators and targets of a city. Raises PackError with file, line and remedy."""
    document = pack.document(INDICATORS_FILE)
    if document is None:
        label = f"{pack.layers[-1].label}/{INDICATORS_FILE}"
        raise PackError(
            [
                Problem(
                    label, None, "The plan has no indicators", "Write the file; packs/mihon has a short one"
                )
            ]
        )
    return validate(Indicators, document)


def check(pack: Pack) -> list[Problem]:
    """What is wrong with plan and numbers of a pack, also between them: names, sections, procedures, formulas."""
    problems: list[Problem] = []
    for load in (load_plans, load_indicators):
        try:
            load(pack)
        except PackError as error:
            problems += error.problems
    if problems:
        return problems
    indicators = {indicator.code for indicator in load_indicators(pack).indicators}
    actions = check_actions(pack, sections=_sections(pack), indicators=indicators)
    return [*_plan_problems(pack), *_number_problems(pack), *actions, *_observed_problems(pack)]


def _plan_problems(pack: Pack) -> Iterator[Problem]:
    """Indicators and sections that a plan names and nobody has."""
    for document in (_document(pack, PLAN_FILE), *pack.documents(FURTHER_PLANS)):
        yield from _one_plan(pack, validate(Plan, document), document)


def _one_plan(pack: Pack, plan: Plan, document: Document) -> Iterator[Problem]:
    codes = {indicator.code for indicator in load_indicators(pack).indicators}
    sections = _sections(pack)
    named = [("measures", n, f"Measure {m.code}", m.indicators) for n, m in enumerate(plan.measures)]
    named += [("roadmap", n, f"The roadmap's {r.code}", r.indicators) for n, r in enumerate(plan.roadmap)]
    for key, place, owner, indicators in named:
        for number, code in enumerate(indicators):
            if code not in codes:
                yield document.problem(
                    (key, place, "indicators", number),
                    f"{owner} names the indicator {code}, which does not exist",
                    f"Choose one of {', '.join(sorted(codes))}",
                )
    for place, body in enumerate(plan.organisation):
        if body.section is not None and body.section not in sections:
            yield document.problem(
                ("organisation", place, "section"),
                f"{body.code} is the section {body.section}, which the city does not have",
                f"Choose one of {', '.join(sorted(sections))}",
            )


def _number_problems(pack: Pack) -> Iterator[Problem]:
    """Indicators and targets that name what nobody has, and formulas that cannot be worked out."""
    from dokodemo.promotion.indicators.checking import query_problems
    from dokodemo.promotion.indicators.logic import recompute
    from dokodemo.promotion.indicators.sources import SOURCES

    plans, numbers, document = load_plans(pack), load_indicators(pack), _document(pack, INDICATORS_FILE)
    sections = _sections(pack)
    yield from twice(document, "indicators", [indicator.code for indicator in numbers.indicators])
    for place, indicator in enumerate(numbers.indicators):
        if indicator.state == "works" and indicator.source not in SOURCES and indicator.source != QUERY:
            yield document.problem(
                ("indicators", place, "source"),
                f"{indicator.code} has the source {indicator.source}, which nothing provides",
                f"Choose one of {', '.join(sorted(SOURCES))}, write a `query` with source: query, or set state: planned",
            )
        if indicator.owner not in sections:
            yield document.problem(
                ("indicators", place, "owner"),
                f"{indicator.code} belongs to the section {indicator.owner}, which the city does not have",
                f"Choose one of {', '.join(sorted(sections))}",
            )
    yield from query_problems(
        document, numbers.indicators, {one.code for plan in plans for one in plan.measures}
    )
    codes = {indicator.code for indicator in numbers.indicators}
    first = load_plan(pack).code
    strategies = {plan.code: {one.code for one in plan.strategies} for plan in plans}
    for place, target in enumerate(numbers.targets):
        whose = target.plan or first
        for key, name, known in (
            ("plan", whose, set(strategies)),
            ("indicator", target.indicator, codes),
            ("strategy", target.strategy, strategies.get(whose, {target.strategy})),
        ):
            if name not in known:
                yield document.problem(
                    ("targets", place, key),
                    f"A target names the {key} {name}, which the plan does not have",
                    f"Choose one of {', '.join(sorted(known))}",
                )
        if _from_itself(target):
            yield document.problem(
                ("targets", place, "formula"),
                f"The target of {target.indicator} is worked out from {target.indicator} itself",
                "Name the numbers it is worked out from: none depends on itself",
            )
            continue
        try:
            recompute(target)
        except PackError as error:
            for found in error.problems:
                yield document.problem(("targets", place, "formula"), found.message, found.remedy)


def _from_itself(target: Target) -> bool:
    """Whether a target's formula, or one of its inputs, is the number the target is for."""
    named = {name.lower() for name in re.findall(r"[A-Za-z_]\w*", target.formula or "")}
    return target.indicator.lower() in named | {given.name for given in target.inputs}


def _observed_problems(pack: Pack) -> Iterator[Problem]:
    """Observed values that cannot be: of no indicator, in the future, twice."""
    from dokodemo.kernel import calendar_jp
    from dokodemo.promotion.indicators.observing import faults, same

    try:
        found = load_observations(pack)
    except PackError as error:
        yield from error.problems
        return
    if not found:
        return
    document = _document(pack, OBSERVATIONS_FILE)
    known = {indicator.code: indicator for indicator in load_indicators(pack).indicators}
    seen: set[tuple[object, ...]] = set()
    for number, one in enumerate(found):
        indicator = known.get(one.indicator)
        for key, message, remedy in faults(one, indicator, calendar_jp.today()):
            yield document.problem(("observations", number, key), message, remedy)
        if same(one) in seen:
            yield document.problem(
                ("observations", number),
                f"{one.indicator} has this period and vintage twice",
                "Take one of them out",
            )
        seen.add(same(one))


def _document(pack: Pack, path: str) -> Document:
    found = pack.document(path)
    assert found is not None
    return found


def _sections(pack: Pack) -> set[str]:
    """The sections of the city by code; which of them are wrong is said elsewhere."""
    found = pack.document("organisation/sections.yaml")
    listed = found.data.get("sections", []) if found is not None else []
    return {str(section.get("code")) for section in listed}
