"""Until when: first day counted or not, days, months, business days, closed days, life events, unknown days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from dokodemo.administration.guidance.deadlines import last_day, last_days
from dokodemo.administration.procedures.checking import procedures_of
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.periods import Deadline
from dokodemo.kernel.packs import open_pack


@cache
def procedure(slug: str) -> CompiledProcedure:
    return next(one for one in procedures_of(open_pack("arao")) if one.slug == slug)


def deadline(**given: Any) -> Deadline:
    return Deadline(since="death.died_on", article="第1条", **given)


@pytest.mark.parametrize(
    ("given", "since", "until"),
    [
        ({"days": 14}, date(2026, 11, 10), date(2026, 11, 24)),
        (
            {"days": 14, "counts_first_day": True},
            date(2026, 11, 10),
            date(2026, 11, 24),
        ),  # 23 Nov. is a holiday
        ({"days": 7, "counts_first_day": True}, date(2026, 11, 10), date(2026, 11, 16)),
        ({"days": 14}, date(2026, 12, 16), date(2027, 1, 4)),  # the turn of the year
        ({"days": 5, "count": "business"}, date(2026, 11, 20), date(2026, 11, 30)),
        ({"days": 1, "count": "business", "counts_first_day": True}, date(2026, 11, 20), date(2026, 11, 20)),
        ({"months": 3}, date(2026, 1, 10), date(2026, 4, 10)),
        ({"months": 3, "counts_first_day": True}, date(2026, 1, 10), date(2026, 4, 9)),
        ({"months": 1}, date(2026, 1, 31), date(2026, 3, 2)),  # 28 February 2026 is a Saturday
        (
            {"days": 1, "counts_first_day": True},
            date(2026, 11, 21),
            date(2026, 11, 21),
        ),  # a day, not a period
    ],
)
def test_the_last_day_follows_the_civil_code(given: dict[str, Any], since: date, until: date) -> None:
    assert last_day(deadline(**given), since) == until


@pytest.mark.parametrize(
    ("given", "day", "until"),
    [
        ({"days": 30}, date(2026, 12, 31), date(2026, 12, 1)),
        ({"days": 30, "counts_first_day": True}, date(2026, 12, 31), date(2026, 12, 2)),
        # A Saturday stays: the next open day would be too late.
        ({"days": 3}, date(2026, 11, 24), date(2026, 11, 21)),
        ({"days": 3, "count": "business"}, date(2026, 11, 26), date(2026, 11, 20)),  # 23 Nov. is a holiday
        ({"months": 3}, date(2026, 5, 31), date(2026, 2, 28)),
        ({"months": 3}, date(2026, 1, 10), date(2025, 10, 10)),
    ],
)
def test_a_deadline_counts_back_from_what_is_planned(given: dict[str, Any], day: date, until: date) -> None:
    back = Deadline(before="forest.fell_from", article="第1条", **given)
    assert last_day(back, day) == until


def test_a_deadline_counts_one_way_only() -> None:
    for days in ({}, {"since": "death.died_on", "before": "forest.fell_from"}):
        with pytest.raises(ValueError, match="either from a day or back from one"):
            Deadline(days=3, article="第1条", **days)


def test_a_procedure_whose_law_counts_backwards_says_its_last_day() -> None:
    felling = procedure("forest-felling")
    (found,) = last_days(felling, "land", {"forest.fell_from": "2027-01-31"}, date(2026, 11, 23))
    assert found.until == date(2027, 1, 1)


def test_a_deadline_whose_first_day_nobody_told_names_what_it_waits_for() -> None:
    (found,) = last_days(procedure("death-notification"), ("bereavement",), {}, date(2026, 11, 23))
    assert (found.until, found.passed, found.missing) == (None, False, ("death.died_on",))
    assert found.law == "戸籍法"


def test_a_deadline_that_is_over_says_so_from_the_day_after() -> None:
    facts = {"death.died_on": "2026-11-10"}
    for on, passed in ((date(2026, 11, 16), False), (date(2026, 11, 17), True)):
        (found,) = last_days(procedure("death-notification"), ("bereavement",), facts, on)
        assert (found.until, found.passed) == (date(2026, 11, 16), passed)


def test_a_deadline_of_another_life_event_does_not_count_and_the_nearest_comes_first() -> None:
    deadlines = (
        deadline(days=30),
        deadline(days=14),
        deadline(days=3, event="moving_in"),
        Deadline(since="death.date_of_birth", days=1, article="第2条"),
    )
    made_up = procedure("death-notification")
    made_up = replace(made_up, definition=made_up.definition.model_copy(update={"deadlines": deadlines}))
    vocabulary = procedures_of(open_pack("arao"))[0].vocabulary
    found = last_days(
        replace(made_up, vocabulary=vocabulary),
        ("bereavement",),
        {"death.died_on": "2026-11-10"},
        date(2026, 11, 23),
    )
    assert [one.until for one in found] == [date(2026, 11, 24), date(2026, 12, 10), None]
