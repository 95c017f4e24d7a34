"""Notices on one's first screen (督促のお知らせ): what one was reminded of and has not read.

Reads only, and only the actor's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.promotion.responsibility import due, policies, queries
from dokodemo.promotion.responsibility.models import Notice
from dokodemo.promotion.responsibility.queries import Matter

PER_PAGE = 30


@dataclass(frozen=True)
class Told:
    """A notice: the thing (None when it is gone), the day, the stage, whether it is still to be done and was read."""

    id: UUID
    matter: Matter | None
    kind: str
    period: str
    due: date
    stage: str
    made_at: datetime
    open: bool
    read: bool


def unread(actor: Actor, most: int) -> tuple[list[Told], int]:
    """The notices nobody has read yet that are still to be done, the earliest due first, and how many there are."""
    rows = list(_own(actor).filter(read_at=None).order_by("reminder__due", "pk")[:500])
    found = [one for one in _views(rows) if one.open] if rows else []
    return found[:most], len(found)


def page(actor: Actor, number: int) -> tuple[Page[Notice], list[Told]]:
    """A page of all one's notices, the newest first."""
    found = Paginator(_own(actor).order_by("-reminder__made_at", "pk"), PER_PAGE).get_page(number)
    return found, _views(list(found))


def _own(actor: Actor) -> QuerySet[Notice]:
    if not policies.may_read(actor):
        raise NotFound
    # Of any plan: those of an earlier one show as done.
    return Notice.objects.filter(account=actor.account).select_related("reminder__thing")


def _views(rows: list[Notice]) -> list[Told]:
    if not rows:
        return []
    known = {one.key: one for one in queries.matters()}
    waiting = {(one.matter.key, one.period) for one in due.due_things(calendar_jp.today())}
    found = []
    for row in rows:
        reminder = row.reminder
        key = (reminder.thing.kind, reminder.thing.code)
        found.append(
            Told(
                id=row.pk,
                matter=known.get(key),
                kind=reminder.thing.kind,
                period=reminder.period,
                due=reminder.due,
                stage=reminder.stage,
                made_at=reminder.made_at,
                open=(key, reminder.period) in waiting,
                read=row.read_at is not None,
            )
        )
    return found
