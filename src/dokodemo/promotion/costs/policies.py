"""Who says what a procedure costs (費用の権限): the head of its section and who coordinates the plan. All staff read."""

from __future__ import annotations

from dokodemo.kernel.access import Actor
from dokodemo.promotion.plan import policies as plan


def may_read(actor: Actor) -> bool:
    """Staff with a post."""
    return plan.may_read(actor)


def may_enter(actor: Actor, section: str) -> bool:
    """The head of the section of a procedure, and who coordinates the plan."""
    return plan.may_write(actor, {section})
