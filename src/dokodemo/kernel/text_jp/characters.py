"""Characters and their widths (文字): what counts as one character, what may be stored, what is katakana.

Owns the classes of characters. Nothing here is ever applied to a stored name: names are kept byte for byte. Pure.
"""

import re
import unicodedata

import regex

# Planes 15 and 16 hold nothing but private use; MJ+ (行政事務標準文字) also lives there.
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
# Control characters except line feed and tab, characters that turn the direction of text, lost and half characters.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\uffff]"
)
_GRAPHEME = regex.compile(r"\X")
_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]+")
_HYPHEN_AFTER_KANA = re.compile("(?<=[ァ-ヺー])[-‐‑‒–—―−－]")
_KATAKANA_NAME = re.compile("[ァ-ヺㇰ-ㇿ][ァ-ヺㇰ-ㇿーヽヾ]*(?:[ 　・＝][ァ-ヺㇰ-ㇿ][ァ-ヺㇰ-ㇿーヽヾ]*)*")

_TO_KATAKANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_TO_HIRAGANA = {katakana: hiragana for hiragana, katakana in _TO_KATAKANA.items()}


def grapheme_length(text: str) -> int:
    """How many characters a reader sees: a kanji with its variation selector (IVS) is one."""
    if text.isascii() and "\r" not in text:
        return len(text)
    return sum(1 for _ in _GRAPHEME.finditer(text))


def has_private_use(text: str) -> bool:
    """Whether a character is one that only some machines know (外字: Unicode private use)."""
    return _PRIVATE_USE.search(text) is not None


def has_control(text: str) -> bool:
    """Whether a character is invisible and dangerous: control, direction change, byte order mark, lost character.

    Line feed and tab are no such characters.
    """
    return _CONTROL.search(text) is not None


def to_katakana(text: str) -> str:
    """Hiragana as katakana; everything else stays."""
    return text.translate(_TO_KATAKANA)


def to_hiragana(text: str) -> str:
    """Katakana as hiragana; everything else stays."""
    return text.translate(_TO_HIRAGANA)


def to_full_width_katakana(text: str) -> str:
    """A reading as registers keep it: hiragana and half-width kana become full-width katakana.

    A hyphen after kana is taken as the long vowel ー. Other characters stay, so that a check can point at them.
    """
    wide = _HALF_WIDTH_KANA.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    katakana = (
        unicodedata.normalize("NFC", to_katakana(wide))
        if "\u3099" in wide or "\u309a" in wide
        else to_katakana(wide)
    )
    return _HYPHEN_AFTER_KANA.sub("ー", katakana)


def is_katakana_name(text: str) -> bool:
    """Whether the text is a reading in full-width katakana: words parted by one space, ・ or ＝."""
    return _KATAKANA_NAME.fullmatch(text) is not None
