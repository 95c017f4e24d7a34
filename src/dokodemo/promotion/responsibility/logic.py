"""Rules of responsibility (責任者・推進体制・督促の規則): kinds of things and seats, periods, and when to remind.

Pure. Never reads a record or the clock. Days are JST, both ends of a period inclusive, None is open.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

# What somebody answers for: an indicator's value, an action's report, a follow-up of a meeting.
KINDS = ("indicator", "action", "follow_up")
# CIO, CIO補佐官, デジタル担当職員 of a section, lead and members of a working group (作業部会).
SEATS = ("cio", "cio_aide", "digital_staff", "group_lead", "group_member")
OF_A_SECTION = frozenset({"digital_staff"})
OF_A_GROUP = frozenset({"group_lead", "group_member"})
# Held by one person at a time.
SINGLE = frozenset({"cio", "group_lead"})
STAGES = ("before", "on_day", "after")

type Period = tuple[date, date | None]


def covers(period: Period, day: date) -> bool:
    """Whether a day lies in a period."""
    first, last = period
    return first <= day and (last is None or last >= day)


def stage_of(due: date, today: date, *, before_days: int, after_days: int) -> str | None:
    """Which reminder a day calls for; None while the day that is due is still far.

    A day on which nothing ran is made up for: from `due` on it is `on_day`, until `after_days` later it is `after`.
    """
    if today >= due + timedelta(days=after_days):
        return "after"
    if today >= due:
        return "on_day"
    return "before" if today >= due - timedelta(days=before_days) else None


def still_to_send(stage: str, sent: Collection[str]) -> bool:
    """Whether a reminder is new: neither it nor a later one was sent, also when the clock went back."""
    return not any(STAGES.index(one) >= STAGES.index(stage) for one in sent)
