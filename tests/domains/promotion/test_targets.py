"""Targets worked out from their inputs, and how much of the way to them is done."""

from __future__ import annotations

from datetime import date

import pytest

from dokodemo.kernel.packs import Pack, open_pack
from dokodemo.promotion.indicators.definitions import Target, load_indicators
from dokodemo.promotion.indicators.logic import Ratio, progress, recompute


@pytest.fixture
def arao() -> Pack:
    return open_pack("arao")


def computed(pack: Pack) -> Target:
    (target,) = (target for target in load_indicators(pack).targets if target.formula)
    return target


def with_input(target: Target, name: str, value: int) -> Target:
    inputs = tuple(
        given.model_copy(update={"value": value}) if given.name == name else given for given in target.inputs
    )
    return target.model_copy(update={"inputs": inputs})


def test_araos_income_target_is_what_its_inputs_give(arao: Pack) -> None:
    target = computed(arao)
    # 2,257 thousand yen a head x 50,832 heads x 22.32 %, in million yen, what is less than one million left off.
    thousand_yen = 2_257 * 50_832 * 2_232 // 10_000
    assert thousand_yen == 25_607_250
    found = recompute(target)
    assert found is not None
    assert found.value == thousand_yen // 1_000 == 25_607
    assert (found.planned, found.difference) == (25_607, 0)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("corporate_share", 2_231, 25_595),
        ("corporate_share", 10_000, 114_727),
        ("corporate_share", 0, 0),
        ("population", 50_831, 25_606),
        ("population", 50_833, 25_607),
        ("per_capita_income", 2_258, 25_618),
    ],
)
def test_a_target_is_rounded_down_once_and_at_the_end(
    arao: Pack, name: str, value: int, expected: int
) -> None:
    target = with_input(computed(arao), name, value)
    given = {one.name: one.value for one in target.inputs}
    exact = given["per_capita_income"] * given["population"] * given["corporate_share"] // 10_000_000
    found = recompute(target)
    assert found is not None
    assert found.value == exact == expected
    assert found.difference == expected - 25_607


def test_a_target_that_was_set_is_not_computed(arao: Pack) -> None:
    assert [recompute(t) is None for t in load_indicators(arao).targets] == [True, False, True]


@pytest.mark.parametrize(
    ("baseline", "value", "target", "expected"),
    [
        (None, 50, 100, None),
        (2.7, None, 100, None),
        (100, 100, 100, None),
        (0, 0, 100, 0.0),
        (20, 60, 100, 0.5),
        (20, 100, 100, 1.0),
        (20, 10, 100, -0.125),
        (100, 60, 20, 0.5),
    ],
)
def test_progress_is_the_part_of_the_way_that_is_done(
    baseline: float | None, value: float | None, target: float, expected: float | None
) -> None:
    assert progress(baseline, value, target) == expected


def test_nothing_of_nothing_is_no_percentage() -> None:
    assert Ratio(0, 0, date(2027, 4, 1)).percent is None
    assert Ratio(0, 3, date(2027, 4, 1)).percent == 0
    assert Ratio(1, 3, date(2027, 4, 1)).percent == pytest.approx(33.333333)
