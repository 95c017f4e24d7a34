"""Who turns findings into issues and issues into actions (改善の権限).

Staff with a post read; the section of an issue and who coordinates the plan write it; who coordinates the plan sets findings
aside and opens actions; digital officers say what of an issue residents read. Words of residents have rules of their own:
each source asks the domain that keeps them.
"""

from __future__ import annotations

from collections.abc import Collection

from dokodemo.kernel.access import Actor, Role
from dokodemo.promotion.plan import policies as plan


def may_read(actor: Actor) -> bool:
    """Staff with a post."""
    return plan.may_read(actor)


def may_write(actor: Actor, section: str) -> bool:
    """Staff of the section an issue belongs to, and who coordinates the plan."""
    return section in may_write_in(actor, [section])


def may_write_in(actor: Actor, sections: Collection[str]) -> frozenset[str]:
    """Those of some sections whose issues the actor writes."""
    if plan.coordinates(actor):
        return frozenset(sections)
    return frozenset(actor.sections()).intersection(sections) if actor.kind == "staff" else frozenset()


def may_set_aside(actor: Actor) -> bool:
    """Who coordinates the plan: what is set aside is gone from everybody's list."""
    return plan.coordinates(actor)


def may_open(actor: Actor) -> bool:
    """Who coordinates the plan: they begin its next version."""
    return plan.coordinates(actor)


def may_show(actor: Actor) -> bool:
    """Digital officers decide what of an issue residents read."""
    return actor.kind == "staff" and actor.has(Role.DIGITAL_OFFICER)
