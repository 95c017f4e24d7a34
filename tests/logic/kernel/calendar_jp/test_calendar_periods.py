"""Fiscal years, holidays, business days, periods and the clock."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dokodemo.kernel import calendar_jp as calendar

days = st.dates(date(1950, 1, 1), date(2090, 12, 31))
small = st.integers(0, 60)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-11-23", "勤労感謝の日"),
        ("2026-09-22", "国民の休日"),
        ("2026-05-06", "憲法記念日 振替休日"),
        ("2019-05-01", "天皇の即位の日"),
        ("2020-07-24", "スポーツの日"),
        ("2026-03-20", "春分の日"),
    ],
)
def test_holidays_are_known_by_name(day: str, name: str) -> None:
    assert calendar.holiday_name(date.fromisoformat(day)) == name


@pytest.mark.parametrize(
    "day", ["2026-12-29", "2026-12-31", "2027-01-01", "2027-01-03", "2026-11-21", "2026-11-22"]
)
def test_offices_are_closed_at_weekends_and_the_turn_of_the_year(day: str) -> None:
    assert not calendar.is_business_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-12-28", "2027-01-04", "2026-11-24", "2026-08-13"])
def test_offices_are_open_on_other_days(day: str) -> None:
    assert calendar.is_business_day(date.fromisoformat(day))


def test_five_business_days_over_the_turn_of_the_year() -> None:
    assert calendar.add_business_days(date(2026, 12, 25), 5) == date(2027, 1, 7)
    assert calendar.business_days_between(date(2026, 12, 25), date(2027, 1, 7)) == 5


@settings(deadline=None)
@given(days, small)
def test_business_days_are_counted_back(day: date, count: int) -> None:
    end = calendar.add_business_days(day, count)
    assert calendar.business_days_between(day, end) == count
    assert count == 0 or calendar.is_business_day(end)
    assert calendar.business_days_between(end, day) == -count


@settings(deadline=None)
@given(days, small, small)
def test_longer_periods_and_later_starts_never_end_earlier(day: date, shorter: int, longer: int) -> None:
    shorter, longer = sorted((shorter, longer))
    for add in (calendar.add_business_days, calendar.add_calendar_days, calendar.add_months):
        assert add(day, shorter) <= add(day, longer)
        assert add(day, shorter) <= add(day + timedelta(days=1), shorter)


@settings(deadline=None)
@given(days, small)
def test_adding_in_two_parts_is_adding_at_once(day: date, count: int) -> None:
    half = count // 2
    assert calendar.add_business_days(
        calendar.add_business_days(day, half), count - half
    ) == calendar.add_business_days(day, count)


@settings(deadline=None)
@given(days, st.integers(1, 60))
def test_business_days_go_back_as_well(day: date, count: int) -> None:
    before = calendar.add_business_days(day, -count)
    assert before < day
    assert calendar.is_business_day(before)
    between = [before + timedelta(days=n) for n in range((day - before).days)]
    assert sum(calendar.is_business_day(other) for other in between) == count


@settings(deadline=None)
@given(days, small)
def test_a_period_that_ends_on_a_closed_day_goes_on_to_the_next_open_day(day: date, count: int) -> None:
    end = calendar.add_calendar_days(day, count)
    moved = calendar.add_calendar_days(day, count, open_day=True)
    assert end == day + timedelta(days=count)
    assert calendar.is_business_day(moved)
    assert not any(calendar.is_business_day(end + timedelta(days=n)) for n in range((moved - end).days))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-11-23", 3, "2027-02-23"),
        ("2026-05-31", 1, "2026-06-30"),
        ("2026-01-30", 1, "2026-02-28"),
        ("2024-01-30", 1, "2024-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-11-23", 0, "2026-11-23"),
        ("2026-12-31", 12, "2027-12-31"),
    ],
)
def test_periods_of_months_end_on_the_eve_of_the_same_day(start: str, months: int, end: str) -> None:
    assert calendar.add_months(date.fromisoformat(start), months).isoformat() == end


def test_a_period_of_months_may_also_end_on_an_open_day() -> None:
    assert calendar.add_months(date(2026, 9, 29), 3, open_day=True) == date(2027, 1, 4)


def test_periods_are_never_negative() -> None:
    with pytest.raises(ValueError):
        calendar.add_calendar_days(date(2026, 1, 1), -1)
    with pytest.raises(ValueError):
        calendar.add_months(date(2026, 1, 1), -1)


@given(days)
def test_a_day_lies_in_its_fiscal_year(day: date) -> None:
    year = calendar.fiscal_year(day)
    assert calendar.fiscal_year_start(year) <= day <= calendar.fiscal_year_end(year)
    assert calendar.fiscal_year_end(year) + timedelta(days=1) == calendar.fiscal_year_start(year + 1)


def test_fiscal_years_are_named_for_each_reader() -> None:
    assert [calendar.fiscal_year_label(2026, lang) for lang in ("ja", "easy", "en")] == [
        "令和8年度",
        "2026年度",
        "fiscal year 2026",
    ]
    assert calendar.fiscal_year_label(2019) == "令和元年度"
    assert calendar.fiscal_year_label(2018) == "平成30年度"


@settings(max_examples=30)
@given(days, st.integers(0, 86_399))
def test_every_moment_of_a_japanese_day_lies_between_its_ends(day: date, second: int) -> None:
    at = calendar.day_start(day) + timedelta(seconds=second)
    if at < calendar.day_end(day):
        assert calendar.jst_day(at) == day
    assert calendar.day_end(day) == calendar.day_start(day + timedelta(days=1))


def test_a_moment_is_in_japan_nine_hours_ahead() -> None:
    assert calendar.jst_day(datetime(2026, 11, 22, 15, 0, tzinfo=UTC)) == date(2026, 11, 23)
    assert calendar.jst_day(datetime(2026, 11, 22, 14, 59, tzinfo=UTC)) == date(2026, 11, 22)
    with pytest.raises(ValueError):
        calendar.jst_day(datetime(2026, 11, 22))


@pytest.mark.parametrize("fixed", [date(2020, 2, 29), "2020-02-29"])
def test_a_fixed_day_moves_the_clock_with_it(monkeypatch: pytest.MonkeyPatch, fixed: object) -> None:
    from django.conf import settings as django_settings

    monkeypatch.setattr(django_settings, "DOKODEMO_TODAY", fixed, raising=False)
    assert calendar.today() == date(2020, 2, 29)
    assert calendar.jst_day(calendar.now()) == date(2020, 2, 29)
    assert calendar.now().tzinfo is UTC


def test_without_a_fixed_day_the_clock_is_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings as django_settings

    monkeypatch.setattr(django_settings, "DOKODEMO_TODAY", None, raising=False)
    assert abs(calendar.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_calendar_works_without_django_settings_and_loads_little() -> None:
    code = (
        "import sys, dokodemo.kernel.calendar_jp as c; loaded = set(sys.modules); c.today();"
        "print([m for m in ('django', 'jpholiday', 'sudachipy', 'duckdb', 'pyarrow') if m in loaded])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={}, check=True)
    assert done.stdout.strip() == "[]"
