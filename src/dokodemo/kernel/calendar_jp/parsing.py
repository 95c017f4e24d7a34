"""Reads days as people write them (日付の読み取り): 和暦 and 西暦, full width, any separator, boxes.

Owns what is forgiven and how the rest is explained. Never guesses between two possible days. Pure.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from dokodemo.kernel.calendar_jp.eras import BY_CODE, ERAS, MONTHS, Era, is_in_era, to_wareki

EARLIEST_YEAR, LATEST_YEAR = 1873, 2199
LONGEST = 60


class ImpossibleDate(ValueError):
    """A text is no day. `reason` is unreadable, no_era, year, month, day, era or incomplete; `part` the box meant.

    `params` are plain texts for a message: for "day" the number of days of that month (`last`), for "era" the day
    as it should be called (`suggestion`). Never holds the text itself, which is personal data.
    """

    def __init__(self, reason: str, part: str | None = None, **params: str) -> None:
        super().__init__(f"{reason} {part or ''}".strip())
        self.reason, self.part, self.params = reason, part, params


_ERA_NAMES: Mapping[str, Era] = {
    name: era for era in ERAS for name in (era.ja, era.ja[0], era.letter.lower(), era.code)
}
_ERA = "|".join(sorted(_ERA_NAMES, key=len, reverse=True))
_WESTERN = re.compile(r"(?:西暦|ad)?(\d{4})[-年](\d{1,2})[-月](\d{1,2})日?")
_WESTERN_MONTH = re.compile(r"(?:西暦|ad)?(\d{4})[-年](\d{1,2})月?")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_JAPANESE = re.compile(rf"({_ERA})(元|\d{{1,3}})[-年](\d{{1,2}})[-月](\d{{1,2}})日?")
_JAPANESE_MONTH = re.compile(rf"({_ERA})(元|\d{{1,3}})[-年](\d{{1,2}})月?")
_JAPANESE_PACKED = re.compile(rf"({_ERA})(\d{{2}})(\d{{2}})(\d{{2}})")
_NO_ERA = re.compile(r"(?:元|\d{1,2})[-年]\d{1,2}(?:[-月](?:\d{1,2}日?)?)?")
_MONTH_NAMES = {name[:length].lower(): n + 1 for n, name in enumerate(MONTHS) for length in (3, len(name))}
_MONTH_NAMES["sept"] = 9
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?([a-z]{3,9})(\d{4})")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})(\d{1,2})(?:st|nd|rd|th)?(\d{4})")
_MONTH_YEAR = re.compile(r"([a-z]{3,9})(\d{4})")

_REMARKS = re.compile(
    r"\([^()]*\)|[月火水木金土日]曜日?$|生(?:まれ)?$|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,"
)
_SEPARATORS = re.compile(r"\s*[-/.,・、。‐‑‒–—―−ーｰ_:]\s*")
_KANJI_NUMBER = re.compile(r"[〇零一二三四五六七八九十]+")
_KANJI_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0}


def parse_date(text: str) -> date:
    """The day a text means. Raises ImpossibleDate.

    Reads 令和6年4月1日, R6.4.1, s39/2/3, 平成元年…, 令和六年四月一日, 2026-11-23, 2026年11月23日, 20261123,
    23 November 2026, full width or half, with any of the many hyphens, and a weekday or year in brackets.
    """
    plain = _plain(text)
    for pattern in (_JAPANESE, _JAPANESE_PACKED):
        if match := pattern.fullmatch(plain):
            era, year, month, day = match.groups()
            return day_of_era(_ERA_NAMES[era], _year(year), int(month), int(day))
    for pattern in (_WESTERN, _PACKED):
        if match := pattern.fullmatch(plain):
            return _day(*(int(part) for part in match.groups()))
    return _english(plain)


def parse_year_month(text: str) -> tuple[int, int]:
    """Western year and month of a text such as 令和8年11月, R8.11, 2026-11, November 2026. Raises ImpossibleDate."""
    plain = _plain(text)
    if match := _JAPANESE_MONTH.fullmatch(plain):
        era, year, month = match.groups()
        return month_of_era(_ERA_NAMES[era], _year(year), int(month))
    if match := _WESTERN_MONTH.fullmatch(plain) or re.fullmatch(r"(\d{4})(\d{2})", plain):
        first = _day(int(match[1]), int(match[2]), 1)
        return first.year, first.month
    if (match := _MONTH_YEAR.fullmatch(plain.replace("-", ""))) and match[1] in _MONTH_NAMES:
        first = _day(int(match[2]), _MONTH_NAMES[match[1]], 1)
        return first.year, first.month
    raise _unreadable(plain)


def date_from_boxes(boxes: Mapping[str, str]) -> date:
    """The day of the boxes era (code, "" for Western years), year, month, day. Raises ImpossibleDate.

    A whole day typed into the box of the year is understood when the others are empty.
    """
    if not _number_text(boxes, "month") and not _number_text(boxes, "day"):
        whole = boxes.get("year", "")
        if len(_plain(whole)) > 4:
            return parse_date(whole)
    era, year, month = _year_and_month(boxes)
    day = _number(boxes, "day")
    return day_of_era(era, year, month, day) if era else _day(year, month, day)


def year_month_from_boxes(boxes: Mapping[str, str]) -> tuple[int, int]:
    """Western year and month of the boxes era, year, month. Raises ImpossibleDate."""
    whole = boxes.get("year", "")
    if not _number_text(boxes, "month") and len(_plain(whole)) > 4:
        return parse_year_month(whole)
    era, year, month = _year_and_month(boxes)
    if era:
        return month_of_era(era, year, month)
    first = _day(year, month, 1)
    return first.year, first.month


def day_of_era(era: Era, year: int, month: int, day: int) -> date:
    """The day of a Japanese year. Raises ImpossibleDate, with the right name when the era had ended or not begun."""
    if year < 1:
        raise _year_out_of_range()
    found = _day(era.year_one + year - 1, month, day)
    if not is_in_era(found, era):
        raise ImpossibleDate("era", "year", suggestion=f"{to_wareki(found)} ({found.isoformat()})")
    return found


def month_of_era(era: Era, year: int, month: int) -> tuple[int, int]:
    """Western year and month of a Japanese month; the months in which the era changed belong to both eras."""
    if year < 1:
        raise _year_out_of_range()
    first = _day(era.year_one + year - 1, month, 1)
    last = date(first.year, month, last_day(first.year, month))
    if last < era.first or first > era.last:
        name = to_wareki(first).rpartition("月")[0]
        raise ImpossibleDate("era", "year", suggestion=f"{name}月 ({first:%Y-%m})")
    return first.year, first.month


def last_day(year: int, month: int) -> int:
    """How many days a month has."""
    return (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days


def _year_and_month(boxes: Mapping[str, str]) -> tuple[Era | None, int, int]:
    code = boxes.get("era", "").strip()
    text = _number_text(boxes, "year")
    # 令和6 or R6 typed into the box of the year wins over the choice beside it.
    typed = re.fullmatch(rf"({_ERA})(元|\d{{1,3}})", text)
    era, text = (_ERA_NAMES[typed[1]], typed[2]) if typed else (BY_CODE.get(code), text)
    if era is not None and re.fullmatch(r"\d{4}", text):
        era = None
    if not text:
        raise ImpossibleDate("incomplete", "year")
    if text != "元" and not text.isdecimal():
        raise ImpossibleDate("unreadable", "year")
    month = _number(boxes, "month")
    if era is None and len(text) < 3:
        raise ImpossibleDate("no_era", "era")
    return era, _year(text), month


def _number_text(boxes: Mapping[str, str], part: str) -> str:
    return _plain(boxes.get(part, "")).strip("-").rstrip("年月日")


def _number(boxes: Mapping[str, str], part: str) -> int:
    text = _number_text(boxes, part)
    if not text:
        raise ImpossibleDate("incomplete", part)
    if part == "month" and text in _MONTH_NAMES:
        return _MONTH_NAMES[text]
    if not text.isdecimal() or len(text) > 4:
        raise ImpossibleDate("unreadable", part)
    return int(text)


def _year(text: str) -> int:
    return 1 if text == "元" else int(text[:6])


def _day(year: int, month: int, day: int) -> date:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise _year_out_of_range()
    if not 1 <= month <= 12:
        raise ImpossibleDate("month", "month")
    last = last_day(year, month)
    if not 1 <= day <= last:
        raise ImpossibleDate("day", "day", month=str(month), last=str(last))
    return date(year, month, day)


def _year_out_of_range() -> ImpossibleDate:
    return ImpossibleDate("year", "year", first=str(EARLIEST_YEAR), last=str(LATEST_YEAR))


def _english(plain: str) -> date:
    words = plain.replace("-", "")
    if (match := _DAY_FIRST.fullmatch(words)) and match[2] in _MONTH_NAMES:
        return _day(int(match[3]), _MONTH_NAMES[match[2]], int(match[1]))
    if (match := _MONTH_FIRST.fullmatch(words)) and match[1] in _MONTH_NAMES:
        return _day(int(match[3]), _MONTH_NAMES[match[1]], int(match[2]))
    raise _unreadable(plain)


def _unreadable(plain: str) -> ImpossibleDate:
    return ImpossibleDate("no_era" if _NO_ERA.fullmatch(plain) else "unreadable")


def _plain(text: str) -> str:
    """Half width, lower case, one kind of separator, digits for 漢数字, no remarks and no spaces."""
    if len(text) > LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    plain = _REMARKS.sub("", plain)
    plain = _KANJI_NUMBER.sub(lambda match: _kanji_number(match.group()), plain)
    plain = _SEPARATORS.sub("-", plain)
    return re.sub(r"\s+", "", plain).strip("-")


def _kanji_number(text: str) -> str:
    if "十" not in text:
        return "".join(str(_KANJI_DIGITS[character]) for character in text)
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or ones == "十":
        return text
    return str((_KANJI_DIGITS[tens] if tens else 1) * 10 + (_KANJI_DIGITS[ones] if ones else 0))
