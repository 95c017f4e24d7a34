"""Who is asked (標本抽出): how many are needed, how many from each stratum, and which of them.

Owns pure rules. Never reads the register and never uses chance: the same people and the same seed give the same sample.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

ELSEWHERE = "elsewhere"
SEXES = ("female", "male", "not_known")
Z95 = NormalDist().inv_cdf(0.975)


class Cell(NamedTuple):
    """One stratum (層): the lowest age of its band, the sex by the register, the district's code."""

    band: int
    sex: str
    district: str

    @property
    def key(self) -> str:
        """The stratum in one word, such as `60-female-ariake`."""
        return f"{self.band}-{self.sex}-{self.district}"


@dataclass(frozen=True)
class Size:
    """What a margin asks for: answers that must come back, and people to invite for them."""

    returns: int
    invitations: int


def answers_for_margin(margin: float, share: float, population: int | None = None) -> float:
    """How many answers of a simple random sample hold a share within ±margin (95 %), before rounding.

    Cochran: z²p(1-p)/e²; with a population the finite population correction n/(1+(n-1)/N). Margin and share are
    fractions of 1. Raises ValueError outside 0 < margin < 1 and 0 < share < 1.
    """
    if not (0 < margin < 1 and 0 < share < 1):
        raise ValueError("Margin and share lie between 0 and 1.")
    plain = Z95**2 * share * (1 - share) / margin**2
    return plain if population is None else plain / (1 + (plain - 1) / population)


def size_for_margin(margin: float, *, share: float, population: int, response: float, effect: float) -> Size:
    """How many to invite: the answers needed, times the design effect, over the expected response rate; never more than
    there are. Raises ValueError for a response outside (0, 1] or a design effect below 1."""
    if not 0 < response <= 1 or effect < 1:
        raise ValueError("The response rate lies between 0 and 1, the design effect is at least 1.")
    if population < 1:
        return Size(0, 0)
    needed = min(float(population), answers_for_margin(margin, share, population) * effect)
    # A hair of floating point must not ask for one person more.
    return Size(
        math.ceil(needed - 1e-9), min(population, math.ceil(min(needed / response, population) - 1e-9))
    )


def band_of(age: int, bands: Iterable[int]) -> int | None:
    """The lowest age of the band an age is in; None for the too young. `bands` rise."""
    return max((lowest for lowest in bands if lowest <= age), default=None)


def allocate(population: Mapping[Cell, int], size: int, least: int) -> dict[Cell, int]:
    """How many from each stratum: in proportion by largest remainder, at least `least` where so many live there.

    Strata whose share is below the minimum get it; the rest is shared out among the others. The sum is `size`, more only
    where the minimums alone come to more, and never more than there are people. Ties go in the order of the strata.
    """
    people = {cell: number for cell, number in sorted(population.items()) if number > 0}
    size = min(size, sum(people.values()))
    fixed: dict[Cell, int] = {}
    while True:
        rest = {cell: number for cell, number in people.items() if cell not in fixed}
        left, total = max(0, size - sum(fixed.values())), sum(rest.values())
        low = {
            cell: min(least, number)
            for cell, number in rest.items()
            if left * number < min(least, number) * total
        }
        if not low:
            return dict(sorted({**fixed, **_largest_remainder(rest, left)}.items()))
        fixed |= low


def _largest_remainder(people: Mapping[Cell, int], size: int) -> dict[Cell, int]:
    total = sum(people.values())
    if not total:
        return {}
    # Whole numbers throughout: quotas in floating point would break ties by chance.
    shares = {cell: divmod(size * number, total) for cell, number in people.items()}
    spare = size - sum(whole for whole, _ in shares.values())
    first = sorted(shares, key=lambda cell: (-shares[cell][1], cell))[:spare]
    return {cell: whole + (cell in first) for cell, (whole, _) in shares.items()}


def chosen_by(people: Iterable[str], size: int, seed: str) -> list[str]:
    """A simple random sample without replacement: those whose digest of seed and number comes first.

    The order in which people are given does not matter, so that the draw can be repeated and checked from the register
    and the seed alone, in every later release and in any language.
    """
    marked = sorted((hashlib.sha256(f"{seed}\x1f{number}".encode()).digest(), number) for number in people)
    return [number for _, number in marked[:size]]
