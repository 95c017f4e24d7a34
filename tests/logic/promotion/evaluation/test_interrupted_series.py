"""Interrupted time series against printed results, against Newey and West by hand, and against changes that were put in."""

from __future__ import annotations

from datetime import date
from math import exp, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dokodemo.promotion.evaluation.estimation import (
    Estimate,
    NotEstimable,
    design,
    evaluate,
    from_json,
    lags,
    linear,
    poisson,
)
from dokodemo.promotion.evaluation.series import Point, Series, month_after

START = date(2020, 1, 1)
# Packs of cigarettes sold per head in California, 1970 to 2000; Proposition 99 came in 1989 (Abadie et al. 2010).
PACKS = (
    *(
        123,
        121,
        123.5,
        124.4,
        126.7,
        127.1,
        128,
        126.4,
        126.1,
        121.9,
        120.2,
        118.6,
        115.4,
        110.8,
        104.8,
        102.8,
    ),
    *(99.7, 97.5, 90.1, 82.4, 77.8, 68.7, 67.5, 63.4, 58.6, 56.4, 54.5, 53.8, 52.3, 47.2, 41.6),
)
# Acute coronary events in Sicily, January 2002 to November 2006, and the standardised population; smoking ban January
# 2005 (Lopez Bernal, Cummins and Gasparrini, Int J Epidemiol 46, 2017; data of their supplement).
ACES = (
    *(
        728,
        659,
        791,
        734,
        757,
        726,
        760,
        740,
        720,
        814,
        795,
        858,
        887,
        766,
        851,
        769,
        781,
        756,
        766,
        752,
        765,
    ),
    *(
        831,
        879,
        928,
        914,
        808,
        937,
        840,
        916,
        828,
        845,
        818,
        860,
        839,
        887,
        886,
        831,
        796,
        833,
        820,
        877,
        758,
    ),
    *(767, 738, 781, 843, 850, 908, 1021, 859, 976, 888, 962, 838, 810, 876, 843, 936, 912),
)
PEOPLE = (
    *(379875.3, 376495.5, 377040.8, 377116.4, 377383.4, 374113.1, 379513.3, 376295.5, 374653.2, 378485.6),
    *(375955.5, 378349.7, 376762.4, 379032.3, 379360.4, 376162, 377972.4, 381830.7, 379888.6, 380872.2),
    *(380966.9, 381240.4, 382104.9, 381802.7, 381656.3, 383680, 383504.2, 386462.9, 383783.1, 380836.8),
    *(383483, 380906.2, 382926.8, 384052.4, 384449.6, 383428.4, 388153.2, 388373.2, 386470.1, 386033.2),
    *(383686.4, 385509.3, 385901.9, 386516.6, 388436.5, 383255.2, 390148.7, 385874.9, 391613.6, 391750.4),
    *(394005.6, 391364.9, 391664.6, 389022.3, 391878.5, 388575.3, 392989, 390018.8, 390712.3),
)


def series(values: Any, **more: Any) -> Series:
    """Monthly values from January 2020; `more` gives each month its days or its comparison."""
    return tuple(
        Point(month_after(START, n), float(value), **{name: given[n] for name, given in more.items()})
        for n, value in enumerate(values)
    )


def printed(value: float) -> str:
    """Seven digits, as Stata prints."""
    return f"{value:.7g}"


def newey_west_by_hand(values: Any, matrix: Any, lag: int) -> Any:
    """The covariance after Newey and West with n/(n-k), written out."""
    values, (n, k) = np.asarray(values, dtype=float), matrix.shape
    inverse = np.linalg.inv(matrix.T @ matrix)
    scores = matrix * (values - matrix @ (inverse @ matrix.T @ values))[:, None]
    middle = scores.T @ scores
    for back in range(1, lag + 1):
        together = scores[back:].T @ scores[:-back]
        middle += (1 - back / (lag + 1)) * (together + together.T)
    return inverse @ middle @ inverse * n / (n - k)


def test_the_california_example_gives_the_digits_that_are_printed_for_it() -> None:
    """The model of Linden, Stata Journal 15 (2015), pp. 480-500: coefficients as `itsa` prints them in the help of its
    power commands, independent errors as R's `lm` prints them for the same model."""
    matrix = design([date(1970 + n, 1, 1) for n in range(31)], 19, "")
    fit = linear(PACKS, matrix, lag=1)
    assert [printed(one) for one in fit.params] == ["132.2258", "-1.779474", "-20.0581", "-1.494652"]
    errors = [f"{sqrt(fit.independent[n][n]):.4f}" for n in range(4)]
    assert errors == ["2.2866", "0.2170", "3.7471", "0.4846"]
    assert fit.freedom == 27
    np.testing.assert_allclose(fit.newey_west, newey_west_by_hand(PACKS, matrix, 1), rtol=1e-9)


def test_the_sicilian_example_gives_the_printed_means_and_relative_risks() -> None:
    assert f"{np.mean(ACES[:36]):.1f} {np.mean(ACES[36:]):.1f}" == "810.9 857.5"
    n = np.arange(59)
    step = (n >= 36).astype(float)
    level = np.column_stack([np.ones(59), n + 1.0, step])
    fit = poisson(ACES, level, 3, PEOPLE)
    assert f"{exp(fit.params[2]):.3f}" == "0.894"
    waves = [f(2 * np.pi * k * (n % 12 + 1) / 12) for f in (np.sin, np.cos) for k in (1, 2)]
    fit = poisson(ACES, np.column_stack([level, *waves]), 3, PEOPLE)
    half = 1.959964 * sqrt(fit.independent[2][2] * (fit.dispersion or 0))
    risks = [exp(fit.params[2] + shift) for shift in (0, -half, half)]
    assert [f"{risk:.3f}" for risk in risks] == ["0.885", "0.839", "0.933"]


def test_poisson_regression_is_what_newtons_steps_by_hand_come_to() -> None:
    time = np.arange(59)
    matrix = np.column_stack([np.ones(59), time, time >= 36]).astype(float)
    counted, offset = np.array(ACES, dtype=float), np.log(np.array(PEOPLE))
    params = np.array([float(np.log(counted.sum() / np.exp(offset).sum())), 0.0, 0.0])
    for _ in range(20):
        expected = np.exp(matrix @ params + offset)
        information = matrix.T @ (matrix * expected[:, None])
        params = params + np.linalg.solve(information, matrix.T @ (counted - expected))
    fit = poisson(ACES, matrix, 3, PEOPLE)
    np.testing.assert_allclose(fit.params, params, rtol=1e-7)
    np.testing.assert_allclose(fit.independent, np.linalg.inv(information), rtol=1e-6)


def test_ten_points_give_what_newey_and_west_give_by_hand() -> None:
    values = np.array([5.0, 7.0, 6.5, 8.0, 7.5, 4.0, 4.5, 3.0, 3.5, 2.0])
    matrix = design([month_after(START, n) for n in range(10)], 5, "")
    lag = lags(10)
    assert lag == 2
    fit = linear(list(values), matrix, lag)
    np.testing.assert_allclose(fit.params, np.linalg.lstsq(matrix, values)[0], rtol=1e-9)
    np.testing.assert_allclose(fit.newey_west, newey_west_by_hand(values, matrix, lag), rtol=1e-9)


@pytest.mark.parametrize(("n", "lag"), [(18, 2), (30, 3), (59, 3), (100, 4), (240, 4)])
def test_the_lag_is_the_rule_of_the_plan(n: int, lag: int) -> None:
    assert lags(n) == lag


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [((-3, -0.1), "lower"), ((0.1, 3), "higher"), ((-0.1, 3), "open"), ((-3, 0), "open"), ((0, 3), "open")],
)
def test_an_interval_that_holds_zero_is_no_effect(interval: tuple[float, float], verdict: str) -> None:
    assert Estimate(sum(interval) / 2, *interval).verdict == verdict


def noisy(seed: int, n: int, at: int, step: float) -> Series:
    """A line with a season, independent errors of size 1 and a step."""
    time = np.arange(n)
    values = 40 + 0.1 * time + 2 * np.sin(2 * np.pi * time / 12) + step * (time >= at)
    return series(values + np.random.default_rng(seed).normal(size=n))


@pytest.mark.parametrize(("n", "at"), [(18, 12), (36, 24), (60, 36)])
def test_ninety_five_of_a_hundred_intervals_hold_the_step_that_was_put_in(n: int, at: int) -> None:
    runs, step, held = 300, 3.0, {"level": 0, "slope": 0, "end": 0}
    for seed in range(runs):
        result = evaluate(noisy(seed, n, at, step), month_after(START, at), "rate")
        for name, one, truth in (
            ("level", result.level, step),
            ("slope", result.slope, 0.0),
            ("end", result.end, step),
        ):
            assert one is not None
            held[name] += one.low <= truth <= one.high
    # 95 % of 300 is 285 with a standard deviation of 3.8: three of them either way.
    assert all(273 <= count <= 297 for count in held.values()), held


def test_ninety_five_of_a_hundred_intervals_hold_the_fall_of_a_count() -> None:
    held = 0
    for seed in range(200):
        rng, time = np.random.default_rng(seed), np.arange(60)
        expected = (
            200 * np.exp(0.002 * time + 0.05 * np.sin(2 * np.pi * time / 12)) * np.where(time >= 36, 0.8, 1)
        )
        end = evaluate(series(rng.poisson(expected)), month_after(START, 36), "count").end
        assert end is not None
        held += end.low <= -20 <= end.high
    # 95 % of 200 is 190 with a standard deviation of 3.1: three of them either way.
    assert 181 <= held <= 199


def test_of_series_without_any_change_one_in_twenty_is_called_changed() -> None:
    called = sum(
        one.end is not None and one.end.verdict != "open"
        for one in (evaluate(noisy(seed, 36, 24, 0.0), month_after(START, 24), "rate") for seed in range(300))
    )
    assert called <= 27


@settings(max_examples=25, deadline=None, derandomize=True)
@given(step=st.floats(-20, 20), shift=st.floats(-50, 50), size=st.floats(0.5, 20), at=st.integers(12, 30))
def test_shifting_and_stretching_a_series_shifts_and_stretches_what_is_said(
    step: float, shift: float, size: float, at: int
) -> None:
    given_series = noisy(7, 42, at, step)
    other = series([size * point.value + shift for point in given_series])
    first, second = (evaluate(one, month_after(START, at), "rate") for one in (given_series, other))
    for one, two in ((first.level, second.level), (first.slope, second.slope), (first.end, second.end)):
        assert one is not None
        assert two is not None
        assert two.value == pytest.approx(size * one.value, rel=1e-6, abs=1e-6)
        assert two.high - two.low == pytest.approx(size * (one.high - one.low), rel=1e-6)
        assert one.verdict == two.verdict


def test_the_step_of_a_count_over_working_days_is_found_in_percent() -> None:
    rng = np.random.default_rng(3)
    days = [int(one) for one in rng.integers(17, 23, size=48)]
    expected = np.array(days) * 20 * np.where(np.arange(48) >= 30, 0.7, 1.0)
    result = evaluate(series(rng.poisson(expected), days=days), month_after(START, 30), "count")
    assert result.model == "poisson"
    assert result.percent
    assert result.end is not None
    assert result.end.low <= -30 <= result.end.high
    assert result.end.verdict == "lower"
    # What would have been follows the days of each month.
    assert result.counterfactual[40] / days[40] == pytest.approx(20, rel=0.2)


def test_counts_that_scatter_more_than_chance_get_the_wider_model() -> None:
    rng = np.random.default_rng(5)
    values = rng.negative_binomial(8, 8 / (8 + 300), size=60)
    result = evaluate(series(values), month_after(START, 36), "count")
    assert result.model == "negative_binomial"
    assert result.dispersion is not None
    assert result.dispersion > 5
    assert result.end is not None
    assert result.end.verdict == "open"


def test_with_a_comparison_what_happened_to_both_is_no_effect() -> None:
    rng = np.random.default_rng(11)
    common = 100 - 30 * (np.arange(48) >= 30) + rng.normal(size=48)
    mine, other = common + rng.normal(size=48), common - 10 + rng.normal(size=48)
    change = month_after(START, 30)
    alone = evaluate(series(mine), change, "rate")
    beside = evaluate(series(mine, comparison=[float(one) for one in other]), change, "rate")
    assert alone.end is not None
    assert alone.end.verdict == "lower"
    assert beside.end is not None
    assert beside.end.verdict == "open"
    assert beside.mean_before == pytest.approx(10, abs=1)


def test_a_difference_of_counts_is_taken_per_working_day_and_is_no_percentage() -> None:
    rng = np.random.default_rng(12)
    mine, other = rng.poisson(400, size=30), rng.poisson(300, size=30)
    given_series = series(mine, days=[20] * 30, comparison=[float(one) for one in other])
    result = evaluate(given_series, month_after(START, 15), "count")
    assert (result.model, result.percent) == ("linear", False)
    assert result.mean_before == pytest.approx(5, abs=1)


@pytest.mark.parametrize(
    ("n", "at", "lacking"),
    [(17, 11, ("before",)), (17, 12, ("after",)), (10, 5, ("before", "after")), (18, 12, ())],
)
def test_too_few_months_give_means_and_no_estimate(n: int, at: int, lacking: tuple[str, ...]) -> None:
    result = evaluate(noisy(1, n, at, 3), month_after(START, at), "rate")
    assert result.lacks == lacking
    assert (result.before, result.after) == (at, n - at)
    assert (result.end is None) == bool(lacking)
    assert bool(result.fitted) == (not lacking)


def test_each_month_has_an_effect_of_its_own_only_with_two_years_before() -> None:
    assert evaluate(noisy(1, 29, 23, 3), month_after(START, 23), "rate").season == "wave"
    assert evaluate(noisy(1, 30, 24, 3), month_after(START, 24), "rate").season == "months"


def test_eleven_months_cannot_be_told_from_a_slope_within_one_year() -> None:
    months = [month_after(START, n) for n in range(18)]
    with pytest.raises(NotEstimable, match="not_determined"):
        linear([float(n) for n in range(18)], design(months, 12, "months"), 2)


@pytest.mark.parametrize(
    ("values", "kind", "reason"),
    [
        ([float(n) for n in range(40)], "rate", "no_scatter"),
        ([50] * 20 + [40] * 10 + [0] * 10, "count", "not_computed"),
    ],
)
def test_numbers_that_determine_nothing_are_said_to(values: list[float], kind: Any, reason: str) -> None:
    result = evaluate(series(values), month_after(START, 30), kind)
    assert result.lacks == (reason,)
    assert result.end is None


def test_a_result_comes_back_from_what_is_kept_with_the_versions_of_its_method() -> None:
    import json

    result = evaluate(noisy(1, 40, 24, 3), month_after(START, 24), "rate")
    assert from_json(json.loads(json.dumps(result.as_json()))) == result
    assert set(result.versions) == {"method", "statsmodels", "scipy", "numpy"}
    few = evaluate(noisy(1, 10, 5, 3), month_after(START, 5), "rate")
    assert from_json(json.loads(json.dumps(few.as_json()))) == few


def test_months_that_hang_together_are_told() -> None:
    walk = np.cumsum(np.random.default_rng(2).normal(size=60)) * 3
    assert evaluate(series(50 + walk), month_after(START, 36), "rate").hangs_together
    assert not evaluate(noisy(1, 60, 36, 0), month_after(START, 36), "rate").hangs_together
