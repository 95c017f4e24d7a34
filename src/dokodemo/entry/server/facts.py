"""Facts of the register in words (登録内容の表示): each with the label of the term it fills.

Owns the way from a fact's name to what a person reads. Never reads the register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings

from dokodemo.kernel.packs import Text, open_pack
from dokodemo.kernel.vocabulary import Term, load_vocabulary, values

_ORDER = ("applicant", "subject", "household_member", "child")


class Held(Protocol):
    """A fact as the register gives it."""

    @property
    def value(self) -> Any:
        """The JSON value."""

    @property
    def source(self) -> Text:
        """Who said it."""

    @property
    def verified_at(self) -> datetime | None:
        """When it was last checked (UTC)."""


@dataclass(frozen=True)
class Shown:
    """A fact with its label, in words."""

    label: Text
    text: str
    source: Text
    verified_at: datetime | None
    masked: bool


@lru_cache(maxsize=2)
def _terms(pack: str) -> dict[str, Term]:
    """The term each fact fills, preferring those about the applicant."""
    found: dict[str, Term] = {}
    vocabulary = load_vocabulary(open_pack(pack))
    ranked = sorted(
        (term for term in vocabulary.terms.values() if term.register is not None),
        key=lambda term: _ORDER.index(term.group_name) if term.group_name in _ORDER else len(_ORDER),
    )
    for term in ranked:
        found.setdefault((term.register or "").rpartition(".")[2], term)
    return found


def in_words(facts: Mapping[str, Held], lang: str) -> list[Shown]:
    """The facts that a term of the vocabulary describes, in the vocabulary's order."""
    shown = []
    for name, term in _terms(settings.DOKODEMO_PACK).items():
        fact = facts.get(name)
        if fact is None:
            continue
        masked = bool(getattr(fact, "masked", False))
        text = "" if masked or fact.value is None else values.show(term, fact.value, lang)
        shown.append(Shown(term.label, text, fact.source, fact.verified_at, masked))
    return shown
