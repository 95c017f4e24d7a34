"""Readings above characters (ふりがな): the markup 漢字《かんじ》, its HTML, and readings nobody wrote.

Owns the markup. Never guesses a person's name: names carry their own registered reading.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import jaconv

from dokodemo.kernel.text_jp.characters import is_kanji


class Piece(NamedTuple):
    """A run of text and its reading; no reading for None."""

    text: str
    reading: str | None


_MARKED = re.compile(r"｜([^｜《》]+)《([^《》]+)》|([^｜《》]*?)《([^《》]+)》")


class BadRuby(ValueError):
    """Markup that does not close, or a reading with nothing below it."""


def _base(text: str) -> tuple[str, str]:
    """What stands before a reading, and the run of ideographs the reading belongs to."""
    start = len(text)
    while start and is_kanji(text[start - 1]):
        start -= 1
    return text[:start], text[start:]


@lru_cache(maxsize=8192)
def pieces(text: str) -> tuple[Piece, ...]:
    """A text cut into runs with and without readings. Raises BadRuby."""
    found: list[Piece] = []
    end = 0
    for match in _MARKED.finditer(text):
        if match[1] is not None:
            if match.start() > end:
                found.append(Piece(text[end : match.start()], None))
            found.append(Piece(match[1], match[2]))
        else:
            before, base = _base(text[end : match.end(3)])
            if not base:
                raise BadRuby(
                    f"《{match[4]}》 stands after nothing it could read: put ｜ where the word begins"
                )
            if before:
                found.append(Piece(before, None))
            found.append(Piece(base, match[4]))
        end = match.end()
    if end < len(text):
        found.append(Piece(text[end:], None))
    if any(mark in piece.text for piece in found for mark in "｜《》"):
        raise BadRuby("a reading is not closed: write 漢字《かんじ》")
    return tuple(found)


def strip_ruby(text: str) -> str:
    """The text alone."""
    return "".join(piece.text for piece in pieces(text))


def _element(piece: Piece) -> str:
    base = html.escape(piece.text)
    if piece.reading is None:
        return base
    return f"<ruby>{base}<rp>（</rp><rt>{html.escape(piece.reading)}</rt><rp>）</rp></ruby>"


def ruby(text: str, *, furigana: bool) -> str:
    """Escaped HTML of a marked text, with `<ruby>` when readings are on."""
    if not furigana:
        return html.escape(strip_ruby(text))
    return "".join(_element(piece) for piece in pieces(text))


def without_reading(text: str) -> list[str]:
    """Runs of ideographs in a marked text that carry no reading."""
    return [run for piece in pieces(text) if piece.reading is None for run in _kanji_runs(piece.text)]


def _kanji_runs(text: str) -> Iterator[str]:
    run = ""
    for character in text:
        if is_kanji(character):
            run += character
        elif run:
            yield run
            run = ""
    if run:
        yield run


@lru_cache(maxsize=4096)
def add_furigana(text: str) -> str:
    """The text with readings by dictionary on every ideograph that has none; marked readings stay as written."""
    return "".join(
        f"｜{piece.text}《{piece.reading}》" if piece.reading is not None else _by_dictionary(piece.text)
        for piece in pieces(text)
    )


def _by_dictionary(text: str) -> str:
    from dokodemo.kernel.text_jp.words import readings

    return "".join(_marked(surface, jaconv.kata2hira(reading)) for surface, reading in readings(text))


def _marked(surface: str, reading: str) -> str:
    """One word with its reading over the ideographs alone: kana at both ends stay bare (送り仮名)."""
    if not any(is_kanji(character) for character in surface) or not reading:
        return surface
    head = 0
    while (
        head < len(surface)
        and not is_kanji(surface[head])
        and reading[head : head + 1] == jaconv.kata2hira(surface[head])
    ):
        head += 1
    tail = 0
    while (
        tail < len(surface) - head
        and not is_kanji(surface[-1 - tail])
        and len(reading) - tail > head
        and reading[-1 - tail] == jaconv.kata2hira(surface[-1 - tail])
    ):
        tail += 1
    stop = len(surface) - tail
    return f"{surface[:head]}｜{surface[head:stop]}《{reading[head : len(reading) - tail]}》{surface[stop:]}"
