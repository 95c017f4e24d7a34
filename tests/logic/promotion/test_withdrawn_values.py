"""Values that were withdrawn: what counts now and on a past day, and when a withdrawn one is missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dokodemo.promotion.indicators.definitions import Observed
from dokodemo.promotion.indicators.observing import TAKEN_BACK, Withdrawn, is_missed, standing
from tests.logic.promotion.test_observing import a_value

FIRST = date(2026, 9, 1)


@dataclass(frozen=True)
class Value:
    """A value by what it says and since when it is known, in days from FIRST."""

    says: str
    day: int

    @property
    def published_on(self) -> date:
        """The day it was published."""
        return FIRST + timedelta(days=self.day)


def on(day: int) -> date:
    return FIRST + timedelta(days=day)


def counts(*rows: tuple[str, int, int | None], at: int | None = None) -> str | None:
    """Which of the values of one period and vintage counts: (what it says, published, withdrawn) in the order of entry."""
    entered = [("key", Value(says, day), None if gone is None else on(gone)) for says, day, gone in rows]
    found = standing(entered, None if at is None else on(at))
    return found["key"].says if found else None


def test_a_withdrawn_value_counts_on_the_days_before_and_not_from_that_day_on() -> None:
    row = ("57.0", 0, 10)
    assert counts(row) is None
    assert [counts(row, at=day) for day in (-1, 0, 9, 10, 11)] == [None, "57.0", "57.0", None, None]


def test_what_a_withdrawn_value_had_corrected_does_not_come_back() -> None:
    rows = (("57.0", 0, None), ("58.0", 5, 10))
    assert counts(*rows) is None
    assert [counts(*rows, at=day) for day in (0, 4, 5, 9, 10)] == [None, None, "58.0", "58.0", None]


def test_a_value_entered_after_a_withdrawal_counts_and_before_it_the_withdrawn_one_as_it_was_known() -> None:
    rows = (("57.0", 0, 10), ("59.0", 12, None))
    assert counts(*rows) == "59.0"
    assert [counts(*rows, at=day) for day in (0, 9, 10, 11, 12)] == ["57.0", "57.0", None, None, "59.0"]
    # What was published then and was only entered rightly later: the value was wrong then too.
    assert counts(("57.0", 0, 10), ("59.0", 0, None), at=5) == "59.0"


def test_a_value_may_be_withdrawn_again_and_again() -> None:
    rows = (("57.0", 0, 10), ("59.0", 12, 20), ("60.0", 22, None), ("61.0", 23, None))
    assert counts(*rows) == "61.0"
    assert counts(*rows[:2]) is None
    found = [counts(*rows, at=day) for day in (5, 10, 12, 19, 20, 22, 23)]
    assert found == ["57.0", None, "59.0", "59.0", None, None, "61.0"]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.none() | st.integers(0, 9)), max_size=12)
)
def test_of_each_key_what_counts_now_is_the_last_entered_unless_it_was_withdrawn(
    rows: list[tuple[str, int, int | None]],
) -> None:
    entered = [
        (key, Value(str(place), day), None if gone is None else on(gone))
        for place, (key, day, gone) in enumerate(rows)
    ]
    last = {key: (one, gone) for key, one, gone in entered}
    assert standing(entered) == {key: one for key, (one, gone) in last.items() if gone is None}
    # Of the last day of all it is the same: everything is known and whatever was withdrawn is.
    assert standing(entered, on(9)) == standing(entered)


def withdrawn(**changes: str) -> Withdrawn:
    one = a_value(**changes)
    return Withdrawn(one.from_, one.to, one.vintage, one.published_on, date(2026, 11, 1), TAKEN_BACK, "誤り")


def test_a_withdrawn_value_is_missed_where_nothing_or_something_older_is_shown_instead() -> None:
    older: Observed = a_value(**{"from": "2023-04-01", "to": "2024-03-31"}, vintage="before")
    newer = a_value(**{"from": "2025-04-01", "to": "2026-03-31"}, vintage="later")
    assert is_missed(withdrawn(), None)
    assert is_missed(withdrawn(), older)
    assert not is_missed(withdrawn(), newer)


def test_a_withdrawn_value_is_not_missed_where_its_period_has_another_edition_or_was_entered_again() -> None:
    provisional = a_value(vintage="provisional", published_on="2025-08-01")
    assert is_missed(withdrawn(), provisional)
    assert not is_missed(withdrawn(vintage="provisional", published_on="2025-08-01"), a_value())
    assert not is_missed(withdrawn(published_on="2025-12-01"), a_value(value="58.0"))


def test_what_is_told_of_a_withdrawn_value_has_no_value_in_it() -> None:
    told = withdrawn().as_json()
    assert told == {
        "from": "2024-04-01",
        "to": "2025-03-31",
        "vintage": "first",
        "published_on": "2025-11-01",
        "on": "2026-11-01",
        "cause": "taken_back",
        "reason": "誤り",
    }
    assert "57" not in str(told)
