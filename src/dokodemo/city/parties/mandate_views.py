"""Reads of mandates (代理の一覧): for the agent, for the principal, and for the clerk who confirms.

Never tells an agent more about the principal than the agent wrote, until a clerk has confirmed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.db.models import Q

from dokodemo.city.parties.capacities import name_of, sheltered_among
from dokodemo.city.parties.definitions import LinkState, MandateKind, MandateState
from dokodemo.city.parties.models import Mandate, SignInLink
from dokodemo.city.parties.naming import NamedPerson, people_of, record_naming
from dokodemo.city.parties.policies import require_register_keeper
from dokodemo.kernel.access import Actor, NotFound


@dataclass(frozen=True)
class MandateView:
    """A mandate as one side sees it: `side` is the viewer's, `other` the name of the other party.

    A clerk is told who asks: `agent`, None when the account that asked is nobody the register knows now.
    """

    id: UUID
    side: Literal["agent", "principal", "clerk"]
    kind: MandateKind
    state: MandateState
    scope: tuple[str, ...]
    starts_on: date
    ends_on: date | None
    requested_at: datetime
    other: str
    claimed_date_of_birth: date | None = None
    agent: NamedPerson | None = None


def my_mandates(actor: Actor) -> list[MandateView]:
    """The mandates an account has asked for and those given over its resident, newest first."""
    if actor.kind != "resident" or actor.account_id is None:
        return []
    mine = Q(agent_id=actor.account_id)
    if actor.resident_id is not None:
        mine |= Q(principal_id=actor.resident_id)
    rows = list(Mandate.objects.filter(mine).select_related("principal").order_by("-requested_at"))
    names = _agent_names([m.agent_id for m in rows if m.agent_id != actor.account_id])
    sheltered = sheltered_among(m.principal.household_id for m in rows if m.principal)
    views = []
    for mandate in rows:
        if mandate.agent_id != actor.account_id:
            views.append(_view(mandate, "principal", names.get(mandate.agent_id, "")))
            continue
        hidden = mandate.principal is None or mandate.principal.household_id in sheltered
        views.append(
            _view(mandate, "agent", mandate.claims["name"] if hidden else name_of(mandate.principal))
        )
    return views


def mandates_to_confirm(actor: Actor, *, offset: int = 0, limit: int = 50) -> list[MandateView]:
    """Requests that wait for a clerk, oldest first, with who asks and what they wrote about the principal.

    Raises NotFound for others.
    """
    require_register_keeper(actor)
    waiting = Mandate.objects.filter(state=MandateState.REQUESTED.value).order_by("requested_at")
    rows = list(waiting[offset : offset + limit])
    agents = people_of(actor, {mandate.agent_id for mandate in rows})
    return [
        _view(mandate, "clerk", mandate.claims["name"], claimed=True, agent=agents.get(mandate.agent_id))
        for mandate in rows
    ]


def mandate_to_confirm(actor: Actor, mandate_id: UUID) -> MandateView:
    """One request that waits for a clerk; that the agent was looked at is recorded.

    Raises NotFound for others, and for one that no longer waits.
    """
    require_register_keeper(actor)
    mandate = Mandate.objects.filter(pk=mandate_id, state=MandateState.REQUESTED.value).first()
    if mandate is None:
        raise NotFound("mandate")
    agent = people_of(actor, [mandate.agent_id]).get(mandate.agent_id)
    if agent is not None:
        record_naming(actor, agent, purpose="mandate-check")
    return _view(mandate, "clerk", mandate.claims["name"], claimed=True, agent=agent)


def _agent_names(account_ids: list[UUID]) -> dict[UUID, str]:
    links = SignInLink.objects.filter(account_id__in=account_ids, state=LinkState.LINKED.value)
    return {link.account_id: name_of(link.resident) for link in links.select_related("resident")}


def _view(
    mandate: Mandate,
    side: Literal["agent", "principal", "clerk"],
    other: str,
    *,
    claimed: bool = False,
    agent: NamedPerson | None = None,
) -> MandateView:
    return MandateView(
        id=mandate.pk,
        side=side,
        kind=MandateKind(mandate.kind),
        state=MandateState(mandate.state),
        scope=tuple(mandate.scope),
        starts_on=mandate.starts_on,
        ends_on=mandate.ends_on,
        requested_at=mandate.requested_at,
        other=other,
        claimed_date_of_birth=date.fromisoformat(mandate.claims["date_of_birth"]) if claimed else None,
        agent=agent,
    )
