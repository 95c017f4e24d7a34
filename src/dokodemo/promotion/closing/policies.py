"""Who prepares a final evaluation and who closes a plan (計画の終了の権限).

Digital officers and the section that keeps the plan prepare it; the CIO closes. Staff with a post read.
"""

from __future__ import annotations

from dokodemo.kernel.access import Actor
from dokodemo.promotion.plan import policies as plan


def may_read(actor: Actor) -> bool:
    """Staff with a post."""
    return plan.may_read(actor)


def may_prepare(actor: Actor) -> bool:
    """Digital officers and the section that keeps the plan."""
    return plan.coordinates(actor)


def may_close(actor: Actor) -> bool:
    """The CIO."""
    return plan.may_adopt(actor)
