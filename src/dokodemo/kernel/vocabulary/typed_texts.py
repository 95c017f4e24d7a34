"""Typed words as values (文字の読み取り): text, person name with kana, address, e-mail, choice, file.

Names and free text are kept byte for byte: no normalisation, not even NFC, which would change kanji of names.
"""

import re
import unicodedata
from collections.abc import Mapping
from uuid import UUID

from stdnum.jp import in_ as individual_number

from dokodemo.kernel import text_jp
from dokodemo.kernel.vocabulary.definitions import Term, TermType
from dokodemo.kernel.vocabulary.invalid import InvalidValue

NAME_PARTS = ("family", "given", "family_kana", "given_kana")
ADDRESS_PARTS = ("postal_code", "prefecture", "city", "town", "block", "building")
_LONGEST = {TermType.TEXT: 500, TermType.LONG_TEXT: 5_000}
_LONGEST_PART = 100
_SPACES = " \t\r\n\u3000\u00a0"
_HYPHEN = "[-‐‑‒–—―−ー－ｰ]"
_TWELVE_DIGITS = re.compile(
    rf"(?<![0-9])[0-9]{{4}}(?:{_HYPHEN}| )?[0-9]{{4}}(?:{_HYPHEN}| )?[0-9]{{4}}(?![0-9])"
)
# Mobile carriers gave out addresses with dots that RFC 5322 forbids (a..b@, a.@), so the local part is not judged.
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_SHORT_PREFECTURES = {"東京": "東京都", "大阪": "大阪府", "京都": "京都府", "北海": "北海道"} | {
    name: f"{name}県"
    for name in re.findall(
        r"\S+",
        "青森 岩手 宮城 秋田 山形 福島 茨城 栃木 群馬 埼玉 千葉 神奈川 新潟 富山 石川 福井 山梨 長野 岐阜 静岡 愛知 三重 滋賀 "
        "兵庫 奈良 和歌山 鳥取 島根 岡山 広島 山口 徳島 香川 愛媛 高知 福岡 佐賀 長崎 熊本 大分 宮崎 鹿児島 沖縄",
    )
}


def safe(text: str, part: str | None = None) -> str:
    """The text without spaces around it. Refuses characters that cannot be kept (外字) or seen."""
    text = text.strip(_SPACES)
    if text_jp.has_private_use(text):
        raise InvalidValue("field.private_use", part=part)
    if text_jp.has_control(text):
        raise InvalidValue("field.control", part=part)
    return text


def narrow(text: str, part: str | None = None) -> str:
    """The text in half width for codes and numbers, without spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", safe(text, part)))


def clean_text(term: Term, typed: str) -> str:
    """Free text as typed; line ends become line feeds. Length is counted in characters a reader sees."""
    text = safe(_line_feeds(typed))
    if term.type is TermType.TEXT:
        text = text.replace("\n", " ")
    if term.pattern is not None:
        text = _matching(term.pattern, text)
    refuse_my_number(text)
    longest = term.max_length or _LONGEST[term.type]
    length = text_jp.grapheme_length(text)
    if length > longest:
        raise InvalidValue("field.text.too_long", {"max": longest, "over": length - longest})
    return text


def clean_words(typed: str) -> str:
    """Words that answer no term (a message, a note, a reason), as typed; line ends become line feeds. Raises InvalidValue."""
    text = safe(_line_feeds(typed))
    refuse_my_number(text)
    return text


def _line_feeds(typed: str) -> str:
    return typed.replace("\r\n", "\n").replace("\r", "\n")


def refuse_my_number(text: str, part: str | None = None) -> None:
    """Refuses 12 digits with the check digit of an Individual Number (番号法20条: not to be collected here)."""
    for match in _TWELVE_DIGITS.finditer(unicodedata.normalize("NFKC", text)):
        if individual_number.is_valid(re.sub(r"\D", "", match.group())):
            raise InvalidValue("field.my_number", part=part)


def _matching(pattern: str, text: str) -> str:
    if re.fullmatch(pattern, text):
        return text
    plain = narrow(text)
    for attempt in (plain, re.sub(_HYPHEN, "-", plain), re.sub(_HYPHEN, "", plain)):
        if re.fullmatch(pattern, attempt):
            return attempt
    raise InvalidValue("field.text.pattern")


def clean_person_name(typed: Mapping[str, str]) -> dict[str, str]:
    """A name: family and given byte for byte, their readings in full-width katakana.

    A whole name typed into the box of the family name is parted at its one space. A single hyphen says that there
    is no given name, as some foreign names have none.
    """
    name = {part: safe(typed.get(part, ""), part) for part in NAME_PARTS}
    _part_at_space(name, "family", "given")
    _part_at_space(name, "family_kana", "given_kana")
    for part in NAME_PARTS:
        if not name[part]:
            raise InvalidValue(f"field.person_name.{part}", part=part)
        if text_jp.grapheme_length(name[part]) > _LONGEST_PART:
            raise InvalidValue("field.person_name.too_long", {"max": _LONGEST_PART}, part)
    if re.fullmatch(_HYPHEN, name["given"]):
        name["given"] = name["given_kana"] = ""
    for part in ("family_kana", "given_kana"):
        name[part] = _kana(name[part], part)
    return name


def _part_at_space(name: dict[str, str], first: str, second: str) -> None:
    words = re.split(r"[ \u3000]+", name[first])
    if not name[second] and len(words) == 2:
        name[first], name[second] = words


def _kana(text: str, part: str) -> str:
    katakana = re.sub(r"[ \u3000]+", " ", text_jp.to_full_width_katakana(text))
    if katakana and not text_jp.is_katakana_name(katakana):
        raise InvalidValue("field.person_name.kana", part=part)
    return katakana


def clean_address(typed: Mapping[str, str]) -> dict[str, str]:
    """An address in its parts and as one line (`full`); town and names stay as typed, 番地 gets half-width digits."""
    address = {part: safe(typed.get(part, ""), part) for part in ADDRESS_PARTS}
    address["postal_code"] = _postal_code(address["postal_code"])
    prefecture = re.sub(r"\s", "", address["prefecture"])
    if not prefecture:
        raise InvalidValue("field.address.prefecture", part="prefecture")
    address["prefecture"] = _SHORT_PREFECTURES.get(prefecture, prefecture)
    if not re.search(r"[都道府県]\Z|\A[国海]外\Z", address["prefecture"]):
        raise InvalidValue("field.address.prefecture_unknown", part="prefecture")
    if not address["city"]:
        raise InvalidValue("field.address.city", part="city")
    if not address["town"] and not address["block"]:
        raise InvalidValue("field.address.town", part="town")
    address["block"] = _block(address["block"])
    for part in ADDRESS_PARTS:
        if text_jp.grapheme_length(address[part]) > _LONGEST_PART:
            raise InvalidValue("field.text.too_long", {"max": _LONGEST_PART, "over": 1}, part)
    line = "".join(address[part] for part in ("prefecture", "city", "town", "block"))
    address["full"] = f"{line} {address['building']}" if address["building"] else line
    return address


def _postal_code(text: str) -> str:
    digits = re.sub(rf"{_HYPHEN}|〒", "", narrow(text, "postal_code"))
    if digits and not re.fullmatch("[0-9]{7}", digits):
        raise InvalidValue("field.address.postal_code", part="postal_code")
    return f"{digits[:3]}-{digits[3:]}" if digits else ""


def _block(text: str) -> str:
    half = re.sub("[０-９]", lambda match: unicodedata.normalize("NFKC", match.group()), text)
    return re.sub(rf"(?<=[0-9])\s*{_HYPHEN}\s*(?=[0-9])", "-", half)


def clean_email(typed: str) -> str:
    """An e-mail address; only its domain is put into small letters."""
    text = re.sub(r"\Amailto:", "", narrow(typed), flags=re.IGNORECASE)
    if "@" not in text:
        raise InvalidValue("field.email.no_at")
    local, _, domain = text.rpartition("@")
    address = f"{local}@{domain.lower().rstrip('.')}"
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise InvalidValue("field.email.unreadable")
    return address


def clean_choice(term: Term, typed: str) -> str:
    """One of the values of the term's choices."""
    value = typed.strip(_SPACES)
    if value not in {choice.value for choice in term.choices}:
        raise InvalidValue("field.choice.unknown")
    return value


def clean_boolean(typed: str) -> bool:
    """true or false, as forms post it or as people write it."""
    word = narrow(typed).lower()
    if word in {"true", "yes", "1", "on", "はい"}:
        return True
    if word in {"false", "no", "0", "off", "いいえ"}:
        return False
    raise InvalidValue("field.choice.unknown")


def clean_file(term: Term, typed: Mapping[str, str]) -> dict[str, str | int]:
    """The description of a stored file: {attachment, name, media_type, size in bytes, sha256}."""
    try:
        attachment, size = str(UUID(typed["attachment"])), int(typed["size"])
        name, media_type, digest = safe(typed["name"]), typed["media_type"], typed["sha256"]
    except (KeyError, ValueError) as error:
        if isinstance(error, InvalidValue):
            raise
        raise InvalidValue("field.file.unreadable") from None
    if not name or size < 0 or not re.fullmatch("[0-9a-f]{64}", digest):
        raise InvalidValue("field.file.unreadable")
    if term.accept and media_type not in term.accept:
        raise InvalidValue("field.file.kind")
    return {"attachment": attachment, "name": name, "media_type": media_type, "size": size, "sha256": digest}
