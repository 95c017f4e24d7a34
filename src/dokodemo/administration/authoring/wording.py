"""Findings of the checks in the words of whoever writes (検査の文言): from what a check says to ja, easy and en.

Owns finding the text of the catalogue whose English is what the check said (`….problem.…`, its remedy `….remedy.…`, the
words inside it `….phrase.…`), and naming terms, keys, places and outcomes as the editor does. Never decides what is
wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import mark_safe

from dokodemo.kernel.packs import Problem
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import Lang

OTHER = "authoring.problem.other"
FILL_IN = "authoring.box.empty"
_INNER = frozenset({"message", "detail"})
_LISTED = {"reasons": "; ", "names": ", ", "filers": ", ", "limit": ", "}
# What a parameter may be called in the editor, tried in this order.
_NAMED = ("authoring.choice", "authoring.field", "authoring.part")

# Keys of a definition that the editor calls after the page on which they are written.
_PAGES = {"eligible": "conditions", "outcome": "letters", "ended": "ending"}
_LANGUAGES = {"ja": "authoring.lang.ja", "easy": "authoring.lang.plain", "en": "authoring.lang.en"}

# A key stands in quotes or is one word; other parameters may be anything.
_SHAPES = {"key": r'"[^"]+"|The document|[\w.]+', "column": "[0-9]+"}

type Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """A text of the catalogue, and how its English is recognised."""

    key: str
    pattern: re.Pattern[str]


def words(problem: Problem, lang: Lang, labels: Labels | None = None, *, furigana: bool | None = None) -> str:
    """What a problem says in a language; `labels` are what terms are called in it, by name.

    Plain text, or safe HTML with or without readings when `furigana` is given. For words that no text of the catalogue
    knows, it is what the check itself said.
    """
    say = _Saying(lang, labels or {}, furigana)
    told, code = say.found("problem", problem.message), code_of(problem.message) or ""
    if told is None:
        english = f"{_sentence(problem.message)} {_sentence(problem.remedy)}"
        return say.fill(OTHER, {"message": english.strip()})
    more = say.found("remedy", problem.remedy, of=code.partition(".")[0]) or ""
    if lang == "en":
        # The Japanese says what to do in the same sentence; in English the check's own remedy does.
        missing = code == "packs.problem.missing"
        remedy = texts.plain(FILL_IN, lang) if missing else more or problem.remedy
        more = f" {_sentence(remedy if furigana is None else str(conditional_escape(remedy)))}"
        told = _sentence(told)
    return mark_safe(told + more) if furigana is not None else told + more  # noqa: S308 - both are escaped


def code_of(message: str) -> str | None:
    """The key of the text that says a message of a check; None when the catalogue has none."""
    found = next(_matching("problem", message), None)
    return found[0] if found else None


def place(steps: Sequence[str | int], lang: Lang) -> str:
    """Where something stands in a definition, as the editor calls it: 要件 › 3 › 住民に見せる文 › 英語. Plain text."""
    said, left = [], list(steps)
    while left:
        here = left.pop(0)
        if isinstance(here, int):
            said.append(str(here + 1))
            continue
        pair = f"authoring.field.{here}_{left[0]}" if left else ""
        if pair in texts.catalogue().entries:
            left.pop(0)
            said.append(texts.plain(pair, lang))
        else:
            said.append(_called(here, lang, first=not said))
    return " › ".join(said)


def _called(key: str, lang: Lang, *, first: bool) -> str:
    if key in _LANGUAGES:
        return texts.plain(_LANGUAGES[key], lang)
    names = [f"authoring.part.{_PAGES.get(key, key)}"] if first else []
    if key == "say" and not first:
        names.append("authoring.field.sentence")
    names.append(f"authoring.field.{key}")
    found = next((name for name in names if name in texts.catalogue().entries), None)
    return key if found is None else texts.plain(found, lang)


@dataclass(frozen=True)
class _Saying:
    lang: Lang
    labels: Labels
    furigana: bool | None

    def fill(self, key: str, params: Mapping[str, str]) -> str:
        if self.furigana is None:
            return texts.plain(key, self.lang, **params)
        return texts.t(key, self.lang, furigana=self.furigana, **params)

    def found(self, kind: str, english: str, of: str = "") -> str | None:
        """The text of a kind whose English this is, filled in; None when there is none.

        A remedy is one of the domain `of` that found the problem, or of packs.
        """
        matching = _matching(kind, english)
        match = next((one for one in matching if not of or one[0].startswith((f"{of}.", "packs."))), None)
        if match is None:
            return None
        key, params = match
        return self.fill(key, {name: self.part(name, value) for name, value in params.items()})

    def part(self, name: str, value: str) -> str:
        """One parameter: a message inside a message, a list, or a name."""
        if name in _INNER:
            return self.found("problem", value) or self.found("phrase", value) or value
        if name in _LISTED and _LISTED[name] in value and self.found("phrase", value) is None:
            return self.joined([self.part(name, one) for one in value.split(_LISTED[name])])
        return self.found("phrase", value) or self.name(value)

    def joined(self, parts: list[str]) -> str:
        between = ", " if self.lang == "en" else "、"
        if self.furigana is None:
            return between.join(parts)
        return format_html_join(between, "{}", ((part,) for part in parts))

    def name(self, value: str) -> str:
        """A term by its label, a code as the editor calls it, anything else as it is."""
        bare = value.strip("\"'")
        if bare in self.labels:
            label = self.labels[bare]
            return f"{label} ({bare})" if self.lang == "en" else f"{label}（{bare}）"
        known = texts.catalogue().entries
        for prefix in _NAMED:
            key = f"{prefix}.{bare.replace(' ', '_')}"
            if key in known and not texts.placeholders(known[key]["en"]):
                return self.fill(key, {})
        return bare


def _matching(kind: str, english: str) -> Iterator[tuple[str, dict[str, str]]]:
    for one in _known(kind):
        match = one.pattern.fullmatch(english)
        if match is not None:
            yield one.key, match.groupdict()


@cache
def _known(kind: str) -> tuple[Known, ...]:
    """The texts of a kind, the one that says most of its own first."""
    found = []
    for key, entry in texts.catalogue().entries.items():
        if f".{kind}." in key and key != OTHER:
            pieces = texts.split(entry["en"])
            said = sum(len(piece) for piece in pieces if isinstance(piece, str))
            # What holds another message comes first, or that message would be taken for all of it.
            holds = "message" in texts.placeholders(entry["en"])
            found.append((not holds, -said, key, _pattern(pieces)))
    return tuple(Known(key, pattern) for _, _, key, pattern in sorted(found, key=lambda one: one[:3]))


def _pattern(pieces: texts.Pieces) -> re.Pattern[str]:
    parts = [
        re.escape(p) if isinstance(p, str) else f"(?P<{p.name}>{_SHAPES.get(p.name, '.+?')})" for p in pieces
    ]
    return re.compile("".join(parts), re.DOTALL)


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?", "。")) else f"{text}."
