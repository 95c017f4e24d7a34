"""Jobs of responsibility (督促の定期処理): each body is one line."""

from dokodemo.kernel.access import system
from dokodemo.kernel.jobs import job
from dokodemo.promotion.responsibility.actions import remind


@job
def remind_of_what_is_due() -> None:
    """Send the reminders of today, each once."""
    remind(actor=system("reminders"))
