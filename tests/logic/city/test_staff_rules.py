"""What staff sign in with, and whether a post stays held (職員の規則)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.city.organisation.logic import first_day_uncovered, is_sign_in_name, new_password

FIRST = date(2027, 4, 1)
DAYS = st.integers(0, 12)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@pytest.mark.parametrize(
    ("wanted", "others", "found"),
    [
        ((day(0), None), [], day(0)),
        ((day(0), None), [(day(-9), None)], None),
        ((day(0), None), [(day(-9), day(4))], day(5)),
        ((day(0), None), [(day(5), None), (day(-9), day(4))], None),
        ((day(0), None), [(day(6), None), (day(-9), day(4))], day(5)),
        ((day(0), day(3)), [(day(-9), day(3))], None),
        ((day(0), day(3)), [(day(1), None)], day(0)),
        ((day(4), day(3)), [], None),
        ((day(0), None), [(day(0), date.max)], None),
    ],
)
def test_the_first_day_without_anybody_is_found(
    wanted: tuple[date, date | None], others: list[tuple[date, date | None]], found: date | None
) -> None:
    assert first_day_uncovered(wanted, others) == found


@given(DAYS, DAYS, st.lists(st.tuples(DAYS, DAYS)))
def test_it_is_the_first_day_of_the_period_that_no_other_holds(
    start: int, length: int, pairs: list[tuple[int, int]]
) -> None:
    others = [(day(first), day(first + more)) for first, more in pairs]
    free = [
        one
        for one in (day(start + number) for number in range(length + 1))
        if not any(first <= one <= last for first, last in others)
    ]
    assert first_day_uncovered((day(start), day(start + length)), others) == (free[0] if free else None)


@pytest.mark.parametrize("name", ["hanako", "arao-hanako", "h.arao_2", "7", "a" * 60])
def test_small_letters_digits_and_three_signs_make_a_user_name(name: str) -> None:
    assert is_sign_in_name(name)


@pytest.mark.parametrize("name", ["", "Hanako", "荒尾", "-a", "a b", "a\n", "ａ", "a" * 61, "a@b"])
def test_anything_else_is_none(name: str) -> None:
    assert not is_sign_in_name(name)


def test_no_two_passwords_are_alike_and_none_has_a_letter_that_is_mistaken_for_another() -> None:
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    assert {len(password) for password in made} == {19}
    assert not set("".join(made)) & set("il1o0")
