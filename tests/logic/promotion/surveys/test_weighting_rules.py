"""Weights: a 2×2 raking by hand, the same with numpy on generated data, the order of collapsing, trimming."""

from __future__ import annotations

import random
from statistics import median
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dokodemo.promotion.surveys.sampling import Cell
from dokodemo.promotion.surveys.weighting import (
    LIMIT,
    base_weight,
    collapse,
    rake,
    weigh,
)

BANDS, SEXES, DISTRICTS = [18, 45, 75], ["female", "male"], ["a", "b", "c"]


def test_raking_two_by_two_is_as_worked_by_hand() -> None:
    # Four answers of weight 1, one in each cell: rows x, y; columns p, q. Rows are to be 60 and 40, columns 70 and 30.
    # Round 1, rows: x 30 30, y 20 20. Columns: p 50 → 70 is ×1.4, q 50 → 30 is ×0.6: x 42 18, y 28 12. Rows: 60, 40: met.
    sides = [["x", "x", "y", "y"], ["p", "q", "p", "q"]]
    totals = [{"x": 60.0, "y": 40.0}, {"p": 70.0, "q": 30.0}]
    raked = rake([1.0] * 4, sides, totals)
    assert raked.weights == pytest.approx([42, 18, 28, 12])
    assert (raked.rounds, raked.converged) == (1, True)


def test_raking_keeps_the_odds_ratio_it_began_with() -> None:
    # Start 4 1 / 1 4: odds ratio 16. Margins 60 40 / 50 50: with x,p = a the ratio a(a-10)/((60-a)(50-a)) = 16 gives
    # 15a² - 1750a + 48000 = 0, a = (1750 - √182500)/30 = 44.0934…
    a = (1750 - 182500**0.5) / 30
    sides = [["x", "x", "y", "y"], ["p", "q", "p", "q"]]
    raked = rake([4.0, 1.0, 1.0, 4.0], sides, [{"x": 60.0, "y": 40.0}, {"p": 50.0, "q": 50.0}])
    assert raked.converged
    assert raked.weights == pytest.approx([a, 60 - a, 50 - a, a - 10], rel=1e-7)
    assert a == pytest.approx(44.0934, abs=1e-4)


def test_a_margin_with_people_and_without_answers_is_refused() -> None:
    with pytest.raises(ValueError, match="margin"):
        rake([1.0], [["x"]], [{"x": 5.0, "y": 5.0}])


def generated(seed: int, *, thin: bool = False) -> tuple[dict[Cell, int], dict[Cell, int]]:
    """A city of 18 strata and how many answered in each."""
    chance = random.Random(seed)
    population = {
        Cell(band, sex, district): chance.randint(50, 3000)
        for band in BANDS
        for sex in SEXES
        for district in DISTRICTS
    }
    answers = {cell: chance.randint(0 if thin else 10, 12 if thin else 60) for cell in population}
    return population, answers


def with_numpy(
    population: dict[Cell, int], answers: dict[Cell, int], start: dict[Cell, float]
) -> dict[Cell, float]:
    """Iterative proportional fitting of the 3×2×3 table itself, an implementation of another kind."""
    shape = (len(BANDS), len(SEXES), len(DISTRICTS))
    people: Any = np.zeros(shape)
    table: Any = np.zeros(shape)
    for cell, number in population.items():
        place = (BANDS.index(cell.band), SEXES.index(cell.sex), DISTRICTS.index(cell.district))
        people[place] = number
        table[place] = start[cell] * answers[cell]
    for _ in range(2000):
        for axes in ((1, 2), (0, 2), (0, 1)):
            table *= people.sum(axis=axes, keepdims=True) / table.sum(axis=axes, keepdims=True)
    return {
        cell: table[BANDS.index(cell.band), SEXES.index(cell.sex), DISTRICTS.index(cell.district)] / number
        for cell, number in answers.items()
        if number
    }


def test_raked_weights_are_those_of_numpy() -> None:
    compared = 0
    for seed in range(12):
        population, answers = generated(seed, thin=True)
        answers[Cell(45, "male", "b")] = 0
        found = weigh(population, answers)
        assert found.method == "raking"
        if found.trims:
            continue  # the implementation beside it does not trim
        groups = collapse(population, answers)
        start = {cell: group.population / group.answers for group in groups for cell in group.cells}
        assert found.by_cell == pytest.approx(with_numpy(population, answers, start), rel=1e-6)
        compared += 1
    assert compared >= 6


def test_where_every_stratum_has_ten_answers_a_weight_is_people_over_answers() -> None:
    population, answers = generated(3)
    answers = {cell: max(10, number) for cell, number in answers.items()}
    population = {cell: 40 * number for cell, number in answers.items()}
    found = weigh(population, answers)
    assert (found.method, found.groups, found.trims) == ("cells", 18, 0)
    assert all(weight == pytest.approx(40) for weight in found.by_cell.values())
    assert base_weight(1500, 30) == 50


def test_districts_are_joined_before_age_bands_and_those_before_sexes() -> None:
    def cell(band: int, sex: str, district: str) -> Cell:
        return Cell(band, sex, district)

    population = {cell(b, s, d): 100 for b in BANDS for s in SEXES for d in ("a", "b")}
    answers = dict.fromkeys(population, 20)
    answers[cell(18, "female", "a")] = 4
    names = [[one.key for one in group.cells] for group in collapse(population, answers)]
    assert ["18-female-a", "18-female-b"] in names
    assert len(names) == 11
    # Both districts of the oldest men too few: joined with each other, then with the smallest group of the nearest band.
    answers[cell(75, "male", "a")], answers[cell(75, "male", "b")] = 3, 4
    answers[cell(45, "male", "b")] = 15
    names = [[one.key for one in group.cells] for group in collapse(population, answers)]
    assert ["45-male-b", "75-male-a", "75-male-b"] in names
    # One sex with too few in all joins the smallest group of the other.
    few = {one: number for one, number in answers.items() if one.sex == "female"}
    population = {**dict.fromkeys(few, 100), cell(18, "not_known", "a"): 7}
    names = [
        [one.key for one in group.cells]
        for group in collapse(population, {**few, cell(18, "not_known", "a"): 1})
    ]
    assert sum("18-not_known-a" in group and len(group) > 1 for group in names) == 1


def test_a_weight_above_five_medians_is_cut_and_the_margins_are_met_again() -> None:
    population = {Cell(18, "female", "a"): 100, Cell(18, "male", "a"): 100, Cell(45, "female", "a"): 100}
    population |= {Cell(45, "male", "a"): 3000, Cell(75, "female", "a"): 100, Cell(75, "male", "a"): 600}
    answers = {
        Cell(18, "female", "a"): 10,
        Cell(18, "male", "a"): 10,
        Cell(45, "female", "a"): 30,
        Cell(45, "male", "a"): 12,
        Cell(75, "female", "a"): 10,
        Cell(75, "male", "a"): 40,
    }
    found = weigh(population, answers)
    assert found.trims > 0
    every = [weight for cell, weight in found.by_cell.items() for _ in range(answers[cell])]
    assert sum(every) == pytest.approx(4000)
    raw = max(population[cell] / answers[cell] for cell in answers)
    assert max(every) < raw
    assert (max(every) > LIMIT * median(every) * (1 + 1e-6)) == (found.above > 0)


def test_without_answers_there_are_no_weights() -> None:
    assert weigh({Cell(18, "male", "a"): 10}, {}).by_cell == {}


CITY = st.dictionaries(
    st.builds(Cell, st.sampled_from(BANDS), st.sampled_from(SEXES), st.sampled_from(DISTRICTS)),
    st.tuples(st.integers(1, 3000), st.integers(0, 40)),
    min_size=1,
    max_size=18,
)


@given(CITY)
@settings(max_examples=150, deadline=None)
def test_weights_always_add_up_to_the_population(city: dict[Cell, tuple[int, int]]) -> None:
    population = {cell: people for cell, (people, _) in city.items()}
    answers = {cell: min(people, came) for cell, (people, came) in city.items()}
    found = weigh(population, answers)
    if not any(answers.values()):
        assert found.by_cell == {}
        return
    assert set(found.by_cell) == {cell for cell, number in answers.items() if number}
    assert all(weight > 0 for weight in found.by_cell.values())
    total = sum(weight * answers[cell] for cell, weight in found.by_cell.items())
    assert total == pytest.approx(sum(population.values()))


@given(
    st.lists(
        st.tuples(st.sampled_from("xyz"), st.sampled_from("pq"), st.floats(0.1, 10)), min_size=12, max_size=60
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=100, deadline=None)
def test_raking_meets_margins_that_can_be_met(
    rows: list[tuple[str, str, float]], chance: random.Random
) -> None:
    # Margins of a real weighting of the same answers exist together, so raking must find weights for them.
    truth = [chance.uniform(0.5, 20) for _ in rows]
    sides = [[row[0] for row in rows], [row[1] for row in rows]]
    totals: list[dict[str, float]] = []
    for side in sides:
        wanted: dict[str, float] = {}
        for name, weight in zip(side, truth, strict=True):
            wanted[name] = wanted.get(name, 0.0) + weight
        totals.append(wanted)
    raked = rake([row[2] for row in rows], sides, totals, most=20_000)
    assert raked.converged
    for side, wanted in zip(sides, totals, strict=True):
        for name, total in wanted.items():
            met = sum(w for w, at in zip(raked.weights, side, strict=True) if at == name)
            assert met == pytest.approx(total, rel=1e-8)
