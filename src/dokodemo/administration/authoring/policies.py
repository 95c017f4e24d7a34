"""Who may write, approve and own terms (手続の編集の権限). Pure."""

from __future__ import annotations

from dokodemo.kernel.access import Actor, Role

WRITERS = (Role.CASEWORKER, Role.HEAD_OF_SECTION)
TERM_OWNERS = (Role.DIGITAL_OFFICER,)
EDITORS = (*WRITERS, *TERM_OWNERS)


def may_write(actor: Actor, section: str) -> bool:
    """Caseworkers and the head of the section in charge write its procedures."""
    return any(actor.has(role, section) for role in WRITERS)


def owns_terms(actor: Actor) -> bool:
    """The digital officer keeps the one vocabulary of the city."""
    return any(actor.has(role) for role in TERM_OWNERS)


def may_read(actor: Actor, section: str) -> bool:
    """Whoever writes for the section, and the owner of the vocabulary."""
    return may_write(actor, section) or owns_terms(actor)


def heads(actor: Actor, section: str) -> bool:
    """Only the head of the section in charge approves."""
    return actor.has(Role.HEAD_OF_SECTION, section)


def writing_sections(actor: Actor) -> frozenset[str]:
    """The sections whose procedures the actor writes."""
    return frozenset().union(*(actor.sections(role) for role in WRITERS))
