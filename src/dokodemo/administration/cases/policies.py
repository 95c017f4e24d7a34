"""Who may see and do what with a case (権限).

Owns the rules of access to cases. Never reads a case by itself: it is asked about one that was read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from dokodemo.administration.cases.models import Case
from dokodemo.city.parties import port
from dokodemo.kernel.access import Actor, Role

REVIEWERS = (Role.CASEWORKER, Role.HEAD_OF_SECTION)


def reviews(actor: Actor, case: Case) -> bool:
    """Whether the actor works on cases of this section (担当課の職員)."""
    return actor.kind == "staff" and any(actor.has(role, case.section) for role in REVIEWERS)


def approves(actor: Actor, case: Case) -> bool:
    """Whether the actor may make a decision of this section effective (決裁権者)."""
    return actor.kind == "staff" and actor.has(Role.HEAD_OF_SECTION, case.section)


type Standing = Collection[tuple[str, UUID | None, UUID | None]]


def standing_capacities(actor: Actor, used: Iterable[tuple[str, UUID | None]]) -> Standing:
    """The capacities in which the actor may act now, for many cases or drafts at once.

    `used` are kind and principal of what is asked about: the register is asked only when somebody else is among them.
    """
    standing: set[tuple[str, UUID | None, UUID | None]] = {("unconfirmed", None, None)}
    if actor.resident_id is not None:
        standing.add(("self", actor.resident_id, None))
    if any(kind not in {"self", "unconfirmed"} for kind, _ in used):
        options = (option.capacity for option in port.capacities(actor))
        standing |= {(one.kind, one.principal_id, one.mandate_id) for one in options}
    return standing


def is_party(actor: Actor, case: Case, *, standing: Standing | None = None) -> bool:
    """Whether the case is the actor's own: filed by them with a standing capacity, or about them.

    A representative sees it only while the mandate stands; the person represented always does. `standing` spares the
    register when many cases are asked about.
    """
    if actor.kind != "resident" or actor.account_id is None:
        return False
    if actor.resident_id is not None and actor.resident_id in {case.applicant_id, case.subject_id}:
        return True
    if case.owner_id != actor.account_id:
        return False
    if standing is not None:
        return (case.capacity, case.subject_id, case.mandate_id) in standing
    return port.capacity_stands(
        actor=actor, kind=case.capacity, principal_id=case.subject_id, mandate_id=case.mandate_id
    )


def acts_for(actor: Actor, case: Case) -> bool:
    """Whether the actor, a party, filed the case or is the person in whose name it was filed."""
    return case.owner_id == actor.account_id or (
        actor.resident_id is not None and actor.resident_id == case.applicant_id
    )


def acts_as_party(actor: Actor, case: Case) -> bool:
    """Whether the actor may write, correct or withdraw: whoever filed, or the person in whose name it was filed."""
    return is_party(actor, case) and acts_for(actor, case)


def may_view(actor: Actor, case: Case) -> bool:
    """Whether the case exists for this actor at all."""
    return reviews(actor, case) or is_party(actor, case)
