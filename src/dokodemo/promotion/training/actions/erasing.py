"""Erasing what people did in training once its time is over (保存期間の経過による消去).

Owns that quizzes, attendance and drills of each person go. Never changes how anybody stands or what was counted: of a
person who still holds a post the last day of each course is left, of a session and a drill their counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Q

from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden
from dokodemo.promotion.training import events as verbs
from dokodemo.promotion.training import queries
from dokodemo.promotion.training.models import (
    ATTENDED,
    CLICKED,
    DRILLED,
    PASSED,
    Attempt,
    Booking,
    DrillCount,
    DrillResult,
    LastDone,
    Session,
)


@dataclass(frozen=True)
class Erased:
    """How many rows went: attempts at quizzes, bookings, results of drills, and last days of people without a post."""

    attempts: int
    bookings: int
    drills: int
    left: int


@transaction.atomic
def erase(*, actor: Actor) -> Erased:
    """Erase what people did longer ago than the city keeps it; a second run finds nothing. Nothing without a period.

    Raises Forbidden for anybody but the system.
    """
    if actor.kind != "system":
        raise Forbidden("Only the nightly job erases.")
    kept, today = queries.catalogue().kept, calendar_jp.today()
    if kept is None:
        return Erased(0, 0, 0, 0)
    over, staff = kept.over_before(today), _staff(today)
    _leave_days(over, staff)
    _leave_counts(over)
    attempts, _ = Attempt.objects.filter(day__lt=over).delete()
    bookings, _ = Booking.objects.filter(session__day__lt=over).delete()
    drills, _ = DrillResult.objects.filter(day__lt=over).delete()
    gone = set(LastDone.objects.values_list("account", flat=True).distinct()) - staff
    left = sum(LastDone.objects.filter(account=account).delete()[0] for account in gone)
    found = Erased(attempts, bookings, drills, left)
    if found != Erased(0, 0, 0, 0):
        events.record(
            verbs.ERASED, actor=actor, object=("training_records", today.isoformat()), numbers=vars(found)
        )
    return found


def _staff(today: date) -> set[UUID]:
    return organisation.staff_on(today)


def _leave_days(over: date, staff: Collection[UUID]) -> None:
    """The last day of each deed that is erased, for everybody who still holds a post."""
    known = {(one.account, one.course, one.deed): one for one in LastDone.objects.select_for_update()}
    new, later = [], []
    for deed, course, account, day in _last_days(over):
        if account not in staff:
            continue
        one = known.get((account, course, deed))
        if one is None:
            new.append(LastDone(course=course, account=account, deed=deed, day=day))
        elif one.day < day:
            one.day = day
            later.append(one)
    LastDone.objects.bulk_create(new, batch_size=500)
    LastDone.objects.bulk_update(later, ["day"], batch_size=200)


def _last_days(over: date) -> Iterator[tuple[str, str, UUID, date]]:
    attempts = Attempt.objects.filter(passed=True, day__lt=over)
    came = Booking.objects.filter(state="attended", session__day__lt=over)
    drills = DrillResult.objects.filter(day__lt=over)
    for deed, rows, course, day in (
        (PASSED, attempts, "course", "day"),
        (ATTENDED, came, "session__course", "session__day"),
        (DRILLED, drills, "course", "day"),
        (CLICKED, drills.filter(clicked=True), "course", "day"),
    ):
        for code, account, last in rows.values_list(course, "account").annotate(last=Max(day)):
            yield deed, code, account, last


def _leave_counts(over: date) -> None:
    """How many came to each session, and what each drill came to."""
    seats = Count("bookings", filter=~Q(bookings__state="absent"))
    sessions = list(Session.objects.filter(day__lt=over, came=None, bookings__isnull=False).annotate(n=seats))
    for session in sessions:
        session.came = session.n
    Session.objects.bulk_update(sessions, ["came"], batch_size=200)
    drills = (
        DrillResult.objects.filter(day__lt=over)
        .values("course", "day")
        .annotate(
            people=Count("pk"),
            opened=Count("pk", filter=Q(clicked=True)),
            told=Count("pk", filter=Q(reported=True)),
        )
    )
    for row in drills:
        counts = {"people": row["people"], "clicked": row["opened"], "reported": row["told"]}
        DrillCount.objects.update_or_create(course=row["course"], day=row["day"], defaults=counts)
