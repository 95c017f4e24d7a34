"""The rules of action plans: carried into another year, summed once, checked against guidelines, compared."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dokodemo.promotion.plan import logic
from dokodemo.promotion.plan.action_plan import Action, Wrong, as_json, read_action

TEXT = {"ja": "取組", "easy": "やる こと", "en": "Action"}


def an_action(code: str = "a", **changes: Any) -> Action:
    data = {
        "code": code,
        "title": TEXT,
        "what": TEXT,
        "measures": ["m-1"],
        "section": "policy",
        "from": "2025-04-01",
        "to": "2026-03-31",
    }
    return read_action(data | changes)


@pytest.mark.parametrize(
    ("day", "years", "later"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2025, 3, 31), 2, date(2027, 3, 31)),
    ],
)
def test_a_day_some_years_later_exists(day: date, years: int, later: date) -> None:
    assert logic.years_later(day, years) == later


def test_an_action_that_ended_moves_whole_into_the_new_year() -> None:
    moved = logic.carried(an_action(tasks=[{"title": TEXT, "due": "2025-12-26"}]), 2027)
    assert (moved.from_, moved.to, moved.tasks[0].due) == (
        date(2027, 4, 1),
        date(2028, 3, 31),
        date(2027, 12, 26),
    )


def test_an_action_that_still_runs_stays_as_it_is() -> None:
    long = an_action(to="2028-03-31")
    assert logic.carried(long, 2026) is long
    assert logic.carried(long, 2027) is long


def test_an_action_that_serves_several_measures_is_summed_once_and_stands_under_each() -> None:
    both = an_action("both", measures=["m-1", "m-2"], budget_yen=100, person_hours=3)
    silent = an_action("silent", measures=["m-2"])
    found = logic.by_measure([both, silent], ["m-1", "m-2", "m-3"])
    assert {code: [one.code for one in rows] for code, rows in found.items()} == {
        "m-1": ["both"],
        "m-2": ["both", "silent"],
        "m-3": [],
    }
    sums = logic.sums([one for rows in found.values() for one in rows])
    assert (sums.actions, sums.budget_yen, sums.person_hours, sums.silent) == (2, 100, 3, 1)


def test_guidelines_count_what_each_action_says_of_itself() -> None:
    actions = [
        an_action("a", guidelines={"speed": "kept"}),
        an_action("b", guidelines={"speed": "coming"}),
        an_action("c"),
    ]
    assert logic.guideline_checks(actions, ["speed", "people"]) == {
        "speed": logic.Kept(1, 1, 0, 1),
        "people": logic.Kept(0, 0, 0, 3),
    }


def test_versions_differ_in_what_is_new_changed_and_gone() -> None:
    kept, old, new = an_action("kept"), an_action("x", budget_yen=1), an_action("x", budget_yen=2)
    gone, added = an_action("gone"), an_action("added")
    found = logic.changes([kept, old, gone], [added, new, kept])
    assert found == [
        logic.Change("added", None, added),
        logic.Change("x", old, new),
        logic.Change("gone", gone, None),
    ]
    assert logic.changes([kept, old], [old, kept]) == []


def test_an_action_is_written_as_the_file_has_it_and_reads_the_same() -> None:
    action = an_action(budget_yen=0, guidelines={"speed": "kept"}, sample=True)
    data = as_json(action)
    assert {"from", "to", "budget_yen"} <= data.keys()
    assert "person_hours" not in data
    assert read_action(data) == action


def test_what_is_no_action_names_every_fault() -> None:
    with pytest.raises(Wrong) as refused:
        read_action({"code": "a", "title": TEXT, "what": TEXT, "measures": [], "section": "policy"})
    assert {place for place, _ in refused.value.faults} == {"measures", "from", "to"}
