"""What happens to indicators (指標の出来事).

Objects: ("indicators_month", month), ("observation", id), ("observations", day), ("counters", day).
Numbers: how many; never a value's proof.
"""

KEPT = "indicators.month_kept"
OBSERVED = "indicators.observed"
TABLE_TAKEN_IN = "indicators.table_taken_in"
# Of one value its observation is the object; of all values of a survey's wave it is ("observations", day).
WITHDRAWN = "indicators.withdrawn"
# All counters made anew. Following the log is no act of anybody and records nothing: it would follow itself for ever.
RECOUNTED = "indicators.recounted"
