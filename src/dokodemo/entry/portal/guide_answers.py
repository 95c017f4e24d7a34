"""Answers on their way through the guide (案内の答え): they travel in the form itself and are kept nowhere.

Owns the hidden field of the form and the sealed cookie that carries answers through signing in, and into the form that
applies for what is on the list. What comes back from a
browser is never believed to be well formed. Never asks the register.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from dokodemo.administration.guidance import queries
from dokodemo.administration.guidance.choosing import Page
from dokodemo.administration.guidance.logic import Guide, Listing
from dokodemo.administration.guidance.questions import TOPICS
from dokodemo.administration.procedures.facts import fact_faults
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.crypto import CryptoError, open_sealed, seal
from dokodemo.kernel.vocabulary import Vocabulary

FIELD = "so_far"
COOKIE = "dokodemo_guide"
COOKIE_PATH = "/guide/"
FORM_PATH = "/together/"
COOKIE_SECONDS = 20 * 60
MOST_CHARACTERS = 100_000
MOST_COOKIE = 3600
_MOST_OPENED = 200_000
_CONTEXT = "portal.guide_answers"


class Unreadable(Exception):
    """What came back is not what the form had sent."""


@dataclass
class Answers:
    """Pages answered so far (the names each asked), the facts told, and what the register had said beforehand."""

    pages: list[list[str]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def asked(self) -> frozenset[str]:
        """Everything that was asked, answered or not."""
        return frozenset(name for page in self.pages for name in page)

    def all_facts(self) -> dict[str, Any]:
        """What is known of the person: an answer stands before what the register said."""
        return {**self.known, **self.facts}

    def add(self, page: Page, values: Mapping[str, Any]) -> None:
        """Takes one page over; a name without a value was asked and not answered."""
        self.pages.append(list(page.names))
        self.facts.update({name: values[name] for name in page.names if values.get(name) is not None})

    def tell(self, values: Mapping[str, Any]) -> None:
        """Takes over what was told beside the list; what was left blank stays unknown."""
        told = {name: value for name, value in values.items() if value is not None}
        new = [name for name in told if name not in self.asked]
        if new:
            self.pages.append(new)
        self.facts.update(told)

    def step_back(self) -> dict[str, Any]:
        """Takes the last page away; its answers, so that they can be shown again."""
        names = self.pages.pop() if self.pages else []
        return {name: self.facts.pop(name) for name in names if name in self.facts}

    def listing(self, guide: Guide) -> Listing:
        """The list as it stands."""
        return guide.listing(self.all_facts(), self.asked)

    def dumped(self) -> str:
        """Compact JSON for the form."""
        content = {"pages": self.pages, "facts": self.facts, "known": self.known}
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def loaded(text: str, guide: Guide) -> Answers:
    """What the form carried. Raises Unreadable for anything a form of this guide would not carry."""
    if not text:
        return Answers()
    if len(text) > MOST_CHARACTERS:
        raise Unreadable
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(content, dict) or set(content) != {"pages", "facts", "known"}:
        raise Unreadable
    pages, facts, known = content["pages"], content["facts"], content["known"]
    if not isinstance(facts, dict) or not isinstance(known, dict) or not _are_pages(pages, guide):
        raise Unreadable
    vocabulary = Vocabulary(guide.askable(), guide.groups)
    ticked = facts.get(TOPICS, [])
    told = {name: value for name, value in facts.items() if name != TOPICS}
    if any(fact_faults(vocabulary, one) for one in (told, known)) or not _are_topics(ticked, guide):
        raise Unreadable
    answers = Answers(pages, facts, known)
    if not set(facts) <= answers.asked:
        raise Unreadable
    return answers


def _are_topics(ticked: Any, guide: Guide) -> bool:
    known = [topic.code for topic in guide.topics]
    return isinstance(ticked, list) and all(code in known for code in ticked)


def _are_pages(pages: Any, guide: Guide) -> bool:
    if not isinstance(pages, list) or not all(isinstance(page, list) and page for page in pages):
        return False
    names = [name for page in pages for name in page]
    known = all(isinstance(name, str) and guide.asks(name) for name in names)
    return known and len(set(names)) == len(names)


def carry(response: HttpResponse, guide: Guide, answers: Answers, *, path: str = COOKIE_PATH) -> bool:
    """Let a sealed cookie carry the answers to where `path` leads; False when they are too many for one."""
    packed = zlib.compress(json.dumps([guide.event, answers.pages, answers.facts]).encode(), 9)
    sealed = urlsafe_b64encode(seal(packed, context=_CONTEXT)).decode()
    if len(sealed) > MOST_COOKIE:
        return False
    response.set_cookie(
        COOKIE,
        sealed,
        max_age=COOKIE_SECONDS,
        path=path,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return True


def carried(request: Request, guide: Guide) -> Answers | None:
    """The answers a sealed cookie brought back for this life event; None when there are none that can be used."""
    found = _opened(request)
    if found is None or found[0] != guide.event:
        return None
    try:
        return loaded(json.dumps({"pages": found[1], "facts": found[2], "known": {}}), guide)
    except Unreadable:
        return None


def told(request: Request) -> dict[str, Any]:
    """What a sealed cookie brought from the guide, as facts; empty when there is nothing that can be used."""
    found = _opened(request)
    if found is None:
        return {}
    try:
        answers = carried(request, queries.opened(found[0])[1])
    except NotFound:
        return {}
    facts = answers.facts if answers is not None else {}
    return {name: value for name, value in facts.items() if name != TOPICS}


def _opened(request: Request) -> tuple[str, Any, Any] | None:
    """The life event, pages and facts of the cookie, not yet looked at."""
    try:
        sealed = urlsafe_b64decode(request.COOKIES.get(COOKIE, "").encode())
        opened = zlib.decompressobj().decompress(open_sealed(sealed, context=_CONTEXT), _MOST_OPENED)
        event, pages, facts = json.loads(opened)
    except (CryptoError, ValueError, zlib.error):
        return None
    return str(event), pages, facts


def forget(response: HttpResponse, *, path: str = COOKIE_PATH) -> None:
    """Take the cookie away; it has done its work."""
    response.delete_cookie(COOKIE, path=path, samesite="Lax")


def released_values(released: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of the register as plain values; a person in a list keeps those the register has."""
    return {name: _value(fact) for name, fact in released.items()}


def _value(fact: Any) -> Any:
    if isinstance(fact, Sequence):
        return [{name: one.value for name, one in member.items()} for member in fact]
    return fact.value
