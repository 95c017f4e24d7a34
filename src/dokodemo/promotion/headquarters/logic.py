"""Rules of reporting (報告の規則): quarters of the fiscal year, which actions report, and what is late.

Pure. Never reads a record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.plan.action_plan import Action

# Five plain states that a resident understands too.
STATES = ("not_started", "studied", "started", "half", "finished")
GRADES = ("ahead", "on_track", "behind", "stopped")
# 今後の方向性, as municipal evaluation sheets name it.
DIRECTIONS = ("expand", "continue", "improve", "shrink", "merge", "end")
DUE_DAYS = 30


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a fiscal year: 1 is April to June."""

    fiscal_year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        month = (self.number - 1) * 3 + 4
        return date(self.fiscal_year + (month > 12), (month - 1) % 12 + 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def due(self) -> date:
        """The day its reports are due: 30 days after it ended, or the next working day."""
        return calendar_jp.add_calendar_days(self.last, DUE_DAYS, open_day=True)

    @property
    def next(self) -> Quarter:
        """The quarter after it."""
        return (
            Quarter(self.fiscal_year + 1, 1)
            if self.number == 4
            else Quarter(self.fiscal_year, self.number + 1)
        )

    @property
    def before(self) -> Quarter:
        """The quarter before it."""
        return (
            Quarter(self.fiscal_year - 1, 4)
            if self.number == 1
            else Quarter(self.fiscal_year, self.number - 1)
        )


def quarter_of(day: date) -> Quarter:
    """The quarter a day lies in."""
    return Quarter(calendar_jp.fiscal_year(day), (day.month - 4) % 12 // 3 + 1)


def to_report(today: date) -> Quarter:
    """The quarter that is reported on now: the last that has ended."""
    return quarter_of(today).before


def reporting(actions: Iterable[Action], quarter: Quarter) -> list[Action]:
    """The actions that report on a quarter: those whose time touches it."""
    return [one for one in actions if one.from_ <= quarter.last and one.to >= quarter.first]


def late(actions: Sequence[Action], reported: Collection[str], quarter: Quarter, today: date) -> list[Action]:
    """The actions whose report on a quarter is overdue."""
    if today <= quarter.due:
        return []
    return [one for one in reporting(actions, quarter) if one.code not in reported]


@dataclass(frozen=True)
class Moved:
    """How an action moved since the quarter before: its state then (None: no report) and now."""

    action: str
    before: str | None
    now: str


def moved(before: dict[str, str], now: dict[str, str]) -> list[Moved]:
    """The actions whose state changed, in the order of `now`."""
    return [Moved(code, before.get(code), state) for code, state in now.items() if before.get(code) != state]
