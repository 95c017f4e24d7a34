"""Effort saved (削減時間). Pure.

    hours = (minutes before - minutes after) x cases / 60 - build hours - upkeep hours

Owns the formula and that measured and estimated figures are never one sum. Never rounds before showing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Basis = Literal["measured", "estimated"]
BASES: tuple[Basis, ...] = ("measured", "estimated")


@dataclass(frozen=True)
class Effort:
    """One task over a period: minutes a case before and after, cases, and the hours that the change itself cost."""

    before: Decimal
    after: Decimal
    cases: int
    build: Decimal
    upkeep: Decimal
    before_basis: Basis
    after_basis: Basis

    @property
    def hours(self) -> Decimal:
        """Hours saved over the period; negative where the change cost more than it saved."""
        return (self.before - self.after) * self.cases / 60 - self.build - self.upkeep

    @property
    def basis(self) -> Basis:
        """Measured only where both sides were measured."""
        return "measured" if self.before_basis == self.after_basis == "measured" else "estimated"


@dataclass(frozen=True)
class Total:
    """Hours of the tasks of one basis, and how many tasks they are of."""

    hours: Decimal
    tasks: int


def totals(efforts: Iterable[Effort]) -> dict[Basis, Total]:
    """The hours apart by basis. There is no total over both."""
    found = {basis: Total(Decimal(0), 0) for basis in BASES}
    for one in efforts:
        sum_so_far = found[one.basis]
        found[one.basis] = Total(sum_so_far.hours + one.hours, sum_so_far.tasks + 1)
    return found
