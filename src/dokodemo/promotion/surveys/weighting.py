"""How much each answer counts (ウェイト付け): base and non-response weights, collapsed cells, raking, trimming.

Owns pure rules in plain Python. Never knows what was answered: weights come from who answered, by stratum, alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from dokodemo.promotion.surveys.sampling import Cell

FEWEST = 10  # answers a weighting cell needs
LIMIT = 5.0  # times the median weight
CLOSE = 1e-9  # relative distance to a margin that is met
MOST_ROUNDS = 300
MOST_TRIMS = 25


@dataclass
class Group:
    """Strata weighted together: how many people live in them and how many answered."""

    cells: list[Cell]
    population: int
    answers: int

    @property
    def bands(self) -> tuple[int, int]:
        """The lowest and highest band in it."""
        found = [cell.band for cell in self.cells]
        return min(found), max(found)


@dataclass(frozen=True)
class Raked:
    """Weights after raking, how many rounds it took, and whether every margin was met."""

    weights: list[float]
    rounds: int
    converged: bool


@dataclass(frozen=True)
class Weights:
    """The weight of an answer by stratum, and how it came about.

    `method`: `cells` when every stratum had answers, else `raking`. `groups`: how many weighting cells were left of the
    strata. `trims`: how often weights were cut to the limit. `above`: strata that stayed above it. `met`: whether the
    margins are met.
    """

    by_cell: dict[Cell, float] = field(default_factory=dict)
    method: str = "cells"
    groups: int = 0
    trims: int = 0
    above: int = 0
    met: bool = True


def base_weight(population: int, invited: int) -> float:
    """N_h/n_h: how many people an invited person stands for. Raises ValueError when nobody was invited."""
    if invited < 1:
        raise ValueError("Nobody was invited from this stratum.")
    return population / invited


def collapse(
    population: Mapping[Cell, int], answers: Mapping[Cell, int], fewest: int = FEWEST
) -> list[Group]:
    """Strata joined until each group has `fewest` answers, or one group is left.

    In this order: (1) districts of one age band and sex, the two with fewest answers first; (2) age bands of one sex, with
    the nearest band, there the group with fewest answers; (3) whatever is still too small, with the smallest other group.
    """
    groups = [
        Group([cell], number, answers.get(cell, 0)) for cell, number in sorted(population.items()) if number
    ]
    bands = sorted({cell.band for cell in population})
    place = {band: n for n, band in enumerate(bands)}
    same: tuple[Callable[[Group], object], ...] = (
        lambda group: (group.cells[0].band, group.cells[0].sex),
        lambda group: group.cells[0].sex,
        lambda group: "",
    )
    for level in same:
        groups = _pooled(groups, level, place, fewest)
    return groups


def _pooled(
    groups: list[Group], same: Callable[[Group], object], place: Mapping[int, int], fewest: int
) -> list[Group]:
    done: list[Group] = []
    for key in dict.fromkeys(same(group) for group in groups):
        family = [group for group in groups if same(group) == key]
        while len(family) > 1:
            small = min(family, key=lambda group: (group.answers, group.cells[0]))
            if small.answers >= fewest:
                break
            family.remove(small)
            near = min(family, key=lambda group: (_apart(small, group, place), group.answers, group.cells[0]))
            family.remove(near)
            family.append(
                Group(
                    sorted(small.cells + near.cells),
                    small.population + near.population,
                    small.answers + near.answers,
                )
            )
        done += family
    return done


def _apart(one: Group, other: Group, place: Mapping[int, int]) -> int:
    """How many steps from band to band lead from one group to another."""
    (a, b), (c, d) = one.bands, other.bands
    return max(0, place[c] - place[b], place[a] - place[d])


def rake(
    weights: Sequence[float],
    sides: Sequence[Sequence[str]],
    totals: Sequence[Mapping[str, float]],
    *,
    most: int = MOST_ROUNDS,
) -> Raked:
    """Iterative proportional fitting (レイキング, Deming and Stephan 1940): weights scaled side by side until every margin
    adds up to its total.

    `sides[k][i]` is the category of answer i on side k, `totals[k]` the population of each category of that side. Raises
    ValueError when a category has people and nobody who answered, or an answer has a category without people.
    """
    now = list(weights)
    members: list[dict[str, list[int]]] = []
    for side, wanted in zip(sides, totals, strict=True):
        found: dict[str, list[int]] = {}
        for place, category in enumerate(side):
            found.setdefault(category, []).append(place)
        if set(found) != {category for category, total in wanted.items() if total}:
            raise ValueError("A margin has people without answers, or answers without people.")
        members.append(found)
    for rounds in range(1, most + 1):
        for found, wanted in zip(members, totals, strict=True):
            for category, places in found.items():
                factor = wanted[category] / sum(now[place] for place in places)
                for place in places:
                    now[place] *= factor
        if _furthest(now, members, totals) <= CLOSE:
            return Raked(now, rounds, True)
    return Raked(now, most, False)


def _furthest(
    weights: Sequence[float],
    members: Sequence[Mapping[str, Sequence[int]]],
    totals: Sequence[Mapping[str, float]],
) -> float:
    return max(
        (
            abs(sum(weights[place] for place in places) / wanted[category] - 1)
            for found, wanted in zip(members, totals, strict=True)
            for category, places in found.items()
        ),
        default=0.0,
    )


def weigh(population: Mapping[Cell, int], answers: Mapping[Cell, int]) -> Weights:
    """The weight of an answer from each stratum that has one: N/r of its weighting cell, raked to the margins of age band,
    sex and district when a stratum is empty, then cut to LIMIT times the median and raked again.

    Where no weights meet all margins together, those of the cells stay, and `met` is False. The weights of all answers add
    up to the population. Without answers there are no weights.
    """
    answered = {cell: number for cell, number in sorted(answers.items()) if number}
    if not answered:
        return Weights()
    groups = collapse(population, answers)
    start = {cell: group.population / group.answers for group in groups for cell in group.cells}
    cells = [cell for cell, number in answered.items() for _ in range(number)]
    weights = [start[cell] for cell in cells]
    empty = any(number and not answers.get(cell) for cell, number in population.items())
    raked = Raked(weights, 0, True)
    sides, totals = _margins(population, answers)
    named = [[side[cell] for cell in cells] for side in sides]
    met, by_margins = True, False
    if empty:
        tried = rake(weights, named, totals)
        met = by_margins = tried.converged
        raked = tried if met else raked
    trims = 0
    while met and trims < MOST_TRIMS and _above(raked.weights):
        limit = LIMIT * median(raked.weights)
        tried = rake([min(weight, limit) for weight in raked.weights], named, totals)
        if not tried.converged:
            break
        raked, by_margins, trims = tried, True, trims + 1
    whole = sum(population.values()) / sum(raked.weights)
    by_cell = {cell: weight * whole for cell, weight in zip(cells, raked.weights, strict=True)}
    above = len({cell for cell, weight in zip(cells, raked.weights, strict=True) if _over(weight, raked)})
    method = "raking" if by_margins else "cells"
    return Weights(by_cell, method, len(groups), trims, above, met)


def _above(weights: Sequence[float]) -> bool:
    return max(weights) > LIMIT * median(weights) * (1 + 1e-6)


def _over(weight: float, raked: Raked) -> bool:
    return weight > LIMIT * median(raked.weights) * (1 + 1e-6)


def _margins(
    population: Mapping[Cell, int], answers: Mapping[Cell, int]
) -> tuple[list[dict[Cell, str]], list[dict[str, float]]]:
    """The three margins, each with categories joined until FEWEST answered: which category a stratum is in, and its people."""
    sides: list[dict[Cell, str]] = []
    totals: list[dict[str, float]] = []
    parts: tuple[Callable[[Cell], Cell], ...] = (
        lambda cell: Cell(cell.band, "", ""),
        lambda cell: Cell(0, cell.sex, ""),
        lambda cell: Cell(0, "", cell.district),
    )
    for part in parts:
        people: dict[Cell, int] = {}
        came: dict[Cell, int] = {}
        for cell, number in population.items():
            people[part(cell)] = people.get(part(cell), 0) + number
            came[part(cell)] = came.get(part(cell), 0) + answers.get(cell, 0)
        groups = collapse(people, came)
        name = {cell: group.cells[0].key for group in groups for cell in group.cells}
        sides.append({cell: name[part(cell)] for cell, number in population.items() if number})
        totals.append({group.cells[0].key: float(group.population) for group in groups})
    return sides, totals
