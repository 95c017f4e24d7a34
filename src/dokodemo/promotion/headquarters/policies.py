"""Who reports, assesses and decides (DX推進本部の権限).

Heads and digital officers report the actions of their sections, who coordinates the plan reports any; the second assessment
is the CIO's or of who coordinates; meetings are called by who coordinates and decide with the CIO. Staff with a post read.
"""

from __future__ import annotations

from collections.abc import Collection

from dokodemo.kernel.access import Actor, Role
from dokodemo.promotion.plan import policies as plan


def may_read(actor: Actor) -> bool:
    """Staff with a post."""
    return plan.may_read(actor)


def may_report(actor: Actor, section: str) -> bool:
    """Staff of the section, and who coordinates the plan."""
    return plan.coordinates(actor) or section in actor.sections()


def reporting_sections(actor: Actor, sections: Collection[str]) -> frozenset[str]:
    """Those of some sections whose actions the actor may report on, as `may_report`, asked once for all."""
    return frozenset(sections) if plan.coordinates(actor) else actor.sections() & frozenset(sections)


def may_file(actor: Actor, section: str) -> bool:
    """The head of the section answers for a report; so does who coordinates the plan."""
    return plan.coordinates(actor) or actor.has(Role.HEAD_OF_SECTION, section)


def may_assess(actor: Actor) -> bool:
    """The CIO and who coordinates the plan (二次評価)."""
    return plan.may_adopt(actor) or plan.coordinates(actor)


def may_call(actor: Actor) -> bool:
    """Who coordinates the plan calls meetings and keeps their minutes; so may the CIO."""
    return may_assess(actor)
