"""Jobs of indicators (指標の定期処理): each body is one line."""

from dokodemo.kernel.access import system
from dokodemo.kernel.jobs import job
from dokodemo.promotion.indicators.actions import keep_month
from dokodemo.promotion.indicators.counting import follow


@job
def keep_indicators() -> None:
    """Keep this month's readings, once."""
    keep_month(actor=system("indicators"))


@job
def follow_log() -> None:
    """Bring the counters up to the newest seal."""
    follow(actor=system("indicators"))
