"""What somebody asks of an evaluation or tells of a task (検証の申込みと削減時間の申告), from the boxes of a form.

Owns which boxes there are and what each must hold. Never writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.evaluation.reading import Fault, Refused, month_of, plain, read_events, read_series
from dokodemo.promotion.evaluation.savings import BASES, Basis, Effort
from dokodemo.promotion.evaluation.series import UNITS, Kind, Point, Series, refusals
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.definitions import QUERY
from dokodemo.promotion.indicators.months import history
from dokodemo.promotion.plan import queries as plans

MOST_TITLE = 120
# What is counted anew every April says nothing about a month: the fall in spring is the calendar's. So are queries.
_COUNTED_ANEW = ("cases.", "findings.", QUERY)


@dataclass(frozen=True)
class Question:
    """An evaluation as it is asked for: everything read and in its place."""

    title: str
    measure: str
    indicator: str
    unit: str
    change: date
    series: Series
    happened: tuple[tuple[date, str], ...]

    @property
    def kind(self) -> Kind:
        """Whether counts or measured values are looked at."""
        return UNITS[self.unit]


@dataclass(frozen=True)
class Told:
    """A task and its effort over a period, months by their first day."""

    task: str
    measure: str
    first: date
    last: date
    effort: Effort


class _Reader:
    """Takes one box after the other and collects what is wrong."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given, self.faults = given, list[Fault]()

    def wrong(self, box: str, key: str, **params: Any) -> None:
        self.faults.append(Fault(box, key, params))

    def text(self, box: str) -> str:
        text = self.given.get(box, "").strip()
        if not text:
            self.wrong(box, f"evaluation.ask.{box}")
        elif len(text) > MOST_TITLE:
            self.wrong(box, "evaluation.ask.long", most=MOST_TITLE)
        return text

    def measure(self) -> str:
        code = self.given.get("measure", "")
        if code not in {measure.code for measure in plans.plan().measures}:
            self.wrong("measure", "evaluation.ask.measure")
        return code

    def choice(self, box: str, among: tuple[str, ...]) -> str:
        chosen = self.given.get(box, "")
        if chosen not in among:
            self.wrong(box, "evaluation.ask.choice")
        return chosen

    def month(self, box: str) -> date | None:
        month = month_of(self.given.get(box, ""))
        if month is None:
            self.wrong(box, "evaluation.ask.month")
        return month

    def number(self, box: str, *, most: int, empty: Decimal | None = None) -> Decimal:
        text = plain(self.given.get(box, "")).replace(",", "")
        if not text and empty is not None:
            return empty
        try:
            found = Decimal(text)
        except InvalidOperation:
            found = Decimal(-1)
        if not (found.is_finite() and 0 <= found <= most and found == round(found, 2)):
            self.wrong(box, "evaluation.ask.number", most=f"{most:,}")
            return Decimal(0)
        return found

    def whole(self, box: str, *, most: int) -> int:
        text = plain(self.given.get(box, "")).replace(",", "")
        if not (text.isascii() and text.isdecimal() and len(text) < 12 and 1 <= int(text) <= most):
            self.wrong(box, "evaluation.ask.whole", most=f"{most:,}")
            return 0
        return int(text)

    def part[T](self, read: Callable[[], T]) -> T | None:
        """What another reader makes of its box; its faults are kept with the others."""
        try:
            return read()
        except Refused as refused:
            self.faults += refused.faults
            return None


def usable_indicators() -> list[tuple[str, Series]]:
    """Indicators whose kept monthly readings are a series: what is counted anew every April is none."""
    found = []
    for code, indicator in indicators.definitions().items():
        if indicator.unit != "percent" or indicator.source.startswith(_COUNTED_ANEW):
            continue
        series = _kept(code)
        if series:
            found.append((code, series))
    return found


def _kept(code: str) -> Series:
    return tuple(
        Point(past.month, past.ratio.percent)
        for past in history(code)
        if past.ratio is not None and past.ratio.percent is not None
    )


def question(given: Mapping[str, str]) -> Question:
    """An evaluation from the boxes title, measure, source, unit, table, change, happened. Raises Refused with all faults.

    `source` is "table" for the table in its box, or the code of an indicator whose kept readings are the series.
    """
    read = _Reader(given)
    title, measure, source = read.text("title"), read.measure(), given.get("source", "table")
    series: Series | None = None
    indicator, unit = "", given.get("unit", "")
    if source == "table":
        unit = read.choice("unit", tuple(UNITS))
        series = read.part(lambda: read_series(given.get("table", ""), unit)) if unit in UNITS else None
    else:
        kept = dict(usable_indicators())
        indicator, unit, series = source, "percent", kept.get(source)
        if series is None:
            read.wrong("source", "evaluation.ask.source")
    change = read.month("change")
    happened = read.part(lambda: read_events(given.get("happened", "")))
    if series is not None and change is not None:
        for reason in refusals(series, change):
            box = "change" if reason == "outside" else "table" if source == "table" else "source"
            read.wrong(box, f"evaluation.refused.{reason}")
    if read.faults or series is None or change is None or happened is None:
        raise Refused(read.faults)
    return Question(title, measure, indicator, unit, change, series, happened)


def told(given: Mapping[str, str]) -> Told:
    """A task's effort from the boxes of its form. Raises Refused with all faults."""
    read = _Reader(given)
    task, measure = read.text("task"), read.measure()
    first, last = read.month("first"), read.month("last")
    if first is not None and last is not None and first > last:
        read.wrong("last", "evaluation.ask.order")
    elif last is not None and last > calendar_jp.today():
        read.wrong("last", "evaluation.ask.later")
    effort = Effort(
        before=read.number("before", most=100_000),
        after=read.number("after", most=100_000),
        cases=read.whole("cases", most=100_000_000),
        build=read.number("build", most=100_000, empty=Decimal(0)),
        upkeep=read.number("upkeep", most=100_000, empty=Decimal(0)),
        before_basis=cast(Basis, read.choice("before_basis", BASES)),
        after_basis=cast(Basis, read.choice("after_basis", BASES)),
    )
    if read.faults or first is None or last is None:
        raise Refused(read.faults)
    return Told(task, measure, first, last, effort)
