"""All writes of the plan (計画の記録): its action plan, and its end.

Owns the list of actions; each lives in a file of its own kind.
"""

from dokodemo.promotion.plan.actions.closing import close, take_in
from dokodemo.promotion.plan.actions.writing import (
    LONGEST_REMARK,
    Refused,
    adopt,
    begin,
    discard,
    keep_action,
    load_sample,
    remark,
    return_to_writers,
    send_to_review,
    settle,
    take_out,
    year_is_closed,
)

__all__ = [
    "LONGEST_REMARK",
    "Refused",
    "adopt",
    "begin",
    "close",
    "discard",
    "keep_action",
    "load_sample",
    "remark",
    "return_to_writers",
    "send_to_review",
    "settle",
    "take_in",
    "take_out",
    "year_is_closed",
]
