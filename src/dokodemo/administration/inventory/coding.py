"""Cells of the survey as values (コードの読み取り): labels become names, lists become tuples, counts become numbers.

Owns the tolerance for how files write things: width, spaces, 〇 and ○, three ways of separating values. Pure; never guesses
what a value that no list has could mean.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from dokodemo.administration.inventory.definitions import Code, CodeLists

_SAME = str.maketrans({"〇": "○", "◯": "○", "✕": "×", "✖": "×", "╳": "×", "･": "・", "﹐": ","})
# Between values of one cell. A label may hold each of them, so a value is cut only where known labels meet.
_FIRST = (";", "\n")
_SECOND = "、・,+/"


class UnknownValue(ValueError):
    """A cell holds a value that its list does not have."""

    def __init__(self, value: str) -> None:
        self.value = value[:40]
        super().__init__(self.value)


def fold(text: str) -> str:
    """A label without what differs from file to file: width, spaces, kinds of circle and cross."""
    return "".join(unicodedata.normalize("NFKC", text.translate(_SAME)).translate(_SAME).split())


def count_of(text: str) -> int | None:
    """A number of cases; None for an empty cell. 0 stays 0: the survey writes it for «not reported». Raises ValueError."""
    folded = fold(text).replace(",", "").removesuffix("件").removesuffix(".0")
    if folded in {"", "-", "ー", "null"}:
        return None
    if not (folded.isascii() and folded.isdecimal()) or len(folded) > 12:
        raise ValueError(text)
    return int(folded)


@dataclass
class Coder:
    """Reads coded cells by the lists of a pack. Remembers cells it has read: a survey repeats a few hundred of them."""

    lists: CodeLists
    _labels: dict[str, dict[str, str]] = field(default_factory=dict)
    _read: dict[tuple[str, str], tuple[str, ...] | UnknownValue] = field(default_factory=dict)

    def many(self, name: str, cell: str) -> tuple[str, ...]:
        """The values of a cell by our names, in the file's order, each once. Raises UnknownValue."""
        key = (name, cell)
        found = self._read.get(key)
        if found is None:
            try:
                found = self._values(self._labels_of(name), cell)
            except UnknownValue as unknown:
                found = unknown
            self._read[key] = found
        if isinstance(found, UnknownValue):
            raise found
        return found

    def one(self, name: str, cell: str) -> str | None:
        """The only value of a cell, None for an empty one. Raises UnknownValue, also for two values."""
        found = self.many(name, cell)
        if len(found) > 1:
            raise UnknownValue(cell)
        return found[0] if found else None

    def _labels_of(self, name: str) -> dict[str, str]:
        if name not in self._labels:
            self._labels[name] = labels_of(self.lists.list_of(name))
        return self._labels[name]

    def _values(self, labels: Mapping[str, str], cell: str) -> tuple[str, ...]:
        pieces = [cell]
        for separator in _FIRST:
            pieces = [part for piece in pieces for part in piece.replace("；", ";").split(separator)]
        values: list[str] = []
        for piece in map(fold, pieces):
            if piece:
                values += cut(piece, labels)
        return tuple(dict.fromkeys(values))


def labels_of(codes: Mapping[str, Code]) -> dict[str, str]:
    """Folded spelling → our name: with and without the number, and every other spelling of the list."""
    found: dict[str, str] = {}
    for name, code in codes.items():
        spellings = [code.ja, *code.also]
        if code.number is not None:
            spellings.append(f"{code.number} {code.ja}")
        found |= {fold(spelling): name for spelling in spellings}
    return found


def cut(piece: str, labels: Mapping[str, str]) -> list[str]:
    """Our names of a folded piece that is one label, or several joined by 、 ・ , + or /. Raises UnknownValue."""
    whole = labels.get(piece)
    if whole is not None:
        return [whole]
    for label in sorted((label for label in labels if piece.startswith(label)), key=len, reverse=True):
        rest = piece[len(label) :]
        if rest[0] in _SECOND:
            try:
                return [labels[label], *cut(rest[1:], labels)]
            except UnknownValue:
                continue
    raise UnknownValue(piece)
