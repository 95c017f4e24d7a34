"""Reading a task from words (業務の読み取り): the same for a line of a table and for the boxes of a form.

Owns which words mean which code, and what is told of a wrong one. Pure: never reads a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from dokodemo.promotion.reform.logic import (
    LONGEST_SYSTEM,
    LONGEST_TITLE,
    MOST_CASES,
    MOST_MINUTES,
    MOST_SYSTEMS,
    TaskFacts,
    Unfit,
    count_of,
    folded,
    line_of,
    number_of,
)

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
RULES_WORDS = {"wholly": "全部", "partly": "一部", "never": "なし"}
MEDIA_WORDS = {"paper": "紙", "digital": "データ"}
BASIS_WORDS = {"law": "法令", "city": "例規", "custom": "慣行"}
YES_WORDS = {"yes": "はい", "no": "いいえ"}
MEASURED_WORDS = {"measured": "実測", "estimated": "見積もり"}


def _word(words: Mapping[str, str], fault: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        plain = folded(text)
        for code, word in words.items():
            if plain in (code, word):
                return code
        raise Unfit(fault)

    return read


def _code(text: str) -> str:
    plain = folded(text)
    if not _CODE.fullmatch(plain):
        raise Unfit("reform.fault.code")
    return plain


def _section(text: str) -> str:
    plain = folded(text)
    if not plain or len(plain) > 60:
        raise Unfit("reform.fault.section")
    return plain


def _systems(text: str) -> tuple[str, ...]:
    pieces = [" ".join(piece.split()) for piece in re.split("[;；、\n]", text)]
    named = tuple(dict.fromkeys(piece for piece in pieces if piece))
    if len(named) > MOST_SYSTEMS or any(len(piece) > LONGEST_SYSTEM for piece in named):
        raise Unfit("reform.fault.systems")
    return named


READERS: dict[str, Callable[[str], Any]] = {
    "code": _code,
    "section": _section,
    "title": lambda text: line_of(text, longest=LONGEST_TITLE, fault="reform.fault.title"),
    "minutes": lambda text: number_of(text, most=MOST_MINUTES, fault="reform.fault.minutes", zero=False),
    "cases": lambda text: count_of(text, most=MOST_CASES, fault="reform.fault.cases"),
    "rules_alone": _word(RULES_WORDS, "reform.fault.rules_alone"),
    "medium_in": _word(MEDIA_WORDS, "reform.fault.medium"),
    "medium_out": _word(MEDIA_WORDS, "reform.fault.medium"),
    "basis": _word(BASIS_WORDS, "reform.fault.basis"),
    "core": lambda text: _word(YES_WORDS, "reform.fault.core")(text) == "yes",
    "measured": lambda text: _word(MEASURED_WORDS, "reform.fault.measured")(text) == "measured",
    "systems": _systems,
}


def read_task(words: Mapping[str, str]) -> tuple[TaskFacts | None, dict[str, str]]:
    """A task from words by field, or what is wrong: field → key of the text that says what to do."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, read in READERS.items():
        try:
            values[name] = read(words.get(name, ""))
        except Unfit as unfit:
            wrong[name] = str(unfit)
    return (None if wrong else TaskFacts(**values)), wrong


def said_task(task: TaskFacts) -> dict[str, str]:
    """A task as the words of a table's line; `read_task` gives the same task back."""
    return {
        "code": task.code,
        "section": task.section,
        "title": task.title,
        "minutes": f"{task.minutes.normalize():f}",
        "cases": str(task.cases),
        "rules_alone": RULES_WORDS[task.rules_alone],
        "medium_in": MEDIA_WORDS[task.medium_in],
        "medium_out": MEDIA_WORDS[task.medium_out],
        "basis": BASIS_WORDS[task.basis],
        "core": YES_WORDS["yes" if task.core else "no"],
        "measured": MEASURED_WORDS["measured" if task.measured else "estimated"],
        "systems": "; ".join(task.systems),
    }
