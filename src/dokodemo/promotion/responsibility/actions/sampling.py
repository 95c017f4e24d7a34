"""Who sits where and answers for what in a demonstration (見本の推進体制).

Owns what is made of the pack's samples. A real city names its people in the office.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.queries import HolderView
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden
from dokodemo.promotion.responsibility import queries, seats
from dokodemo.promotion.responsibility.actions.assigning import assign
from dokodemo.promotion.responsibility.actions.seating import seat
from dokodemo.promotion.responsibility.definitions import Holder
from dokodemo.promotion.responsibility.models import Responsible, Seating


@transaction.atomic
def load_sample(*, actor: Actor) -> int:
    """Give the pack's sample seats and name its sample owners, once; how many. Raises Forbidden outside a demonstration."""
    if not settings.DOKODEMO_DEMO:
        raise Forbidden("Samples exist only where DOKODEMO_DEMO is on.")
    if Seating.objects.exists() or Responsible.objects.exists():
        return 0
    file, made, today = seats.promotion(), 0, calendar_jp.today()
    for one in file.sample_seats:
        held = _holder(one.held_by)
        if held is not None:
            scope = one.scope or ""
            seat(actor=actor, kind=one.seat, scope=scope, account_id=held.account_id, starts_on=today)
            made += 1
    for holder in file.sample_owners:
        held = _holder(holder)
        for matter in queries.matters() if held is not None else []:
            if held is not None and matter.section == holder.section:
                assign(
                    actor=actor,
                    kind=matter.kind,
                    code=matter.code,
                    account_id=held.account_id,
                    since=today,
                )
                made += 1
    return made


def _holder(wanted: Holder) -> HolderView | None:
    found = organisation.holders(wanted.section, role=wanted.role)
    return found[0] if found else None
