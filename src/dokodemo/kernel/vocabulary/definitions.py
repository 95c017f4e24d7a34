"""Terms and their groups as packs write them (用語・用語の組): the shape of `vocabulary/*.yaml`.

Owns what a term may say about itself. Never reads files, never cleans values.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from dokodemo.kernel.packs import PackModel, Text, fault

type Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
TODAY = "today"


class TermType(StrEnum):
    """What kind of value a term has; the JSON shape of each is in `values`."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    PERSON_NAME = "person_name"
    ADDRESS = "address"
    PHONE = "phone"
    EMAIL = "email"
    DATE = "date"
    YEAR_MONTH = "year_month"
    INTEGER = "integer"
    YEN = "yen"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    BANK_ACCOUNT = "bank_account"
    CORPORATE_NUMBER = "corporate_number"
    FILE = "file"


# Which optional keys mean something for which types; anywhere else they would be passed over in silence.
_ONLY_FOR: Mapping[str, frozenset[TermType]] = {
    "choices": frozenset({TermType.CHOICE}),
    "min": frozenset({TermType.INTEGER, TermType.YEN, TermType.DATE, TermType.YEAR_MONTH}),
    "max": frozenset({TermType.INTEGER, TermType.YEN, TermType.DATE, TermType.YEAR_MONTH}),
    "max_length": frozenset({TermType.TEXT, TermType.LONG_TEXT}),
    "pattern": frozenset({TermType.TEXT}),
    "accept": frozenset({TermType.FILE}),
    "multiple": frozenset({TermType.FILE}),
    "locates": frozenset({TermType.TEXT, TermType.LONG_TEXT, TermType.PHONE, TermType.EMAIL}),
}
DERIVABLE = frozenset(
    {
        TermType.TEXT,
        TermType.DATE,
        TermType.YEAR_MONTH,
        TermType.INTEGER,
        TermType.YEN,
        TermType.BOOLEAN,
        TermType.CHOICE,
    }
)


class Choice(PackModel):
    """One value of a choice and what people read for it."""

    value: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=60)]
    label: Text


class Group(PackModel):
    """Terms that belong together (用語の組); a repeating group has one set of values for each child, member …"""

    name: Slug
    label: Text
    item: Text | None = None
    repeats: bool = False
    max: int | None = Field(None, ge=1, le=200)

    @model_validator(mode="after")
    def _only_repeating_groups_have_a_maximum(self) -> Self:
        if self.max is not None and not self.repeats:
            raise fault(
                f'Group "{self.name}" has `max` but does not repeat', "Delete `max` or write `repeats: true`"
            )
        return self


class Term(PackModel):
    """One piece of information (用語): its name after the core data models of GIF, type, labels, protection.

    `min` and `max` are numbers (integer, yen) or an ISO day or month or "today" (date, year_month).
    `register` is the fact of the register that fills it. A term with `derive` is computed and never asked.
    `per: procedure` marks an answer that is about one procedure alone (how many copies of *this* certificate): a form for
    several procedures asks it for each.
    `locates: true` marks an answer that tells, or helps to find out, where somebody is: of a protected person (秘匿) it is
    hidden as addresses are, which need no mark.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$", max_length=120)]
    gif: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z]*\.[a-z][A-Za-z_]*$")] | None
    own: str | None = None
    type: TermType
    label: Text
    # The same as a question, where the label is a heading that no general wording makes one.
    question: Text | None = None
    hint: Text | None = None
    confidentiality: Literal["3A", "3B", "3C", "2", "1"]
    purpose: Slug
    # A field called `register` would hide ABCMeta.register, which pydantic warns about.
    register_fact: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]*$")] | None = Field(
        None, alias="register"
    )
    editable: bool = True
    derive: Annotated[str, StringConstraints(min_length=1)] | None = None
    per: Literal["procedure"] | None = None
    choices: tuple[Choice, ...] = ()
    min: int | str | None = None
    max: int | str | None = None
    max_length: int | None = Field(None, ge=1, le=20_000)
    pattern: str | None = None
    accept: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]+$")], ...] = ()
    multiple: bool = False
    locates: bool = False

    @property
    def tells_where(self) -> bool:
        """Whether its values tell where somebody is."""
        return self.locates or self.type is TermType.ADDRESS

    @property
    def register(self) -> str | None:
        """The name of the register's fact that fills this term."""
        return self.register_fact

    @property
    def group_name(self) -> str | None:
        """The name of the group: "child" of "child.full_name", None where there is none."""
        head, dot, _ = self.name.partition(".")
        return head if dot else None

    @property
    def field(self) -> str:
        """The name inside the group: "full_name" of "child.full_name"."""
        return self.name.rpartition(".")[2]

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.gif is None and not self.own:
            raise fault(
                f'"{self.name}" has no field of GIF and no reason',
                "Fill `gif`, or say in `own` why there is none",
            )
        for key, types in _ONLY_FOR.items():
            if getattr(self, key) not in (None, (), False) and self.type not in types:
                meant = ", ".join(sorted(types))
                raise fault(
                    f"`{key}` means nothing for the type {self.type}", f"Delete it; it is for {meant}"
                )
        if self.type is TermType.CHOICE:
            self._check_choices()
        if self.derive is not None:
            self._check_derived()
        if self.per is not None and (self.register_fact is not None or self.derive is not None):
            raise fault(
                f'"{self.name}" is known to the city and yet asked for each procedure',
                "Delete `per`, or `register` or `derive`",
            )
        self._check_limits()
        self._check_pattern()
        return self

    def _check_choices(self) -> None:
        values = [choice.value for choice in self.choices]
        if len(values) < 2 and self.derive is None:
            raise fault(
                f'"{self.name}" leaves no choice', "List at least two `choices`, or use the type boolean"
            )
        doubled = {value for value in values if values.count(value) > 1}
        if doubled:
            raise fault(
                f'"{self.name}" has the value "{doubled.pop()}" twice', "Give each choice its own value"
            )

    def _check_derived(self) -> None:
        if self.type not in DERIVABLE:
            raise fault(
                f"A term of the type {self.type} cannot be derived", f"Use {', '.join(sorted(DERIVABLE))}"
            )
        if self.register_fact is not None:
            raise fault(f'"{self.name}" is derived and read from the register', "Keep `derive` or `register`")

    def _check_limits(self) -> None:
        limits = [limit for limit in (self.min, self.max) if limit is not None]
        for limit in limits:
            if not _fits(self.type, limit):
                example = 'a day like "2026-11-23" or today' if self.type is TermType.DATE else "a number"
                example = 'a month like "2026-11" or today' if self.type is TermType.YEAR_MONTH else example
                raise fault(f"{limit} cannot limit a value of the type {self.type}", f"Write {example}")
        if len(limits) == 2 and TODAY not in limits and limits[0] > limits[1]:  # type: ignore[operator]
            raise fault(f"`min` {limits[0]} is above `max` {limits[1]}", "Exchange them")

    def _check_pattern(self) -> None:
        if self.pattern is None:
            return
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise fault(
                f"`pattern` is no regular expression ({error})", "Correct it, e.g. [0-9]{15}"
            ) from None


def _fits(kind: TermType, limit: int | str) -> bool:
    if kind in {TermType.INTEGER, TermType.YEN}:
        return isinstance(limit, int)
    if limit == TODAY:
        return True
    try:
        date.fromisoformat(f"{limit}-01" if kind is TermType.YEAR_MONTH else str(limit))
    except ValueError:
        return False
    return True


class VocabularyFile(PackModel):
    """One file `vocabulary/*.yaml`."""

    groups: tuple[Group, ...] = ()
    terms: tuple[Term, ...] = ()
