"""The types of the rule language and what the language needs to know of a vocabulary (規則の型).

Owns Kind, Type and the Protocols that `kernel.vocabulary` fulfils. Never imports the vocabulary: it may itself
compile derived terms.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


class Kind(StrEnum):
    """What a value of the rule language is; the words are those of the vocabulary's term types."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    YEN = "yen"
    DATE = "date"
    YEAR_MONTH = "year_month"
    TEXT = "text"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Type:
    """A kind, and for a choice the values that may be chosen (None: not limited)."""

    kind: Kind
    choices: frozenset[str] | None = None

    def __str__(self) -> str:
        return _WORDS[self.kind]


BOOLEAN = Type(Kind.BOOLEAN)
INTEGER = Type(Kind.INTEGER)
YEN = Type(Kind.YEN)
DATE = Type(Kind.DATE)
YEAR_MONTH = Type(Kind.YEAR_MONTH)
TEXT = Type(Kind.TEXT)

NUMBERS = frozenset({Kind.INTEGER, Kind.YEN})
ORDERED = frozenset({Kind.INTEGER, Kind.YEN, Kind.DATE, Kind.YEAR_MONTH})
WORDS = frozenset({Kind.TEXT, Kind.CHOICE})

_WORDS = {
    Kind.BOOLEAN: "a yes or no",
    Kind.INTEGER: "a whole number",
    Kind.YEN: "an amount in yen",
    Kind.DATE: "a date",
    Kind.YEAR_MONTH: "a year and month",
    Kind.TEXT: "a text",
    Kind.CHOICE: "a choice",
}

# Term types that a rule can test; all others (names, addresses, files, accounts) are for people to read.
_KINDS = {
    "boolean": Kind.BOOLEAN,
    "integer": Kind.INTEGER,
    "yen": Kind.YEN,
    "date": Kind.DATE,
    "year_month": Kind.YEAR_MONTH,
    "choice": Kind.CHOICE,
    "text": Kind.TEXT,
    "long_text": Kind.TEXT,
    "phone": Kind.TEXT,
    "email": Kind.TEXT,
    "corporate_number": Kind.TEXT,
}


class Choice(Protocol):
    """One value of a term of type choice."""

    @property
    def value(self) -> str: ...


class Term(Protocol):
    """What a rule needs to know of a term (用語)."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> Any: ...
    @property
    def derive(self) -> str | None: ...
    @property
    def choices(self) -> Iterable[Choice] | None: ...


class Group(Protocol):
    """What a rule needs to know of a group of terms."""

    @property
    def name(self) -> str: ...
    @property
    def repeats(self) -> bool: ...


class Vocabulary(Protocol):
    """What a rule needs to know of the vocabulary: `kernel.vocabulary.Vocabulary` or a test's own."""

    @property
    def terms(self) -> Mapping[str, Any]: ...
    @property
    def groups(self) -> Mapping[str, Any]: ...


def kind_named(name: object) -> Kind | None:
    """The kind of a term type ("yen", TermType.YEN), None when rules cannot test it."""
    return _KINDS.get(str(getattr(name, "value", name)))


def type_of_term(term: Term) -> Type | None:
    """The type of a term, None when rules cannot test it (a name, an address, a file, several choices at once)."""
    kind = kind_named(term.type)
    if kind is None or getattr(term, "multiple", False):
        return None
    if kind is Kind.CHOICE:
        return Type(kind, frozenset(str(choice.value) for choice in term.choices or ()))
    return Type(kind)


def unify(left: Type, right: Type) -> Type | None:
    """The one type of two values that stand for the same thing (branches of CASE, both sides of =), or None."""
    if left.kind in NUMBERS and right.kind in NUMBERS:
        return YEN if Kind.YEN in (left.kind, right.kind) else INTEGER
    if left.kind is not right.kind:
        return None
    if left.choices is None or right.choices is None or left.choices == right.choices:
        return left if left.choices is not None else right
    return None


def accepts(expected: Type, actual: Type) -> bool:
    """Whether a rule of type `actual` may stand where `expected` is asked (a number may be an amount in yen)."""
    if expected.kind is Kind.YEN:
        return actual.kind in NUMBERS
    if expected.kind is Kind.TEXT:
        return actual.kind in WORDS
    return expected.kind is actual.kind
