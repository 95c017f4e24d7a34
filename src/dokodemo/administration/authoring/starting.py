"""What a procedure begins with (起案のはじまり): a file that is right in everything nobody was asked yet.

Owns the first text of procedure.yaml. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dokodemo.administration.authoring import yaml_text
from dokodemo.administration.authoring.content import ORDER
from dokodemo.administration.procedures.reading import sections_answering
from dokodemo.kernel.packs import Pack, PackError, Problem

_WORDS = re.compile(r"[a-z0-9]+")
_SMALL = frozenset({"a", "an", "the", "of", "for", "to", "and", "in", "on", "your", "my"})
FIRST_PAGE = {"ja": "あなたについて", "easy": "あなたの こと", "en": "About you"}


@dataclass(frozen=True)
class First:
    """The answers of the first page: names in three languages, kind, law, section, life events."""

    title: Mapping[str, str]
    kind: str
    law: Mapping[str, str]
    legal_basis_kind: str
    section: str
    life_events: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """The name in addresses, from the English title."""
        return slug_of(self.title["en"])


def slug_of(english: str) -> str:
    """A name for addresses and folders: "A grant for planting trees" → grant-planting-trees."""
    words = [word for word in _WORDS.findall(english.lower()) if word not in _SMALL]
    slug = "-".join(words).lstrip("0123456789-")[:50].strip("-")
    return slug or "procedure"


def slug_for(definition: Mapping[str, Any]) -> str:
    """The slug a definition brings, else one from its English title."""
    slug = definition.get("slug")
    if isinstance(slug, str) and re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", slug) and len(slug) <= 60:
        return slug
    title = definition.get("title")
    return slug_of(str(title.get("en", "")) if isinstance(title, Mapping) else "")


def section_of(definition: Mapping[str, Any], pack: Pack) -> str:
    """The city's section that answers for a definition. Raises PackError where it names none."""
    unit = definition.get("unit")
    if not isinstance(unit, str) or not unit:
        raise PackError(
            [Problem("proposal", None, "`unit` is missing", "Add `unit:` with the section's code")]
        )
    return sections_answering(pack).get(unit, unit)


def new_procedure(slug: str, first: First) -> str:
    """procedure.yaml of a procedure nobody has written yet: ordinary values, to be changed page by page."""
    notification = first.kind == "notification"
    outcome = {"completed": "letters/receipt.typ"} if notification else {
        "approved": "letters/approval.typ",
        "refused": "letters/refusal.typ",
    }  # fmt: skip
    values: dict[str, Any] = {
        "slug": slug,
        "title": dict(first.title),
        "summary": dict(first.title),
        "inventory": [],
        "kind": first.kind,
        "law": dict(first.law),
        "legal_basis_kind": first.legal_basis_kind,
        "confirmed": {"by": None, "on": None},
        "affairs": "self_government",
        "unit": first.section,
        "life_events": list(first.life_events),
        "measures": ["admin-1"],
        "say": [first.title["ja"]],
        "say_en": [first.title["en"]],
        "audience": ["resident"],
        "identity": "authenticated",
        "online": {"state": "full"},
        "standard_period": {"days": 30, "count": "calendar"},
        "minutes": 10,
        "fee": {"amount": 0},
        "who_may_file": ["self"],
        "subject": "applicant",
        "needs": [],
        "eligible": [],
        "form": [
            {"page": FIRST_PAGE, "ask": ["applicant.full_name", "applicant.address", "applicant.phone"]}
        ],
        "evidence": [],
        "steps": ["completeness"] if notification else ["completeness", "decision"],
    }
    if not notification:
        values["approval"] = "two_person"
    values["outcome"] = outcome
    return yaml_text.new_file(values, comment=first.title["ja"])


def procedure_from(slug: str, definition: Mapping[str, Any]) -> str:
    """procedure.yaml of a definition somebody else put together: its own keys only, in the usual order."""
    known = {key: definition[key] for key in ORDER if key in definition and definition[key] is not None}
    title = definition.get("title")
    comment = str(title.get("ja", "")) if isinstance(title, Mapping) else ""
    return yaml_text.new_file({**known, "slug": slug}, comment=" ".join(comment.split()))
