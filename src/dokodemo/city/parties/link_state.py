"""How far one's own sign-in has come to being a resident (結び付けの状態), as its holder is told.

Never tells anybody else, and nothing of the register: only what the holder did and what a clerk answered.
"""

from __future__ import annotations

from dataclasses import dataclass

from dokodemo.city.parties.definitions import LinkState
from dokodemo.city.parties.models import SignInLink
from dokodemo.kernel.access import Actor, NotFound


@dataclass(frozen=True)
class OwnLink:
    """The state of the last request, and the clerk's words to a refused one ("" when there are none)."""

    state: LinkState
    reason: str = ""


def own_link(actor: Actor) -> OwnLink:
    """Where the actor's own sign-in stands; one that has asked nothing yet waits. Raises NotFound for staff."""
    if actor.kind != "resident" or actor.account_id is None:
        raise NotFound("sign-in")
    if actor.resident_id is not None:
        return OwnLink(LinkState.LINKED)
    last = SignInLink.objects.filter(account_id=actor.account_id).order_by("-asked_at").first()
    if last is None:
        return OwnLink(LinkState.AWAITING_CLERK)
    state = LinkState(last.state)
    return OwnLink(state, (last.reason or "") if state is LinkState.REFUSED else "")
