"""Background jobs of the event log (封印): one line each."""

from dokodemo.kernel.events.recording import BATCH, seal
from dokodemo.kernel.jobs import job


@job
def seal_events() -> None:
    """Seal everything that waits."""
    while seal() == BATCH:
        pass
