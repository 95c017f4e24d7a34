"""Characters of names and free text (文字): what may be kept, how long it is, how it is compared.

Owns the comparison copy of a text. Never changes a stored name: NFC itself would turn U+FA19 into U+795E.
"""

from __future__ import annotations

import unicodedata

import jaconv
import regex

_PRIVATE = ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))
_SELECTORS = regex.compile(r"[\uFE00-\uFE0F\U000E0100-\U000E01EF]")
_CONTROL = regex.compile(r"[\p{Cc}\p{Cs}--[\n\t]]", regex.V1)
_GRAPHEME = regex.compile(r"\X")
_KATAKANA_NAME = regex.compile(r"[ァ-ヺー・＝　 ]+")
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")
# Variants of one name that people type for each other. Only for finding, never for showing or deciding.
_VARIANTS = str.maketrans(
    "髙﨑邉邊齋齊濵濱嶋嶌櫻澤廣國德惠眞曻冨槗塚𠮷瀨舩靏祇",
    "高崎辺辺斎斎浜浜島島桜沢広国徳恵真昇富橋塚吉瀬船鶴祇",
)


def has_private_use(text: str) -> bool:
    """Whether a text holds a private-use character (外字), which shows as nothing or as something else elsewhere."""
    return any(low <= ord(character) <= high for character in text for low, high in _PRIVATE)


def has_control(text: str) -> bool:
    """Whether a text holds a control character or half a surrogate; line breaks and tabs are no control here."""
    return _CONTROL.search(text) is not None


def grapheme_length(text: str) -> int:
    """The number of characters a reader sees: a base with its variation selector counts one (UAX #29)."""
    return sum(1 for _ in _GRAPHEME.finditer(text))


def strip_selectors(text: str) -> str:
    """A text without variation selectors: 辻󠄀 as 辻."""
    return _SELECTORS.sub("", text)


def normalise_search(text: str) -> str:
    """The copy of a text that searches compare: width, kana, case, hyphens and name variants folded; idempotent.

    Katakana becomes hiragana, variation selectors go, 髙 meets 高. Never store it in place of the text.
    """
    plain = unicodedata.normalize("NFKC", strip_selectors(text)).translate(_VARIANTS)
    plain = unicodedata.normalize("NFKC", plain).casefold().translate(_HYPHENS)
    return regex.sub(r"\s+", " ", jaconv.kata2hira(plain)).strip()


def normalise_address(text: str) -> str:
    """The copy of an address that is compared: as `normalise_search`, without spaces, 丁目・番地・番・号 as hyphens."""
    plain = normalise_search(text).replace(" ", "")
    plain = regex.sub(r"(?<=[0-9])(丁目|番地の?|番|号)(?=[0-9])", "-", plain)
    return regex.sub(r"(?<=[0-9])(丁目|番地|番|号)", "", plain)


def to_full_width_katakana(text: str) -> str:
    """Kana in any width or script as full-width katakana; other characters as they are."""
    wide = jaconv.h2z(text, kana=True, digit=False, ascii=False)
    return str(jaconv.hira2kata(wide)).replace(" ", "　")


def is_katakana_name(text: str) -> bool:
    """Whether a reading is written as statutory furigana are: full-width katakana, long mark, middle dot, space."""
    return bool(text.strip()) and _KATAKANA_NAME.fullmatch(text) is not None


def is_kanji(character: str) -> bool:
    """Whether a character is read with furigana: an ideograph or the repetition mark 々."""
    return character in "々〆" or regex.match(r"\p{Han}", character) is not None
