"""Who may see and run surveys (市民アンケートの権限). Nobody may see a single answer with who gave it: there is no such thing."""

from __future__ import annotations

from dokodemo.kernel.access import Actor, Role

READERS = (Role.CIO, Role.HEAD_OF_SECTION, Role.DIGITAL_OFFICER)


def may_look(actor: Actor) -> bool:
    """The CIO, heads of section and digital officers see waves, response rates and results."""
    return actor.kind == "staff" and any(actor.has(role) for role in READERS)


def may_run(actor: Actor) -> bool:
    """Digital officers plan, draw, send, enter paper answers, close and publish."""
    return actor.kind == "staff" and actor.has(Role.DIGITAL_OFFICER)


def may_read_words(actor: Actor) -> bool:
    """What people wrote in their own words is for digital officers and the CIO."""
    return may_run(actor) or (actor.kind == "staff" and actor.has(Role.CIO))
