"""Who may see the results of runs and send offers (権限): staff of the section that answers for the benefit.

Owns the answer for staff and for the person addressed. Whether a protected person appears is `city.parties`' to say.
"""

from dokodemo.administration.eligibility.models import Judged, Offer
from dokodemo.kernel.access import Actor, Role

OFFICERS = (Role.CASEWORKER, Role.HEAD_OF_SECTION)


def my_sections(actor: Actor) -> frozenset[str]:
    """The sections in which a member of staff is caseworker or head."""
    if actor.kind != "staff":
        return frozenset()
    return frozenset[str]().union(*(actor.sections(role) for role in OFFICERS))


def answers_for(actor: Actor, judged: Judged) -> bool:
    """Whether a benefit is the actor's section's."""
    return judged.section in my_sections(actor)


def is_addressed(actor: Actor, offer: Offer) -> bool:
    """Whether an offer is the actor's own: nobody else ever sees it, not even who acts for the person."""
    return (
        actor.kind == "resident" and actor.resident_id is not None and actor.resident_id == offer.resident_id
    )
