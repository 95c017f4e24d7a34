"""Words of a text (形態素): what search indexes and where readings come from. Sudachi, loaded on first use.

Owns the tokenizer. Never decides what a word means.
"""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any

from dokodemo.kernel.text_jp.characters import normalise_search

_SILENT = {"助詞", "助動詞", "補助記号", "空白", "接続詞"}
_lock = Lock()


@cache
def _tokenizer() -> Any:
    from sudachipy import Dictionary

    return Dictionary(dict="small").create()


def _morphemes(text: str, mode: str) -> list[Any]:
    from sudachipy import SplitMode

    # One tokenizer serves all threads of a process, one at a time: the dictionary is large.
    with _lock:
        return list(_tokenizer().tokenize(text, getattr(SplitMode, mode)))


def readings(text: str) -> list[tuple[str, str]]:
    """Words with their reading in katakana, in order; together they are the text."""
    return [(morpheme.surface(), morpheme.reading_form()) for morpheme in _morphemes(text, "C")]


def tokens(text: str) -> list[str]:
    """Words that carry meaning, folded for comparison: normalised form of short units, then of long ones that differ.

    子どもが生まれた gives 子供 and 生まれる, so that other spellings meet them.
    """
    found: list[str] = []
    for mode in ("A", "C"):
        for morpheme in _morphemes(normalise_words(text), mode):
            if morpheme.part_of_speech()[0] in _SILENT:
                continue
            word = normalise_search(morpheme.normalized_form())
            if word and word not in found:
                found.append(word)
    return found


def normalise_words(text: str) -> str:
    """A text as the dictionary expects it: width folded, kana and case left alone."""
    import unicodedata

    return unicodedata.normalize("NFKC", text)[:2000]
