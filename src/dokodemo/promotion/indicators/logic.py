"""The arithmetic of indicators (指標の計算): ratios, progress, and targets worked out again from their inputs.

Owns pure rules. Never reads a record and never rounds before showing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from dokodemo.kernel.expressions import ParameterSet, compile_expression
from dokodemo.kernel.vocabulary import Vocabulary
from dokodemo.promotion.indicators.definitions import Target
from dokodemo.promotion.indicators.formulas import figure


@dataclass(frozen=True)
class Ratio:
    """A numerator over a denominator at a moment. `percent` is None while there is nothing to divide by."""

    numerator: int
    denominator: int
    as_of: date

    @property
    def percent(self) -> float | None:
        """The ratio in percent."""
        return 100 * self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Amount:
    """A number counted at a moment that is a part of nothing, in its indicator's unit."""

    value: Decimal
    as_of: date


def progress(baseline: float | None, value: float | None, target: float) -> float | None:
    """How much of the way from baseline to target is done, 1.0 for all; None without a baseline or a value."""
    if baseline is None or value is None or target == baseline:
        return None
    return (value - baseline) / (target - baseline)


type Verdict = Literal["reached", "short", "open", "nothing_new", "unmeasured"]


def verdict(
    value: float | None,
    target: float,
    *,
    up: bool,
    interval: tuple[float, float] | None = None,
    new: bool = True,
) -> Verdict:
    """Whether a target is reached. `interval`: of a survey, in which the true value lies; `new`: not of the baseline's time.

    A target within the interval is open: nobody can tell which side of it the city is on.
    """
    if value is None:
        return "unmeasured"
    if not new:
        return "nothing_new"
    if interval is not None and interval[0] < target < interval[1]:
        return "open"
    return "reached" if (value >= target if up else value <= target) else "short"


@dataclass(frozen=True)
class Recomputed:
    """A target worked out again: what the inputs give now, and how far that is from the number in the plan."""

    value: int
    planned: float

    @property
    def difference(self) -> float:
        """Recomputed minus planned."""
        return self.value - self.planned


@lru_cache(maxsize=100)
def recompute(target: Target) -> Recomputed | None:
    """Work a target out from its inputs; None for a target that was set, not computed. Raises PackError."""
    if target.formula is None:
        return None
    terms = {given.name: figure(given.name, own="input of a target") for given in target.inputs}
    vocabulary = Vocabulary(terms=terms, groups={})
    formula = compile_expression(target.formula, vocabulary, ParameterSet({}), expected="integer")
    value = formula.evaluate(
        {given.name: given.value for given in target.inputs}, on=date(target.target.fiscal_year, 4, 1)
    )
    return Recomputed(int(str(value)), target.target.value)


def value_of(counted: Ratio | Amount) -> float | None:
    """A counted value in its indicator's unit; None for a ratio of nothing."""
    return counted.percent if isinstance(counted, Ratio) else float(counted.value)
