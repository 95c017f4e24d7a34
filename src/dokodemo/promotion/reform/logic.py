"""Pure rules of work reform (業務改革の規則): what a task takes, what could be lighter and why, what a reform saved.

Owns how words and numbers of a task are read. Never reads a table or a pack. Hours are of a year, as Decimal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

RULES_ALONE = ("wholly", "partly", "never")
MEDIA = ("paper", "digital")
BASES = ("law", "city", "custom")
FREED = ("core", "other", "overtime")
MEASURES = ("abolish", "simplify", "digitise", "rpa")
STATES = ("not_started", "requirements", "building", "testing", "moved", "extended")
# Of a system of which nobody has said anything yet; nobody says it.
UNSAID = "unsaid"
MOST_MINUTES, MOST_CASES, MOST_HOURS = Decimal(100_000), 10_000_000, Decimal(1_000_000)
LONGEST_TITLE, LONGEST_TEXT, MOST_SYSTEMS, LONGEST_SYSTEM = 100, 200, 20, 60
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class TaskFacts:
    """What a section says of a task. `minutes` for one case, `cases` a year; `measured` is about the minutes."""

    code: str
    section: str
    title: str
    minutes: Decimal
    cases: int
    rules_alone: str
    medium_in: str
    medium_out: str
    basis: str
    core: bool
    measured: bool
    systems: tuple[str, ...] = ()

    @property
    def hours(self) -> Decimal:
        """Hours a year, to a tenth."""
        return tenths(self.minutes * self.cases / 60)


def tenths(value: Decimal) -> Decimal:
    """A number rounded to one decimal place, halves up, as people do by hand."""
    return value.quantize(_TENTH, ROUND_HALF_UP)


@dataclass(frozen=True)
class When:
    """The conditions of a rule: what is None is not asked. Hours and cases are of a year, minutes of one case."""

    rules_alone: tuple[str, ...] | None = None
    medium_in: tuple[str, ...] | None = None
    medium_out: tuple[str, ...] | None = None
    basis: tuple[str, ...] | None = None
    hours_from: Decimal | None = None
    cases_from: int | None = None
    cases_to: int | None = None
    minutes_from: Decimal | None = None
    systems_from: int | None = None


@dataclass(frozen=True)
class Rule:
    """A line of the table: its code, the measure (of MEASURES) it proposes, and when."""

    code: str
    measure: str
    when: When


def holds(when: When, task: TaskFacts) -> bool:
    """Whether every condition that is asked holds for a task."""
    among = (
        (when.rules_alone, task.rules_alone),
        (when.medium_in, task.medium_in),
        (when.medium_out, task.medium_out),
        (when.basis, task.basis),
    )
    least = (
        (when.hours_from, task.hours),
        (when.cases_from, task.cases),
        (when.minutes_from, task.minutes),
        (when.systems_from, len(task.systems)),
    )
    return (
        all(wanted is None or value in wanted for wanted, value in among)
        and all(bound is None or value >= bound for bound, value in least)
        and (when.cases_to is None or task.cases <= when.cases_to)
    )


def proposals(task: TaskFacts, rules: Sequence[Rule]) -> list[Rule]:
    """The rules that hold for a task, in the order of the table: the first is what to look at first.

    Work that needs people to talk with people is never proposed for anything.
    """
    return [] if task.core else [rule for rule in rules if holds(rule.when, task)]


@dataclass(frozen=True)
class Saved:
    """Hours of one reform: won at the work itself in a year, spent on building and upkeep, and where they went."""

    gross: Decimal
    spent: Decimal
    freed: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def net(self) -> Decimal:
        """Hours saved in the first year; below zero when the reform cost more than it won."""
        return self.gross - self.spent


def saved(
    *,
    before: Decimal,
    after: Decimal,
    cases: int,
    build: Decimal,
    upkeep: Decimal,
    freed: Mapping[str, Decimal] | None = None,
) -> Saved:
    """(before − after) × cases / 60, less the hours of building and upkeep; each to a tenth of an hour."""
    return Saved(tenths((before - after) * cases / 60), build + upkeep, dict(freed or {}))


@dataclass(frozen=True)
class Sum:
    """Reforms of one kind (measured, or estimated) together. The two kinds are never added."""

    reforms: int
    net: Decimal
    freed: Mapping[str, Decimal]

    @property
    def unsaid(self) -> Decimal:
        """Hours saved of which nobody has said where they went."""
        return max(Decimal(0), self.net - sum(self.freed.values(), Decimal(0)))


def summed(every: Iterable[Saved]) -> Sum:
    """The sum of reforms of one kind."""
    listed = list(every)
    return Sum(
        len(listed),
        sum((one.net for one in listed), Decimal(0)),
        {name: sum((one.freed.get(name, Decimal(0)) for one in listed), Decimal(0)) for name in FREED},
    )


class Unfit(ValueError):
    """A cell or box that cannot be read; the text is the key of a fixed text that says what to do."""


def folded(text: str) -> str:
    """Text as it is compared: widths made one, no spaces around."""
    return unicodedata.normalize("NFKC", text).strip()


def number_of(text: str, *, most: Decimal, fault: str, zero: bool = True) -> Decimal:
    """A number with at most one decimal place, from 0 (or above 0) to `most`. Raises Unfit with `fault`."""
    plain = folded(text).replace(",", "")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise Unfit(fault) from None
    if not (value.is_finite() and plain.replace(".", "").isdecimal()):
        raise Unfit(fault)
    if value > most or (value == 0 and not zero) or value != tenths(value):
        raise Unfit(fault)
    return tenths(value)


def count_of(text: str, *, most: int, fault: str) -> int:
    """A whole number from 0 to `most`. Raises Unfit with `fault`."""
    plain = folded(text).replace(",", "")
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 12 and int(plain) <= most):
        raise Unfit(fault)
    return int(plain)


def line_of(text: str, *, longest: int, fault: str, needed: bool = True) -> str:
    """One line of words. Raises Unfit with `fault` when it is too long, or empty where it is needed."""
    line = " ".join(text.split())
    if len(line) > longest or (needed and not line):
        raise Unfit(fault)
    return line


def day_of(text: str, *, fault: str, needed: bool = True) -> date | None:
    """A day as YYYY-MM-DD. Raises Unfit with `fault`."""
    plain = folded(text).replace("/", "-")
    if not plain and not needed:
        return None
    try:
        return date.fromisoformat(plain)
    except ValueError:
        raise Unfit(fault) from None
