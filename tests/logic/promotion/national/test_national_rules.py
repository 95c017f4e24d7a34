"""What a cell of the national file says, what an answer may be, and how a group lies."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.promotion.national.logic import (
    BANDS,
    FEWEST,
    Shape,
    Unfit,
    Value,
    band_of,
    read_cell,
    read_value,
    shares,
    spread_of,
    written,
)

YES_NO, COUNT, RATIO = Shape("yes_no"), Shape("count"), Shape("ratio")
CHOICE = Shape("choice", {"done": "導入済み", "trial": "実証中"})


@pytest.mark.parametrize(
    ("shape", "cell", "value"),
    [
        (YES_NO, "実施", "yes"),
        (YES_NO, " 未 実施", "no"),
        (YES_NO, "調査無し", None),
        (COUNT, "２４", 24),
        (COUNT, "1,024", 1024),
        (COUNT, "0", 0),
        (COUNT, "", None),
        (RATIO, "72%", 72.0),
        (RATIO, "７２．５％", 72.5),
        (RATIO, "0%", 0.0),
        (RATIO, "－", None),
        (CHOICE, "実証中", "trial"),
    ],
)
def test_a_cell_is_read_in_any_width_and_what_is_not_known_is_no_zero(
    shape: Shape, cell: str, value: object
) -> None:
    assert read_cell(shape, cell) == value


@pytest.mark.parametrize(
    ("shape", "cell"),
    [
        *((YES_NO, cell) for cell in ("はい", "1", "72%")),
        *((COUNT, cell) for cell in ("-1", "2.5", "24件", "9" * 11, "=1+1")),
        *((RATIO, cell) for cell in ("0.72", "72", "101%", "-3%", "%", "1e2%")),
        (CHOICE, "実施"),
    ],
)
def test_a_cell_that_could_mean_two_things_is_refused(shape: Shape, cell: str) -> None:
    with pytest.raises(Unfit, match=r"national\.file"):
        read_cell(shape, cell)


def test_an_answer_is_read_from_its_boxes_or_each_wrong_box_is_named() -> None:
    assert read_value(YES_NO, {"word": "no"}) == (Value("no"), {})
    assert read_value(CHOICE, {"word": "trial"}) == (Value("trial"), {})
    assert read_value(COUNT, {"numerator": "１２"}) == (Value("", 12), {})
    assert read_value(RATIO, {"numerator": "36,000", "denominator": "50000"}) == (Value("", 36000, 50000), {})
    assert read_value(YES_NO, {"word": "maybe"})[1] == {"word": "national.fault.word"}
    assert set(read_value(RATIO, {"numerator": "x"})[1]) == {"numerator", "denominator"}
    assert read_value(RATIO, {"numerator": "0", "denominator": "0"})[1] == {
        "denominator": "national.fault.zero"
    }
    assert read_value(RATIO, {"numerator": "3", "denominator": "2"})[1] == {
        "numerator": "national.fault.more"
    }


def test_an_answer_is_written_as_the_survey_writes_it_and_none_is_not_zero() -> None:
    assert [written(YES_NO, Value("yes")), written(YES_NO, Value("no")), written(YES_NO, None)] == [
        "実施",
        "未実施",
        "未回答",
    ]
    assert written(COUNT, Value("", 0)) == "0"
    assert written(COUNT, None) == "未回答"
    assert written(RATIO, Value("", 15, 24)) == "62.5%"
    assert written(CHOICE, Value("done")) == "導入済み"


def test_fewer_than_five_cities_have_no_spread() -> None:
    assert spread_of([1, 2, 3, 4]) is None
    assert shares(YES_NO, ["yes"] * 4) is None
    found = spread_of([10, 20, 30, 40, 50])
    assert found is not None
    assert (found.known, found.low, found.first, found.middle, found.third, found.high) == (
        5,
        10,
        20,
        30,
        40,
        50,
    )
    assert shares(YES_NO, ["yes", "yes", "yes", "no", "yes"]) == {"yes": 4, "no": 1}


@given(st.lists(st.floats(0, 100), min_size=FEWEST, max_size=60))
def test_a_spread_is_in_order_and_does_not_depend_on_the_order_of_cities(values: list[float]) -> None:
    found = spread_of(values)
    assert found == spread_of(sorted(values))
    assert found is not None
    five = [found.low, found.first, found.middle, found.third, found.high]
    assert all(one <= two + 1e-9 for one, two in pairwise(five))


@given(st.integers(0, 5_000_000))
def test_every_population_lies_in_exactly_one_band(population: int) -> None:
    held = [
        name
        for name, (least, below) in BANDS.items()
        if population >= least and (below is None or population < below)
    ]
    assert held == [band_of(population)]


def test_a_population_that_is_not_known_lies_in_no_band() -> None:
    assert band_of(None) == ""
