"""Who may issue and revoke documents (発行・取消しの権限).

Owns the two rules. Never decides who may read a letter: whoever may open its case may, and cases decide that.
"""

from dokodemo.kernel.access import Actor, Role


def may_issue(actor: Actor, section: str) -> bool:
    """The system (a job after a decision) or staff who work on cases of the section."""
    return actor.kind == "system" or (
        actor.kind == "staff"
        and (actor.has(Role.CASEWORKER, section) or actor.has(Role.HEAD_OF_SECTION, section))
    )


def may_revoke(actor: Actor, section: str) -> bool:
    """The system or the head of the section that issued it (所属長)."""
    return actor.kind == "system" or (actor.kind == "staff" and actor.has(Role.HEAD_OF_SECTION, section))
