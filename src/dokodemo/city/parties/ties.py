"""The sign-in and the mandates a resident has (結び付いたログイン・有効な代理), for the clerk who undoes one.

Owns what a clerk is told before undoing. Never undoes (`actions`); who is not authorised for a protected person is told
nothing of that person's.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from dokodemo.city.parties import events as verbs
from dokodemo.city.parties.capacities import name_of
from dokodemo.city.parties.definitions import LinkState, MandateKind, MandateState
from dokodemo.city.parties.models import Mandate, Resident, SignInLink
from dokodemo.city.parties.policies import may_see_protected, require_register_keeper
from dokodemo.city.parties.sight import record_look
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound

SHOWN = 50


@dataclass(frozen=True)
class LinkedSignIn:
    """A sign-in that is a resident, and since when (UTC)."""

    id: UUID
    account_id: UUID
    resident_id: UUID
    name: str
    number: str
    since: datetime | None


@dataclass(frozen=True)
class StandingMandate:
    """A confirmed mandate whose days are not over; names are empty where the register has none to tell."""

    id: UUID
    kind: MandateKind
    principal_id: UUID
    principal: str
    agent: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Ties:
    """What hangs on one resident: the sign-in, mandates over the person, and those the person's sign-in holds."""

    sign_in: LinkedSignIn | None
    given: tuple[StandingMandate, ...]
    held: tuple[StandingMandate, ...]


def ties_of(actor: Actor, resident_id: UUID) -> Ties:
    """What a clerk may undo for a person; at most 50 mandates each way. Raises NotFound for who keeps no register."""
    require_register_keeper(actor)
    resident = Resident.objects.filter(pk=resident_id).first()
    if resident is None:
        raise NotFound("resident")
    if not _may(actor, resident):
        return Ties(None, (), ())
    link = _linked().filter(resident_id=resident_id).first()
    given = list(_standing().filter(principal_id=resident_id)[:SHOWN])
    held = list(_standing().filter(agent_id=link.account_id)[:SHOWN]) if link else []
    allowed = [mandate for mandate in held if _may(actor, mandate.principal)]
    return Ties(_sign_in(link) if link else None, _views(given), _views(allowed))


def linked_sign_in(actor: Actor, link_id: UUID) -> LinkedSignIn:
    """One link a clerk may undo; the look is recorded. Raises NotFound for others and when it is linked no longer."""
    require_register_keeper(actor)
    link = _linked().filter(pk=link_id).first()
    if link is None or link.resident is None or not _may(actor, link.resident):
        raise NotFound("sign-in")
    record_look(
        actor, verbs.RESIDENT_VIEWED, link.resident.pk, "identity-check", len(("full_name", "number"))
    )
    return _sign_in(link)


def standing_mandate(actor: Actor, mandate_id: UUID) -> StandingMandate:
    """One mandate a clerk may revoke; the look is recorded. Raises NotFound for others and when it has ended."""
    require_register_keeper(actor)
    mandate = _standing().filter(pk=mandate_id).first()
    if mandate is None or mandate.principal is None or not _may(actor, mandate.principal):
        raise NotFound("mandate")
    record_look(actor, verbs.RESIDENT_VIEWED, mandate.principal.pk, "mandate-check", len(("full_name",)))
    return _views([mandate])[0]


def _may(actor: Actor, resident: Resident | None) -> bool:
    return resident is not None and (
        not resident.protected or may_see_protected(actor, resident.protected_section)
    )


def _linked() -> QuerySet[SignInLink]:
    return SignInLink.objects.filter(state=LinkState.LINKED.value).select_related("resident")


def _standing() -> QuerySet[Mandate]:
    days = Q(ends_on=None) | Q(ends_on__gte=calendar_jp.today())
    rows = Mandate.objects.filter(days, state=MandateState.CONFIRMED.value, principal__isnull=False)
    return rows.select_related("principal").order_by("requested_at")


def _sign_in(link: SignInLink) -> LinkedSignIn:
    resident = link.resident
    if resident is None:
        raise NotFound("sign-in")
    return LinkedSignIn(
        id=link.pk,
        account_id=link.account_id,
        resident_id=resident.pk,
        name=name_of(resident),
        number=resident.number,
        since=link.decided_at,
    )


def _views(mandates: list[Mandate]) -> tuple[StandingMandate, ...]:
    links = _linked().filter(account_id__in=[mandate.agent_id for mandate in mandates])
    agents = {link.account_id: name_of(link.resident) for link in links}
    return tuple(
        StandingMandate(
            id=mandate.pk,
            kind=MandateKind(mandate.kind),
            principal_id=mandate.principal.pk,
            principal=name_of(mandate.principal),
            agent=agents.get(mandate.agent_id, ""),
            starts_on=mandate.starts_on,
            ends_on=mandate.ends_on,
        )
        for mandate in mandates
        if mandate.principal is not None
    )
