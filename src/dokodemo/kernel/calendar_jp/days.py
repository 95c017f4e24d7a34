"""Days of the city hall (開庁日・期間): today in Japan, fiscal years, holidays, business days.

Owns the counting of days. Never knows a procedure's period.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import jpholiday

from dokodemo.kernel.calendar_jp.eras import to_wareki

JST = ZoneInfo("Asia/Tokyo")
_SATURDAY = 5


def now() -> datetime:
    """This moment (UTC). `settings.DOKODEMO_TODAY` moves the day and keeps the time, for demonstrations and tests."""
    moment = datetime.now(UTC)
    fixed = _fixed_day()
    if fixed is None:
        return moment
    here = moment.astimezone(JST)
    return datetime.combine(fixed, here.timetz()).astimezone(UTC)


def today() -> date:
    """This day in Japan."""
    return jst_day(now())


def _fixed_day() -> date | None:
    from django.conf import settings

    fixed: date | None = getattr(settings, "DOKODEMO_TODAY", None)
    return fixed


def jst_day(moment: datetime) -> date:
    """The day in Japan a moment falls on."""
    return moment.astimezone(JST).date()


def day_start(day: date) -> datetime:
    """The first moment of a day in Japan (UTC)."""
    return datetime(day.year, day.month, day.day, tzinfo=JST).astimezone(UTC)


def day_end(day: date) -> datetime:
    """The first moment after a day in Japan (UTC): use it as an open end."""
    return day_start(day + timedelta(days=1))


def fiscal_year(day: date) -> int:
    """The fiscal year (年度), April to March, by the year it begins in."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_bounds(year: int) -> tuple[date, date]:
    """The first and last day of a fiscal year."""
    return date(year, 4, 1), date(year + 1, 3, 31)


def fiscal_year_label(year: int, lang: str = "ja") -> str:
    """A fiscal year in words: 令和8年度, or fiscal year 2026."""
    if lang == "en":
        return f"fiscal year {year}"
    return to_wareki(date(year, 5, 1), "ja").split("年")[0] + "年度"


@lru_cache(maxsize=4096)
def is_holiday(day: date) -> bool:
    """Whether a day is a national holiday (国民の祝日に関する法律)."""
    return bool(jpholiday.is_holiday(day))


def is_business_day(day: date) -> bool:
    """Whether the city hall is open: not on weekends, holidays, and from 29 December to 3 January (地方自治法4条の2)."""
    year_end = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < _SATURDAY and not year_end and not is_holiday(day)


def add_business_days(day: date, count: int) -> date:
    """The day `count` business days later; the first day is not counted (民法140条). Raises ValueError below 0."""
    if count < 0:
        raise ValueError("count business days forwards")
    while count:
        day += timedelta(days=1)
        count -= is_business_day(day)
    return day


def add_calendar_days(day: date, count: int, *, roll: bool = False) -> date:
    """The day `count` calendar days later; with `roll`, moved on to the next day the city hall is open (民法142条)."""
    end = day + timedelta(days=count)
    return next_business_day(end) if roll else end


def next_business_day(day: date) -> date:
    """The day itself when the city hall is open, else the next one on which it is."""
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def business_days_between(first: date, last: date) -> int:
    """Business days after `first` up to and with `last`; negative when `last` lies before."""
    if last < first:
        return -business_days_between(last, first)
    return sum(is_business_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
