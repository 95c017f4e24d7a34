"""Japanese years (和暦・元号): which era and year a day has, and back.

Owns the table of eras since Japan took the Gregorian calendar (明治6年1月1日, 明治5年太政官布告第337号).
Days before that have Western years only. Pure.
"""

from datetime import date
from typing import Literal, NamedTuple

type Lang = Literal["ja", "easy", "en"]


class Era(NamedTuple):
    """One era. `year_one` is the Western year of its first year (元年), also where that began before `first`."""

    code: str
    ja: str
    letter: str
    year_one: int
    first: date
    last: date


# The order of succession is by law (元号法 1979) and before it by edict; the last day is the eve of the next era.
ERAS: tuple[Era, ...] = (
    Era("meiji", "明治", "M", 1868, date(1873, 1, 1), date(1912, 7, 29)),
    Era("taisho", "大正", "T", 1912, date(1912, 7, 30), date(1926, 12, 24)),
    Era("showa", "昭和", "S", 1926, date(1926, 12, 25), date(1989, 1, 7)),
    Era("heisei", "平成", "H", 1989, date(1989, 1, 8), date(2019, 4, 30)),
    Era("reiwa", "令和", "R", 2019, date(2019, 5, 1), date.max),
)
BY_CODE = {era.code: era for era in ERAS}
# The edicts of 1912 and 1926 took effect at once: on these days both names are right (明治45年7月30日 = 大正元年7月30日).
SHARED_DAYS = {("meiji", date(1912, 7, 30)), ("taisho", date(1926, 12, 25))}
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def era_of(day: date) -> Era | None:
    """The era of a day, None before 1873."""
    return next((era for era in reversed(ERAS) if era.first <= day <= era.last), None)


def is_in_era(day: date, era: Era) -> bool:
    """Whether documents may call the day by a year of this era."""
    return era.first <= day <= era.last or (era.code, day) in SHARED_DAYS


def era_year(year: int, month: int, day: int) -> tuple[str, str]:
    """Era code and year of the era as digits: (2026, 11, 23) → ("reiwa", "8"); ("", "1870") before 1873.

    ValueError for a day that does not exist.
    """
    era = era_of(date(year, month, day))
    return (era.code, str(year - era.year_one + 1)) if era else ("", str(year))


def japanese_year(day: date) -> str:
    """The Japanese year of a day: "令和8年", "令和元年"; "1870年" before 1873."""
    era = era_of(day)
    if era is None:
        return f"{day.year}年"
    number = day.year - era.year_one + 1
    return f"{era.ja}{'元' if number == 1 else number}年"


def to_wareki(day: date, lang: str = "ja") -> str:
    """A day as people read it: 令和8年11月23日 (ja), 2026年11月23日 (easy), 23 November 2026 (en).

    Plain Japanese uses Western years, which do not have to be learned (やさしい日本語ガイドライン 2020).
    """
    if lang == "en":
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    year = japanese_year(day) if lang == "ja" else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def month_label(year: int, month: int, lang: str = "ja") -> str:
    """A month as people read it: 令和8年11月, 2026年11月, November 2026. The era is that of its last day."""
    if lang == "en":
        return f"{MONTHS[month - 1]} {year}"
    following = date(year + month // 12, month % 12 + 1, 1)
    last = date.fromordinal(following.toordinal() - 1)
    return f"{japanese_year(last) if lang == 'ja' else f'{year}年'}{month}月"
