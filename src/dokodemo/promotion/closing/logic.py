"""Rules of a final evaluation (最終評価の規則): whether a measure, target or indicator was met, and what stands against closing.

Pure. Never reads a record. A result comes with the key of the rule that gave it, so that a reader may doubt it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

MEASURE, TARGET, INDICATOR, ACTION = KINDS = ("measure", "target", "indicator", "action")
MET, PARTLY, NOT_MET, UNMEASURED = RESULTS = ("met", "partly", "not_met", "unmeasured")
CHOICES = ("pass_on", "end")
FINISHED = "finished"
_UNDER_WAY = ("started", "half", FINISHED)
LONGEST = 4000

type Direction = Literal["up", "down"]


@dataclass(frozen=True)
class Outcome:
    """What a rule found, and which: `why` names a text."""

    result: str
    why: str


def of_target(value: float | None, target: float, direction: Direction, start: float | None) -> Outcome:
    """Whether a target was met. `start`: the baseline where it may be compared with the value, else None.

    Not reached is met in part only where the value is known to have come nearer.
    """
    if value is None:
        return Outcome(UNMEASURED, "no_value")
    if not _better(target, value, direction):
        return Outcome(MET, "reached")
    if start is None:
        return Outcome(NOT_MET, "not_reached")
    return Outcome(PARTLY, "nearer") if _better(value, start, direction) else Outcome(NOT_MET, "no_nearer")


def of_values(values: Sequence[float], direction: Direction, *, percent: bool) -> Outcome:
    """How an indicator without a target did, from its values in the order of time: met only where nothing is left to wish."""
    if not values:
        return Outcome(UNMEASURED, "no_value")
    if percent and values[-1] == (100 if direction == "up" else 0):
        return Outcome(MET, "nothing_left")
    if len(values) == 1:
        return Outcome(UNMEASURED, "one_value")
    better = _better(values[-1], values[0], direction)
    return Outcome(PARTLY, "better") if better else Outcome(NOT_MET, "no_better")


def _better(one: float, than: float, direction: Direction) -> bool:
    return one > than if direction == "up" else one < than


def of_states(states: Sequence[str | None]) -> Outcome:
    """Whether a measure was met, from the last reported states of its actions; None for one that never reported."""
    if not states:
        return Outcome(UNMEASURED, "no_action")
    if all(state is None for state in states):
        return Outcome(UNMEASURED, "no_report")
    if all(state == FINISHED for state in states):
        return Outcome(MET, "all_finished")
    if any(state in _UNDER_WAY for state in states):
        return Outcome(PARTLY, "some_under_way")
    return Outcome(NOT_MET, "none_begun")


def tally(judgements: Iterable[str]) -> dict[str, int]:
    """How many rows were judged met, in part, not met and 未計測, in this order."""
    found = Counter(judgements)
    return {result: found[result] for result in RESULTS}


def row_faults(kind: str, facts: Mapping[str, object], judgement: str, words: str) -> dict[str, str]:
    """What is wrong with what somebody says of a row, by box. Nothing said yet is right: it is a draft."""
    if len(words) > LONGEST:
        return {"words": "closing.fault.long"}
    if kind == ACTION:
        if facts["state"] == FINISHED and judgement:
            return {"judgement": "closing.fault.finished"}
        if judgement and judgement not in CHOICES:
            return {"judgement": "closing.fault.choice"}
        return {"words": "closing.fault.why_choice"} if judgement and not words else {}
    if judgement and judgement not in RESULTS:
        return {"judgement": "closing.fault.judgement"}
    if judgement and judgement != facts["result"] and not words:
        return {"words": "closing.fault.why_differs"}
    return {}


def to_judge(kind: str, facts: Mapping[str, object], judgement: str, words: str) -> bool:
    """Whether a row still wants something before the plan can be closed."""
    if kind == ACTION and facts["state"] == FINISHED:
        return False
    return not judgement or bool(row_faults(kind, facts, judgement, words))


@dataclass(frozen=True)
class Standing:
    """What there is before a plan is closed: rows that want a judgement, actions whose last report is open, and whether the
    records say something else than when the rows were read."""

    unjudged: int
    open_reports: int
    stale: bool
    summary: bool


def closing_faults(
    standing: Standing, *, last_day: date, on: date | None, today: date, reason: str, despite_open: bool
) -> dict[str, str]:
    """What stands against closing a plan, by box."""
    faults: dict[str, str] = {}
    if today < last_day:
        faults["on"] = "closing.fault.too_early"
    elif on is None:
        faults["on"] = "plan.fault.day"
    elif not last_day <= on <= today:
        faults["on"] = "plan.fault.closing_day"
    if not reason:
        faults["reason"] = "closing.fault.reason"
    elif len(reason) > LONGEST:
        faults["reason"] = "closing.fault.long"
    if standing.stale:
        faults["rows"] = "closing.fault.stale"
    elif standing.unjudged:
        faults["rows"] = "closing.fault.unjudged"
    if not standing.summary:
        faults["summary"] = "closing.fault.summary"
    if standing.open_reports and not despite_open:
        faults["despite_open"] = "closing.fault.open_reports"
    return faults
