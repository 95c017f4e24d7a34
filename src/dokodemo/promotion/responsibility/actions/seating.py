"""Giving seats of the promotion (推進体制の任命), and ending them.

Owns these two writes. Never deletes, and gives no right: posts do that.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.logic import periods_overlap
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.refusals import Refused
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.responsibility import events as verbs
from dokodemo.promotion.responsibility import policies, seats
from dokodemo.promotion.responsibility.actions.assigning import FIRST_DAY, LAST_DAY
from dokodemo.promotion.responsibility.logic import OF_A_GROUP, OF_A_SECTION, SEATS, SINGLE, covers
from dokodemo.promotion.responsibility.models import Seat, Seating


@transaction.atomic
def seat(
    *,
    actor: Actor,
    kind: str,
    scope: str = "",
    account_id: UUID | None,
    starts_on: date | None,
    ends_on: date | None = None,
) -> Seating:
    """Give somebody a seat from a day to a day or further notice; returns the seating.

    Raises Forbidden and Refused with a text key for `seat`, `section`, `group`, `person`, `starts` or `ends`.
    """
    if not policies.may_seat(actor):
        raise Forbidden("Seats are given by who coordinates the plan, and by the CIO.")
    if kind not in SEATS:
        raise Refused({"seat": "responsibility.fault.seat"})
    scope = scope if kind in OF_A_SECTION | OF_A_GROUP else ""
    faults = _bounds(kind, scope, starts_on, ends_on)
    if account_id is None:
        faults["person"] = "responsibility.fault.person"
    elif starts_on is not None and not faults:
        grants = organisation.staff_grants(account_id=account_id, on=starts_on)
        if not seats.rests_on(kind, scope, grants):
            faults["person"] = "responsibility.fault.no_cio" if kind == "cio" else _nowhere(kind)
    if faults or account_id is None or starts_on is None:
        raise Refused(faults)
    plan = plans.plan().code
    Seat.objects.get_or_create(plan=plan, kind=kind, scope=scope)
    place = Seat.objects.select_for_update().get(plan=plan, kind=kind, scope=scope)
    _refuse_overlap(kind, account_id, (starts_on, ends_on), place.held.all())
    made = Seating.objects.create(
        seat=place,
        account=account_id,
        starts_on=starts_on,
        ends_on=ends_on,
        made_at=calendar_jp.now(),
        made_by=actor.account_id,
    )
    events.record(
        verbs.SEATED,
        actor=actor,
        object=("seating", made.pk),
        refs={"seat": kind, "scope": scope or None, "account": str(account_id), "since": str(starts_on)},
    )
    return made


def _nowhere(kind: str) -> str:
    return f"responsibility.fault.{'not_appointed' if kind in OF_A_SECTION else 'no_post'}"


def _bounds(kind: str, scope: str, starts_on: date | None, ends_on: date | None) -> dict[str, str]:
    faults = {}
    if starts_on is None or not FIRST_DAY <= starts_on <= LAST_DAY:
        faults["starts"] = "responsibility.fault.day"
    elif ends_on is not None and ends_on < starts_on:
        faults["ends"] = "responsibility.fault.until"
    day = starts_on if "starts" not in faults and starts_on is not None else calendar_jp.today()
    if kind in OF_A_SECTION and scope not in {one.code for one in organisation.sections(day)}:
        faults["section"] = "responsibility.fault.section"
    if kind in OF_A_GROUP:
        group = seats.promotion().group(scope)
        if group is None:
            faults["group"] = "responsibility.fault.group"
        elif "starts" not in faults and not covers((group.since, group.until), day):
            faults["starts"] = "responsibility.fault.group_days"
    return faults


def _refuse_overlap(
    kind: str, account_id: UUID, period: tuple[date, date | None], held: Iterable[Seating]
) -> None:
    for one in held:
        if periods_overlap(period, (one.starts_on, one.ends_on)):
            if one.account == account_id:
                raise Refused({"person": "responsibility.fault.seated"})
            if kind in SINGLE:
                raise Refused({"starts": "responsibility.fault.taken"})


@transaction.atomic
def unseat(*, actor: Actor, seating_id: UUID, last_day: date | None) -> Seating:
    """End a seating with a day. Raises Forbidden, NotFound, and Refused (`ends`)."""
    if not policies.may_seat(actor):
        raise Forbidden("Seats are given by who coordinates the plan, and by the CIO.")
    row = Seating.objects.select_for_update().filter(pk=seating_id, seat__plan=plans.plan().code).first()
    if row is None:
        raise NotFound
    if last_day is None or not FIRST_DAY <= last_day <= LAST_DAY:
        raise Refused({"ends": "responsibility.fault.day"})
    if last_day < row.starts_on:
        raise Refused({"ends": "responsibility.fault.until"})
    if row.ends_on is not None and last_day > row.ends_on:
        raise Refused({"ends": "responsibility.fault.ended"})
    row.ends_on = last_day
    row.save(update_fields=["ends_on"])
    events.record(verbs.UNSEATED, actor=actor, object=("seating", row.pk), refs={"on": str(last_day)})
    return row
