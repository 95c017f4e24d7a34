"""Who looked at whose data (閲覧の記録), and how every look is written down.

Owns the resident's page of looks, read from the event log. Never says more of the one who looked than their side:
oneself, a representative, or which section of the city.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from dokodemo.city.parties import events as verbs
from dokodemo.city.parties.capacities import Capacity, may_act
from dokodemo.kernel import events
from dokodemo.kernel.access import Actor, NotFound


@dataclass(frozen=True)
class Look:
    """One look: when (UTC), by which side, which section for staff, for what purpose, at how many facts."""

    at: datetime
    verb: str
    by: Literal["oneself", "representative", "staff", "system"]
    section: str | None
    purpose: str
    facts: int


def who_looked(actor: Actor, resident_id: UUID | None = None) -> list[Look]:
    """The looks at one's own data, or at that of a child one is guardian of, newest first. Raises NotFound."""
    wanted = resident_id or actor.resident_id
    if actor.kind != "resident" or wanted is None:
        raise NotFound("resident")
    if wanted != actor.resident_id and not may_act(actor=actor, capacity=Capacity("legal_guardian", wanted)):
        raise NotFound("resident")
    found = [event for event in events.of_object("resident", wanted) if event.verb in verbs.LOOKS]
    return [
        Look(
            at=event.at,
            verb=event.verb,
            by=_side(event.actor, event.refs, actor),
            section=event.refs.get("section"),
            purpose=str(event.refs.get("purpose") or ""),
            facts=int(event.numbers.get("facts", 0)),
        )
        for event in reversed(found)
    ]


def _side(
    looker: str, refs: dict[str, str | int | None], actor: Actor
) -> Literal["oneself", "representative", "staff", "system"]:
    if looker == actor.ref:
        return "oneself"
    if refs.get("section"):
        return "staff"
    return "system" if looker.startswith("system:") else "representative"
