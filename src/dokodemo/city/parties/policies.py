"""Who may see and change the register (住民情報を扱える者).

Owns the answers for staff. What residents and those who act for them may see is decided in `logic` and `port`.
"""

from datetime import date

from dokodemo.city.organisation.definitions import Function
from dokodemo.city.organisation.queries import sections_with
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound, Role

_OFFICERS = (Role.CASEWORKER, Role.HEAD_OF_SECTION)


def works_in(actor: Actor, sections: frozenset[str]) -> bool:
    """Whether a member of staff is caseworker or head in one of the sections."""
    held = frozenset[str]().union(*(actor.sections(role) for role in _OFFICERS))
    return actor.kind == "staff" and bool(held & sections)


def keeps_register(actor: Actor, on: date | None = None) -> bool:
    """Staff of the section that keeps the resident register (住民基本台帳を所管する課), and protection officers."""
    if actor.kind != "staff":
        return False
    day = on or calendar_jp.today()
    return actor.has(Role.PROTECTION_OFFICER) or works_in(actor, sections_with(Function.REGISTER, day))


def may_see_protected(actor: Actor, section: str) -> bool:
    """Whether a protected address is shown: staff of the section authorised for this person, and its officer."""
    return actor.kind == "staff" and (
        actor.has(Role.PROTECTION_OFFICER, section) or works_in(actor, frozenset({section}))
    )


def may_protect(actor: Actor, section: str) -> bool:
    """Whether the actor may start or end a protection (支援措置の決定) in the name of a section."""
    return actor.kind == "staff" and actor.has(Role.PROTECTION_OFFICER, section)


def require_register_keeper(actor: Actor) -> None:
    """Raises NotFound unless the actor keeps the register: who may not look is not told that anything is there."""
    if not keeps_register(actor):
        raise NotFound("resident")


def may_write_to(actor: Actor, section: str) -> bool:
    """Whether the actor may have names and addresses for letters of a section: its caseworkers, head and digital officers."""
    return works_in(actor, frozenset({section})) or (
        actor.kind == "staff" and actor.has(Role.DIGITAL_OFFICER, section)
    )


def may_import(actor: Actor) -> bool:
    """The system (command line on the inner side) and administrators load the register."""
    return actor.kind == "system" or (actor.kind == "staff" and actor.has(Role.ADMINISTRATOR))
