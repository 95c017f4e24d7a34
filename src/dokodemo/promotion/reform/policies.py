"""Who may look at tasks and write them (業務改革の権限): sections write for themselves, the headquarters sees all."""

from __future__ import annotations

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.definitions import Function
from dokodemo.kernel.access import Actor, Role

WRITERS = (Role.HEAD_OF_SECTION, Role.DIGITAL_OFFICER)
LOOKERS = (Role.CIO, Role.ADMINISTRATOR)


def may_look(actor: Actor) -> bool:
    """Heads of section and digital officers, the CIO and administrators."""
    return actor.kind == "staff" and any(actor.has(role) for role in (*WRITERS, *LOOKERS))


def sees_all(actor: Actor) -> bool:
    """The CIO, administrators, and those who write for the section that keeps the plan (DX推進本部)."""
    return actor.kind == "staff" and (any(actor.has(role) for role in LOOKERS) or keeps_systems(actor))


def own_sections(actor: Actor) -> frozenset[str]:
    """The sections an actor writes for."""
    if actor.kind != "staff":
        return frozenset()
    return frozenset().union(*(actor.sections(role) for role in WRITERS))


def may_write(actor: Actor, section: str) -> bool:
    """Whether the actor writes the tasks of a section."""
    return section in own_sections(actor)


def keeps_systems(actor: Actor) -> bool:
    """Whether the actor writes how far the standardised systems are: the section that keeps the plan does."""
    return bool(own_sections(actor) & organisation.sections_with(Function.DX_HEADQUARTERS))
