"""In which capacity an account may act today, and for whom (本人・法定代理人・任意代理人).

Owns the answer for residents and their representatives; asks the register anew each time, so that a mandate that
ended, a child who came of age or a protection that began counts at once. Never releases a fact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, UUIDField

from dokodemo.city.parties.definitions import EVERY_PROCEDURE, CapacityKind, LinkState, MandateState, Status
from dokodemo.city.parties.logic import full_name_text, is_in_scope, value_of, wards_of
from dokodemo.city.parties.models import Mandate, Resident, SignInLink
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor
from dokodemo.kernel.prepared import Prepared


@dataclass(frozen=True)
class Capacity:
    """As what somebody acts: for themselves, or for `principal_id`; `mandate_id` when a stored mandate says so."""

    kind: CapacityKind
    principal_id: UUID | None = None
    mandate_id: UUID | None = None


@dataclass(frozen=True)
class PersonOption:
    """Somebody for whom an account may file: the capacity, the name to choose by, the slugs it covers, the last day."""

    capacity: Capacity
    name: str
    scope: tuple[str, ...] = (EVERY_PROCEDURE,)
    until: date | None = None

    def covers(self, slug: str) -> bool:
        """Whether a procedure is within the scope."""
        return is_in_scope(self.scope, slug)


UNCONFIRMED = Capacity("unconfirmed")
_LIVING = [status.value for status in Status if status is not Status.DEAD]
_LINKED = SignInLink.objects.filter(state=LinkState.LINKED.value, resident__status__in=_LIVING)
_ALIVE = Prepared(lambda pk: Resident.objects.filter(pk=pk).exclude(status=Status.DEAD.value), pk=UUID)
_MEMBERS = Prepared(
    lambda household: Resident.objects.filter(household_id=household, status=Status.RESIDENT.value).order_by(
        "-is_head", "number"
    ),
    household=UUID,
)
_PROTECTED = Prepared(
    lambda household: (
        Resident.objects.filter(household_id=household, protected=True)
        .exclude(status=Status.DEAD.value)
        .only("household_id")[:1]
    ),
    household=UUID,
)


def resident_of(account_id: UUID) -> UUID | None:
    """The living resident an account is linked to, or None."""
    return _LINKED.filter(account_id=account_id).values_list("resident_id", flat=True).first()


def resident_beside_account() -> Subquery:
    """The same as a column of a query of accounts: asked on every request, together with the account."""
    mine = _LINKED.filter(account_id=OuterRef("pk")).values("resident_id")[:1]
    return Subquery(mine, output_field=UUIDField())


def capacities(actor: Actor) -> list[PersonOption]:
    """Everybody an account may file for today: itself, its children by the register, confirmed mandates.

    A sign-in that is not linked yet may file for itself, unconfirmed and without anything prefilled.
    """
    if actor.kind != "resident":
        return []
    own = _living(actor.resident_id)
    if own is None:
        return [PersonOption(UNCONFIRMED, "")]
    today = calendar_jp.today()
    me = PersonOption(Capacity("self", own.pk), name_of(own))
    wards = [
        PersonOption(Capacity("legal_guardian", ward.pk), name_of(ward)) for ward in wards_today(own, today)
    ]
    mandates = [
        PersonOption(
            Capacity(_kind(mandate), mandate.principal_id, mandate.pk),
            name_of(mandate.principal),
            tuple(mandate.scope),
            mandate.ends_on,
        )
        for mandate in _standing(actor, today)
        if mandate.principal is not None
    ]
    return [me, *wards, *mandates]


def may_act(*, actor: Actor, capacity: Capacity, slug: str | None = None) -> bool:
    """Whether an account may act in a capacity today, for a procedure when `slug` is given."""
    if actor.kind != "resident":
        return False
    if capacity.kind == "unconfirmed":
        return capacity == UNCONFIRMED and actor.resident_id is None
    if capacity.kind == "self":
        return actor.resident_id is not None and capacity == Capacity("self", actor.resident_id)
    own = _living(actor.resident_id)
    if own is None:
        return False
    today = calendar_jp.today()
    if capacity.kind == "legal_guardian" and capacity.mandate_id is None:
        return any(ward.pk == capacity.principal_id for ward in wards_today(own, today))
    return any(
        (_kind(m), m.principal_id, m.pk) == (capacity.kind, capacity.principal_id, capacity.mandate_id)
        and (slug is None or is_in_scope(m.scope, slug))
        for m in _standing(actor, today, capacity.mandate_id)
    )


def capacity_stands(*, actor: Actor, kind: str, principal_id: UUID | None, mandate_id: UUID | None) -> bool:
    """Whether a capacity in which something was filed still stands, so that the filer may go on seeing it.

    What was filed unconfirmed stays visible to the account that filed it.
    """
    if kind == "unconfirmed":
        return actor.kind == "resident" and principal_id is None
    known: dict[str, CapacityKind] = {
        "self": "self",
        "legal_guardian": "legal_guardian",
        "mandate": "mandate",
        "care_manager": "care_manager",
    }
    found = known.get(kind)
    return found is not None and may_act(actor=actor, capacity=Capacity(found, principal_id, mandate_id))


def members_of(household_id: UUID) -> list[Resident]:
    """The living members of a household, the head first; records decrypt only when touched."""
    return _MEMBERS.all(household=household_id)


def sheltered_among(household_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Which of the households have a protected person (秘匿)."""
    return frozenset(one for one in set(household_ids) if _PROTECTED.all(household=one))


def wards_today(adult: Resident, on: date) -> list[Resident]:
    """The children an adult is legal guardian of by the register on a day."""
    sheltered = sheltered_among([adult.household_id])
    if sheltered:
        return []
    return wards_of(adult, members_of(adult.household_id), on=on, sheltered=sheltered)


def name_of(resident: Resident | None) -> str:
    """A resident's name with one space, empty for None."""
    return full_name_text(value_of(resident.facts, "full_name")) if resident else ""


def _living(resident_id: UUID | None) -> Resident | None:
    if resident_id is None:
        return None
    return _ALIVE.first(pk=resident_id)


def _kind(mandate: Mandate) -> Literal["legal_guardian", "mandate", "care_manager"]:
    kinds: dict[str, Literal["legal_guardian", "mandate", "care_manager"]] = {
        "legal_guardian": "legal_guardian",
        "mandate": "mandate",
        "care_manager": "care_manager",
    }
    return kinds[mandate.kind]


def in_force(on: date) -> QuerySet[Mandate]:
    """Confirmed mandates whose days include `on` and whose principal lives."""
    return (
        Mandate.objects.filter(state=MandateState.CONFIRMED.value, starts_on__lte=on)
        .filter(Q(ends_on=None) | Q(ends_on__gte=on))
        .exclude(principal__status=Status.DEAD.value)
    )


_AS_AGENT = Prepared(
    lambda agent: Mandate.objects.filter(agent_id=agent, state=MandateState.CONFIRMED.value).only("pk")[:1],
    agent=UUID,
)


def _standing(actor: Actor, on: date, mandate_id: UUID | None = None) -> list[Mandate]:
    """Mandates an account may use: one over a person of a sheltered household rests until the protection ends."""
    if actor.account_id is None or not _AS_AGENT.all(agent=actor.account_id):
        return []
    rows = in_force(on).filter(agent_id=actor.account_id).select_related("principal").order_by("requested_at")
    if mandate_id is not None:
        rows = rows.filter(pk=mandate_id)
    found = [mandate for mandate in rows if mandate.principal is not None]
    sheltered = sheltered_among(m.principal.household_id for m in found if m.principal)
    return [m for m in found if m.principal and m.principal.household_id not in sheltered]
