"""A guide played to its end with the answers of one person (案内の通し実行).

Owns the order of asking and answering without a screen: the command line, measurements and tests go the same way as a
person at the portal does. Keeps no fact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dokodemo.administration.guidance.answers import Facts
from dokodemo.administration.guidance.choosing import Page
from dokodemo.administration.guidance.logic import Guide, Listing, Memo
from dokodemo.administration.guidance.questions import TOPICS


@dataclass(frozen=True)
class Played:
    """Where the guide ended: terms in the order asked (a repeating group once, by its name), pages, and the list."""

    asked: tuple[str, ...]
    pages: tuple[Page, ...]
    known: Facts
    listing: Listing

    @property
    def questions(self) -> int:
        """How many questions a person met: a list to tick is one, and so is a repeating group."""
        return sum(page.questions for page in self.pages)


def play(guide: Guide, answers: Facts, released: Facts | None = None, *, memo: Memo | None = None) -> Played:
    """Ask until no question can change the list, each answered from `answers`; what they lack stays unknown.

    `released` is what the register knows beforehand and is not asked. Deadlines count from all of `answers`. Topics
    that `answers` leave out are ticked as by somebody who knows these answers. A `memo` of the caller's serves many
    people of one guide.
    """
    known: dict[str, Any] = dict(released or {})
    if TOPICS not in answers:
        answers = {**answers, TOPICS: guide.true_of({**known, **answers})}
    asked: list[str] = []
    pages: list[Page] = []
    while (page := guide.page(known, frozenset(asked), memo=memo)) is not None:
        pages.append(page)
        asked += page.names
        answer(page, answers, known)
    told = {**known, **{name: value for name, value in answers.items() if value is not None}}
    return Played(tuple(asked), tuple(pages), known, guide.listing(known, frozenset(asked), told=told))


def answer(page: Page, answers: Facts, known: dict[str, Any]) -> None:
    """Takes the answers to one page over into `known`."""
    if page.group is None:
        known.update({name: answers[name] for name in page.names if answers.get(name) is not None})
        return
    group = page.group.name
    members = answers.get(group)
    if members is None:
        return
    fields = [term.field for term in page.terms]
    held = known.get(group)
    beside = held if isinstance(held, list) and len(held) == len(members) else [{}] * len(members)
    known[group] = [_member(old, new, fields) for old, new in zip(beside, members, strict=True)]


def _member(old: Mapping[str, Any], new: Mapping[str, Any], fields: list[str]) -> dict[str, Any]:
    told = {field: new[field] for field in fields if new.get(field) is not None}
    return {**told, **{field: value for field, value in old.items() if value is not None}}
