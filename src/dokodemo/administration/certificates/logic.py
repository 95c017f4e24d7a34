"""Rules of issued documents (発行番号・確認コード・教示), without tables or files.

Owns the shape of numbers and codes, the digest of a request, and the wording of appeal notices. Never reads a clock.
"""

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Protocol
from urllib.parse import urlencode
from uuid import UUID

from dokodemo.administration.certificates.definitions import Appeals
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import City, Text

# No 0/O and 1/I: 32 characters, 5 bits each.
ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH: Final = 10
_ERAS: Final = {"M": "明", "T": "大", "S": "昭", "H": "平", "R": "令"}
_LETTERS: Final = {kanji: letter for letter, kanji in _ERAS.items()}
_NUMBER = re.compile(r"([MTSHR明大昭平令])(?:和|成|治|正)?([0-9]{1,2})-?([0-9]{1,9})")
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−ーｰ－"), "-")


class Appealable(Protocol):
    """What a notice needs to know of a procedure."""

    @property
    def kind(self) -> str:
        """application | notification | request"""
        ...

    @property
    def affairs(self) -> str:
        """The kind of affairs (事務区分)."""
        ...

    @property
    def appeal(self) -> str | None:
        """The class of appeal when the definition names one."""
        ...


def document_number(fiscal_year: int, sequence: int) -> str:
    """The number as printed, such as 令8-000123 for the 123rd of fiscal year 2026 (令和8年度)."""
    words = calendar_jp.to_wareki(date(fiscal_year, 4, 1), "ja")
    year = re.match("[^0-9元]+([0-9]+|元)年", words)
    if year is None:
        raise ValueError(f"no Japanese year for fiscal year {fiscal_year}")
    return f"{words[0]}{year[1].replace('元', '1')}-{sequence:06d}"


def normalise_number(text: str) -> str | None:
    """What a person typed (R8-123, 令和８－０００１２３ …) as a printed number, or None when it cannot be one."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper().translate(_HYPHENS)
    match = _NUMBER.fullmatch(plain.replace("年度", "").replace("第", "").replace("号", ""))
    if match is None or "-" not in plain:
        return None
    era, year, sequence = match.groups()
    return f"{_ERAS.get(era, era)}{int(year)}-{int(sequence):06d}"


def ascii_number(number: str) -> str:
    """The number with a Latin era letter, for addresses: R8-000123."""
    return _LETTERS.get(number[0], number[0]) + number[1:]


def new_code() -> str:
    """A fresh confirmation code (確認コード): ten characters, 50 random bits, with nothing to mix up."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def show_code(code: str) -> str:
    """A code as printed, in two groups."""
    return f"{code[:5]}-{code[5:]}"


def normalise_code(text: str) -> str | None:
    """What a person typed as a code, or None when it cannot be one."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_HYPHENS)
    plain = re.sub(r"[\s-]", "", plain)
    return plain if len(plain) == CODE_LENGTH and set(plain) <= set(ALPHABET) else None


def verify_url(base: str, number: str, code: str) -> str:
    """The address in the QR code: the public page with number and code filled in."""
    return f"{base.rstrip('/')}/verify?{urlencode({'number': ascii_number(number), 'code': code})}"


def request_material(
    *,
    key: str,
    kind: str,
    procedure: tuple[str, int],
    case_id: UUID,
    subject_id: UUID,
    template: str,
    sources: Mapping[str, str],
    content: Mapping[str, Any],
    valid_days: int | None,
) -> bytes:
    """The bytes whose digest ties a document to one request: for whom, what, by which sources, in which words.

    `template` is the path of the letter, `sources` are it and its parts by path.
    """
    everything = {
        "key": key,
        "kind": kind,
        "procedure": list(procedure),
        "case": str(case_id),
        "subject": str(subject_id),
        "template": template,
        "sources": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sources.items()},
        "content": content,
        "valid_days": valid_days,
    }
    return json.dumps(everything, sort_keys=True, separators=(",", ":")).encode()


def appeal_class(appeals: Appeals, procedure: Appealable) -> str | None:
    """The class of appeal of a procedure, or None where nothing is decided (届出) or nothing can be appealed.

    Raises KeyError for a class the file does not have.
    """
    if procedure.kind == "notification" and procedure.appeal is None:
        return None
    if procedure.appeal is not None:
        if procedure.appeal not in appeals.classes:
            raise KeyError(procedure.appeal)
        return procedure.appeal
    return next((one for affairs, one in appeals.defaults.items() if affairs == procedure.affairs), None)


def appeal_notice(procedure: Appealable, city: City, appeals: Appeals, *, lang: str = "ja") -> list[str]:
    """The paragraphs of the appeal notice (教示; 行政不服審査法82条, 行政事件訴訟法46条), or none.

    Who hears the appeal, who is sued and who stands for them in court is what the class says, else the mayor, the city and
    the mayor. Letters are in Japanese (`lang` ja); easy and en explain beside them. Raises KeyError for an unknown class.
    """
    name = appeal_class(appeals, procedure)
    if name is None:
        return []
    chosen, periods = appeals.classes[name], appeals.periods
    places = {
        "city": city.name.get(lang),
        "mayor": city.mayor.get(lang),
        "prefecture": city.prefecture.get(lang),
    }

    def said(text: Text | None, otherwise: str) -> str:
        return places[otherwise] if text is None else text.get(lang).format_map(places)

    words: dict[str, str | int] = {
        **places,
        "authority": said(chosen.authority, "mayor"),
        "defendant": said(chosen.defendant, "city"),
        "representative": said(chosen.represented_by, "mayor"),
        "ruling_law": chosen.ruling_law or "",
        "review_months": periods.review.months,
        "review_years": periods.review.years,
        "lawsuit_months": periods.lawsuit.months,
        "lawsuit_years": periods.lawsuit.years,
    }
    return [appeals.texts[paragraph].get(lang).format_map(words) for paragraph in chosen.paragraphs]
