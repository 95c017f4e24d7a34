"""What answers say about everybody (推計): design effect, effective number, and the interval of a share.

Owns pure rules: Kish's design effect and Wilson's interval. Never decides what may be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from dokodemo.promotion.surveys.sampling import Z95


@dataclass(frozen=True)
class Share:
    """A weighted share: answers behind it (`n`), its weighted counts, percent and 95 % interval (0 to 100), Kish's design
    effect and the effective number of answers."""

    n: int
    numerator: float
    denominator: float
    percent: float
    low: float
    high: float
    deff: float
    effective: float


def kish_deff(weights: Sequence[float]) -> float:
    """n·Σw²/(Σw)²: how much unequal weights cost (Kish 1965); 1 for equal ones. Raises ValueError without weights."""
    total = sum(weights)
    if not weights or total <= 0:
        raise ValueError("There are no weights.")
    return len(weights) * sum(weight * weight for weight in weights) / total**2


def wilson(share: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Wilson's interval (1927) of a share of 0 to 1 from `n` answers, which may be an effective number.

    Raises ValueError for no answers or a share outside 0 to 1.
    """
    if n <= 0 or not 0 <= share <= 1:
        raise ValueError("An interval needs answers and a share between 0 and 1.")
    square = z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def share_of(weights: Sequence[float], hits: Sequence[bool]) -> Share | None:
    """The weighted share of those who hit, with its interval; None without answers."""
    if not weights:
        return None
    denominator = sum(weights)
    numerator = sum(weight for weight, hit in zip(weights, hits, strict=True) if hit)
    # Sums in another order may differ in the last digit.
    part = min(1.0, max(0.0, numerator / denominator))
    deff = kish_deff(weights)
    effective = len(weights) / deff
    low, high = wilson(part, effective)
    return Share(len(weights), numerator, denominator, 100 * part, 100 * low, 100 * high, deff, effective)
