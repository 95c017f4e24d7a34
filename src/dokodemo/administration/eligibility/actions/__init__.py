"""All writes of proactive benefits (プッシュ型の案内の記録).

Owns the list of actions; each lives in a file of its own kind.
"""

from dokodemo.administration.eligibility.actions.offering import (
    NotOffered,
    Sending,
    apply_to_offer,
    decline_offer,
    expire_offers,
    open_offer,
    opt_in,
    opt_out,
    send_offers,
)
from dokodemo.administration.eligibility.actions.running import (
    RunReport,
    RunUnderWay,
    run_daily,
    run_register,
)
from dokodemo.administration.eligibility.actions.thinning import thin_runs

__all__ = [
    "NotOffered",
    "RunReport",
    "RunUnderWay",
    "Sending",
    "apply_to_offer",
    "decline_offer",
    "expire_offers",
    "open_offer",
    "opt_in",
    "opt_out",
    "run_daily",
    "run_register",
    "send_offers",
    "thin_runs",
]
