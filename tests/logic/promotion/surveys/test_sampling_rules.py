"""How many are asked, from where, and who: published sizes, hand-worked shares, and what always holds."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.promotion.surveys.sampling import (
    Cell,
    allocate,
    answers_for_margin,
    band_of,
    chosen_by,
    size_for_margin,
)

CELLS = st.builds(
    Cell,
    st.sampled_from([18, 30, 45, 60, 75]),
    st.sampled_from(["female", "male"]),
    st.sampled_from(["a", "b", "c"]),
)
PEOPLE = st.dictionaries(CELLS, st.integers(0, 4000), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("margin", "share", "population", "expected"),
    [
        # Tables of Cochran's formula at 95 %, rounded as they print it.
        (0.03, 0.8, None, 683),
        (0.03, 0.8, 42_000, 672),
        (0.05, 0.8, None, 246),
        (0.05, 0.8, 42_000, 244),
        (0.03, 0.5, None, 1067),
        (0.05, 0.5, None, 384),
    ],
)
def test_sizes_are_those_of_the_published_tables(
    margin: float, share: float, population: int | None, expected: int
) -> None:
    assert round(answers_for_margin(margin, share, population)) == expected


def test_response_and_design_effect_make_the_sample_larger_and_it_never_exceeds_the_city() -> None:
    # 672.04 answers × 1.5 = 1,008.06; / 0.4 = 2,520.1
    size = size_for_margin(0.03, share=0.8, population=42_000, response=0.4, effect=1.5)
    assert (size.returns, size.invitations) == (1009, 2521)
    small = size_for_margin(0.03, share=0.5, population=300, response=0.4, effect=2)
    assert (small.returns, small.invitations) == (300, 300)
    assert size_for_margin(0.03, share=0.5, population=0, response=0.4, effect=1).invitations == 0


@pytest.mark.parametrize(("margin", "share"), [(0, 0.5), (1, 0.5), (0.03, 0), (0.03, 1)])
def test_a_margin_or_share_outside_zero_and_one_is_refused(margin: float, share: float) -> None:
    with pytest.raises(ValueError, match="between"):
        answers_for_margin(margin, share)


def test_largest_remainders_get_what_is_left_over() -> None:
    # Quotas of 10 among 520, 330, 150 of 1,000: 5.2, 3.3, 1.5; the last has the largest remainder.
    people = {Cell(18, "female", "a"): 520, Cell(30, "female", "a"): 330, Cell(45, "female", "a"): 150}
    assert list(allocate(people, 10, 0).values()) == [5, 3, 2]


def test_a_small_stratum_gets_the_minimum_and_the_rest_is_shared_by_the_others() -> None:
    # Of 20: quotas 17.1, 2.7, 0.2. The third gets 2, the others share 18 as 855 : 135 = 15.55, 2.45.
    people = {Cell(18, "male", "a"): 855, Cell(30, "male", "a"): 135, Cell(45, "male", "a"): 10}
    assert list(allocate(people, 20, 2).values()) == [16, 2, 2]
    one = {Cell(18, "male", "a"): 99, Cell(30, "male", "a"): 1}
    assert list(allocate(one, 10, 3).values()) == [9, 1]


@given(PEOPLE, st.integers(0, 3000), st.integers(0, 5))
def test_allocation_adds_up_and_keeps_within_minimum_and_people(
    people: dict[Cell, int], size: int, least: int
) -> None:
    found = allocate(people, size, least)
    total = sum(people.values())
    minimums = sum(min(least, number) for number in people.values())
    assert sum(found.values()) == max(min(size, total), minimums)
    for cell, number in people.items():
        assert min(least, number) <= found.get(cell, 0) <= number


@given(PEOPLE, st.integers(1, 3000))
def test_without_minimums_nobody_is_more_than_one_away_from_the_quota(
    people: dict[Cell, int], size: int
) -> None:
    total = sum(people.values())
    for cell, number in allocate(people, size, 0).items():
        assert abs(number - min(size, total) * people[cell] / total) < 1


def test_the_draw_is_the_digests_of_seed_and_number_in_order() -> None:
    people = [str(number) for number in range(1, 101)]
    by_hand = sorted(people, key=lambda one: hashlib.sha256(f"2026\x1f{one}".encode()).digest())[:7]
    assert chosen_by(people, 7, "2026") == by_hand
    assert chosen_by(reversed(people), 7, "2026") == by_hand
    assert chosen_by(people, 7, "2027") != by_hand


def test_everybody_is_drawn_about_equally_often() -> None:
    people = [str(number) for number in range(50)]
    times = dict.fromkeys(people, 0)
    for seed in range(2000):
        for one in chosen_by(people, 10, str(seed)):
            times[one] += 1
    # Expected 400 each, standard deviation about 18: five of them leave room for chance and none for a bias.
    assert all(310 < number < 490 for number in times.values())


@given(st.sets(st.text("0123456789", min_size=1, max_size=6), max_size=60), st.integers(0, 80))
def test_a_draw_takes_everybody_once_at_most(people: set[str], size: int) -> None:
    found = chosen_by(people, size, "s")
    assert len(found) == len(set(found)) == min(size, len(people))
    assert set(found) <= people


@pytest.mark.parametrize(
    ("age", "band"), [(17, None), (18, 18), (29, 18), (30, 30), (74, 60), (75, 75), (103, 75)]
)
def test_an_age_is_in_the_highest_band_it_has_reached(age: int, band: int | None) -> None:
    assert band_of(age, (18, 30, 45, 60, 75)) == band
