"""Who reads, answers and confirms the national survey (国の調査への回答の権限).

All staff with a post read; digital officers and the section that keeps the plan answer and take in the national file; the
CIO may confirm a sheet as well.
"""

from __future__ import annotations

from dokodemo.kernel.access import Actor, Role
from dokodemo.promotion.plan import policies as plan


def may_read(actor: Actor) -> bool:
    """Staff with a post."""
    return plan.may_read(actor)


def may_answer(actor: Actor) -> bool:
    """Digital officers, and the section that keeps the plan."""
    return plan.coordinates(actor)


def may_confirm(actor: Actor) -> bool:
    """Whoever answers, and the CIO."""
    return may_answer(actor) or (actor.kind == "staff" and actor.has(Role.CIO))


def may_import(actor: Actor) -> bool:
    """Whoever answers, and the command line of the city's own machine."""
    return may_answer(actor) or actor.kind == "system"
