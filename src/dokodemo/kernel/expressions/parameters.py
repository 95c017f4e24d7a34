"""Figures of law that change with time: amounts, limits, days, each with the day it starts (規則の定数).

Owns `parameters/*.yaml`. Never guesses: a day before the first value is an error that says so.
"""

import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from pydantic import Field

from dokodemo.kernel.expressions.kinds import Kind, Type
from dokodemo.kernel.expressions.values import LARGEST, SMALLEST, Failure, Value
from dokodemo.kernel.packs import Document, Pack, PackError, PackModel, Problem, Text, validate

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z")
_KINDS = frozenset(set(Kind) - {Kind.CHOICE})


class DatedDefinition(PackModel):
    """One value of a parameter as its file writes it; in force from the day `from`, that day included."""

    start: date = Field(alias="from")
    value: bool | int | str
    article: str | None = None


class ParameterDefinition(PackModel):
    """One parameter as its file writes it."""

    name: str
    type: Kind
    label: Text
    values: tuple[DatedDefinition, ...]


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value in force from the day `start` (JST) until the next one starts; `article` is its source."""

    start: date
    value: Value
    article: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """A named figure with its values in order of time (yen for amounts, whole numbers otherwise)."""

    name: str
    type: Type
    values: tuple[DatedValue, ...]
    label: Text | None = None

    def on(self, day: date) -> Value | Failure:
        """The value in force on `day`, a Failure that names the first day when `day` lies before it."""
        place = bisect_right([value.start for value in self.values], day)
        if place:
            return self.values[place - 1].value
        first = self.values[0].start.isoformat()
        return Failure(
            f"the parameter has no value on {day.isoformat()}; its first is from {first}", self.text
        )

    @property
    def text(self) -> str:
        """The name as rules write it."""
        return f"param.{self.name}"


class ParameterSet:
    """All parameters of a pack; `digest` changes with any name, type, day or value."""

    def __init__(self, parameters: Mapping[str, Parameter] | None = None) -> None:
        self.parameters: Mapping[str, Parameter] = MappingProxyType(dict(parameters or {}))

    def __contains__(self, name: str) -> bool:
        return name in self.parameters

    def __getitem__(self, name: str) -> Parameter:
        return self.parameters[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.parameters)

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal over names, types and dated values."""
        rows = [
            [
                name,
                parameter.type.kind,
                [[str(v.start), type(v.value).__name__, str(v.value)] for v in parameter.values],
            ]
            for name, parameter in sorted(self.parameters.items())
        ]
        return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def load_parameters(pack: Pack) -> ParameterSet:
    """Every parameter of `parameters/*.yaml`; PackError with file and line of each mistake."""
    problems: list[Problem] = []
    found: dict[str, Parameter] = {}
    for document in pack.documents("parameters/*.yaml"):
        if not isinstance(document.data, list):
            problems.append(
                document.problem((), "the file is not a list of parameters", "Start it with `- name: …`")
            )
            continue
        for index in range(len(document.data)):
            try:
                parameter = _read(document, index)
            except PackError as error:
                problems += error.problems
                continue
            if parameter.name in found:
                problems.append(
                    document.problem(
                        (index, "name"),
                        f'the parameter "{parameter.name}" is defined twice',
                        "Keep one; its values over time belong into one list",
                    )
                )
            found[parameter.name] = parameter
    if problems:
        raise PackError(problems)
    return ParameterSet(found)


def _read(document: Document, index: int) -> Parameter:
    definition = validate(ParameterDefinition, document, at=(index,))
    problems: list[Problem] = []

    def wrong(at: tuple[str | int, ...], message: str, remedy: str) -> None:
        problems.append(document.problem((index, *at), message, remedy))

    if not NAME.match(definition.name):
        wrong(("name",), f'"{definition.name}" is not a name', "Use small letters, digits and underscores")
    if definition.type not in _KINDS:
        wrong(("type",), f"a parameter cannot be {definition.type}", f"Choose {', '.join(sorted(_KINDS))}")
    if not definition.values:
        wrong(("values",), "the parameter has no value", "Write `values: [{from: 2026-04-01, value: …}]`")
    values: list[DatedValue] = []
    for place, dated in enumerate(definition.values if definition.type in _KINDS else ()):
        if values and dated.start <= values[-1].start:
            wrong(
                ("values", place, "from"),
                f"{dated.start} does not come after {values[-1].start}",
                "Write the values in order of time, one for each day",
            )
        value = typed(definition.type, dated.value)
        if value is None:
            wrong(
                ("values", place, "value"),
                f"the value is not {Type(definition.type)}",
                _EXAMPLES[definition.type],
            )
        else:
            values.append(DatedValue(dated.start, value, dated.article))
    if problems:
        raise PackError(problems)
    return Parameter(definition.name, Type(definition.type), tuple(values), definition.label)


_EXAMPLES: dict[Kind, str] = {
    Kind.BOOLEAN: "Write true or false",
    Kind.INTEGER: "Write digits only; a rate as two parameters or a fraction in the rule",
    Kind.YEN: "Write the yen as digits only, e.g. 10000",
    Kind.DATE: "Write a day like 2026-04-01",
    Kind.YEAR_MONTH: "Write a month like 2026-04",
    Kind.TEXT: "Write a text in quotes",
    Kind.CHOICE: "Write a text in quotes",
}


def typed(kind: Kind, raw: Any) -> Value | None:
    """`raw` from a file or a rule's text as a value of `kind`, None when it is not one."""
    if kind is Kind.BOOLEAN:
        return raw if isinstance(raw, bool) else None
    if kind in {Kind.INTEGER, Kind.YEN}:
        whole = isinstance(raw, int) and not isinstance(raw, bool) and SMALLEST <= raw <= LARGEST
        return raw if whole else None
    if not isinstance(raw, str):
        return None
    if kind is Kind.DATE:
        try:
            return date.fromisoformat(raw) if _DAY.match(raw) else None
        except ValueError:
            return None
    if kind is Kind.YEAR_MONTH:
        return raw if _MONTH.match(raw) else None
    return raw
