"""When a thing is reminded of: one stage a day, never an earlier one after a later one."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dokodemo.promotion.responsibility.logic import STAGES, covers, stage_of, still_to_send

DUE = date(2026, 11, 27)


@given(st.integers(-400, 400), st.integers(0, 60), st.integers(1, 60))
def test_stages_follow_each_other_as_days_go_by(day: int, before: int, after: int) -> None:
    def place(days: int) -> int:
        stage = stage_of(DUE, DUE + timedelta(days=days), before_days=before, after_days=after)
        return -1 if stage is None else STAGES.index(stage)

    assert place(day) <= place(day + 1)
    assert [place(-before - 1), place(0), place(after - 1), place(after)] == [-1, 1, 1, 2]


@given(st.lists(st.integers(-30, 60), max_size=30))
def test_whatever_the_clock_does_each_stage_is_sent_once_and_in_order(days: list[int]) -> None:
    sent: list[str] = []
    for day in days:
        stage = stage_of(DUE, DUE + timedelta(days=day), before_days=7, after_days=14)
        if stage is not None and still_to_send(stage, sent):
            sent.append(stage)
    assert sent == sorted(set(sent), key=STAGES.index)


def test_both_ends_of_a_period_belong_to_it_and_no_end_is_open() -> None:
    day, one = DUE, timedelta(days=1)
    assert [covers((day, day), day + n * one) for n in (-1, 0, 1)] == [False, True, False]
    assert covers((day, None), date(2099, 1, 1))
