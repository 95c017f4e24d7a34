"""Who may see and answer what people did not find (探された言葉の権限). Words may say more than they seem: few see them."""

from __future__ import annotations

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.definitions import Function
from dokodemo.kernel.access import Actor, Role

READERS = (Role.CIO, Role.DIGITAL_OFFICER)


def may_look(actor: Actor) -> bool:
    """The CIO, digital officers, and the section that keeps the plan (DX推進本部)."""
    if actor.kind != "staff":
        return False
    return any(actor.has(role) for role in READERS) or _headquarters(actor)


def may_answer(actor: Actor) -> bool:
    """Digital officers and the section that keeps the plan."""
    return actor.kind == "staff" and (actor.has(Role.DIGITAL_OFFICER) or _headquarters(actor))


def _headquarters(actor: Actor) -> bool:
    return bool(actor.sections() & organisation.sections_with(Function.DX_HEADQUARTERS))
