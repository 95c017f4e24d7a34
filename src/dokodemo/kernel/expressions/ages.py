"""Ages, fiscal years and spans of days as Japanese law counts them (年齢と年度の数え方).

Owns the pure functions; all days are calendar days in Japan. Never knows what day it is today.

年齢計算ニ関する法律 counts from the day of birth and, with 民法第143条, an age is reached at the END of the day
BEFORE the birthday. For the age on a day that changes nothing (on the birthday one is older); for limits that run
to "the first 31 March after reaching n" (学校教育法, 児童手当法) it makes children born on 1 April belong to the year
before: born on 1 April 2008, 18 is reached on 31 March 2026, and that same day is the last.
"""

from datetime import date, timedelta


def years(start: date, end: date) -> int:
    """Completed years from `start` to `end`; for a birthday, the age on `end`. Negative when `end` comes first.

    Born on 29 February, one grows older on 1 March of a common year (民法第143条第2項).
    """
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def months(start: date, end: date) -> int:
    """Completed months from `start` to `end`; 31 January to 28 February is none, to 1 March one."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def days(start: date, end: date) -> int:
    """Days from `start` to `end`, 0 on the same day."""
    return (end - start).days


def fiscal_year(day: date) -> int:
    """The year in which the fiscal year (年度, from 1 April) of `day` began."""
    return day.year - (day.month < 4)


def fiscal_age(birth: date, on: date) -> int:
    """The age that someone born on `birth` reaches in the fiscal year of `on`, counted as 学年 is.

    That age being at most n is the same as: the first 31 March on or after the day n is reached has not passed.
    """
    # The age is reached the day before the birthday, so the fiscal year of that day counts.
    return fiscal_year(on) - (birth.year - ((birth.month, birth.day) < (4, 2)))


def add_days(day: date, number: int) -> date | None:
    """The day `number` days later, None outside the years 1 to 9999."""
    try:
        return day + timedelta(days=number)
    except OverflowError:
        return None
