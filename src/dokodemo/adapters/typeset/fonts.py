"""Fonts of the letters (書体) and the characters they can show (収録文字).

Owns the two bundled fonts and the reading of their character maps. Never uses a font of the machine: the
same letter must look the same, byte for byte, on every machine.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pylopdf_fonts_jp
import typst


@dataclass(frozen=True)
class Coverage:
    """What the fonts can show: single characters, and character + variation selector (字形選択子) pairs."""

    characters: frozenset[int]
    variants: frozenset[tuple[int, int]]

    def shows(self, character: str) -> bool:
        """True when some font has a glyph for this one character."""
        return ord(character) in self.characters

    def shows_variant(self, character: str, selector: str) -> bool:
        """True when every font knows this exact shape (IVS, ISO/IEC 10646 異体字シーケンス)."""
        return (ord(character), ord(selector)) in self.variants


def font_files() -> tuple[Path, Path]:
    """The two font files: Gothic (sans) and Mincho (serif)."""
    return pylopdf_fonts_jp.sans_path(), pylopdf_fonts_jp.serif_path()


@cache
def fonts() -> typst.Fonts:
    """The bundled fonts, loaded once for the whole process; neither the machine's nor typst's own."""
    folder = str(font_files()[0].parent)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


@cache
def coverage() -> Coverage:
    """What both fonts together can show; typst borrows a character from the other font, never a shape."""
    read = [read_coverage(path.read_bytes()) for path in font_files()]
    return Coverage(
        characters=frozenset().union(*(one.characters for one in read)),
        variants=frozenset.intersection(*(one.variants for one in read)),
    )


def read_coverage(font: bytes) -> Coverage:
    """Read the `cmap` table of an OpenType font (ISO/IEC 14496-22 §5.2.1, formats 4, 12 and 14)."""
    table = _table(font, b"cmap")
    characters: set[int] = set()
    variants: set[tuple[int, int]] = set()
    for index in range(struct.unpack_from(">H", table, 2)[0]):
        start = struct.unpack_from(">HHL", table, 4 + 8 * index)[2]
        shape = struct.unpack_from(">H", table, start)[0]
        if shape == 12:
            characters.update(_segmented_coverage(table, start))
        elif shape == 4:
            characters.update(_segment_mapping(table, start))
        elif shape == 14:
            variants.update(_variation_sequences(table, start))
    return Coverage(frozenset(characters), frozenset(variants))


def _table(font: bytes, tag: bytes) -> bytes:
    for index in range(struct.unpack_from(">H", font, 4)[0]):
        name, _checksum, offset, length = struct.unpack_from(">4sLLL", font, 12 + 16 * index)
        if name == tag:
            return font[offset : offset + length]
    raise ValueError(f"the font has no {tag.decode()} table")


def _segmented_coverage(table: bytes, start: int) -> Iterator[int]:
    for group in range(struct.unpack_from(">L", table, start + 12)[0]):
        first, last, _glyph = struct.unpack_from(">LLL", table, start + 16 + 12 * group)
        yield from range(first, last + 1)


def _segment_mapping(table: bytes, start: int) -> Iterator[int]:
    double = struct.unpack_from(">H", table, start + 6)[0]
    ends, starts = start + 14, start + 16 + double
    deltas, offsets = starts + double, starts + 2 * double
    for step in range(0, double, 2):
        last = struct.unpack_from(">H", table, ends + step)[0]
        first = struct.unpack_from(">H", table, starts + step)[0]
        delta = struct.unpack_from(">H", table, deltas + step)[0]
        offset = struct.unpack_from(">H", table, offsets + step)[0]
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                glyph = struct.unpack_from(">H", table, offsets + step + offset + 2 * (code - first))[0]
            if (glyph + delta) & 0xFFFF and (glyph or not offset):
                yield code


def _variation_sequences(table: bytes, start: int) -> Iterator[tuple[int, int]]:
    for record in range(struct.unpack_from(">L", table, start + 6)[0]):
        at = start + 10 + 11 * record
        selector = int.from_bytes(table[at : at + 3])
        default, other = struct.unpack_from(">LL", table, at + 3)
        if default:
            for index in range(struct.unpack_from(">L", table, start + default)[0]):
                spot = start + default + 4 + 4 * index
                first = int.from_bytes(table[spot : spot + 3])
                for code in range(first, first + table[spot + 3] + 1):
                    yield code, selector
        if other:
            for index in range(struct.unpack_from(">L", table, start + other)[0]):
                spot = start + other + 4 + 5 * index
                yield int.from_bytes(table[spot : spot + 3]), selector
