"""Who writes, reviews and adopts the action plan (DXアクションプランの権限).

Digital officers and the section that keeps the plan (DX推進本部) write everything; a head writes the actions of the own
sections; the CIO adopts. All staff with a post may read and remark: the plan is everybody's.
"""

from __future__ import annotations

from collections.abc import Collection

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.definitions import Function
from dokodemo.kernel.access import Actor, Role


def may_read(actor: Actor) -> bool:
    """Staff with a post."""
    return actor.kind == "staff" and bool(actor.grants)


def coordinates(actor: Actor) -> bool:
    """Digital officers and the section that keeps the plan: they begin a year, send it to review and write every action."""
    if actor.kind != "staff":
        return False
    return actor.has(Role.DIGITAL_OFFICER) or bool(
        actor.sections() & organisation.sections_with(Function.DX_HEADQUARTERS)
    )


def may_write(actor: Actor, sections: Collection[str]) -> bool:
    """Whether the actor may write an action of all these sections: where it stood, and where it shall stand."""
    if coordinates(actor):
        return True
    return bool(sections) and all(actor.has(Role.HEAD_OF_SECTION, section) for section in sections)


def may_write_some(actor: Actor) -> bool:
    """Whether there is any action the actor may write."""
    return coordinates(actor) or actor.has(Role.HEAD_OF_SECTION)


def may_adopt(actor: Actor) -> bool:
    """The CIO (最高情報統括責任者)."""
    return actor.kind == "staff" and actor.has(Role.CIO)
