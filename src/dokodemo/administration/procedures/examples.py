"""The shape of examples.yaml (具体例): what must come out of given facts.

Owns which keys an example may have. Whether it comes out is asked in `proving`. Never reads a file.
"""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from dokodemo.administration.procedures.definitions import Name, Outcome, TermName
from dokodemo.kernel.packs import PackModel


class Example(PackModel):
    """One example: given these facts on this day, what must come out (具体例)."""

    title: str = Field(min_length=3, max_length=200)
    facts: dict[str, Any]
    on: date
    eligible: bool | Literal["unknown"]
    because: tuple[int | str, ...] = ()
    asks: tuple[TermName, ...] | None = None
    amounts: dict[Name, int] | None = None
    decision: Outcome | None = None
    letter_contains: tuple[str, ...] = ()


class ExamplesFile(PackModel):
    """examples.yaml: the test of the procedure, written by those who know it.

    A plain list adds to the examples of the packs below; `replace: true` puts them aside (a city with other rules).
    """

    replace: bool = False
    examples: tuple[Example, ...]
