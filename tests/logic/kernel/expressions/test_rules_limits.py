"""An age limit is one day: the register's comparison of days says what counting the ages says."""

from datetime import date, timedelta

import duckdb
import pytest
from rules_city import CITY, PARAMETERS, SCHEMA, fill_register, rule

from dokodemo.kernel.expressions import compile_expression, to_duckdb
from dokodemo.kernel.expressions.limits import limit_of

LIMITS = (
    "age(applicant.born) < 18",
    "age(applicant.born) <= 18",
    "age(applicant.born) > 18",
    "age(applicant.born) >= 65",
    "3 > age(applicant.born)",
    "65 <= age(applicant.born)",
    "months_between(applicant.born, today) < 7",
    "days_between(applicant.born, today) > 90",
    "fiscal_age_at_most(applicant.born, 18)",
    "age(applicant.born, DATE '2028-02-29') < 4",
    "age(applicant.born) < param.limit",
)
DAYS = (
    date(2026, 11, 23),
    date(2028, 2, 29),
    date(2027, 2, 28),
    date(2027, 3, 1),
    date(2027, 3, 31),
    date(2027, 4, 1),
)


@pytest.mark.parametrize("text", LIMITS)
@pytest.mark.parametrize("on", DAYS)
def test_every_day_around_the_limit_comes_out_as_counting_says(text: str, on: date) -> None:
    expression = rule(text)
    limit = limit_of(expression.node, on)
    assert limit is not None
    near = [limit.day + timedelta(days=n) for n in range(-3, 4)]
    people = [{"applicant.born": day.isoformat()} for day in near if day.year < 9999]
    connection = duckdb.connect()
    fill_register(connection, people)
    rows = connection.execute(
        f"SELECT answer FROM ({to_duckdb({'answer': expression}, SCHEMA, on)}) ORDER BY id"
    )
    assert [row[0] for row in rows.fetchall()] == [expression.evaluate(person, on) for person in people]
    assert {True, False} == {expression.evaluate(person, on) for person in people}


def test_what_is_no_age_against_a_fixed_number_is_left_as_it_is() -> None:
    on = DAYS[0]
    for text in (
        "age(applicant.born) = 18",
        "age(applicant.born) < applicant.size",
        "age(applicant.born, applicant.moved) < 3",
        "applicant.size < 3",
        "age(date_add_days(applicant.born, 1)) < 3",
    ):
        assert limit_of(compile_expression(text, CITY, PARAMETERS).node, on) is None


def test_a_limit_beyond_the_calendar_is_left_to_counting() -> None:
    assert limit_of(rule("age(applicant.born) < 9000").node, DAYS[0]) is None
