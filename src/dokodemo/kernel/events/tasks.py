"""Background jobs of the event log (封印): one line each."""

from dokodemo.kernel.events.heads import close_day
from dokodemo.kernel.events.recording import seal_all
from dokodemo.kernel.jobs import job


@job
def seal_events() -> None:
    """Seal everything that waits."""
    seal_all()


@job
def keep_head() -> None:
    """Keep today's head of the chain."""
    close_day()
