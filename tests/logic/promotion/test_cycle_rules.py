"""The rules of the cycle: when a finding comes back, which counts are told, and whether a number moved the right way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dokodemo.promotion.improvement.logic import MOVES, STATES, Value, comes_back, right_way, told_count

DAY, LATER = date(2026, 3, 31), date(2026, 9, 30)


@pytest.mark.parametrize(
    ("count", "judged", "back"), [(1, None, True), (5, 3, False), (6, 3, True), (1, 0, False), (2, 0, True)]
)
def test_a_finding_comes_back_once_it_has_doubled(count: int, judged: int | None, back: bool) -> None:
    assert comes_back(count, judged) is back


def test_counts_of_few_residents_are_not_told_and_reports_are_no_residents() -> None:
    assert told_count("questions", 2) is None
    assert told_count("questions", 3) == 3
    assert told_count("reports", 1) == 1


def value(number: str, day: date = LATER) -> Value:
    return Value(Decimal(number), day)


@pytest.mark.parametrize(
    ("direction", "before", "after", "moved"),
    [
        ("up", value("70", DAY), value("71"), True),
        ("up", value("70", DAY), value("70"), False),
        ("down", value("70", DAY), value("71"), False),
        ("down", value("70", DAY), value("69"), True),
        ("up", value("0", DAY), value("0.1"), True),
        ("up", None, value("71"), None),
        ("up", value("70", DAY), None, None),
        ("up", value("70"), value("71"), None),
    ],
)
def test_a_number_moved_when_both_values_are_known_and_the_second_is_later(
    direction: Any, before: Value | None, after: Value | None, moved: bool | None
) -> None:
    assert right_way(direction, before, after) is moved


def test_no_way_leads_by_hand_to_an_action_or_back_to_new() -> None:
    assert set(MOVES) == {"looked_at", "done", "not_pursued"}
    assert {state for states in MOVES.values() for state in states} <= set(STATES)
