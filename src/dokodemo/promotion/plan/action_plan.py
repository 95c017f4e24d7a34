"""The shape of an action plan (DXアクションプランの定義): what is done in a fiscal year, by whom, until when, at what cost.

Owns the keys of `plan/actions.yaml` and of every kept version, and whether an action names what there is. Never knows a
city and never stores.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from dokodemo.kernel.packs import Document, Pack, PackError, PackModel, Problem, Text, fault, validate
from dokodemo.promotion.plan.definitions import Code, Plan, load_plan, twice

ACTIONS_FILE = "plan/actions.yaml"
MOST_ACTIONS = 500
# How an action stands to a guideline, as its section sees it itself (自己点検).
type Check = Literal["kept", "coming", "not_concerned"]
CHECKS: tuple[Check, ...] = ("kept", "coming", "not_concerned")


class Task(PackModel):
    """A step of an action and the day it is due (工程)."""

    title: Text
    due: date


class Origin(PackModel):
    """The action of an earlier plan that one goes on from (引継元)."""

    plan: Code
    action: Code


class Action(PackModel):
    """What a section does in a fiscal year for one measure or more (実施内容).

    `budget_yen`: yen of the year; `person_hours`: hours of staff in the year. `sample`: made up, so screens say 見本.
    """

    code: Code
    title: Text
    what: Text
    measures: tuple[Code, ...] = Field(min_length=1)
    section: Code
    from_: date = Field(alias="from")
    to: date
    tasks: tuple[Task, ...] = ()
    budget_yen: int | None = Field(default=None, ge=0, le=10**12)
    person_hours: int | None = Field(default=None, ge=0, le=10**7)
    guidelines: dict[Code, Check] = {}
    related: tuple[str, ...] = ()
    indicators: tuple[Code, ...] = ()
    sample: bool = False
    origin: Origin | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.from_:
            raise fault(f"The action {self.code} ends before it begins", "Put the later day under `to`")
        for task in self.tasks:
            if not self.from_ <= task.due <= self.to:
                raise fault(
                    f"A task of {self.code} is due on {task.due}, outside the action's time",
                    f"Choose a day from {self.from_} to {self.to}",
                )
        return self


class Actions(PackModel):
    """The whole of `plan/actions.yaml`: the actions of one fiscal year."""

    fiscal_year: int = Field(ge=2000, le=2100)
    actions: tuple[Action, ...] = Field(max_length=MOST_ACTIONS)


@dataclass(frozen=True)
class Around:
    """What an action may name: codes of measures, guidelines, sections, indicators, and places in other plans."""

    measures: Collection[str]
    guidelines: Collection[str]
    sections: Collection[str]
    indicators: Collection[str]
    related: Collection[str]

    @classmethod
    def of(cls, plan: Plan, *, sections: Collection[str], indicators: Collection[str]) -> Around:
        """What there is around a plan."""
        return cls(
            [measure.code for measure in plan.measures],
            [guideline.code for guideline in plan.guidelines],
            sections,
            indicators,
            plan.related_places,
        )

    def unknown(self, action: Action) -> Iterator[tuple[str, int | str, str, Collection[str]]]:
        """Names that nothing has: key, place in it, name, and what could be named instead."""
        for key, names, known in (
            ("measures", action.measures, self.measures),
            ("guidelines", tuple(action.guidelines), self.guidelines),
            ("related", action.related, self.related),
            ("indicators", action.indicators, self.indicators),
            ("section", (action.section,), self.sections),
        ):
            for place, name in enumerate(names):
                if name not in known:
                    yield key, name if key == "guidelines" else place, name, known


def load_actions(pack: Pack) -> Actions | None:
    """The actions a pack brings; None when it has none. Raises PackError with file, line and remedy."""
    document = pack.document(ACTIONS_FILE)
    return None if document is None else validate(Actions, document)


def check_actions(pack: Pack, *, sections: Collection[str], indicators: Collection[str]) -> list[Problem]:
    """What is wrong with a pack's actions: their shape, codes that are there twice, and names of nothing."""
    document = pack.document(ACTIONS_FILE)
    if document is None:
        return []
    try:
        found = validate(Actions, document)
    except PackError as error:
        return list(error.problems)
    around = Around.of(load_plan(pack), sections=sections, indicators=indicators)
    codes = [action.code for action in found.actions]
    return [*twice(document, "actions", codes), *_names(document, found, around)]


def _names(document: Document, found: Actions, around: Around) -> Iterator[Problem]:
    for number, action in enumerate(found.actions):
        for key, place, name, known in around.unknown(action):
            where = ("actions", number, key) if key == "section" else ("actions", number, key, place)
            yield document.problem(
                where,
                f"The action {action.code} names {name} under {key}, which does not exist",
                f"Choose among {', '.join(sorted(known))}",
            )


_ACTION: TypeAdapter[Action] = TypeAdapter(Action)


class Wrong(ValueError):
    """An action is not one; `faults` are (key path with dots, message in English)."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{place}: {message}" for place, message in faults))
        self.faults = faults


def read_action(data: Mapping[str, Any]) -> Action:
    """An action from JSON. Raises Wrong with everything that is not right."""
    try:
        return _ACTION.validate_python(dict(data))
    except ValidationError as error:
        raise Wrong([(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors()]) from None


def as_json(action: Action) -> dict[str, Any]:
    """An action as it is kept and written into a pack: keys of the file, nothing that says nothing."""
    return action.model_dump(mode="json", by_alias=True, exclude_defaults=True)
