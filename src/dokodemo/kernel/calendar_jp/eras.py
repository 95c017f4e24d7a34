"""The Japanese calendar (和暦): eras both ways, and days as tired people write them.

Owns era names and the reading of dates. Never reads a clock.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Era:
    """An era: its name, its letter, its first day and its last (None while it lasts)."""

    name: str
    letter: str
    first: date
    last: date | None


# 明治 counts by the Gregorian calendar from 明治6年1月1日 on (太政官布告第337号).
ERAS = (
    Era("令和", "R", date(2019, 5, 1), None),
    Era("平成", "H", date(1989, 1, 8), date(2019, 4, 30)),
    Era("昭和", "S", date(1926, 12, 25), date(1989, 1, 7)),
    Era("大正", "T", date(1912, 7, 30), date(1926, 12, 24)),
    Era("明治", "M", date(1873, 1, 1), date(1912, 7, 29)),
)
_MEIJI_FIRST_YEAR = 1868
MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


class ImpossibleDate(ValueError):
    """A text that is no day. `code` says why: unreadable, impossible (31 February), era (昭和65年), too_early.

    `right` is the day as it should be written, when it can be told.
    """

    def __init__(self, code: str, right: date | None = None) -> None:
        super().__init__(code)
        self.code, self.right = code, right


def era_of(day: date) -> Era | None:
    """The era a day lies in; None before 1873."""
    return next((era for era in ERAS if day >= era.first), None)


def first_year(era: Era) -> int:
    """The Gregorian year of an era's year one (元年)."""
    return _MEIJI_FIRST_YEAR if era.letter == "M" else era.first.year


def era_year(day: date) -> tuple[str, int] | None:
    """The era's name and the year in it; None before 1873."""
    era = era_of(day)
    return None if era is None else (era.name, day.year - first_year(era) + 1)


def to_wareki(day: date, lang: str = "ja") -> str:
    """A day in words: 令和8年11月23日 (ja), 2026年（令和8年）11月23日 (easy), 23 November 2026 (en)."""
    if lang == "en":
        return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"
    named = era_year(day)
    if named is None:
        return f"{day.year}年{day.month}月{day.day}日"
    year = f"{named[0]}{'元' if named[1] == 1 else named[1]}年"
    if lang == "easy":
        return f"{day.year}年（{year}）{day.month}月{day.day}日"
    return f"{year}{day.month}月{day.day}日"


_ERA_WORDS = (
    {era.name: era for era in ERAS} | {era.letter: era for era in ERAS} | {era.name[0]: era for era in ERAS}
)
_WRITTEN = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|令|平|昭|大|明|[RHSTM])?"
    r"(?P<year>元|\d{1,4})[年./-](?P<month>\d{1,2})[月./-](?P<day>\d{1,2})日?"
)
_BARE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー~〜・"), "-")


def from_parts(era: str, year: str, month: str, day: str) -> date:
    """A day from an era (name, letter, or empty for the Gregorian calendar) and three written numbers.

    Raises ImpossibleDate.
    """
    written_year, written_month, written_day = (_number(part) for part in (year, month, day))
    found = _ERA_WORDS.get(unicodedata.normalize("NFKC", era).strip().upper()) if era.strip() else None
    if era.strip() and found is None:
        raise ImpossibleDate("unreadable")
    gregorian = written_year if found is None else first_year(found) + written_year - 1
    try:
        result = date(gregorian, written_month, written_day)
    except ValueError:
        raise ImpossibleDate("impossible") from None
    if result.year < ERAS[-1].first.year:
        raise ImpossibleDate("too_early")
    if found is not None and not (found.first <= result and (found.last is None or result <= found.last)):
        # 昭和65年 and 平成31年5月 are slips of the era, not of the day: the right name can be told.
        raise ImpossibleDate("era", result)
    return result


def _number(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text).strip().rstrip("年月日")
    if plain == "元":
        return 1
    if not plain.isdecimal() or len(plain) > 4:
        raise ImpossibleDate("unreadable")
    return int(plain)


def parse_date(text: str) -> date:
    """A day from what a person wrote: 令和6年4月1日, R6.4.1, s39/2/3, 平成元年…, 2024-04-01, 20240401, full width.

    Raises ImpossibleDate.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper().translate(_DASHES)
    bare = _BARE.fullmatch(plain)
    if bare:
        return from_parts("", *bare.groups())
    match = _WRITTEN.fullmatch(plain)
    if match is None:
        raise ImpossibleDate("unreadable")
    if match["era"] is None and len(match["year"]) < 4:
        raise ImpossibleDate("unreadable")
    return from_parts(match["era"] or "", match["year"], match["month"], match["day"])
