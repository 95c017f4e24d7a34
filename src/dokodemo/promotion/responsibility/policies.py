"""Who says who answers for what, and who holds a seat (責任者・推進体制の権限).

Staff with a post read. A section's responsible persons are named by its head, its digital staff and who coordinates the plan;
seats are given by who coordinates the plan and the CIO. A seat gives no right beyond naming the responsible of its section.
"""

from __future__ import annotations

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Role
from dokodemo.promotion.plan import policies as plan
from dokodemo.promotion.responsibility import seats


def may_read(actor: Actor) -> bool:
    """Staff with a post."""
    return plan.may_read(actor)


def may_assign(actor: Actor, section: str) -> bool:
    """The head of the section, its digital staff of today, and who coordinates the plan."""
    return section in may_assign_in(actor, [section])


def may_assign_in(actor: Actor, sections: list[str]) -> frozenset[str]:
    """Those of some sections whose responsible persons the actor names."""
    if actor.kind == "system" or plan.coordinates(actor):
        return frozenset(sections)
    if actor.kind != "staff" or actor.account_id is None or not actor.grants:
        return frozenset()
    heads = actor.sections(Role.HEAD_OF_SECTION)
    sits = seats.digital_staff(sections, calendar_jp.today())
    return frozenset(one for one in sections if one in heads or actor.account_id in sits[one])


def may_seat(actor: Actor) -> bool:
    """Who coordinates the plan, and the CIO."""
    return actor.kind == "system" or plan.coordinates(actor) or plan.may_adopt(actor)
