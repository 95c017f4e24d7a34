"""Background jobs of training (研修の定期処理): one line each."""

from dokodemo.kernel.access import system
from dokodemo.kernel.jobs import job
from dokodemo.promotion.training import actions


@job
def erase() -> None:
    """Daily: erase quizzes, attendance and drills of people whose time is over."""
    actions.erase(actor=system("training"))
