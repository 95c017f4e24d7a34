"""Background jobs of the event log (封印): one line each."""

from dokodemo.kernel.events.recording import seal_all
from dokodemo.kernel.events.verification import keep_head
from dokodemo.kernel.jobs import job


@job
def seal_events() -> None:
    """Seal everything that waits."""
    seal_all()


@job
def keep_head_of_log() -> None:
    """Look for forgotten events and keep today's head of the chain."""
    keep_head()
