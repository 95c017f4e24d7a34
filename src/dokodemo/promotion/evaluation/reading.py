"""Reading what somebody typed or sent (入力とCSVの読取り): a table of months, events by month, months, numbers.

Owns how cells become points and every fault of a line. Never judges whether a series is enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.tables import TableRefused, decode, records
from dokodemo.promotion.evaluation.series import (
    MOST_MONTHS,
    UNITS,
    Point,
    Series,
    month_after,
    months_between,
)

MOST_EVENTS, MOST_WORDS = 40, 120
LARGEST = 200_000  # bytes
COLUMNS: Mapping[str, str] = {
    "month": "month",
    "月": "month",
    "年月": "month",
    "value": "value",
    "値": "value",
    "working_days": "working_days",
    "開庁日数": "working_days",
    "comparison": "comparison",
    "比較": "comparison",
}
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")


@dataclass(frozen=True)
class Fault:
    """Something wrong: the box it was typed in, the key of a text, and what the text needs, a line for example."""

    box: str
    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """What was sent cannot be taken; nothing was changed. `faults` is never empty."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


def text_of(data: bytes, box: str = "table") -> str:
    """The text of a file. Raises Refused where it is none in UTF-8, or too large."""
    if len(data) > LARGEST:
        raise Refused([Fault(box, "evaluation.csv.large", {"kilobytes": LARGEST // 1000})])
    try:
        return decode(data)
    except TableRefused as refused:
        raise Refused([Fault(box, "evaluation.csv.encoding", {"found": refused.encoding})]) from None


def plain(text: str) -> str:
    """Full-width digits and signs as half-width, without space around."""
    return unicodedata.normalize("NFKC", text).replace("−", "-").strip()


def month_of(text: str) -> date | None:
    """The first day of a month such as 2026-04, 2026年4月 or R8.4; None for what is no month."""
    try:
        year, month = calendar_jp.parse_year_month(text)
    except calendar_jp.ImpossibleDate:
        return None
    return date(year, month, 1)


def read_series(text: str, unit: str, *, box: str = "table") -> Series:
    """The months of a table in their order. Raises Refused with every fault by line.

    The month that is not over yet is refused like a future one: half a month is no month.
    """
    faults: list[Fault] = []
    try:
        lines = list(records(text))
    except TableRefused as refused:
        raise Refused([Fault(box, "evaluation.csv.quotes", {"line": refused.problems[0].line})]) from None
    if not lines:
        raise Refused([Fault(box, "evaluation.csv.empty")])
    columns = _columns(lines[0][1], box)
    if "working_days" in columns and UNITS.get(unit) == "rate":
        raise Refused([Fault(box, "evaluation.csv.days_of_a_rate")])
    if len(lines) - 1 > MOST_MONTHS:
        raise Refused([Fault(box, "evaluation.csv.long", {"most": MOST_MONTHS})])
    found: dict[date, tuple[int, Point]] = {}
    for line, cells in lines[1:]:
        point = _point(line, cells, columns, unit, box, faults)
        if point is None:
            continue
        if point.month in found:
            first = found[point.month][0]
            faults.append(Fault(box, "evaluation.csv.twice", {"line": line, "first": first}))
        else:
            found[point.month] = (line, point)
    ordered = [found[month] for month in sorted(found)]
    if not faults:
        faults += _gaps(ordered, box)
    if faults:
        raise Refused(faults)
    if not ordered:
        raise Refused([Fault(box, "evaluation.csv.empty")])
    return tuple(point for _, point in ordered)


def _columns(header: Sequence[str], box: str) -> list[str]:
    columns = []
    for name in header:
        known = COLUMNS.get(plain(name).lower())
        if known is None:
            raise Refused([Fault(box, "evaluation.csv.column", {"name": name[:40]})])
        columns.append(known)
    if len(set(columns)) < len(columns) or not {"month", "value"} <= set(columns):
        raise Refused([Fault(box, "evaluation.csv.header")])
    return columns


def _point(
    line: int, cells: Sequence[str], columns: Sequence[str], unit: str, box: str, faults: list[Fault]
) -> Point | None:
    """One month; None after noting what is wrong with its line."""
    if len(cells) != len(columns):
        faults.append(
            Fault(box, "evaluation.csv.cells", {"line": line, "found": len(cells), "wanted": len(columns)})
        )
        return None
    given = dict(zip(columns, cells, strict=True))
    before = len(faults)
    month = month_of(given["month"])
    if month is None:
        faults.append(Fault(box, "evaluation.csv.month", {"line": line, "found": given["month"][:20]}))
    elif month >= calendar_jp.today().replace(day=1):
        faults.append(Fault(box, "evaluation.csv.future", {"line": line}))
    value = _value(line, given["value"], unit, box, faults)
    comparison = _value(line, given["comparison"], unit, box, faults) if "comparison" in given else None
    days = _days(line, given["working_days"], month, box, faults) if "working_days" in given else None
    if len(faults) > before or month is None or value is None:
        return None
    return Point(month, value, days, comparison)


def _value(line: int, cell: str, unit: str, box: str, faults: list[Fault]) -> float | None:
    text = plain(cell)
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    wrong = ""
    if not text:
        wrong = "evaluation.csv.nothing"
    elif not _NUMBER.fullmatch(text):
        wrong = "evaluation.csv.number"
    elif UNITS.get(unit) == "count" and ("." in text or text.startswith("-")):
        wrong = "evaluation.csv.whole"
    elif unit == "percent" and not 0 <= float(text) <= 100:
        wrong = "evaluation.csv.percent"
    if wrong:
        needs = {"found": cell[:20]} if wrong == "evaluation.csv.number" else {}
        faults.append(Fault(box, wrong, {"line": line, **needs}))
        return None
    return float(text)


def _days(line: int, cell: str, month: date | None, box: str, faults: list[Fault]) -> int | None:
    text = plain(cell)
    longest = (month_after(month) - month).days if month is not None else 31
    if not (text.isascii() and text.isdecimal() and len(text) < 3 and 1 <= int(text) <= longest):
        faults.append(Fault(box, "evaluation.csv.days", {"line": line, "most": longest}))
        return None
    return int(text)


def _gaps(ordered: Sequence[tuple[int, Point]], box: str) -> list[Fault]:
    """One fault for each place at which months are missing."""
    return [
        Fault(box, "evaluation.csv.gap", {"line": line, "month": f"{month_after(before.month):%Y-%m}"})
        for (_, before), (line, point) in pairwise(ordered)
        if months_between(before.month, point.month) > 1
    ]


def read_events(text: str, *, box: str = "happened") -> tuple[tuple[date, str], ...]:
    """Other events, a line each: a month, a space, words. Raises Refused by line."""
    faults: list[Fault] = []
    found = []
    for line, typed in enumerate(text.splitlines(), start=1):
        if not typed.strip():
            continue
        written, _, words = typed.strip().replace("\u3000", " ").partition(" ")
        month = month_of(written)
        if month is None:
            faults.append(Fault(box, "evaluation.happened.month", {"line": line}))
        elif not words.strip() or len(words.strip()) > MOST_WORDS:
            faults.append(Fault(box, "evaluation.happened.words", {"line": line, "most": MOST_WORDS}))
        else:
            found.append((month, words.strip()))
    if len(found) > MOST_EVENTS:
        faults.append(Fault(box, "evaluation.happened.many", {"most": MOST_EVENTS}))
    if faults:
        raise Refused(faults)
    return tuple(sorted(found))
