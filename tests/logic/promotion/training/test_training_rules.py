"""Who must take what by when, what an attempt scored, who is up to date: days and figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.promotion.training.logic import (
    Completion,
    Done,
    Requirement,
    Standing,
    average,
    by_level,
    completed_on,
    completion,
    graded,
    level_of,
    must_since,
    standing,
)

YEARLY = Requirement(
    code="security",
    roles=frozenset({"caseworker", "head_of_section"}),
    completed_by="quiz",
    since=date(2026, 4, 1),
    grace_days=60,
    every_months=12,
)
TODAY = date(2026, 11, 27)


def stands(done: Done, *, since: date = date(2026, 4, 1), **changes: object) -> Standing:
    course = replace(YEARLY, **changes)  # type: ignore[arg-type]
    return standing(course, must_since=since, done=done, today=TODAY)


def test_whoever_never_took_it_has_the_time_of_grace_and_is_overdue_after_its_last_day() -> None:
    last = TODAY - timedelta(days=60)
    assert (stands(Done(), since=last).due_on, stands(Done(), since=last).state) == (TODAY, "waiting")
    assert stands(Done(), since=last - timedelta(days=1)).state == "overdue"


def test_the_time_of_grace_begins_no_earlier_than_the_course_is_demanded() -> None:
    assert stands(Done(), since=date(2010, 4, 1)).due_on == date(2026, 5, 31)


def test_a_yearly_course_is_due_again_a_year_after_it_was_passed() -> None:
    assert stands(Done(passed=date(2026, 6, 10))) == Standing(
        "security", date(2026, 6, 10), date(2027, 6, 10), "done"
    )
    assert stands(Done(passed=date(2025, 12, 20))).state == "soon"
    assert stands(Done(passed=date(2025, 11, 27))).state == "soon"
    assert stands(Done(passed=date(2025, 11, 26))).state == "overdue"


def test_a_course_taken_once_is_never_due_again() -> None:
    found = stands(Done(passed=date(2020, 1, 1)), every_months=None)
    assert (found.due_on, found.state) == (None, "done")


def test_whoever_falls_for_a_drill_takes_the_course_again_within_the_time_of_grace() -> None:
    passed = Done(passed=date(2026, 6, 10), clicked=date(2026, 11, 1))
    assert stands(passed) == Standing("security", date(2026, 6, 10), date(2026, 12, 31), "waiting")
    again = replace(passed, passed=date(2026, 11, 5))
    assert stands(again).state == "done"
    late = Done(passed=date(2026, 6, 10), clicked=date(2026, 9, 1))
    assert stands(late).state == "overdue"


def test_where_both_are_asked_for_the_older_one_ages_first() -> None:
    done = Done(passed=date(2026, 5, 1), attended=date(2026, 7, 1), drilled=date(2026, 8, 1))
    assert completed_on("both", done) == date(2026, 5, 1)
    assert completed_on("both", Done(passed=date(2026, 5, 1))) is None
    assert completed_on("attendance", done) == date(2026, 7, 1)
    assert completed_on("drill", done) == date(2026, 8, 1)


def test_who_must_take_it_is_said_by_the_posts_held_now() -> None:
    posts = [
        ("cio", date(2020, 4, 1)),
        ("caseworker", date(2026, 7, 1)),
        ("head_of_section", date(2026, 4, 1)),
    ]
    assert must_since(YEARLY, posts) == date(2026, 4, 1)
    assert must_since(YEARLY, posts[:1]) is None


def person(*states: str) -> list[Standing]:
    return [Standing(str(place), None, None, state) for place, state in enumerate(states)]  # type: ignore[arg-type]


def test_the_number_is_people_who_are_up_to_date_over_people_who_must_be() -> None:
    people = [
        person("done", "soon"),
        person("done", "waiting"),
        person("done", "overdue"),
        person("waiting", "waiting"),
        person(),
    ]
    assert completion(people) == Completion(up_to_date=2, must_be=3, waiting=1)
    assert completion([]).percent is None
    assert Completion(3, 4, 0).percent == 75


@given(st.lists(st.lists(st.sampled_from(["done", "soon", "waiting", "overdue"]), max_size=4)))
def test_nobody_is_counted_twice_or_forgotten(people: list[list[str]]) -> None:
    found = completion(person(*states) for states in people)
    assert 0 <= found.up_to_date <= found.must_be
    assert found.must_be + found.waiting == sum(bool(states) for states in people)


def test_an_attempt_passes_at_its_mark_and_not_below() -> None:
    right = [1, 2, 3, 1, 2]
    assert graded(right, [1, 2, 3, 1, 1], 80) == graded(right, [1, 2, 3, 2, 2], 80)
    assert graded(right, [1, 2, 3, 1, 1], 80).passed
    assert not graded(right, [1, 2, 3, 2, 1], 80).passed
    assert not graded([1, 1, 1], [1, 1, 2], 67).passed
    assert graded([1, 1, 1], [1, 1, 2], 66).passed
    with pytest.raises(ValueError, match="argument"):
        graded(right, [1], 80)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=20), st.integers(1, 100))
def test_all_right_always_passes_and_all_wrong_never(right: list[int], mark: int) -> None:
    assert graded(right, right, mark).passed
    assert not graded(right, [choice + 1 for choice in right], mark).passed


def test_what_the_head_says_counts_before_what_one_says_oneself() -> None:
    assert (level_of(4, 2), level_of(3, None), level_of(None, 0), level_of(None, None)) == (2, 3, 0, None)
    assert by_level([0, 3, 3, None]) == {0: 1, 1: 0, 2: 0, 3: 2, 4: 0, None: 1}


def test_comprehension_is_the_mean_share_of_right_answers() -> None:
    assert average([[(4, 5)], [(3, 3)], [(2, 4), (3, 3)], []]) == pytest.approx(82.5)


def test_an_average_over_fewer_than_three_people_would_tell_a_persons_score_and_is_none() -> None:
    assert average([[(4, 5)], [(3, 3), (2, 2), (1, 1)], []]) is None
    assert average([]) is None
