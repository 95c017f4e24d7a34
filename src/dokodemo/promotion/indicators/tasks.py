"""Jobs of indicators (指標の定期処理): each body is one line."""

from dokodemo.kernel.access import system
from dokodemo.kernel.jobs import job
from dokodemo.promotion.indicators.actions import keep_month


@job
def keep_indicators() -> None:
    """Keep this month's readings, once."""
    keep_month(actor=system("indicators"))
