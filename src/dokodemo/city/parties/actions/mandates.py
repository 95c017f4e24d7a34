"""Mandates (任意代理・法定代理・ケアマネジャー): asked for by the agent, confirmed by a clerk, ended by either side.

Owns their states. A guardianship that the register itself shows is never stored here (`logic.wards_of`).
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from dokodemo.city.parties import events as verbs
from dokodemo.city.parties.definitions import EVERY_PROCEDURE, MandateKind, MandateState, Status
from dokodemo.city.parties.models import Mandate, Resident
from dokodemo.city.parties.policies import keeps_register, may_see_protected, require_register_keeper
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, NotFound

OPEN_REQUESTS_LIMIT = 10


class MandateRefused(Exception):
    """A mandate cannot be asked for or confirmed like this; `code` is a text key "parties.mandate.…"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def request_mandate(
    *,
    actor: Actor,
    kind: MandateKind,
    principal_name: str,
    principal_date_of_birth: date,
    scope: Sequence[str] = (EVERY_PROCEDURE,),
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> UUID:
    """Ask to act for somebody; the answer never tells whether such a person is registered.

    Only linked residents may ask (NotFound otherwise). Raises MandateRefused for days the wrong way round, an empty
    name or scope, a birth in the future, or too many open requests.
    """
    if actor.kind != "resident" or actor.account_id is None or actor.resident_id is None:
        raise NotFound("resident")
    today = calendar_jp.today()
    start = starts_on or today
    if ends_on is not None and ends_on < start:
        raise MandateRefused("parties.mandate.days")
    if not principal_name.strip() or principal_date_of_birth > today:
        raise MandateRefused("parties.mandate.person")
    if not scope:
        raise MandateRefused("parties.mandate.scope")
    with transaction.atomic():
        waiting = Mandate.objects.filter(
            agent_id=actor.account_id, state=MandateState.REQUESTED.value
        ).count()
        if waiting >= OPEN_REQUESTS_LIMIT:
            raise MandateRefused("parties.mandate.too_many")
        mandate = Mandate.objects.create(
            agent_id=actor.account_id,
            kind=kind.value,
            scope=sorted(set(scope)),
            starts_on=start,
            ends_on=ends_on,
            state=MandateState.REQUESTED.value,
            claims={"name": principal_name.strip(), "date_of_birth": principal_date_of_birth.isoformat()},
            requested_at=calendar_jp.now(),
        )
        events.record(
            verbs.MANDATE_REQUESTED,
            actor=actor,
            object=("mandate", mandate.pk),
            refs={"kind": kind.value, "account": str(actor.account_id)},
        )
    return mandate.pk


def _locked(mandate_id: UUID, *states: MandateState) -> Mandate:
    mandate = Mandate.objects.select_for_update(of=("self",)).filter(pk=mandate_id).first()
    if mandate is None or mandate.state not in states:
        raise NotFound("mandate")
    return mandate


def confirm_mandate(*, actor: Actor, mandate_id: UUID, principal_id: UUID) -> None:
    """A clerk who has seen the paper (委任状, 登記事項証明書) says whom the agent may act for.

    Raises NotFound (no open request, no such person, protected outside the authorised section) and MandateRefused
    (the person does not live, or is the agent).
    """
    require_register_keeper(actor)
    with transaction.atomic():
        mandate = _locked(mandate_id, MandateState.REQUESTED)
        principal = Resident.objects.select_for_update(of=("self",)).filter(pk=principal_id).first()
        if principal is None or (
            principal.protected and not may_see_protected(actor, principal.protected_section)
        ):
            raise NotFound("resident")
        if principal.status == Status.DEAD:
            raise MandateRefused("parties.mandate.person")
        if principal.sign_ins.filter(account_id=mandate.agent_id, state="linked").exists():
            raise MandateRefused("parties.mandate.oneself")
        mandate.principal, mandate.state = principal, MandateState.CONFIRMED
        mandate.decided_at = calendar_jp.now()
        mandate.save(update_fields=["principal", "state", "decided_at"])
        events.record(
            verbs.MANDATE_CONFIRMED,
            actor=actor,
            object=("mandate", mandate_id),
            refs={"kind": mandate.kind, "account": str(mandate.agent_id), "resident": str(principal_id)},
        )


def refuse_mandate(*, actor: Actor, mandate_id: UUID, reason: str) -> None:
    """A clerk does not accept a request; the reason is kept encrypted. Raises NotFound, ValueError (no reason)."""
    require_register_keeper(actor)
    if not reason.strip():
        raise ValueError("A refusal needs a reason.")
    with transaction.atomic():
        mandate = _locked(mandate_id, MandateState.REQUESTED)
        mandate.state, mandate.reason = MandateState.REFUSED, reason.strip()
        mandate.decided_at = calendar_jp.now()
        mandate.save(update_fields=["state", "reason", "decided_at"])
        events.record(
            verbs.MANDATE_REFUSED,
            actor=actor,
            object=("mandate", mandate_id),
            refs={"account": str(mandate.agent_id)},
        )


def revoke_mandate(*, actor: Actor, mandate_id: UUID, reason: str = "") -> None:
    """End a mandate at once: by the principal, the agent, or a clerk, who says why; the reason is kept encrypted.

    Raises NotFound for everybody else (for a clerk also when the principal is protected outside the authorised
    section), ValueError for a clerk's missing reason.
    """
    with transaction.atomic():
        mandate = _locked(mandate_id, MandateState.REQUESTED, MandateState.CONFIRMED)
        is_principal = actor.resident_id is not None and actor.resident_id == mandate.principal_id
        is_agent = actor.account_id is not None and actor.account_id == mandate.agent_id
        if not (is_principal or is_agent):
            _require_clerk(actor, mandate, reason)
        mandate.state, mandate.decided_at = MandateState.REVOKED, calendar_jp.now()
        mandate.reason = reason.strip() or None
        mandate.save(update_fields=["state", "reason", "decided_at"])
        events.record(
            verbs.MANDATE_REVOKED,
            actor=actor,
            object=("mandate", mandate_id),
            refs={
                "account": str(mandate.agent_id),
                "resident": str(mandate.principal_id) if mandate.principal_id else None,
            },
        )


def _require_clerk(actor: Actor, mandate: Mandate, reason: str) -> None:
    """Raises NotFound for who is no clerk of the register with a right to this principal, ValueError without a reason."""
    if not keeps_register(actor):
        raise NotFound("mandate")
    over = mandate.principal
    if over is not None and over.protected and not may_see_protected(actor, over.protected_section):
        raise NotFound("mandate")
    if not reason.strip():
        raise ValueError("A clerk who ends a mandate says why.")
