"""Japanese text (日本語処理): characters, folding for search, readings, words.

Owns what is the same for every text. Never changes what is stored: folded text is for comparing only.
"""

from dokodemo.kernel.text_jp.characters import (
    grapheme_length,
    has_control,
    has_private_use,
    is_katakana_name,
    to_full_width_katakana,
    to_hiragana,
    to_katakana,
)
from dokodemo.kernel.text_jp.ruby import BadRuby, Piece, is_faulty, pieces, ruby, strip_ruby, without_reading
from dokodemo.kernel.text_jp.search import normalise_address, normalise_search
from dokodemo.kernel.text_jp.words import add_furigana, names_somebody, readings, terms, tokens

__all__ = [
    "BadRuby",
    "Piece",
    "add_furigana",
    "grapheme_length",
    "has_control",
    "has_private_use",
    "is_faulty",
    "is_katakana_name",
    "names_somebody",
    "normalise_address",
    "normalise_search",
    "pieces",
    "readings",
    "ruby",
    "strip_ruby",
    "terms",
    "to_full_width_katakana",
    "to_hiragana",
    "to_katakana",
    "tokens",
    "without_reading",
]
