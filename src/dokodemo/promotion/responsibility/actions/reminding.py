"""Reminding of what is due (督促): before the day, on it, and to the head and the CIO after it.

Owns these writes. What was sent is seen from the rows, so that a job that was killed, ran twice or woke on another day sends
each reminder once; every thing is a transaction of its own with one event.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, NotFound, Role
from dokodemo.promotion.responsibility import due, policies, queries, seats
from dokodemo.promotion.responsibility import events as verbs
from dokodemo.promotion.responsibility.actions.assigning import locked
from dokodemo.promotion.responsibility.due import Due
from dokodemo.promotion.responsibility.logic import still_to_send
from dokodemo.promotion.responsibility.models import Notice, Reminder


def remind(*, actor: Actor, on: date | None = None) -> int:
    """Send every reminder that a day calls for and that was not sent; how many."""
    today = on or calendar_jp.today()
    things = due.due_things(today)
    owners = {one.matter.key: one.account for one in queries.standings(today)}
    digital = seats.digital_staff({one.matter.section for one in things}, today)
    posts = organisation.roster(today)
    sent = 0
    for one in things:
        people = _recipients(one, owners, digital, posts)
        if people and _send(actor, one, people):
            sent += 1
    return sent


def _recipients(
    one: Due,
    owners: Mapping[tuple[str, str], UUID | None],
    digital: Mapping[str, list[UUID]],
    posts: Mapping[str, list[organisation.HolderView]],
) -> list[UUID]:
    """Who is told: the responsible person, else the section's digital staff, else its head; after it the head, else the CIO.

    The CIO's own screen lists what went up whether or not there is a head.
    """
    section = one.matter.section
    heads = [post.account_id for post in posts.get(section, []) if post.role == Role.HEAD_OF_SECTION]
    if one.stage == "after":
        cios = [post.account_id for held in posts.values() for post in held if post.role == Role.CIO]
        return list(dict.fromkeys(heads or cios))
    owner = owners.get(one.matter.key)
    return [owner] if owner is not None else digital[section] or heads


@transaction.atomic
def _send(actor: Actor, one: Due, people: list[UUID]) -> bool:
    thing = locked(one.matter)
    sent = thing.reminders.filter(period=one.period).values_list("stage", flat=True)
    if not still_to_send(one.stage, list(sent)):
        return False
    made = Reminder.objects.create(
        thing=thing,
        period=one.period,
        stage=one.stage,
        section=one.matter.section,
        due=one.due,
        made_at=calendar_jp.now(),
    )
    Notice.objects.bulk_create(Notice(reminder=made, account=account) for account in people)
    events.record(
        verbs.REMINDED,
        actor=actor,
        object=(one.matter.kind, one.matter.code),
        refs={"period": one.period, "stage": one.stage, "section": one.matter.section},
        numbers={"people": len(people)},
    )
    return True


@transaction.atomic
def read_notices(*, actor: Actor, notice_id: UUID | None = None) -> int:
    """Say that one's notice was read, or all of them; how many were new. Raises NotFound for what is not one's own."""
    if not policies.may_read(actor):
        raise NotFound
    rows = Notice.objects.select_for_update().filter(account=actor.account)
    if notice_id is not None:
        rows = rows.filter(pk=notice_id)
        if not rows.exists():
            raise NotFound
    read = rows.filter(read_at=None).update(read_at=calendar_jp.now())
    if read:
        events.record(
            verbs.NOTICE_READ, actor=actor, object=("account", actor.account), numbers={"notices": read}
        )
    return read
