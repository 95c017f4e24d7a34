"""Choosing terms for questions and conditions (用語の選択): found by words, shown by label.

Owns the list of questions on a form page while it is edited. Never saves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dokodemo.administration.authoring.checks import asked_terms
from dokodemo.administration.authoring.content import Content
from dokodemo.administration.procedures.agreement import Surroundings
from dokodemo.kernel import text_jp
from dokodemo.kernel.expressions.kinds import kind_named
from dokodemo.kernel.vocabulary import Term

MOST_FOUND = 12
MOST_ASKED = 40


def asks_posted(post: Any) -> list[Any]:
    """The questions of a page as posted, after the button that was pressed: add, up, down, drop."""
    asks: list[Any] = []
    for i in range(MOST_ASKED):
        term = post.get(f"ask-{i}.term", "")
        if not term:
            continue
        show_when = " ".join(post.get(f"ask-{i}.show_when", "").split())
        optional = f"ask-{i}.optional" in post
        ask: dict[str, Any] = {"term": term}
        ask |= {"required": False} if optional else {}
        ask |= {"show_when": show_when} if show_when else {}
        asks.append(ask if len(ask) > 1 else term)
    added = post.get("_add", "")
    if added and added not in [name_of(ask) for ask in asks] and len(asks) < MOST_ASKED:
        asks.append(added)
    verb, _, place = str(post.get("_act", "")).partition(":")
    if place.isdecimal() and int(place) < len(asks):
        i = int(place)
        if verb == "drop":
            del asks[i]
        elif verb == "up" and i:
            asks[i - 1], asks[i] = asks[i], asks[i - 1]
        elif verb == "down" and i + 1 < len(asks):
            asks[i + 1], asks[i] = asks[i], asks[i + 1]
    return asks


def name_of(ask: Any) -> str:
    """The term a question asks."""
    return str(ask.get("term") if isinstance(ask, Mapping) else ask)


def ask_rows(asks: list[Any], around: Surroundings | None) -> list[dict[str, Any]]:
    """Each question with its label, for the page."""
    rows = []
    for ask in asks:
        term = around.vocabulary.terms.get(name_of(ask)) if around else None
        more = ask if isinstance(ask, Mapping) else {}
        rows.append(
            {
                "term": name_of(ask),
                "label": term.label if term else None,
                "type": str(term.type) if term else "",
                "register": bool(term and term.register),
                "optional": more.get("required") is False,
                "show_when": more.get("show_when", ""),
            }
        )
    return rows


def found_terms(words: str, around: Surroundings | None, each: str | None) -> list[Term]:
    """Terms that can be asked on this page and whose label or name holds the words, nearest first."""
    heard = text_jp.normalise_search(words.strip())
    if not heard or around is None:
        return []
    found = []
    for term in around.vocabulary.terms.values():
        group = around.vocabulary.group_of(term.name)
        repeating = group.name if group is not None and group.repeats else None
        if term.derive is not None or str(term.type) == "file" or repeating != each:
            continue
        label = text_jp.normalise_search(term.label.ja)
        hay = f"{label} {term.name} {term.label.en.lower()}"
        if all(part in hay for part in heard.split()):
            found.append((label != heard, len(label), term.name, term))
    return [term for *_, term in sorted(found, key=lambda one: one[:3])[:MOST_FOUND]]


def condition_terms(content: Content, around: Surroundings | None) -> list[Term]:
    """Terms a condition can test: those asked, those the register knows, and derived ones, by label."""
    if around is None:
        return []
    asked = {name for _, name in asked_terms(content.data)}
    terms = [
        term
        for name, term in around.vocabulary.terms.items()
        if kind_named(str(term.type)) is not None
        and (name in asked or term.register is not None or term.derive is not None)
        and not _repeats(around, name)
    ]
    return sorted(terms, key=lambda term: (term.name not in asked, term.label.ja))


def _repeats(around: Surroundings, name: str) -> bool:
    group = around.vocabulary.group_of(name)
    return group is not None and group.repeats
