"""Whether a target is reached: what is known says so, and what is not known is never called kept or broken."""

from __future__ import annotations

import pytest

from dokodemo.promotion.indicators.logic import verdict


@pytest.mark.parametrize(
    ("value", "target", "up", "said"),
    [
        (80.0, 80.0, True, "reached"),
        (79.9, 80.0, True, "short"),
        (80.0, 80.0, False, "reached"),
        (80.1, 80.0, False, "short"),
        (0.0, 80.0, True, "short"),
        (None, 80.0, True, "unmeasured"),
    ],
)
def test_a_value_reaches_a_target_in_the_direction_that_is_wished(
    value: float | None, target: float, up: bool, said: str
) -> None:
    assert verdict(value, target, up=up) == said


@pytest.mark.parametrize(
    ("interval", "said"), [((70.0, 90.0), "open"), ((80.0, 90.0), "reached"), ((80.5, 90.0), "reached")]
)
def test_a_target_within_the_margin_of_a_survey_is_open(interval: tuple[float, float], said: str) -> None:
    assert verdict(85.0, 80.0, up=True, interval=interval) == said


def test_a_value_of_the_time_the_plan_began_says_nothing_of_what_came_of_it() -> None:
    assert verdict(25_700.0, 25_607.0, up=True, new=False) == "nothing_new"
    assert verdict(None, 25_607.0, up=True, new=False) == "unmeasured"
