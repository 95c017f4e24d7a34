"""The shape of a city's tasks, of the rules that find what could be lighter, and of the standardised systems.

Owns `plan/tasks.yaml` (業務の見本), `reform/rules.yaml` (改革候補の規則) and `reform/systems.yaml` (標準化対象の業務).
Never counts anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from dokodemo.kernel.packs import Document, Pack, PackModel, Problem, Text, fault, open_pack, validate
from dokodemo.promotion.plan.definitions import twice
from dokodemo.promotion.reform.logic import MOST_CASES, Rule, TaskFacts, When, holds, proposals, tenths

TASKS_FILE = "plan/tasks.yaml"
RULES_FILE = "reform/rules.yaml"
SYSTEMS_FILE = "reform/systems.yaml"

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=40)]
RulesAlone = Literal["wholly", "partly", "never"]
Medium = Literal["paper", "digital"]
Basis = Literal["law", "city", "custom"]


class TaskFile(PackModel):
    """What a task is like, without its name: minutes for one case, cases a year."""

    minutes: Decimal = Field(gt=0, le=100_000)
    cases: int = Field(ge=0, le=MOST_CASES)
    rules_alone: RulesAlone
    medium_in: Medium
    medium_out: Medium
    basis: Basis
    core: bool = False
    systems: tuple[Annotated[str, StringConstraints(min_length=1, max_length=60)], ...] = ()

    @field_validator("minutes")
    @classmethod
    def _to_a_tenth(cls, value: Decimal) -> Decimal:
        if value != tenths(value):
            raise fault(f"{value} minutes is finer than a tenth", "Write at most one decimal place")
        return value

    def facts(self, code: str, section: str, title: str, *, measured: bool) -> TaskFacts:
        """The same as the rules take it."""
        return TaskFacts(
            code=code,
            section=section,
            title=title,
            minutes=tenths(self.minutes),
            cases=self.cases,
            rules_alone=self.rules_alone,
            medium_in=self.medium_in,
            medium_out=self.medium_out,
            basis=self.basis,
            core=self.core,
            measured=measured,
            systems=self.systems,
        )


class TaskDefinition(TaskFile):
    """A task a city begins with. What a file says is a guess until the section says it: minutes are estimated."""

    code: Code
    section: Code
    title: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class TasksFile(PackModel):
    """The whole of `plan/tasks.yaml`."""

    tasks: tuple[TaskDefinition, ...] = ()


class Conditions(PackModel):
    """When a rule holds: every condition that is written. Hours and cases are of a year, minutes of one case."""

    rules_alone: tuple[RulesAlone, ...] | None = None
    medium_in: tuple[Medium, ...] | None = None
    medium_out: tuple[Medium, ...] | None = None
    basis: tuple[Basis, ...] | None = None
    hours_from: Decimal | None = Field(default=None, ge=0)
    cases_from: int | None = Field(default=None, ge=0)
    cases_to: int | None = Field(default=None, ge=0)
    minutes_from: Decimal | None = Field(default=None, ge=0)
    systems_from: int | None = Field(default=None, ge=0)


class RuleDefinition(PackModel):
    """One line of the table: what it proposes, when, why, and a task for which it holds (its test)."""

    code: Code
    measure: Literal["abolish", "simplify", "digitise", "rpa"]
    when: Conditions
    reason: Text
    example: TaskFile

    @property
    def rule(self) -> Rule:
        """The same as the rules of logic take it."""
        return Rule(self.code, self.measure, When(**self.when.model_dump()))

    @property
    def example_facts(self) -> TaskFacts:
        """The example as the rules take it."""
        return self.example.facts("example", "example", self.code, measured=False)


class RulesFile(PackModel):
    """The whole of `reform/rules.yaml`: the first rule that holds is what to look at first."""

    rules: tuple[RuleDefinition, ...] = ()


class SystemDefinition(PackModel):
    """A task whose system the law standardises (標準化対象業務), in the order of the law."""

    code: Code
    title: Text


class SystemsFile(PackModel):
    """The whole of `reform/systems.yaml`."""

    systems: tuple[SystemDefinition, ...] = ()


def load_tasks(pack: Pack) -> TasksFile:
    """The tasks a city begins with; none when it has no file. Raises PackError."""
    return _load(pack, TASKS_FILE, TasksFile)


def load_rules(pack: Pack) -> RulesFile:
    """The rules that find candidates. Raises PackError."""
    return _load(pack, RULES_FILE, RulesFile)


def load_systems(pack: Pack) -> SystemsFile:
    """The standardised systems. Raises PackError."""
    return _load(pack, SYSTEMS_FILE, SystemsFile)


@lru_cache(maxsize=4)
def rules_of(pack: str) -> tuple[RuleDefinition, ...]:
    """The rules by the pack's name, read once. Raises PackError."""
    return load_rules(open_pack(pack)).rules


@lru_cache(maxsize=4)
def systems_of(pack: str) -> tuple[SystemDefinition, ...]:
    """The systems by the pack's name, read once. Raises PackError."""
    return load_systems(open_pack(pack)).systems


def _load[M: PackModel](pack: Pack, path: str, model: type[M]) -> M:
    document = pack.document(path)
    return model() if document is None else validate(model, document)


def check(pack: Pack) -> list[Problem]:
    """What is wrong between the parts: codes twice, sections the city lacks, rules their own example does not meet."""
    return [*_wrong_tasks(pack), *_wrong_rules(pack), *_wrong_systems(pack)]


def _wrong_tasks(pack: Pack) -> Iterator[Problem]:
    document, tasks = pack.document(TASKS_FILE), load_tasks(pack).tasks
    if document is None:
        return
    yield from twice(document, "tasks", [task.code for task in tasks])
    found = pack.document("organisation/sections.yaml")
    sections = {str(one.get("code")) for one in (found.data.get("sections", []) if found else [])}
    for place, task in enumerate(tasks):
        if task.section not in sections:
            yield document.problem(
                ("tasks", place, "section"),
                f"The task {task.code} belongs to the section {task.section}, which the city does not have",
                f"Choose one of {', '.join(sorted(sections))}",
            )


def _wrong_rules(pack: Pack) -> Iterator[Problem]:
    document, rules = pack.document(RULES_FILE), load_rules(pack).rules
    if document is None:
        return
    yield from twice(document, "rules", [rule.code for rule in rules])
    for place, rule in enumerate(rules):
        if not _written(document, place):
            yield document.problem(
                ("rules", place, "when"),
                f"The rule {rule.code} holds for every task",
                "Write a condition under `when`",
            )
        yield from _wrong_example(document, place, rule, rules)


def _written(document: Document, place: int) -> dict[str, Any]:
    found: dict[str, Any] = document.data["rules"][place]["when"]
    return found


def _wrong_example(
    document: Document, place: int, rule: RuleDefinition, rules: Sequence[RuleDefinition]
) -> Iterator[Problem]:
    at, task = ("rules", place, "example"), rule.example_facts
    if task.core:
        yield document.problem(
            at, f"The example of {rule.code} is core work, which no rule touches", "Write core: false"
        )
    elif not holds(rule.rule.when, task):
        yield document.problem(
            at, f"The rule {rule.code} does not hold for its own example", "Correct one of the two"
        )
    elif (first := proposals(task, [one.rule for one in rules])[0]).code != rule.code:
        yield document.problem(
            at,
            f"The example of {rule.code} is taken by the rule {first.code} above it",
            "Choose an example that only this rule takes, or change the order",
        )


def _wrong_systems(pack: Pack) -> Iterator[Problem]:
    document = pack.document(SYSTEMS_FILE)
    if document is not None:
        yield from twice(document, "systems", [system.code for system in load_systems(pack).systems])
