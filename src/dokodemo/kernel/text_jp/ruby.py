"""Readings above kanji (ふりがな・ルビ): the markup 漢字《かんじ》 in texts, as HTML or taken away.

Owns the markup. The reading belongs to the run of kanji before 《; where that is not meant, ｜ marks the beginning:
｜10日《とおか》, ｜Wi-Fi《ワイファイ》. Pure: dictionary readings are in `words`.
"""

import re
from html import escape
from typing import NamedTuple

KANJI = (
    "々〆〇ヶヵ\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af\ufe00-\ufe0f\U000e0100-\U000e01ef"
)
_RUBY = re.compile(f"｜([^｜《》]+)《([^《》]+)》|([{KANJI}]+)《([^《》]+)》")
_STRAY = re.compile("[｜《》]")
_KANJI_RUN = re.compile(f"[{KANJI}]+")


class BadRuby(ValueError):
    """Marks that do not pair, or a reading with nothing before it that it could belong to."""


class Piece(NamedTuple):
    """A part of a text; `reading` is None where none is given."""

    text: str
    reading: str | None = None


def split(text: str) -> list[Piece]:
    """The text in order, with and without readings; marks that pair with nothing stay in the text."""
    if "《" not in text:
        return [Piece(text)] if text else []
    found: list[Piece] = []
    at = 0
    for match in _RUBY.finditer(text):
        if match.start() > at:
            found.append(Piece(text[at : match.start()]))
        found.append(Piece(match[1] or match[3], match[2] or match[4]))
        at = match.end()
    return [*found, Piece(text[at:])] if at < len(text) else found


def pieces(text: str) -> tuple[Piece, ...]:
    """The text in order, with and without readings. Raises BadRuby, with the remedy, for faulty markup."""
    if is_faulty(text):
        raise BadRuby(
            "a mark of a reading pairs with nothing: write 漢字《かんじ》, or ｜ where the word begins"
        )
    return tuple(split(text))


def is_faulty(text: str) -> bool:
    """Whether `pieces` would refuse the text."""
    return _STRAY.search(text) is not None and _STRAY.search(_RUBY.sub("", text)) is not None


def ruby(text: str, *, furigana: bool = True) -> str:
    """Safe HTML of a text with markup: readings as <ruby>, in brackets for browsers without it, or left out."""
    return "".join(_html(piece, furigana) for piece in split(text))


def strip_ruby(text: str) -> str:
    """The text without readings and marks, not escaped."""
    return "".join(piece.text for piece in split(text)) if "《" in text else text


def without_reading(text: str) -> list[str]:
    """Runs of kanji that have no reading."""
    return [run for piece in split(text) if piece.reading is None for run in _KANJI_RUN.findall(piece.text)]


def mark(base: str, reading: str, *, before: str = "") -> str:
    """Markup that gives `base` its reading, where the text so far ends in `before`."""
    runs_on = before != "" and _KANJI_RUN.fullmatch(before[-1]) is not None
    plain = _KANJI_RUN.fullmatch(base) is not None and not runs_on
    return f"{base}《{reading}》" if plain else f"｜{base}《{reading}》"


def _html(piece: Piece, furigana: bool) -> str:
    if piece.reading is None or not furigana:
        return escape(piece.text)
    return f"<ruby>{escape(piece.text)}<rp>（</rp><rt>{escape(piece.reading)}</rt><rp>）</rp></ruby>"
