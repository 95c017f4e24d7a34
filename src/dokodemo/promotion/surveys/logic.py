"""What somebody filled in, read (回答の読み取り), and waves told apart.

Owns pure rules. Never knows who answered.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from dokodemo.promotion.surveys.definitions import Frozen, Question

LONGEST_TYPED = 20_000


@dataclass
class Filled:
    """A form as it came: what is typed by question, what of it is an answer, and faults as (question, key of a text).

    A fault of no single question has the code "".
    """

    typed: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)


def read_answers(frozen: Frozen, posted: Mapping[str, str]) -> Filled:
    """What was answered: a known option or words within the limit; nothing has to be answered, but not everything left out."""
    filled = Filled()
    for question in frozen.survey.questions:
        text = posted.get(question.code, "")[:LONGEST_TYPED]
        text = _words(text) if question.kind == "text" else text
        if not text:
            continue
        filled.typed[question.code] = text
        fault = _fault(question, text)
        if fault:
            filled.faults.append((question.code, fault))
        else:
            filled.answers[question.code] = text
    if not filled.answers and not filled.faults:
        filled.faults.append(("", "surveys.fault.nothing"))
    return filled


def _fault(question: Question, text: str) -> str:
    if question.kind == "text":
        return "surveys.fault.too_long" if len(text) > (question.limit or 0) else ""
    return "" if text in {option.code for option in question.options} else "surveys.fault.option"


def _words(text: str) -> str:
    """Words with plain line ends, without control characters; letters are left as they were typed."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        one for one in lines if one == "\n" or unicodedata.category(one) not in ("Cc", "Cs", "Co")
    ).strip()
