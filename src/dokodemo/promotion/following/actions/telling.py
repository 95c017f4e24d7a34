"""From a change to letters (変化を知らせに): noting for whom it is, and putting what waits into one letter each.

Owns that every follower hears of every change once. Both steps look at rows alone and may be stopped anywhere: what is
committed is done, the rest is found again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor
from dokodemo.promotion.following import changes, logic
from dokodemo.promotion.following import events as verbs
from dokodemo.promotion.following.actions.sending import send
from dokodemo.promotion.following.changes import Change
from dokodemo.promotion.following.models import NEWS, Follower, Mail, Notice, Spread
from dokodemo.promotion.plan import queries as plans

BATCH = 500


def spread(*, actor: Actor) -> int:
    """Note every change that is new for whoever follows it; how many changes.

    A change is looked for over many weeks: on PostgreSQL one may be committed after another that happened later.
    """
    found = changes.latest(most=changes.MOST_AT_ALL, since=calendar_jp.now() - logic.LOOK_BACK)
    known = set(Spread.objects.filter(change__in=[one.id for one in found]).values_list("change", flat=True))
    new = [one for one in reversed(found) if one.id not in known]
    return sum(_spread(actor, one) for one in new)


@transaction.atomic
def _spread(actor: Actor, change: Change) -> int:
    now = calendar_jp.now()
    _, first = Spread.objects.get_or_create(change=change.id, defaults={"at": now})
    if not first:
        return 0
    # Whoever began to follow later has read it on the page.
    rows = Follower.objects.filter(plan=plans.plan().code, confirmed_at__lte=change.when)
    told = 0
    waiting: list[Notice] = []
    for pk, measures in rows.values_list("pk", "measures").iterator(chunk_size=BATCH):
        if logic.wants(measures, change.measures):
            waiting.append(Notice(follower_id=pk, change=change.id, noticed_at=now))
            told += 1
        if len(waiting) == BATCH:
            Notice.objects.bulk_create(waiting)
            waiting = []
    Notice.objects.bulk_create(waiting)
    events.record(
        verbs.SPREAD,
        actor=actor,
        object=("plan_change", change.id),
        numbers={"followers": told},
    )
    return 1


def deliver(*, actor: Actor) -> None:
    """Note what is new, write letters, hand over what is due."""
    spread(actor=actor)
    make_letters()
    send(actor=actor)


def make_letters() -> int:
    """One letter to everybody for whom something waits and whose time it is; how many. The letters say nothing yet.

    Making a letter is no act of its own: the change it tells of has its event, and so has its sending.
    """
    now = calendar_jp.now()
    made = 0
    for often in logic.OFTEN:
        before = logic.told_before(often, now)
        untold = Notice.objects.filter(mail=None, noticed_at__lt=before, follower__often=often)
        while page := list(
            untold.order_by("follower_id").values_list("follower_id", flat=True).distinct()[:BATCH]
        ):
            made += _letters(page, before)
    return made


@transaction.atomic
def _letters(followers: Sequence[UUID], before: datetime) -> int:
    now = calendar_jp.now()
    made = 0
    # Whoever has stopped since is left out, and whoever stops now waits.
    there = Follower.objects.select_for_update().filter(pk__in=followers).values_list("pk", flat=True)
    for pk in list(there):
        letter = Mail.objects.create(follower_id=pk, kind=NEWS, made_at=now, due_at=now)
        taken = Notice.objects.filter(follower_id=pk, mail=None, noticed_at__lt=before).update(mail=letter)
        if not taken:
            # Another worker was quicker: its letter has them.
            letter.delete()
        made += bool(taken)
    return made
