"""Days on which the city works, and how periods are counted (開庁日・期間計算). Pure.

Sources: closed days 行政機関の休日に関する法律1条 (and 地方自治法4条の2, by which cities set theirs);
counting 民法140条–143条; holidays 国民の祝日に関する法律 by the library jpholiday.
"""

from datetime import date, timedelta
from functools import cache

from dokodemo.kernel.calendar_jp.eras import ERAS, japanese_year
from dokodemo.kernel.calendar_jp.parsing import last_day

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


def fiscal_year(day: date) -> int:
    """The Western year in which the fiscal year of a day began on 1 April (会計年度, 地方自治法208条)."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_start(year: int) -> date:
    """1 April of the fiscal year."""
    return date(year, 4, 1)


def fiscal_year_end(year: int) -> date:
    """31 March after the fiscal year's April."""
    return date(year + 1, 3, 31)


def fiscal_year_label(year: int, lang: str = "ja") -> str:
    """A fiscal year as people read it: 令和8年度, 2026年度, fiscal year 2026.

    The fiscal year 2019 is 令和元年度 as a whole (the government's decision of 2019-04-02), others by 1 April.
    """
    if lang == "en":
        return f"fiscal year {year}"
    if lang == "easy":
        return f"{year}年度"
    named_on = ERAS[-1].first if year == 2019 else fiscal_year_start(year)
    return f"{japanese_year(named_on)}度"


@cache
def _holidays(year: int) -> dict[date, str]:
    # Imported on first use: most processes that read this module never ask for a holiday.
    import jpholiday

    return {day: str(name) for day, name in jpholiday.year_holidays(year)}


def holiday_name(day: date) -> str | None:
    """The Japanese name of a national holiday (also 振替休日 and 国民の休日), None on other days."""
    return _holidays(day.year).get(day)


def is_holiday(day: date) -> bool:
    """Whether the day is a national holiday."""
    return holiday_name(day) is not None


def is_year_end(day: date) -> bool:
    """Whether offices are closed for the turn of the year: 29 December to 3 January."""
    return (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)


def is_business_day(day: date) -> bool:
    """Whether the city's offices are open: no Saturday, Sunday, holiday or turn of the year."""
    return day.weekday() < _SATURDAY and not is_year_end(day) and not is_holiday(day)


def next_business_day(day: date) -> date:
    """The day itself when offices are open, else the first day after on which they are."""
    while not is_business_day(day):
        day += _ONE_DAY
    return day


def add_business_days(day: date, days: int) -> date:
    """The `days`-th business day after `day`, which is not counted (民法140条); before it for a negative number.

    0 gives the day itself, also when it is closed.
    """
    step = _ONE_DAY if days >= 0 else -_ONE_DAY
    left = abs(days)
    while left:
        day += step
        left -= is_business_day(day)
    return day


def business_days_between(start: date, end: date) -> int:
    """How many business days lie after `start` up to and with `end`; negative when `end` comes first."""
    if end < start:
        return -business_days_between(end, start)
    return sum(is_business_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def add_calendar_days(day: date, days: int, *, open_day: bool = False) -> date:
    """The last day of a period of `days` days that began on `day`, which is not counted (初日不算入, 民法140条).

    With `open_day` a period that would end on a closed day ends on the next business day (民法142条,
    行政機関の休日に関する法律2条). ValueError for a negative number.
    """
    if days < 0:
        raise ValueError("a period cannot be negative")
    end = day + timedelta(days=days)
    return next_business_day(end) if open_day else end


def months_before(day: date, months: int) -> date:
    """The same day some months earlier; where that month has no such day, its last day. ValueError for a negative number."""
    if months < 0:
        raise ValueError("a period cannot be negative")
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, last_day(year, month)))


def add_months(day: date, months: int, *, open_day: bool = False) -> date:
    """The last day of a period of months that began on `day`, which is not counted (民法140条, 143条).

    It ends on the eve of the same day of the last month; where that month has no such day, on its last day.
    ValueError for a negative number.
    """
    if months < 0:
        raise ValueError("a period cannot be negative")
    if months == 0:
        return next_business_day(day) if open_day else day
    first = day + _ONE_DAY
    index = first.year * 12 + first.month - 1 + months
    year, month = index // 12, index % 12 + 1
    last = last_day(year, month)
    end = date(year, month, last) if first.day > last else date(year, month, first.day) - _ONE_DAY
    return next_business_day(end) if open_day else end
