"""The shape of a city's plans (計画の定義): `plan/plan.yaml`, and `plan/plans/*.yaml` for those that follow it.

Owns which keys a file may have, whether its parts name each other rightly, and that one plan is in force on a day.
Never knows Arao: every word is data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import Document, Pack, PackError, PackModel, Problem, Text, fault, validate

PLAN_FILE = "plan/plan.yaml"
FURTHER_PLANS = "plan/plans/*.yaml"
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=60)]
State = Literal["works", "partly", "planned"]


class Period(PackModel):
    """The first and last day of a plan, inclusive (計画期間)."""

    from_: date = Field(alias="from")
    to: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.from_:
            raise fault("The plan ends before it begins", "Put the later day under `to`")
        return self


class Kept(PackModel):
    """How long what people did or said is kept as theirs (保存期間): `years` after the end of its fiscal year."""

    years: int = Field(ge=1, le=30)
    sample: bool = True

    def until(self, day: date) -> date:
        """The last day on which what is of a day is kept; it may be erased from the next day on."""
        return calendar_jp.fiscal_year_end(calendar_jp.fiscal_year(day) + self.years)

    def over_before(self, today: date) -> date:
        """What is of a day before this one is over, today."""
        return calendar_jp.fiscal_year_start(calendar_jp.fiscal_year(today) - self.years)


class Strategy(PackModel):
    """A basic strategy (基本戦略)."""

    code: Code
    title: Text
    aim: Text
    keywords: tuple[Text, ...] = ()


class Service(PackModel):
    """Something residents or staff use that is no procedure (サービス)."""

    name: Text
    state: State


class Measure(PackModel):
    """A measure and the promise it makes to residents (重点施策).

    `services` are those that are no procedures; a procedure says itself which measures it serves. `takes_over`: the measures
    of the plan before whose actions go on under this one.
    """

    code: Code
    strategy: Code
    number: int = Field(ge=1)
    title: Text
    promise: Text
    state: State
    place: str
    services: tuple[Service, ...] = ()
    indicators: tuple[Code, ...] = ()
    takes_over: tuple[Code, ...] = ()


class Guideline(PackModel):
    """A guideline and how this software keeps to it (重点指針)."""

    code: Code
    kind: Literal["mind", "management", "technology"]
    title: Text
    meaning: Text


class RoadmapItem(PackModel):
    """One line of the roadmap, in fiscal years (取組指標)."""

    code: Code
    title: Text
    aim: Text
    from_: int = Field(alias="from")
    to: int
    measures: tuple[Code, ...] = ()
    indicators: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.from_:
            raise fault(f"The roadmap's {self.code} ends before it begins", "Put the later year under `to`")
        return self


class Body(PackModel):
    """A body or post of the promotion organisation (推進体制)."""

    code: Code
    title: Text
    task: Text
    role: str | None = None
    section: str | None = None


class Rhythm(PackModel):
    """What is done how often (進捗管理)."""

    code: Code
    every: Literal["month", "quarter", "year"]
    title: Text


class Part(PackModel):
    """A part of another plan that an action may serve too."""

    code: Code
    title: Text


class RelatedPlan(PackModel):
    """Another plan of the city that this one works with (関連計画), with the parts its actions may name."""

    code: Code
    title: Text
    says: Text
    parts: tuple[Part, ...] = ()

    @property
    def places(self) -> dict[str, Text]:
        """What an action may name of it, with its title: the plan's code, or `plan.part`."""
        return {self.code: self.title, **{f"{self.code}.{part.code}": part.title for part in self.parts}}


class Plan(PackModel):
    """A city's plan, whole. `successor`: the plan that follows it (後継計画); `sample`: made up, so screens say 見本."""

    code: Code
    title: Text
    source: Text
    state: Literal["draft", "in_force", "ended"]
    period: Period
    after: Text | None = None
    successor: Code | None = None
    sample: bool = False
    vision: Text
    strategies: tuple[Strategy, ...] = Field(min_length=1)
    measures: tuple[Measure, ...] = Field(min_length=1)
    guidelines: tuple[Guideline, ...] = ()
    roadmap: tuple[RoadmapItem, ...] = ()
    organisation: tuple[Body, ...] = ()
    rhythm: tuple[Rhythm, ...] = ()
    related: tuple[RelatedPlan, ...] = ()

    @property
    def related_places(self) -> tuple[str, ...]:
        """What an action may name of other plans."""
        return tuple(place for other in self.related for place in other.places)


def load_plan(pack: Pack) -> Plan:
    """The city's first plan. Raises PackError with file, line and remedy, also when the city has none."""
    return _read(_first_document(pack))


def load_plans(pack: Pack) -> tuple[Plan, ...]:
    """All plans of a city, the earliest first. Raises PackError for plans that stand in each other's way."""
    first = _first_document(pack)
    found = [(document, _read(document)) for document in (first, *pack.documents(FURTHER_PLANS))]
    problems = list(_wrong_together(found))
    if problems:
        raise PackError(problems)
    return tuple(sorted((plan for _, plan in found), key=lambda plan: plan.period.from_))


def _first_document(pack: Pack) -> Document:
    document = pack.document(PLAN_FILE)
    if document is None:
        label = f"{pack.layers[-1].label}/{PLAN_FILE}"
        raise PackError(
            [Problem(label, None, "The city has no plan", "Write the file; packs/mihon has a short one")]
        )
    return document


def _read(document: Document) -> Plan:
    plan = validate(Plan, document)
    problems = list(_wrong_names(plan, document))
    if problems:
        raise PackError(problems)
    return plan


def _wrong_together(found: Sequence[tuple[Document, Plan]]) -> Iterator[Problem]:
    """Plans of one code or one time, successors that are none, and measures taken over that no plan before has."""
    for place, (document, plan) in enumerate(found):
        for _, other in found[:place]:
            if other.code == plan.code:
                yield document.problem(
                    ("code",), f"Two plans are called {plan.code}", "A code is for ever and for one plan"
                )
            if plan.period.from_ <= other.period.to and other.period.from_ <= plan.period.to:
                yield document.problem(
                    ("period",),
                    f"The plan {plan.code} is in force on days of the plan {other.code}",
                    f"One plan is in force on a day: {other.code} runs from {other.period.from_} to {other.period.to}",
                )
    by_code = {plan.code: plan for _, plan in found}
    for document, plan in found:
        yield from _wrong_successor(document, plan, by_code)
        before = [other for other in by_code.values() if other.successor == plan.code]
        known = sorted(measure.code for other in before for measure in other.measures)
        for place, measure in enumerate(plan.measures):
            for number, code in enumerate(measure.takes_over):
                if code not in known:
                    yield document.problem(
                        ("measures", place, "takes_over", number),
                        f"{measure.code} takes over the measure {code}, which no plan before has",
                        f"Choose among {', '.join(known)}"
                        if known
                        else "Name this plan as `successor` in the plan before",
                    )


def _wrong_successor(document: Document, plan: Plan, known: Mapping[str, Plan]) -> Iterator[Problem]:
    if plan.successor is None:
        return
    following = known.get(plan.successor)
    others = sorted(set(known) - {plan.code})
    if following is None:
        yield document.problem(
            ("successor",),
            f"The successor {plan.successor} is no plan of this city",
            f"Choose one of {', '.join(others)}" if others else f"Write its file as {FURTHER_PLANS}",
        )
    elif following.period.from_ <= plan.period.to:
        yield document.problem(
            ("successor",),
            f"The successor {plan.successor} begins before {plan.code} has ended",
            "A successor begins after the last day of the plan before it",
        )


def _wrong_names(plan: Plan, document: Document) -> Iterator[Problem]:
    """Codes that are there twice, and names of parts the plan does not have."""
    strategies = [strategy.code for strategy in plan.strategies]
    measures = [measure.code for measure in plan.measures]
    related = [other.code for other in plan.related]
    for key, codes in (("strategies", strategies), ("measures", measures), ("related", related)):
        yield from twice(document, key, codes)
    for place, measure in enumerate(plan.measures):
        if measure.strategy not in strategies:
            yield document.problem(
                ("measures", place, "strategy"),
                f"Measure {measure.code} belongs to the strategy {measure.strategy}, which the plan does not have",
                f"Choose one of {', '.join(sorted(strategies))}",
            )
    for place, item in enumerate(plan.roadmap):
        for number, code in enumerate(item.measures):
            if code not in measures:
                yield document.problem(
                    ("roadmap", place, "measures", number),
                    f"The roadmap's {item.code} names the measure {code}, which the plan does not have",
                    f"Choose among {', '.join(sorted(measures))}",
                )


def twice(document: Document, key: str, codes: Sequence[str]) -> Iterator[Problem]:
    """A problem at each part of a list whose code another part before it has."""
    for place, code in enumerate(codes):
        if code in codes[:place]:
            yield document.problem(
                (key, place, "code"), f"{key} has {code} twice", "A code is for ever and for one thing"
            )
