"""Who may do what with the inventory (棚卸の権限).

Owns the answers. Never reads a row: a row's section is told by whoever asks.
"""

from __future__ import annotations

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.definitions import Function
from dokodemo.kernel.access import Actor, Role

CONFIRMERS = (Role.CASEWORKER, Role.DIGITAL_OFFICER)


def my_sections(actor: Actor) -> frozenset[str]:
    """The sections for whose rows the actor answers."""
    if actor.kind != "staff":
        return frozenset()
    return frozenset().union(*(actor.sections(role) for role in CONFIRMERS))


def may_confirm(actor: Actor, section: str) -> bool:
    """The digital officer or a caseworker of the responsible section (担当課のデジタル担当・担当者)."""
    return bool(section) and section in my_sections(actor)


def is_headquarters(actor: Actor) -> bool:
    """Whether the actor works in the section that keeps the plan (DX推進本部): assigns rows and sees them all."""
    if actor.kind != "staff":
        return False
    return bool(actor.sections() & organisation.sections_with(Function.DX_HEADQUARTERS))


def may_look(actor: Actor) -> bool:
    """Whether the actor has any rows to look at."""
    return bool(my_sections(actor)) or is_headquarters(actor)


def may_import(actor: Actor) -> bool:
    """The command line of the city's own machine, or an administrator."""
    return actor.kind == "system" or (actor.kind == "staff" and actor.has(Role.ADMINISTRATOR))
