"""Who sees and writes evaluations (効果検証の権限)."""

from __future__ import annotations

from dokodemo.kernel.access import Actor, Role

READERS = (Role.DIGITAL_OFFICER, Role.CIO, Role.HEAD_OF_SECTION, Role.ADMINISTRATOR)
WRITERS = (Role.DIGITAL_OFFICER, Role.HEAD_OF_SECTION)


def may_look(actor: Actor) -> bool:
    """Digital officers, the CIO, heads of section and administrators, of any section."""
    return actor.kind == "staff" and any(actor.has(role) for role in READERS)


def may_write(actor: Actor) -> bool:
    """Digital officers and heads of section."""
    return actor.kind == "staff" and any(actor.has(role) for role in WRITERS)
