"""Who may change the organisation (組織を変更できる者)."""

from dokodemo.kernel.access import Actor, Forbidden, Role


def may_appoint(actor: Actor) -> bool:
    """Administrators appoint, and the system itself when a city is set up."""
    return actor.kind == "system" or (actor.kind == "staff" and actor.has(Role.ADMINISTRATOR))


def require_appointing(actor: Actor) -> None:
    """Raises Forbidden unless the actor may appoint and end appointments."""
    if not may_appoint(actor):
        raise Forbidden("Only an administrator changes who holds a post.")
