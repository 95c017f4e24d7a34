"""Jobs of surveys (市民アンケートのジョブ): each body is one line."""

from uuid import UUID

from dokodemo.kernel.access import system
from dokodemo.kernel.jobs import job


@job
def read_frame(wave_id: str) -> None:
    """Count whom a wave may ask, or draw its sample."""
    from dokodemo.promotion.surveys import actions

    actions.read_frame(actor=system("surveys"), wave_id=UUID(wave_id))


@job
def send_invitations() -> None:
    """When a wave opens and every hour of the day: hand over what is to be mailed."""
    from dokodemo.promotion.surveys import actions

    actions.send_invitations(actor=system("surveys"))


@job
def erase() -> None:
    """Daily: erase single answers and invitations whose time is over."""
    from dokodemo.promotion.surveys import actions

    actions.erase(actor=system("surveys"))
