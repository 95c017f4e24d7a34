"""What somebody types to ask for an evaluation or to record a task, for the tests of domain and office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

from dokodemo.promotion.evaluation.series import month_after

START = date(2022, 1, 1)
TASK = {
    "task": "転入届の入力",
    "measure": "admin-4",
    "first": "2025-04",
    "last": "2026-03",
    "before": "25",
    "before_basis": "measured",
    "after": "10",
    "after_basis": "measured",
    "cases": "1,667",
    "build": "40",
    "upkeep": "12",
}


def table(values: Sequence[float | int]) -> str:
    """Monthly values from January 2022 as CSV."""
    lines = [f"{month_after(START, n):%Y-%m},{value}" for n, value in enumerate(values)]
    return "\n".join(["month,value", *lines, ""])


def falling(months: int, at: int, to: float = 0.6) -> list[int]:
    """Counts around 200 that fall to a share of it."""
    chance = Random(4)
    return [round(200 * (to if n >= at else 1) + chance.gauss(0, 9)) for n in range(months)]


def asked(months: int = 40, at: int | None = None, **changes: str) -> dict[str, str]:
    """The boxes of a new evaluation: counts that fall by four in ten."""
    when = months * 2 // 3 if at is None else at
    boxes = {
        "title": "窓口の件数",
        "measure": "admin-1",
        "source": "table",
        "unit": "cases",
        "table": table(falling(months, when)),
        "change": f"{month_after(START, when):%Y-%m}",
        "happened": "2023-04 手数料の改定",
    }
    return {**boxes, **changes}
