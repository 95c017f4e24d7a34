"""All writes of following (計画を追う人の記録).

Owns the list of actions; each lives in a file of its own kind.
"""

from dokodemo.promotion.following.actions.asking import (
    NotOffered,
    TooManyAsked,
    ask,
    confirm,
    forget,
    stop,
)
from dokodemo.promotion.following.actions.sending import send
from dokodemo.promotion.following.actions.telling import deliver, make_letters, spread

__all__ = [
    "NotOffered",
    "TooManyAsked",
    "ask",
    "confirm",
    "deliver",
    "forget",
    "make_letters",
    "send",
    "spread",
    "stop",
]
