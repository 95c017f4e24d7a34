"""Jobs of following (計画を追う人への定期処理): one line each."""

from dokodemo.kernel.access import system
from dokodemo.kernel.jobs import job
from dokodemo.promotion.following import actions


@job
def deliver() -> None:
    """Every few minutes: note what is new, write letters, hand over what is due."""
    actions.deliver(actor=system("following"))


@job
def send() -> None:
    """Hand over what is due: the question to who has just asked."""
    actions.send(actor=system("following"))


@job
def forget() -> None:
    """Daily: delete addresses that never said yes, and what was sent long ago."""
    actions.forget(actor=system("following"))
