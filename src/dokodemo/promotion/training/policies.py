"""Who may see and write what of training (研修の権限): everybody their own, heads their section, the officer all."""

from __future__ import annotations

from collections.abc import Collection

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.definitions import Function
from dokodemo.kernel.access import Actor, Role

COUNTERS = (Role.CIO, Role.ADMINISTRATOR)


def takes_part(actor: Actor) -> bool:
    """Staff who hold any post: they have courses, sessions and skills of their own."""
    return actor.kind == "staff" and bool(actor.grants)


def keeps_training(actor: Actor) -> bool:
    """The digital officers of the section that keeps the plan arrange sessions, mark attendance and import drills."""
    sections = organisation.sections_with(Function.DX_HEADQUARTERS)
    return actor.kind == "staff" and bool(actor.sections(Role.DIGITAL_OFFICER) & sections)


def sees_people(actor: Actor, section: str) -> bool:
    """The head and the digital officer of a section see its people; so do those who keep the training."""
    return section in people_seen(actor, [section])


def people_seen(actor: Actor, sections: Collection[str]) -> frozenset[str]:
    """Those of some sections whose people the actor sees."""
    own = counted_sections(actor).intersection(sections)
    return own if len(own) == len(sections) or not keeps_training(actor) else frozenset(sections)


def sees_some(actor: Actor) -> bool:
    """Whether the actor sees the people of any section."""
    return keeps_training(actor) or bool(counted_sections(actor))


def heads(actor: Actor, section: str) -> bool:
    """Whether the actor heads a section: only the head says what its people can do."""
    return actor.kind == "staff" and actor.has(Role.HEAD_OF_SECTION, section)


def counts_all(actor: Actor) -> bool:
    """Whether the actor sees the counts of every section: the CIO, administrators, those who keep the training."""
    return actor.kind == "staff" and (any(actor.has(role) for role in COUNTERS) or keeps_training(actor))


def counted_sections(actor: Actor) -> frozenset[str]:
    """The sections of which the actor sees counts because they head or advise them."""
    if actor.kind != "staff":
        return frozenset()
    return actor.sections(Role.HEAD_OF_SECTION) | actor.sections(Role.DIGITAL_OFFICER)


def may_count(actor: Actor) -> bool:
    """Whether the actor sees counts of any section."""
    return counts_all(actor) or bool(counted_sections(actor))
