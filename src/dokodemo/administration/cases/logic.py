"""The rules of examination (審査の規則): what may follow what, the statutory clock, receipt numbers.

Owns pure rules only. Never reads the database and never knows who is asking.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from stdnum import luhn

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.calendar_jp import jst_day

_DAY = timedelta(days=1)
Counting = Literal["calendar", "business"]


class NotAllowed(Exception):
    """An act that may not follow the state a case is in. `code` is a text-catalogue key."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# act → (states it may start from, state it leads to). 行政手続法 2章 for applications and requests, 37条 for notifications.
APPLICATION_ACTS: dict[str, tuple[frozenset[str], str]] = {
    "begin_review": (frozenset({"submitted"}), "in_review"),
    "request_correction": (frozenset({"submitted", "in_review"}), "correction_requested"),
    "answer_correction": (frozenset({"correction_requested"}), "in_review"),
    "cancel_correction": (frozenset({"correction_requested"}), "in_review"),
    "propose": (frozenset({"submitted", "in_review"}), "proposed"),
    "return_proposal": (frozenset({"proposed"}), "in_review"),
    "decide": (frozenset({"submitted", "in_review", "proposed"}), "decided"),
    "withdraw": (frozenset({"submitted", "in_review", "correction_requested", "proposed"}), "withdrawn"),
}
NOTIFICATION_ACTS: dict[str, tuple[frozenset[str], str]] = {
    "begin_review": (frozenset({"submitted"}), "in_review"),
    "request_correction": (frozenset({"submitted", "in_review"}), "correction_requested"),
    "answer_correction": (frozenset({"correction_requested"}), "in_review"),
    "cancel_correction": (frozenset({"correction_requested"}), "in_review"),
    "complete": (frozenset({"submitted", "in_review"}), "formally_complete"),
    "withdraw": (frozenset({"submitted", "in_review", "correction_requested"}), "withdrawn"),
}


def next_state(kind: str, state: str, act: str) -> str:
    """The state `act` leads to. Raises NotAllowed when the kind knows no such act or the state forbids it."""
    acts = NOTIFICATION_ACTS if kind == "notification" else APPLICATION_ACTS
    if act not in acts:
        raise NotAllowed("cases.refused.not_for_this_kind")
    sources, target = acts[act]
    if state not in sources:
        raise NotAllowed("cases.refused.wrong_moment")
    return target


def allowed_acts(kind: str, state: str) -> frozenset[str]:
    """Every act that may follow now."""
    acts = NOTIFICATION_ACTS if kind == "notification" else APPLICATION_ACTS
    return frozenset(act for act, (sources, _) in acts.items() if state in sources)


# Until a decision is proposed: what was proposed rests on what the register said then.
_ATTACHABLE = frozenset({"submitted", "in_review", "correction_requested"})


def may_attach(capacity: str, state: str) -> bool:
    """Whether a case may still be given to the person its sign-in was confirmed to be (本人の結び付け)."""
    return capacity == "unconfirmed" and state in _ATTACHABLE


def fee_state(fee: int, paid: int) -> Literal["none", "due", "paid"]:
    """Where a fee stands, in yen: due while less than all of it was paid; what was paid too much is still paid."""
    if fee > paid:
        return "due"
    return "paid" if paid else "none"


def records_steps(state: str) -> bool:
    """Whether a step may be recorded: until a decision, and after a notification is complete, when its work goes on."""
    return state not in {"decided", "withdrawn"}


@dataclass(frozen=True)
class Period:
    """A length of time in days (期間): `calendar` days, or `business` days on which the city hall is open."""

    days: int
    counting: Counting = "calendar"


@dataclass(frozen=True)
class Pause:
    """A time the city waited for the person (補正の期間). `until` is None while it still waits."""

    since: datetime
    until: datetime | None


def waited(pauses: Sequence[Pause], *, now: datetime) -> frozenset[date]:
    """The days in Japan on which the clock stood still, overlaps once.

    The day a correction is asked for still runs (初日不算入, 民法140条); the day it is answered is the last one waited.
    """
    days: set[date] = set()
    for pause in pauses:
        day, last = jst_day(pause.since) + _DAY, jst_day(pause.until or now)
        while day <= last:
            days.add(day)
            day += _DAY
    return frozenset(days)


def due_on(arrived_at: datetime, period: Period, pauses: Sequence[Pause], *, now: datetime) -> date:
    """The last day of a period that began on arrival (到達).

    The day of arrival is not counted (民法140条), nor are days waited for a correction (行政手続法6条 for the standard
    period, 個人情報保護法83条1項 for its limit) nor, when it counts business days, days the city hall is closed. Our own
    delays never stop the clock: what is waited after the last day has passed moves nothing.
    """
    day, still = jst_day(arrived_at), waited(pauses, now=now)
    if not still and period.counting == "business":
        return calendar_jp.add_business_days(day, period.days)
    if not still:
        return day + timedelta(days=period.days)
    counted = 0
    while counted < period.days:
        day += _DAY
        runs = day not in still and (period.counting == "calendar" or calendar_jp.is_business_day(day))
        counted += runs
    return day


@dataclass(frozen=True)
class Clock:
    """Where the statutory clock stands (期限の状況). Days are days in Japan; negative `left` means overdue."""

    due: date | None
    left: int | None
    elapsed: int
    elapsed_without_waiting: int
    waiting: bool

    @property
    def level(self) -> Literal["none", "calm", "soon", "late"]:
        """How urgent it is: late when overdue, soon within five days."""
        if self.left is None:
            return "none"
        if self.left < 0:
            return "late"
        return "soon" if self.left <= 5 else "calm"


def clock(
    arrived_at: datetime,
    period: Period | None,
    pauses: Sequence[Pause],
    *,
    now: datetime,
    closed_at: datetime | None,
    until: date | None = None,
) -> Clock:
    """The clock of one case, stopped at `closed_at` when the case is over. A day that was told (`until`) is its end."""
    moment = closed_at or now
    elapsed = (jst_day(moment) - jst_day(arrived_at)).days
    still = len(waited(pauses, now=moment))
    due = until or (due_on(arrived_at, period, pauses, now=moment) if period else None)
    return Clock(
        due=due,
        left=(due - jst_day(moment)).days if due else None,
        elapsed=elapsed,
        elapsed_without_waiting=elapsed - still,
        waiting=any(pause.until is None for pause in pauses) and closed_at is None,
    )


def receipt_number(day: date) -> str:
    """A fresh receipt number (受付番号): day, six random digits, check digit, as 261123-482917-4.

    Random, so that nobody learns the city's volume or a neighbour's number from their own; the check digit
    (Luhn) catches one wrong digit read out on the telephone.
    """
    body = f"{day:%y%m%d}{secrets.randbelow(10**6):06d}"
    return f"{body[:6]}-{body[6:]}-{luhn.calc_check_digit(body)}"


def is_receipt_number(text: str) -> bool:
    """Whether a number could be one of ours: form and check digit."""
    digits = text.replace("-", "").strip()
    return len(digits) == 13 and digits.isascii() and digits.isdigit() and bool(luhn.is_valid(digits))
