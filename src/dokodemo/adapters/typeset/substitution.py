"""Characters that no bundled font can show (外字・異体字) and what is printed instead.

Owns the order of fallbacks, so that a letter never stops for a name: the exact shape → the base character
→ the base of a compatibility character → 〓, with the reading in brackets when it is known. Never changes a
stored name: only the copy that is printed. Pure: no files, no fonts of its own.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

GETA = "〓"
_LAYOUT = frozenset("\n\t")


class Shows(Protocol):
    """What the substitution asks of the fonts."""

    def shows(self, character: str) -> bool:
        """Is there a glyph for this character?"""
        ...

    def shows_variant(self, character: str, selector: str) -> bool:
        """Is there a glyph for this exact shape?"""
        ...


@dataclass(frozen=True, order=True)
class Replacement:
    """One character sequence that could not be printed as written.

    `original` is the text as stored, `shown` what stands in the letter, `why` is `shape` (same character,
    other form) or `missing` (no glyph at all).
    """

    original: str
    shown: str
    why: Literal["shape", "missing"]

    @property
    def code(self) -> str:
        """The code points, such as `U+8FBB U+E0110`."""
        return " ".join(f"U+{ord(character):04X}" for character in self.original)


def substitute(data: Any, fonts: Shows, readings: Mapping[str, str]) -> tuple[Any, tuple[Replacement, ...]]:
    """A copy of `data` (JSON values) whose every string can be printed, and what was replaced, each once.

    `readings` maps a name as it appears in the data to its reading (ふりがな), which is printed after a name
    that lost a character altogether.
    """
    found: set[Replacement] = set()
    copy = _walk(data, fonts, readings, found)
    return copy, tuple(sorted(found))


def printable(text: str, fonts: Shows, found: set[Replacement]) -> str:
    """The text with every unprintable character replaced; replacements are added to `found`."""
    shown: list[str] = []
    index = 0
    while index < len(text):
        character = text[index]
        selector = text[index + 1] if index + 1 < len(text) and is_selector(text[index + 1]) else ""
        index += 1 + len(selector)
        if character in _LAYOUT:
            shown.append(character)
            continue
        if unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} and not fonts.shows(character):
            continue  # layout marks print nothing, so nothing is lost
        if not fonts.shows(character):
            base = unicodedata.normalize("NFKC", character)
            whole = base != character and all(map(fonts.shows, base))
            stand_in = base if whole else "" if unicodedata.combining(character) else GETA
            found.add(Replacement(character + selector, stand_in, "shape" if whole else "missing"))
            shown.append(stand_in)
        elif selector and not fonts.shows_variant(character, selector):
            found.add(Replacement(character + selector, character, "shape"))
            shown.append(character)
        else:
            shown.append(character + selector)
    return "".join(shown)


def is_selector(character: str) -> bool:
    """True for the variation selectors VS1–VS256."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _walk(value: Any, fonts: Shows, readings: Mapping[str, str], found: set[Replacement]) -> Any:
    if isinstance(value, str):
        return _sentence(value, fonts, readings, found)
    if isinstance(value, Mapping):
        return {key: _walk(item, fonts, readings, found) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(item, fonts, readings, found) for item in value]
    return value


def _sentence(text: str, fonts: Shows, readings: Mapping[str, str], found: set[Replacement]) -> str:
    for name, reading in readings.items():
        if name and reading and name in text:
            lost: set[Replacement] = set()
            shown = printable(name, fonts, lost)
            if any(one.shown == GETA for one in lost):
                spoken = printable(reading, fonts, found)
                found |= lost
                text = text.replace(name, f"{shown}（{spoken}）")
    return printable(text, fonts, found)
