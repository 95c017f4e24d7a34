"""Conditions put together by clicking (要件の組み立て): rows of term, comparison and value to the rule language and back.

Owns simple comparisons joined by AND or OR; anything more is typed. Pure.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dokodemo.kernel.vocabulary import Term

# What can be asked of a term, by its type; the code is a key of the text catalogue.
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "boolean": ("yes", "no"),
    "integer": ("eq", "ne", "ge", "gt", "le", "lt"),
    "yen": ("eq", "ne", "ge", "gt", "le", "lt"),
    "date": ("age_ge", "age_lt", "ge", "le", "eq"),
    "choice": ("eq", "ne"),
    "text": ("eq", "ne"),
}
ALL_OPERATORS = ("yes", "no", "eq", "ne", "ge", "gt", "le", "lt", "age_ge", "age_lt")
_SIGNS = {"eq": "=", "ne": "<>", "ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
_CODES = {sign: code for code, sign in _SIGNS.items()}
_NAME = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?"
_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], "Row"]], ...] = (
    (re.compile(rf"({_NAME})"), lambda m: Row(m[1], "yes", "")),
    (re.compile(rf"NOT ({_NAME})"), lambda m: Row(m[1], "no", "")),
    (
        re.compile(rf"age\(({_NAME})\) (>=|<) ([0-9]+)"),
        lambda m: Row(m[1], "age_ge" if m[2] == ">=" else "age_lt", m[3]),
    ),
    (
        re.compile(rf"({_NAME}) (=|<>|>=|>|<=|<) (?:DATE )?'((?:[^']|'')*)'"),
        lambda m: Row(m[1], _CODES[m[2]], m[3].replace("''", "'")),
    ),
    (re.compile(rf"({_NAME}) (=|<>|>=|>|<=|<) (-?[0-9]+)"), lambda m: Row(m[1], _CODES[m[2]], m[3])),
)


class CannotBuild(ValueError):
    """A row that makes no comparison; `code` is a key of the text catalogue, `row` its place from 0."""

    def __init__(self, code: str, row: int) -> None:
        self.code, self.row = code, row
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: the term's name, the code of the comparison, the value as typed."""

    term: str
    operator: str
    value: str


def compose(rows: Sequence[Row], joiner: str, terms: Mapping[str, Term]) -> str:
    """The rule of these rows joined by AND or OR; rows without a term are passed over. Raises CannotBuild."""
    written = [_comparison(i, row, terms) for i, row in enumerate(rows) if row.term]
    return f" {'OR' if joiner == 'OR' else 'AND'} ".join(written)


def _comparison(i: int, row: Row, terms: Mapping[str, Term]) -> str:
    term = terms.get(row.term)
    if term is None:
        raise CannotBuild("authoring.build.no_term", i)
    kind = str(term.type)
    if row.operator not in OPERATORS.get(kind, OPERATORS["text"]):
        raise CannotBuild("authoring.build.no_operator", i)
    if row.operator in ("yes", "no"):
        return row.term if row.operator == "yes" else f"NOT {row.term}"
    value = row.value.strip()
    if kind in ("integer", "yen") or row.operator in ("age_ge", "age_lt"):
        digits = value.translate(str.maketrans("０１２３４５６７８９", "0123456789")).replace(",", "")
        if not re.fullmatch(r"-?[0-9]{1,12}", digits):
            raise CannotBuild("authoring.build.no_number", i)
        if row.operator in ("age_ge", "age_lt"):
            return f"age({row.term}) {'>=' if row.operator == 'age_ge' else '<'} {digits}"
        return f"{row.term} {_SIGNS[row.operator]} {digits}"
    if kind == "date":
        try:
            return f"{row.term} {_SIGNS[row.operator]} DATE '{date.fromisoformat(value).isoformat()}'"
        except ValueError:
            raise CannotBuild("authoring.build.no_day", i) from None
    if kind == "choice" and value not in {choice.value for choice in term.choices}:
        raise CannotBuild("authoring.build.no_choice", i)
    quoted = value.replace("'", "''")
    return f"{row.term} {_SIGNS[row.operator]} '{quoted}'"


def decompose(rule: str) -> tuple[list[Row], str] | None:
    """The rows and the joiner of a rule that `compose` could have written; None for anything else."""
    text = " ".join(rule.split())
    for joiner in ("AND", "OR"):
        rows = [_row(part) for part in text.split(f" {joiner} ")]
        if all(rows) and (joiner == "AND" or len(rows) > 1):
            return [row for row in rows if row is not None], joiner
    return None


def _row(part: str) -> Row | None:
    for pattern, make in _PATTERNS:
        match = pattern.fullmatch(part)
        if match is not None:
            return make(match)
    return None
