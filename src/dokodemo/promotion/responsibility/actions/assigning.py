"""Naming who answers for a thing (責任者の指定), and taking it from them.

Owns these two writes. Never deletes: the one before ends the day before.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden
from dokodemo.kernel.refusals import Refused
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.responsibility import events as verbs
from dokodemo.promotion.responsibility import policies, queries
from dokodemo.promotion.responsibility.models import Responsible, Thing
from dokodemo.promotion.responsibility.queries import Matter

FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2099, 12, 31)


@transaction.atomic
def assign(
    *,
    actor: Actor,
    kind: str,
    code: str,
    account_id: UUID | None,
    since: date | None,
    until: date | None = None,
) -> Responsible:
    """Name who answers for a thing from a day on, until a day or further notice; who did before ends the day before.

    Raises NotFound, Forbidden, and Refused with a text key for `person`, `since` or `until`.
    """
    matter = _named(actor, kind, code)
    faults = {}
    if since is None or not FIRST_DAY <= since <= LAST_DAY:
        faults["since"] = "responsibility.fault.day"
    elif until is not None and until < since:
        faults["until"] = "responsibility.fault.until"
    if account_id is None:
        faults["person"] = "responsibility.fault.person"
    elif (
        since is not None
        and "since" not in faults
        and account_id not in queries.appointed(since).get(matter.section, set())
    ):
        faults["person"] = "responsibility.fault.not_appointed"
    if faults or account_id is None or since is None:
        raise Refused(faults)
    thing = locked(matter)
    _make_room(thing, account_id, since, until)
    made = started(thing, matter, account_id, since, until, actor)
    events.record(
        verbs.ASSIGNED,
        actor=actor,
        object=(kind, code),
        refs={"account": str(account_id), "section": matter.section, "since": str(since)},
    )
    return made


def _make_room(thing: Thing, account_id: UUID, since: date, until: date | None) -> None:
    """End who answers before; refuse a day on which somebody already begins or will."""
    for row in thing.people.select_for_update():
        if row.since >= since:
            if until is None or row.since <= until:
                raise Refused({"since": "responsibility.fault.taken_later"})
        elif row.until is None or row.until >= since:
            if row.account == account_id and row.until is None:
                raise Refused({"person": "responsibility.fault.same"})
            end(row, since - timedelta(days=1))


@transaction.atomic
def release(*, actor: Actor, kind: str, code: str, last_day: date | None) -> None:
    """Say that who answers for a thing stops with a day, and nobody follows. Raises NotFound, Forbidden, Refused (`until`)."""
    matter = _named(actor, kind, code)
    if last_day is None or not FIRST_DAY <= last_day <= LAST_DAY:
        raise Refused({"until": "responsibility.fault.day"})
    thing = locked(matter)
    row = next(
        (
            one
            for one in thing.people.select_for_update()
            if one.since <= last_day and (one.until is None or one.until > last_day)
        ),
        None,
    )
    if row is None:
        raise Refused({"until": "responsibility.fault.nobody_then"})
    end(row, last_day)
    events.record(
        verbs.RELEASED,
        actor=actor,
        object=(kind, code),
        refs={"account": str(row.account), "on": str(last_day)},
    )


def _named(actor: Actor, kind: str, code: str) -> Matter:
    matter = queries.get_matter(actor, kind, code)
    if not policies.may_assign(actor, matter.section):
        raise Forbidden("Responsible persons are named by the head, the digital staff and the coordinators.")
    return matter


def locked(matter: Matter) -> Thing:
    """The row of a thing, which all who change its people wait for."""
    Thing.objects.get_or_create(plan=plans.plan().code, kind=matter.kind, code=matter.code)
    return Thing.objects.select_for_update().get(plan=plans.plan().code, kind=matter.kind, code=matter.code)


def end(row: Responsible, last_day: date) -> None:
    """End a row with a day."""
    row.until = last_day
    row.save(update_fields=["until"])


def started(
    thing: Thing, matter: Matter, account_id: UUID, since: date, until: date | None, actor: Actor
) -> Responsible:
    """A row that begins."""
    return Responsible.objects.create(
        thing=thing,
        section=matter.section,
        account=account_id,
        since=since,
        until=until,
        assigned_at=calendar_jp.now(),
        assigned_by=actor.account_id,
    )
