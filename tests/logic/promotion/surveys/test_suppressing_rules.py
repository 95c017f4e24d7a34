"""What is hidden stays hidden: no small number follows from what is shown by adding and subtracting."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dokodemo.promotion.surveys.suppressing import (
    Kinds,
    hidden_among,
    hidden_in_all,
    hidden_options,
    is_small,
)

COUNTS = st.lists(st.integers(0, 40), min_size=1, max_size=7).map(lambda some: dict(enumerate(some)))


def test_one_small_part_takes_the_next_smallest_with_it() -> None:
    assert hidden_among({"a": 4, "b": 30, "c": 12, "d": 50}) == {"a", "c"}
    assert hidden_among({"a": 40, "b": 30}) == frozenset()
    assert hidden_among({"a": 0, "b": 30}) == frozenset()


def test_two_small_parts_that_come_to_less_than_ten_take_a_third() -> None:
    assert hidden_among({"a": 4, "b": 5, "c": 12, "d": 50}) == {"a", "b", "c"}
    assert hidden_among({"a": 4, "b": 6, "c": 12, "d": 50}) == {"a", "b"}


def test_what_is_hidden_in_one_table_is_hidden_in_the_others() -> None:
    # By itself the second table would show everything; with the first it would give b away.
    assert hidden_in_all([{"a": 4, "b": 12, "c": 50}, {"a": 0, "b": 12, "c": 50}]) >= {"a", "b"}


def follows(shown: list[list[int]], totals: list[int], numbers: int) -> dict[int, int]:
    """Every single number that the shown sums fix: by solving the equations."""
    if not shown:
        return {}
    rows = np.array(shown, dtype=float)
    right = np.array(totals, dtype=float)
    known: dict[int, int] = {}
    rank = np.linalg.matrix_rank(rows)
    for place in range(numbers):
        unit = np.zeros(numbers)
        unit[place] = 1
        if np.linalg.matrix_rank(np.vstack([rows, unit])) == rank:
            found = np.linalg.lstsq(rows.T, unit, rcond=None)[0]
            known[place] = round(float(found @ right))
    return known


@given(COUNTS)
def test_no_hidden_part_follows_from_the_total_and_the_parts_shown(counts: dict[int, int]) -> None:
    total = sum(counts.values())
    if is_small(total):
        return  # then the total is not shown either
    hidden = hidden_among(counts)
    shown = [[1] * len(counts)] + [[int(at == key) for at in counts] for key in counts if key not in hidden]
    totals = [total, *(number for key, number in counts.items() if key not in hidden)]
    known = follows(shown, totals, len(counts))
    assert not any(is_small(number) for number in known.values())
    left = total - sum(number for key, number in counts.items() if key not in hidden)
    assert not is_small(left)


@given(COUNTS, COUNTS, COUNTS, st.booleans())
@settings(max_examples=400)
def test_no_small_number_follows_from_what_is_shown_of_a_question(
    top: dict[int, int], other: dict[int, int], unsure: dict[int, int], unsure_counts: bool
) -> None:
    kinds = Kinds(
        {f"t{key}": number for key, number in top.items()},
        {f"o{key}": number for key, number in other.items()},
        {f"u{key}": number for key, number in unsure.items()},
    )
    counts = {**kinds.top, **kinds.other, **kinds.unsure}
    names = list(counts)
    every = sum(counts.values())
    sure = every - sum(kinds.unsure.values())
    if is_small(every if unsure_counts else sure):
        return  # nothing of the question is shown
    hidden = hidden_options(kinds, unsure_counts=unsure_counts)
    rows, totals = [], []

    def show(group: list[str]) -> None:
        rows.append([int(name in group) for name in names])
        totals.append(sum(counts[name] for name in group))

    sure_names = [name for name in names if name not in kinds.unsure]
    show(names if unsure_counts else sure_names)
    if not hidden.second:
        show(sure_names if unsure_counts else names)
    if not hidden.top:
        show(list(kinds.top))
    for name in names:
        if name not in hidden.options:
            show([name])
    assert not any(is_small(number) for number in follows(rows, totals, len(names)).values())
    # Nor does the sum of any few of them, as far as two shown sums differ by it.
    for (a, one), (b, two) in product(zip(rows, totals, strict=True), repeat=2):
        if all(x >= y for x, y in zip(a, b, strict=True)) and a != b:
            inside = [name for name, x, y in zip(names, a, b, strict=True) if x > y]
            assert not is_small(one - two), inside


@given(COUNTS, st.integers(1, 3), st.data())
def test_one_choice_of_bands_hides_the_small_ones_of_every_table(
    counts: dict[int, int], tables: int, data: st.DataObject
) -> None:
    many = [counts] + [
        {key: data.draw(st.integers(0, number)) for key, number in counts.items()} for _ in range(tables)
    ]
    hidden = hidden_in_all(many)
    for table in many:
        if is_small(sum(table.values())):
            continue
        shown = [number for key, number in table.items() if key not in hidden]
        assert not any(is_small(number) for number in shown)
        assert not is_small(sum(table.values()) - sum(shown))
        inside = [number for key, number in table.items() if key in hidden and number]
        assert len(inside) != 1 or not is_small(inside[0])
