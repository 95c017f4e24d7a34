"""Questions of the guide that are ticked in one list (当てはまるものを選ぶ問い): drawn and read.

Owns the list. An empty list is never taken for an answer: whoever ticks nothing says so with a button of its own, and
whoever does not know something answers one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from dokodemo.administration.guidance.choosing import Page
from dokodemo.administration.guidance.questions import TOPICS
from dokodemo.administration.guidance.wording import question_of
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.forms import ErrorLine

BOX = "_tick"
NONE = "_none"
ONE_BY_ONE = "_one_by_one"


@dataclass(frozen=True)
class Line:
    """One line to tick."""

    value: str
    label: Text
    hint: Text | None
    ticked: bool
    id: str


def is_list(page: Page) -> bool:
    """Whether a page is a list to tick."""
    return page.ticked or bool(page.topics)


def lines(page: Page, ticked: Collection[str]) -> list[Line]:
    """The lines of the list."""
    found: list[tuple[str, Text, Text | None]] = [(topic.code, topic.label, None) for topic in page.topics]
    found += [(term.name, question_of(term), term.hint) for term in page.terms]
    return [
        Line(value, label, hint, value in ticked, f"tick-{number}")
        for number, (value, label, hint) in enumerate(found)
    ]


def ticked_in(values: Mapping[str, Any]) -> list[str]:
    """What was ticked, of the answers to a page."""
    return [*values.get(TOPICS, ()), *(name for name, value in values.items() if value is True)]


def read(request: Request, page: Page) -> dict[str, Any] | None:
    """The answers of a posted list; None when nothing was ticked and nothing said about that."""
    ticked = [] if NONE in request.POST else request.POST.getlist(BOX)
    if not ticked and NONE not in request.POST:
        return None
    if page.topics:
        return {TOPICS: [topic.code for topic in page.topics if topic.code in ticked]}
    return {term.name: term.name in ticked for term in page.terms}


def context(request: Request, page: Page, ticked: Collection[str], *, wrong: bool) -> dict[str, Any]:
    """What the list is drawn from."""
    message = texts.t("guidance.tick_error", request.lang, furigana=request.furigana)
    return {
        "lines": lines(page, ticked),
        "topics": bool(page.topics),
        "tick_error": message if wrong else "",
        "error_list": [ErrorLine("#tick-0", message)] if wrong else [],
    }
