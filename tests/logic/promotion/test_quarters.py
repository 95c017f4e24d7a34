"""Quarters of the fiscal year, which actions report on them, and what is late."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.promotion.headquarters.logic import (
    Moved,
    Quarter,
    late,
    moved,
    quarter_of,
    reporting,
    to_report,
)
from tests.logic.promotion.test_action_plan_rules import an_action


@pytest.mark.parametrize(
    ("quarter", "first", "last"),
    [
        (Quarter(2026, 1), date(2026, 4, 1), date(2026, 6, 30)),
        (Quarter(2026, 3), date(2026, 10, 1), date(2026, 12, 31)),
        (Quarter(2026, 4), date(2027, 1, 1), date(2027, 3, 31)),
    ],
)
def test_a_quarter_has_its_days(quarter: Quarter, first: date, last: date) -> None:
    assert (quarter.first, quarter.last) == (first, last)


@given(st.dates(date(2001, 1, 1), date(2099, 1, 1)))
def test_every_day_lies_in_one_quarter_and_quarters_follow_each_other(day: date) -> None:
    quarter = quarter_of(day)
    assert quarter.first <= day <= quarter.last
    assert quarter.next.before == quarter.before.next == quarter
    assert (quarter.next.first - quarter.last).days == 1


def test_the_quarter_that_ended_last_is_reported_until_thirty_days_later() -> None:
    assert to_report(date(2026, 11, 23)) == Quarter(2026, 2)
    assert Quarter(2026, 2).due == date(2026, 10, 30)
    # 30 January 2027 is a Saturday: the next working day.
    assert Quarter(2026, 3).due == date(2027, 2, 1)


def test_actions_report_while_their_time_touches_the_quarter() -> None:
    actions = [
        an_action("whole"),
        an_action("ends", **{"from": "2025-04-01", "to": "2025-07-01"}),
        an_action("ended", **{"from": "2025-04-01", "to": "2025-06-30"}),
        an_action("begins", **{"from": "2025-09-30", "to": "2025-10-30"}),
        an_action("later", **{"from": "2025-10-01", "to": "2025-10-30"}),
    ]
    found = [one.code for one in reporting(actions, Quarter(2025, 2))]
    assert found == ["whole", "ends", "begins"]


def test_a_report_is_late_after_its_day_only_and_only_when_missing() -> None:
    actions, quarter = [an_action("a"), an_action("b")], Quarter(2025, 1)
    assert late(actions, [], quarter, quarter.due) == []
    assert [one.code for one in late(actions, ["a"], quarter, date(2025, 8, 1))] == ["b"]


def test_what_moved_is_told_with_where_it_was() -> None:
    assert moved({"a": "started", "b": "half"}, {"a": "half", "b": "half", "c": "studied"}) == [
        Moved("a", "started", "half"),
        Moved("c", None, "studied"),
    ]
