"""All writes of responsibility (責任者・引継ぎ・任命・督促の記録).

Owns the list of actions; each lives in a file of its own kind.
"""

from dokodemo.promotion.responsibility.actions.assigning import assign, release
from dokodemo.promotion.responsibility.actions.handing_over import Plan, Step, hand_over, look_ahead
from dokodemo.promotion.responsibility.actions.reminding import read_notices, remind
from dokodemo.promotion.responsibility.actions.sampling import load_sample
from dokodemo.promotion.responsibility.actions.seating import seat, unseat

__all__ = [
    "Plan",
    "Step",
    "assign",
    "hand_over",
    "load_sample",
    "look_ahead",
    "read_notices",
    "release",
    "remind",
    "seat",
    "unseat",
]
