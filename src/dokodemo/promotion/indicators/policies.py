"""Who reads and enters the plan's numbers (指標の権限): all staff with a post read; owners and the coordinators enter."""

from __future__ import annotations

from dokodemo.kernel.access import Actor, Role
from dokodemo.promotion.indicators.definitions import Indicator
from dokodemo.promotion.plan import policies as plan


def may_read(actor: Actor) -> bool:
    """Staff with a post; residents read the public page."""
    return plan.may_read(actor)


def may_enter(actor: Actor, indicator: Indicator) -> bool:
    """The head of the section that owns the indicator, and who coordinates the plan."""
    return plan.coordinates(actor) or actor.has(Role.HEAD_OF_SECTION, indicator.owner)


def may_enter_tables(actor: Actor) -> bool:
    """Who coordinates the plan: a table may hold every section's numbers."""
    return plan.coordinates(actor)
