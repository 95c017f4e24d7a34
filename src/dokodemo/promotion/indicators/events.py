"""What happens to indicators (指標の出来事). Event object: ("indicators_month", month). Numbers: indicators."""

KEPT = "indicators.month_kept"
