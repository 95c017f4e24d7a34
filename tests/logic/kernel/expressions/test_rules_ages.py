"""Ages and years as the law counts them (年齢計算ニ関する法律, 民法第143条)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules_city import value

from dokodemo.kernel.expressions import UNKNOWN
from dokodemo.kernel.expressions.ages import add_days, days, fiscal_age, fiscal_year, months, years


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("2008-04-01", "2026-03-31", 17),
        ("2008-04-01", "2026-04-01", 18),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02-29", "2028-02-29", 20),
        ("2026-11-24", "2026-11-23", -1),
        ("2026-11-23", "2026-11-23", 0),
    ],
)
def test_one_grows_older_on_the_birthday(born: str, on: str, age: int) -> None:
    assert years(date.fromisoformat(born), date.fromisoformat(on)) == age


@pytest.mark.parametrize(
    ("born", "on", "still"),
    [
        # 18 is reached at the end of 31 March 2026, which is itself the first 31 March on or after that day.
        ("2008-04-01", "2026-03-31", True),
        ("2008-04-01", "2026-04-01", False),
        # One day younger: 18 is reached at the end of 1 April 2026.
        ("2008-04-02", "2026-04-01", True),
        ("2008-04-02", "2027-03-31", True),
        ("2008-04-02", "2027-04-01", False),
        ("2008-12-31", "2027-03-31", True),
        ("2008-02-29", "2026-03-31", True),
        ("2008-02-29", "2026-04-01", False),
    ],
)
def test_children_born_on_1_april_belong_to_the_year_before(born: str, on: str, still: bool) -> None:
    day = date.fromisoformat(on)
    assert value("fiscal_age_at_most(applicant.born, 18)", day, applicant__born=born) is still
    assert (
        value(
            "fiscal_age_at_most(applicant.born, 18, applicant.moved)",
            applicant__born=born,
            applicant__moved=on,
        )
        is still
    )


@given(
    born=st.dates(date(1950, 1, 1), date(2030, 12, 31)),
    on=st.dates(date(1950, 1, 1), date(2060, 12, 31)),
    limit=st.integers(0, 30),
)
def test_the_fiscal_age_is_the_first_31_march_after_the_age_is_reached(
    born: date, on: date, limit: int
) -> None:
    try:
        birthday = born.replace(year=born.year + limit)
    except ValueError:
        birthday = date(born.year + limit, 3, 1)
    reached = birthday - timedelta(days=1)
    last = date(reached.year + (reached.month > 3), 3, 31)
    assert (fiscal_age(born, on) <= limit) == (on <= last)


@given(start=st.dates(date(1900, 1, 1), date(2100, 1, 1)), end=st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_years_are_twelve_completed_months(start: date, end: date) -> None:
    assert years(start, end) == months(start, end) // 12
    assert days(start, end) == -days(end, start)


def test_months_are_completed_on_the_same_day() -> None:
    assert months(date(2026, 1, 31), date(2026, 2, 28)) == 0
    assert months(date(2026, 1, 31), date(2026, 3, 1)) == 1
    assert months(date(2026, 1, 15), date(2026, 2, 15)) == 1


def test_the_fiscal_year_begins_in_april() -> None:
    assert (fiscal_year(date(2026, 3, 31)), fiscal_year(date(2026, 4, 1))) == (2025, 2026)


def test_days_end_with_the_calendar() -> None:
    assert add_days(date(2026, 12, 31), 1) == date(2027, 1, 1)
    assert add_days(date(9999, 12, 31), 1) is None
    assert add_days(date(2026, 1, 1), 10**12) is None


def test_ages_of_the_unknown_are_bounded_by_the_day_that_is_known() -> None:
    assert value("age(least(applicant.born, DATE '2008-04-01')) >= 18") is True
    assert value("age(greatest(applicant.born, DATE '2008-04-01')) <= 18") is True
    assert value("age(applicant.born) >= 0") is UNKNOWN
