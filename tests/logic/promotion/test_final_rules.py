"""The rules of a final evaluation: what was met, what was not, and what nobody can tell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dokodemo.promotion.closing import logic
from dokodemo.promotion.closing.logic import Outcome, Standing

LAST, TODAY = date(2026, 3, 31), date(2026, 6, 1)


@pytest.mark.parametrize(
    ("value", "target", "direction", "start", "found"),
    [
        (None, 80, "up", 10, Outcome("unmeasured", "no_value")),
        (80, 80, "up", 10, Outcome("met", "reached")),
        (81, 80, "up", None, Outcome("met", "reached")),
        (79.9, 80, "up", 10, Outcome("partly", "nearer")),
        (10, 80, "up", 10, Outcome("not_met", "no_nearer")),
        (9, 80, "up", 10, Outcome("not_met", "no_nearer")),
        (40, 80, "up", None, Outcome("not_met", "not_reached")),
        (5, 5, "down", 20, Outcome("met", "reached")),
        (12, 5, "down", 20, Outcome("partly", "nearer")),
        (21, 5, "down", 20, Outcome("not_met", "no_nearer")),
        (0, 80, "up", 10, Outcome("not_met", "no_nearer")),
    ],
)
def test_a_target_is_met_in_part_only_where_the_value_is_known_to_have_come_nearer(
    value: float | None, target: float, direction: Any, start: float | None, found: Outcome
) -> None:
    assert logic.of_target(value, target, direction, start) == found


@pytest.mark.parametrize(
    ("values", "direction", "percent", "found"),
    [
        ([], "up", True, Outcome("unmeasured", "no_value")),
        ([50], "up", True, Outcome("unmeasured", "one_value")),
        ([100], "up", True, Outcome("met", "nothing_left")),
        ([100], "up", False, Outcome("unmeasured", "one_value")),
        ([3, 0], "down", True, Outcome("met", "nothing_left")),
        ([50, 40, 60], "up", True, Outcome("partly", "better")),
        ([50, 70, 50], "up", True, Outcome("not_met", "no_better")),
        ([50, 40], "down", False, Outcome("partly", "better")),
    ],
)
def test_an_indicator_without_a_target_is_met_only_where_nothing_is_left_to_wish(
    values: list[float], direction: Any, percent: bool, found: Outcome
) -> None:
    assert logic.of_values(values, direction, percent=percent) == found


@pytest.mark.parametrize(
    ("states", "found"),
    [
        ([], Outcome("unmeasured", "no_action")),
        ([None, None], Outcome("unmeasured", "no_report")),
        (["finished", "finished"], Outcome("met", "all_finished")),
        (["finished", None], Outcome("partly", "some_under_way")),
        (["not_started", "started"], Outcome("partly", "some_under_way")),
        (["not_started", "studied", None], Outcome("not_met", "none_begun")),
    ],
)
def test_a_measure_is_met_when_all_its_actions_are_finished(states: list[str | None], found: Outcome) -> None:
    assert logic.of_states(states) == found


@pytest.mark.parametrize(
    ("kind", "facts", "judgement", "words", "faults", "open_"),
    [
        ("target", {"result": "met"}, "", "", {}, True),
        ("target", {"result": "met"}, "met", "", {}, False),
        ("target", {"result": "met"}, "partly", "", {"words": "closing.fault.why_differs"}, True),
        ("target", {"result": "met"}, "partly", "市の数え方では", {}, False),
        ("target", {"result": "met"}, "pass_on", "x", {"judgement": "closing.fault.judgement"}, True),
        ("target", {"result": "met"}, "", "x" * 4001, {"words": "closing.fault.long"}, True),
        ("action", {"state": "half"}, "", "", {}, True),
        ("action", {"state": None}, "pass_on", "", {"words": "closing.fault.why_choice"}, True),
        ("action", {"state": None}, "pass_on", "続ける", {}, False),
        ("action", {"state": "half"}, "met", "x", {"judgement": "closing.fault.choice"}, True),
        ("action", {"state": "finished"}, "", "", {}, False),
        ("action", {"state": "finished"}, "end", "x", {"judgement": "closing.fault.finished"}, False),
    ],
)
def test_a_row_says_what_it_still_wants(
    kind: str, facts: dict[str, Any], judgement: str, words: str, faults: dict[str, str], open_: bool
) -> None:
    assert logic.row_faults(kind, facts, judgement, words) == faults
    assert logic.to_judge(kind, facts, judgement, words) is open_


READY = Standing(unjudged=0, open_reports=0, stale=False, summary=True)


@pytest.mark.parametrize(
    ("standing", "changes", "faults"),
    [
        (READY, {}, {}),
        (READY, {"on": LAST}, {}),
        (READY, {"today": date(2026, 3, 30)}, {"on": "closing.fault.too_early"}),
        (READY, {"on": date(2026, 3, 30)}, {"on": "plan.fault.closing_day"}),
        (READY, {"on": date(2026, 6, 2)}, {"on": "plan.fault.closing_day"}),
        (READY, {"on": None}, {"on": "plan.fault.day"}),
        (READY, {"reason": ""}, {"reason": "closing.fault.reason"}),
        (Standing(1, 0, False, True), {}, {"rows": "closing.fault.unjudged"}),
        (Standing(1, 0, True, True), {}, {"rows": "closing.fault.stale"}),
        (Standing(0, 0, False, False), {}, {"summary": "closing.fault.summary"}),
        (Standing(0, 2, False, True), {}, {"despite_open": "closing.fault.open_reports"}),
        (Standing(0, 2, False, True), {"despite_open": True}, {}),
        (
            Standing(0, 2, False, True),
            {"despite_open": True, "reason": ""},
            {"reason": "closing.fault.reason"},
        ),
    ],
)
def test_what_stands_against_closing_is_said_by_box(
    standing: Standing, changes: dict[str, Any], faults: dict[str, str]
) -> None:
    given: dict[str, Any] = {
        "last_day": LAST,
        "on": TODAY,
        "today": TODAY,
        "reason": "期間が終わった",
        "despite_open": False,
    }
    assert logic.closing_faults(standing, **(given | changes)) == faults


def test_the_tally_names_every_result_also_those_nobody_gave() -> None:
    assert logic.tally(["met", "unmeasured", "met", ""]) == {
        "met": 2,
        "partly": 0,
        "not_met": 0,
        "unmeasured": 1,
    }
