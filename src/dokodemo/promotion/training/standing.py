"""What people did and how they stand with it (受講の記録と現況), from the records and from what is left of erased ones.

Owns the last day of each deed of each person. Never decides who sees whom: that is `queries`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from dokodemo.city.organisation.queries import HolderView
from dokodemo.kernel.prepared import PreparedValues
from dokodemo.promotion.training import logic
from dokodemo.promotion.training.definitions import training_of
from dokodemo.promotion.training.logic import Done, Standing
from dokodemo.promotion.training.models import (
    ATTENDED,
    CLICKED,
    DEEDS,
    DRILLED,
    PASSED,
    Attempt,
    Booking,
    DrillResult,
    LastDone,
)

ORDER = {"overdue": 0, "waiting": 1, "soon": 2, "done": 3}


@dataclass
class Dones:
    """The last days of everything, by (course, account)."""

    passed: dict[tuple[str, UUID], date] = field(default_factory=dict)
    attended: dict[tuple[str, UUID], date] = field(default_factory=dict)
    drilled: dict[tuple[str, UUID], date] = field(default_factory=dict)
    clicked: dict[tuple[str, UUID], date] = field(default_factory=dict)

    def of(self, code: str, account: UUID) -> Done:
        """What one person did of one course."""
        at = (code, account)
        return Done(self.passed.get(at), self.attended.get(at), self.drilled.get(at), self.clicked.get(at))

    @cached_property
    def people(self) -> frozenset[UUID]:
        """Whoever did anything."""
        every = (self.passed, self.attended, self.drilled, self.clicked)
        return frozenset(account for part in every for _, account in part)


class Recorded(NamedTuple):
    """Rows of records, each with the course, the account and a day; of what is left of erased ones with the deed before them,
    of drills with the day of the last click after them."""

    erased: tuple[tuple[Any, ...], ...]
    drills: tuple[tuple[Any, ...], ...]
    passed: tuple[tuple[Any, ...], ...]
    attended: tuple[tuple[Any, ...], ...]


def dones_by(on: date, account: UUID | Collection[UUID] | None) -> Dones:
    """What one person, some people, or everybody (None) had done by the end of a day."""
    return dones_of(recorded(on, [account] if isinstance(account, UUID) else account))


def recorded(on: date, who: Collection[UUID] | None) -> Recorded:
    """The rows of the records that tell what some people, or everybody, had done by the end of a day."""
    return Recorded(*(tuple(map(tuple, asked(who, on))) for asked in (_ERASED, _DRILLS, _PASSED, _ATTENDED)))


def dones_of(rows: Recorded) -> Dones:
    """What the records tell."""
    before: dict[str, Days] = {deed: {} for deed in DEEDS}
    for deed, course, person, day in rows.erased:
        before[deed][course, person] = day
    drills = rows.drills
    # Whatever was erased is older than what is kept.
    found = Dones(
        passed=before[PASSED] | {(course, person): day for course, person, day in rows.passed},
        attended=before[ATTENDED] | {(course, person): day for course, person, day in rows.attended},
        drilled=before[DRILLED] | {(course, person): day for course, person, day, _ in drills},
    )
    leads_to = {
        one.code: one.after_click for one in training_of(settings.DOKODEMO_PACK).courses if one.after_click
    }
    clicked = {(course, person): day for course, person, _, day in drills if day is not None}
    for (drill, person), day in (before[CLICKED] | clicked).items():
        at = (leads_to.get(drill, ""), person)
        found.clicked[at] = max(day, found.clicked.get(at, day))
    return found


type Days = dict[tuple[str, UUID], date]


def _of_whom(rows: Callable[[Q, date], QuerySet[Any, Any]]) -> Callable[..., Iterable[Any]]:
    """A question about everybody (None) or some people, by the end of a day: its rows in the order of its columns."""
    everybody = PreparedValues(lambda on: rows(Q(), on), on=date)
    some = PreparedValues(lambda on, who: rows(Q(account__in=who), on), on=date, who=list[UUID])

    def asked(who: Collection[UUID] | None, on: date) -> Iterable[Any]:
        return map(dict.values, everybody.all(on=on) if who is None else some.all(on=on, who=who))

    return asked


_ERASED = _of_whom(
    lambda whose, on: LastDone.objects.filter(whose, day__lte=on).values("deed", "course", "account", "day")
)
_DRILLS = _of_whom(
    lambda whose, on: (
        DrillResult.objects.filter(whose, day__lte=on)
        .values("course", "account")
        .annotate(last=Max("day"), clicked_on=Max("day", filter=Q(clicked=True)))
    )
)
_PASSED = _of_whom(
    lambda whose, on: (
        Attempt.objects.filter(whose, passed=True, day__lte=on)
        .values("course", "account")
        .annotate(last=Max("day"))
    )
)
_ATTENDED = _of_whom(
    lambda whose, on: (
        Booking.objects.filter(whose, state="attended", session__day__lte=on)
        .values("session__course", "account")
        .annotate(last=Max("session__day"))
    )
)


def standings_with(posts: Iterable[HolderView], dones: Dones, on: date) -> list[Standing]:
    """How one person stands with everything their posts ask for, the most urgent first."""
    held = list(posts)
    account = held[0].account_id
    done: tuple[Done, ...] | None = None
    if account in dones.people:
        done = tuple(dones.of(one.code, account) for one in training_of(settings.DOKODEMO_PACK).courses)
    pairs = tuple((post.role.value, post.starts_on) for post in held)
    return list(_standings_of(settings.DOKODEMO_PACK, pairs, done, on))


@lru_cache(maxsize=2000)
def _standings_of(
    pack: str, pairs: tuple[tuple[str, date], ...], done: tuple[Done, ...] | None, on: date
) -> tuple[Standing, ...]:
    """The same of posts (role, first day) and what was done of each course. Most people of a city stand like many others."""
    found = []
    for place, one in enumerate(training_of(pack).courses):
        since = logic.must_since(one.requirement, pairs)
        if since is not None:
            did = Done() if done is None else done[place]
            found.append(logic.standing(one.requirement, must_since=since, done=did, today=on))
    return tuple(sorted(found, key=lambda s: (ORDER[s.state], s.due_on or date.max, s.code)))
