"""Background jobs of findings (定期処理): one line each."""

from dokodemo.administration.findings import actions
from dokodemo.kernel.access import system
from dokodemo.kernel.jobs import job


@job
def sweep() -> None:
    """Daily: delete words and questions whose time is over."""
    actions.sweep(actor=system("findings"))
