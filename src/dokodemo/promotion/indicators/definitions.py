"""The shape of a plan's numbers (指標・数値目標の定義): `plan/indicators.yaml`.

Owns which keys the file may have and whether plan and numbers name each other rightly. Never computes a value.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from dokodemo.kernel.packs import Pack, PackError, PackModel, Problem, Text, fault, validate
from dokodemo.promotion.plan.definitions import Code, Plan, load_plan

INDICATORS_FILE = "plan/indicators.yaml"
Unit = Literal["percent", "million_yen", "count"]


class Indicator(PackModel):
    """What a number means, and what it is counted from (指標)."""

    code: Code
    kind: Literal["input", "activity", "output", "outcome", "impact"]
    title: Text
    says: Text
    unit: Unit
    direction: Literal["up", "down"]
    counting_unit: Text | None = None
    numerator: Text | None = None
    denominator: Text | None = None
    source: str = Field(pattern=r"^[a-z_]+(\.[a-z_]+)?$")
    state: Literal["works", "planned"]
    owner: Code
    every: Literal["day", "month", "quarter", "year"]
    lag_months: int = Field(ge=0, le=60)

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
    """A numerical target, where it starts and how it was set (数値目標)."""

    strategy: Code
    indicator: Code
    baseline: Value | None
    target: Value
    rationale: Text
    formula: str | None = None
    inputs: tuple[Input, ...] = ()
    remark: Text | None = None

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
    from dokodemo.promotion.indicators.logic import recompute
    from dokodemo.promotion.indicators.sources import SOURCES

    try:
        plan, numbers = load_plan(pack), load_indicators(pack)
    except PackError as error:
        return list(error.problems)
    label = f"{pack.layers[-1].label}/{INDICATORS_FILE}"
    problems = _names(pack, plan, numbers, label)
    for indicator in numbers.indicators:
        if indicator.state == "works" and indicator.source not in SOURCES:
            known = ", ".join(sorted(SOURCES))
            problems.append(
                Problem(
                    label,
                    None,
                    f"{indicator.code} has the source {indicator.source}, which nothing provides",
                    f"Choose one of {known}, or set state: planned",
                )
            )
    for target in numbers.targets:
        if target.formula is not None:
            try:
                recompute(target)
            except PackError as error:
                problems += [Problem(label, None, p.message, p.remedy) for p in error.problems]
    return problems


def _names(pack: Pack, plan: Plan, numbers: Indicators, label: str) -> list[Problem]:
    codes = {indicator.code for indicator in numbers.indicators}
    strategies = {strategy.code for strategy in plan.strategies}
    measures = {measure.code for measure in plan.measures}
    plan_label = f"{pack.layers[-1].label}/plan/plan.yaml"
    owners = [(f"Measure {measure.code}", measure.indicators) for measure in plan.measures]
    owners += [(f"The roadmap's {item.code}", item.indicators) for item in plan.roadmap]
    problems = [
        Problem(
            plan_label,
            None,
            f"{owner} names the indicator {code}, which does not exist",
            f"Choose one of {', '.join(sorted(codes))}",
        )
        for owner, named in owners
        for code in named
        if code not in codes
    ]
    problems += [
        document.problem(
            ("measures", place),
            f"The plan has no measure {code}",
            f"Choose one of {', '.join(sorted(measures))}",
        )
        for document in pack.documents("procedures/*/procedure.yaml")
        for place, code in enumerate(document.data.get("measures") or ())
        if code not in measures
    ]
    problems += [
        Problem(label, None, f"A target names {name}, which the plan does not have", "Correct the code")
        for target in numbers.targets
        for name, known in ((target.indicator, codes), (target.strategy, strategies))
        if name not in known
    ]
    return problems
