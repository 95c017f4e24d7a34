"""The shape of a year's list of national indicators (国の指標の一覧): `national/<year>.yaml`.

Owns which keys a list may have and whether it fits together: the list differs between years, so each year has its file.
Never answers one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from dokodemo.kernel.packs import Document, Pack, PackModel, Problem, Text, fault, open_pack, validate
from dokodemo.promotion.national.logic import Shape, Unfit, folded, read_cell
from dokodemo.promotion.plan.definitions import twice

FILES = "national/*.yaml"
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Kind = Literal["yes_no", "choice", "count", "ratio"]
CATEGORIES = ("organisation", "work", "service")


class Choice(PackModel):
    """One of the answers an indicator offers; `published` is how the national file writes it."""

    code: Code
    published: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    title: Text


class NationalIndicator(PackModel):
    """One indicator of the national dashboard (国の指標).

    `published`: how the national file calls it. `source`: the live query that answers it; without one it is entered.
    `example`: a cell as the national file writes it.
    """

    code: Code
    category: Literal["organisation", "work", "service"]
    published: Annotated[str, StringConstraints(min_length=1, max_length=160)]
    title: Text
    says: Text
    kind: Kind
    choices: tuple[Choice, ...] = ()
    numerator: Text | None = None
    denominator: Text | None = None
    source: str | None = Field(default=None, pattern=r"^[a-z_]+\.[a-z_]+$")
    example: Annotated[str, StringConstraints(min_length=1, max_length=60)]

    @model_validator(mode="after")
    def _its_kind_has_what_it_needs(self) -> Self:
        if (self.kind == "choice") != bool(self.choices):
            raise fault(
                f"{self.code} is a {self.kind} with {len(self.choices)} choices",
                "Write choices for the kind `choice`, and none for the others",
            )
        if (self.kind == "ratio") != (self.numerator is not None and self.denominator is not None):
            raise fault(
                f"{self.code} does not say what it counts over what",
                "Write numerator and denominator in words for the kind `ratio`, and neither for the others",
            )
        return self

    @property
    def shape(self) -> Shape:
        """What the rules need to read a value of it."""
        return Shape(self.kind, {choice.code: choice.published for choice in self.choices})

    def choice(self, code: str) -> Choice | None:
        """The choice with a code."""
        return next((one for one in self.choices if one.code == code), None)


class NationalList(PackModel):
    """A whole `national/<year>.yaml`. `year`: the fiscal year from which the list holds; `published_on`: of the national file."""

    year: int = Field(ge=2015, le=2100)
    title: Text
    published_on: date
    source: Text
    url: Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$", max_length=300)]
    says: Text | None = None
    indicators: tuple[NationalIndicator, ...] = Field(min_length=1, max_length=200)

    def indicator(self, code: str) -> NationalIndicator | None:
        """The indicator with a code."""
        return next((one for one in self.indicators if one.code == code), None)


def load_lists(pack: Pack) -> tuple[NationalList, ...]:
    """Every list of a pack, the earliest year first; none when it has no file. Raises PackError."""
    found = [validate(NationalList, document) for document in pack.documents(FILES)]
    return tuple(sorted(found, key=lambda one: one.year))


@lru_cache(maxsize=4)
def lists_of(pack: str) -> tuple[NationalList, ...]:
    """The same by the pack's name, read once. Raises PackError."""
    return load_lists(open_pack(pack))


def check(pack: Pack) -> list[Problem]:
    """What is wrong with the lists of a pack: names twice, sources nothing provides, examples that cannot be read."""
    return [problem for document in pack.documents(FILES) for problem in _problems(document)]


def _problems(document: Document) -> Iterator[Problem]:
    from dokodemo.promotion.national.sources import SOURCES

    found = validate(NationalList, document)
    if PurePosixPath(document.path).stem != str(found.year):
        yield document.problem(
            ("year",), f"The list of {found.year} lies in {document.path}", f"Call the file {found.year}.yaml"
        )
    yield from twice(document, "indicators", [one.code for one in found.indicators])
    seen: set[str] = set()
    for place, one in enumerate(found.indicators):
        at = ("indicators", place)
        if folded(one.published) in seen:
            yield document.problem(
                (*at, "published"),
                f"{one.code} is published under the name of another indicator",
                "Write the name that the national file uses",
            )
        seen.add(folded(one.published))
        if one.source is not None:
            known = {name: source.kind for name, source in SOURCES.items() if source.kind == one.kind}
            if one.source not in known:
                yield document.problem(
                    (*at, "source"),
                    f"{one.code} is a {one.kind} and has the source {one.source}, which gives no such answer",
                    f"Choose one of {', '.join(sorted(known)) or 'none'}, or leave it out",
                )
        codes = [choice.code for choice in one.choices]
        if len(set(codes)) < len(codes) or len({c.published for c in one.choices}) < len(codes):
            yield document.problem(
                (*at, "choices"), f"{one.code} offers a choice twice", "Take one of them out"
            )
        try:
            read = read_cell(one.shape, one.example)
        except Unfit:
            read = None
        if read is None:
            yield document.problem(
                (*at, "example"),
                f"The example of {one.code} cannot be read as a {one.kind}",
                "Write a cell as the national file has it, e.g. 実施, 72% or 24",
            )
