"""Jobs of proactive benefits (プッシュ型の定期処理): each body is one line."""

from dokodemo.administration.eligibility import actions
from dokodemo.kernel.access import system
from dokodemo.kernel.jobs import job


@job
def run_daily() -> None:
    """Judge everybody under every benefit, once a day."""
    actions.run_daily(actor=system("eligibility"))


@job
def expire_offers() -> None:
    """Close the offers whose last day has passed."""
    actions.expire_offers(actor=system("eligibility"))


@job
def thin_runs() -> None:
    """Delete what no offer stands on in old runs."""
    actions.thin_runs(actor=system("eligibility"))
