"""What the steps before the opening say to whoever started the city."""

from __future__ import annotations

import pytest

from dokodemo.entry.server.preparing import steps
from tests.domains.city.city_builders import bring_in, row, the_pack

pytestmark = pytest.mark.django_db


def residents_step(number: int | None) -> str | None:
    (step,) = [one for one in steps(number) if one.title == "Sample residents"]
    return step.run(lambda done, total: None)


@pytest.fixture(autouse=True)
def _two_people() -> None:
    the_pack()
    bring_in(row(1, 1, givenName="伸也"), row(2, 1, "妻", givenName="美咲"))


def test_whoever_asks_for_other_residents_later_hears_how_to_begin_anew() -> None:
    said = residents_step(50_000)
    assert said is not None
    assert "2 residents are there already; --residents 50000 changes nothing" in said
    assert "To begin anew" in said


@pytest.mark.parametrize("number", [None, 2])
def test_whoever_asks_for_nothing_new_hears_nothing(number: int | None) -> None:
    assert residents_step(number) is None
