"""Kish's design effect by hand, and Wilson's interval against published values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.promotion.surveys.estimating import kish_deff, share_of, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (Wilson without continuity correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_is_that_of_newcombes_table(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits / n, n) == pytest.approx((low, high), abs=5e-5)


def test_kishs_effect_by_hand() -> None:
    # Weights 1 1 1 3: n 4, Σw² 12, (Σw)² 36: 48/36 = 1.3333
    assert kish_deff([1, 1, 1, 3]) == pytest.approx(4 / 3)
    assert kish_deff([7.5] * 9) == pytest.approx(1)
    with pytest.raises(ValueError, match="weights"):
        kish_deff([])


def test_a_share_by_hand() -> None:
    # Hits weigh 1 + 3 of 6; effective 4 / (4/3) = 3.
    share = share_of([1, 1, 1, 3], [True, False, False, True])
    assert share is not None
    assert (share.n, share.numerator, share.denominator) == (4, 4, 6)
    assert (share.percent, share.effective) == (pytest.approx(100 * 2 / 3), pytest.approx(3))
    low, high = wilson(2 / 3, 3)
    assert (share.low, share.high) == (pytest.approx(100 * low), pytest.approx(100 * high))
    assert share_of([], []) is None


@pytest.mark.parametrize(("share", "n"), [(0.5, 0), (-0.1, 5), (1.1, 5)])
def test_an_interval_without_answers_or_of_no_share_is_refused(share: float, n: float) -> None:
    with pytest.raises(ValueError, match="interval"):
        wilson(share, n)


@given(st.lists(st.tuples(st.floats(0.1, 100), st.booleans()), min_size=1, max_size=60))
def test_an_interval_holds_its_share_and_weights_only_widen_it(rows: list[tuple[float, bool]]) -> None:
    weights, hits = [row[0] for row in rows], [row[1] for row in rows]
    share = share_of(weights, hits)
    assert share is not None
    assert 0 <= share.low <= share.percent + 1e-9
    assert share.percent - 1e-9 <= share.high <= 100
    assert share.deff >= 1 - 1e-12
    assert share.effective <= share.n + 1e-9
