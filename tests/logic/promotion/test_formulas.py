"""Queries of the pack: what they may name, their whole numbers, and that nothing is worked out from itself."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.kernel.expressions import ExpressionError
from dokodemo.promotion.indicators.definitions import Indicator
from dokodemo.promotion.indicators.formulas import circle, compiled, part, places, worked_out

DAY = date(2026, 11, 27)
_WORDS = {"ja": "かず", "easy": "かず", "en": "number"}


def indicator(code: str, **changes: Any) -> Indicator:
    said: dict[str, Any] = {
        "code": code,
        "kind": "mid",
        "title": _WORDS,
        "says": _WORDS,
        "unit": "percent",
        "direction": "up",
        "numerator": _WORDS,
        "denominator": _WORDS,
        "source": "training.completed",
        "state": "works",
        "owner": "green",
        "every": "day",
        "lag_months": 0,
    }
    return Indicator.model_validate(said | changes)


def test_shares_are_named_by_their_parts_amounts_by_their_value_and_what_is_not_counted_not_at_all() -> None:
    known = [
        indicator("K2"),
        indicator("minutes-saved", unit="minutes"),
        indicator("survey", state="entered", source="survey"),
        indicator("later", state="planned", missing=_WORDS),
    ]
    assert places(known) == {
        "k2.numerator": "K2",
        "k2.denominator": "K2",
        "minutes_saved.value": "minutes-saved",
        "minutes_saved.thousandths": "minutes-saved",
    }


def test_a_query_gives_its_two_whole_numbers_and_knows_on_what_it_rests() -> None:
    query = compiled("100 * online + k2.numerator", "online + other", {"k2.numerator": "K2"})
    assert query.indicators == {"K2"}
    facts = {"online": 3, "other": 5, "k2.numerator": 7}
    assert worked_out(query, facts, DAY) == (307, 8)
    assert worked_out(compiled("greatest(0, apart - once)", None, {}), {"apart": 2, "once": 9}, DAY) == (
        0,
        None,
    )


@pytest.mark.parametrize("text", ["online +", "onlin", "online > 1", "'a'", "k2.numerator", "online / other"])
def test_what_is_no_whole_number_of_what_there_is_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        compiled(text, None, {})


def test_an_amount_for_each_of_nothing_is_no_value() -> None:
    assert part(90, 4) == part(45, 2)
    assert part(90, 0) is None


@pytest.mark.parametrize(
    ("depends_on", "way"),
    [
        ({"a": ["a"]}, ["a", "a"]),
        ({"a": ["b"], "b": ["a"]}, ["a", "b", "a"]),
        ({"a": ["b", "c"], "b": [], "c": ["d"], "d": ["a"]}, ["a", "c", "d", "a"]),
        ({"a": ["b"], "b": ["c"], "c": ["b"]}, None),
        ({"a": ["b", "c"], "b": ["c"], "c": []}, None),
    ],
)
def test_an_indicator_that_depends_on_itself_is_found_with_its_way(
    depends_on: dict[str, list[str]], way: list[str] | None
) -> None:
    assert circle("a", lambda code: depends_on[code]) == way


@given(st.dictionaries(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=4)))
def test_every_way_that_is_told_is_one_and_none_is_overlooked(links: dict[int, list[int]]) -> None:
    def depends_on(code: str) -> list[str]:
        return [str(other) for other in links.get(int(code), [])]

    reached: set[str] = set()
    waiting = depends_on("0")
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting += depends_on(here)
    way = circle("0", depends_on)
    assert (way is not None) == ("0" in reached)
    if way is not None:
        assert (way[0], way[-1]) == ("0", "0")
        assert all(after in depends_on(here) for here, after in pairwise(way))
