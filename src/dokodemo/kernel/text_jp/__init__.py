"""Japanese text (日本語の文字と言葉): characters, readings, words.

Owns what text means to search, forms and screens. Never changes a stored name.
"""

from dokodemo.kernel.text_jp.characters import (
    grapheme_length,
    has_control,
    has_private_use,
    is_kanji,
    is_katakana_name,
    normalise_address,
    normalise_search,
    strip_selectors,
    to_full_width_katakana,
)
from dokodemo.kernel.text_jp.ruby import (
    BadRuby,
    Piece,
    add_furigana,
    pieces,
    ruby,
    strip_ruby,
    without_reading,
)
from dokodemo.kernel.text_jp.words import readings, tokens

__all__ = [
    "BadRuby",
    "Piece",
    "add_furigana",
    "grapheme_length",
    "has_control",
    "has_private_use",
    "is_kanji",
    "is_katakana_name",
    "normalise_address",
    "normalise_search",
    "pieces",
    "readings",
    "ruby",
    "strip_ruby",
    "strip_selectors",
    "to_full_width_katakana",
    "tokens",
    "without_reading",
]
