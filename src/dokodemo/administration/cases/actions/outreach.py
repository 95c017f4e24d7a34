"""From an offer to an application (案内から申請へ): sending past those who have asked, and opening a filled draft."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from dokodemo.administration.cases import outreach
from dokodemo.administration.cases.actions.drafts import start_draft
from dokodemo.administration.cases.models import Draft
from dokodemo.administration.eligibility import actions as eligibility
from dokodemo.administration.eligibility import queries as results
from dokodemo.city.parties import port
from dokodemo.kernel.access import Actor


def send_offers(*, actor: Actor, judged_id: UUID, resident_ids: Collection[UUID]) -> eligibility.Sending:
    """Tell the chosen residents of a benefit, past those who receive it or have asked. Raises NotFound, ValueError."""
    judged = results.latest_judged(actor, judged_id)
    return eligibility.send_offers(
        actor=actor,
        judged_id=judged_id,
        resident_ids=resident_ids,
        applied=outreach.applied(judged.procedure),
    )


@transaction.atomic
def open_offer(*, actor: Actor, offer_id: UUID) -> Draft:
    """Open an offer: an application already filled with what the city may release, or the one that was begun.

    Raises NotFound for anybody but the person addressed, NotOffered when the offer is over, Forbidden when the
    procedure cannot be filed any more.
    """
    offer = eligibility.open_offer(actor=actor, offer_id=offer_id)
    return start_draft(actor=actor, slug=offer.procedure, capacity=port.Capacity("self", offer.resident_id))
