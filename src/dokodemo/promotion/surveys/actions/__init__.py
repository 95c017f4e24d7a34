"""All writes of surveys (市民アンケートの記録).

Owns the list of actions; each lives in a file of its own kind.
"""

from dokodemo.promotion.surveys.actions.answering import (
    BadAnswers,
    NotUsable,
    TooManyWrongCodes,
    answer,
    check_code,
    enter_paper,
)
from dokodemo.promotion.surveys.actions.erasing import Erased, erase
from dokodemo.promotion.surveys.actions.framing import read_frame
from dokodemo.promotion.surveys.actions.mailing import send_invitations
from dokodemo.promotion.surveys.actions.planning import BadWave, Design, discard, draw, plan_wave
from dokodemo.promotion.surveys.actions.publishing import publish
from dokodemo.promotion.surveys.actions.running import close_wave, open_wave
from dokodemo.promotion.surveys.actions.sending import ListRow, make_list, renew_code

__all__ = [
    "BadAnswers",
    "BadWave",
    "Design",
    "Erased",
    "ListRow",
    "NotUsable",
    "TooManyWrongCodes",
    "answer",
    "check_code",
    "close_wave",
    "discard",
    "draw",
    "enter_paper",
    "erase",
    "make_list",
    "open_wave",
    "plan_wave",
    "publish",
    "read_frame",
    "renew_code",
    "send_invitations",
]
