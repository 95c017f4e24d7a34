"""All writes of training (研修の記録).

Owns the list of actions; each lives in a file of its own kind.
"""

from dokodemo.promotion.training.actions.erasing import Erased, erase
from dokodemo.promotion.training.actions.recording import (
    Refused,
    SessionFacts,
    add_session,
    book,
    cancel_session,
    import_drill,
    leave,
    mark_attendance,
    set_levels,
    set_own_levels,
    take_quiz,
)

__all__ = [
    "Erased",
    "Refused",
    "SessionFacts",
    "add_session",
    "book",
    "cancel_session",
    "erase",
    "import_drill",
    "leave",
    "mark_attendance",
    "set_levels",
    "set_own_levels",
    "take_quiz",
]
