"""Rules of the cycle (改善の循環の規則): states of an issue, when a finding comes back, and whether a number moved.

Pure. Never reads a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

# In the order of the cycle. An issue that is not pursued says why.
STATES = ("new", "looked_at", "action", "done", "not_pursued")
STAGES = ("seen", "taken_up", "decided", "done", "moved")
SOURCES = ("searches", "questions", "pages", "complaints", "reports", "surveys")
FEWEST = 3
COMES_BACK = 2  # times the count it had when somebody judged it

# From which states staff may move an issue by hand; an action is opened, never chosen.
MOVES: dict[str, tuple[str, ...]] = {
    "looked_at": ("new", "done", "not_pursued"),
    "done": ("new", "looked_at", "action"),
    "not_pursued": ("new", "looked_at", "action"),
}
# Where the state needs words: how it was solved, why it is not pursued.
SAYS_WHY = ("done", "not_pursued")


def comes_back(count: int, judged: int | None) -> bool:
    """Whether a finding is proposed: never judged, or at least twice as frequent as when it was."""
    return judged is None or count >= COMES_BACK * max(judged, 1)


def told_count(source: str, count: int) -> int | None:
    """A count as it may be shown; None where so few residents could be recognised by it."""
    return None if source != "reports" and count < FEWEST else count


@dataclass(frozen=True)
class Value:
    """A value in its indicator's unit, the day it is of, and the vintage it stands in ("" when counted from records)."""

    value: Decimal
    on: date
    vintage: str = ""


def right_way(direction: Literal["up", "down"], before: Value | None, after: Value | None) -> bool | None:
    """Whether an indicator moved as it should; None while a value is missing, or none is newer than the first."""
    if before is None or after is None or after.on <= before.on:
        return None
    return after.value > before.value if direction == "up" else after.value < before.value
