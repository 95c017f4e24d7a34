"""What happens to indicators (指標の出来事).

Objects: ("indicators_month", month), ("observation", id), ("observations", day). Numbers: how many; never a value's proof.
"""

KEPT = "indicators.month_kept"
OBSERVED = "indicators.observed"
TABLE_TAKEN_IN = "indicators.table_taken_in"
