"""What a rule can come to: a known value, "not known yet", a range of values, or an arithmetic error (規則の値).

Owns the four outcomes and the order between them. Never decides what an operator does: `arithmetic` does.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final, Literal

LARGEST: Final = 2**63 - 1
SMALLEST: Final = -(2**63)


class Unknown(Enum):
    """The type of `UNKNOWN`. It is no truth value: asking `if outcome:` of it raises TypeError."""

    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("UNKNOWN is neither true nor false; compare with `is UNKNOWN`")

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN

type Value = bool | int | str | date
type Bound = int | str | date
type Bounds = tuple[Bound | None, Bound | None]


@dataclass(frozen=True, slots=True)
class Range:
    """Some value from `low` to `high`, both included; None on one side means without end. Never a single value."""

    low: Bound | None
    high: Bound | None


@dataclass(frozen=True, slots=True)
class Failure:
    """Whatever is still unknown, this part ends in an arithmetic error: an error of the pack, not of the person."""

    reason: str
    text: str


type Outcome = Value | Range | Failure | Literal[Unknown.UNKNOWN]


def bounds(outcome: Outcome) -> Bounds:
    """The smallest and the largest value an ordered `outcome` can still take (None: without end)."""
    if isinstance(outcome, Range):
        return outcome.low, outcome.high
    if outcome is UNKNOWN or isinstance(outcome, Failure):
        return None, None
    return outcome, outcome


def between(low: Bound | None, high: Bound | None) -> Outcome:
    """The outcome with these bounds: the value itself when they meet, UNKNOWN when there are none."""
    if low is None and high is None:
        return UNKNOWN
    if low == high and low is not None:
        return low
    return Range(low, high)


def whole(low: int | None, high: int | None, text: str) -> Outcome:
    """As `between` for whole numbers of 64 bit: a single value outside is a Failure, a bound outside no bound."""
    if low is not None and low == high and not SMALLEST <= low <= LARGEST:
        return Failure("the number is too large (more than 64 bit)", text)
    if low is not None and not SMALLEST <= low <= LARGEST:
        low = None
    if high is not None and not SMALLEST <= high <= LARGEST:
        high = None
    return between(low, high)


def settled(outcome: Outcome) -> Value | Failure | Literal[Unknown.UNKNOWN]:
    """`outcome` with a range told as what it is to a reader: not known yet."""
    return UNKNOWN if isinstance(outcome, Range) else outcome
