"""The columns of a register file and what may stand in each (住民情報CSVの列).

Owns the names (after the core data models of GIF, 個人・住所), the check of one cell and of one row. Never repeats a
cell's content in a message: a report may be read by more people than the register.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from dokodemo.city.parties.addresses import address_of, parted_address
from dokodemo.city.parties.definitions import (
    FEMALE_RELATIONS,
    HEAD,
    INSURANCE_KINDS,
    KANA_STATES,
    MALE_RELATIONS,
    RELATIONS,
    SEXES,
    Status,
)
from dokodemo.kernel import text_jp
from dokodemo.kernel.vocabulary import InvalidValue, refuse_my_number

FIRST_BIRTH = date(1870, 1, 1)
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,20}\Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
# A cell is one line, so line feeds and tabs are as wrong in it as what `text_jp` refuses anywhere.
_BROKEN = re.compile(r"[\t\n]")
# A quick look at a whole row, so that most cells are not looked at by themselves: letters, marks and short numbers alone.
_SUSPICIOUS = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\uf8ff\ufeff\ufff9-\uffff\U000f0000-\U0010ffff]"
    r"|[0-9０-９]{4}.?[0-9０-９]{4}.?[0-9０-９]{4}"
)
_PHONE = re.compile(r"[0-9()+-]{9,20}\Z")
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]+\.[^\s@]{2,}\Z")


class Refusal(Exception):
    """A cell or a row is not acceptable: `message` says what is wrong, `remedy` what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def _day(text: str) -> str:
    try:
        if not _DAY.match(text):
            raise ValueError
        date.fromisoformat(text)
    except ValueError:
        raise Refusal("is not a day that exists.", "Write the day as YYYY-MM-DD, e.g. 1984-05-03.") from None
    return text


def _number(text: str) -> str:
    if not _NUMBER.match(text):
        raise Refusal(
            "is not a number of the register.", "Use 1 to 20 half-width letters, digits or hyphens."
        )
    return text


def _one_of(words: frozenset[str]) -> Callable[[str], str]:
    def clean(text: str) -> str:
        if text not in words:
            raise Refusal("is not one of the accepted words.", f"Write one of: {', '.join(sorted(words))}.")
        return text

    return clean


def _pattern(pattern: re.Pattern[str], what: str, remedy: str) -> Callable[[str], str]:
    def clean(text: str) -> str:
        if not pattern.match(text):
            raise Refusal(f"is not {what}.", remedy)
        return text

    return clean


def _kana(text: str) -> str:
    if not all(text_jp.is_katakana_name(part) for part in text.split()):
        raise Refusal("is not full-width katakana.", "Write the reading in full-width katakana, e.g. ヤマダ.")
    return text


def _text(length: int) -> Callable[[str], str]:
    def clean(text: str) -> str:
        if len(text) > length and text_jp.grapheme_length(text) > length:
            raise Refusal(f"is longer than {length} characters.", "Shorten it, or ask for a longer column.")
        return text

    return clean


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the header, its Japanese name, whether a value must be there, the check of a value."""

    name: str
    japanese: str
    required: bool
    clean: Callable[[str], str]


_POSTAL = _pattern(
    re.compile(r"\d{3}-?\d{4}\Z", re.ASCII), "a postal code", "Write seven digits, e.g. 864-0041."
)
COLUMNS: tuple[Column, ...] = (
    Column("residentNumber", "宛名番号", True, _number),
    Column("householdNumber", "世帯番号", True, _number),
    Column("relationToHeadOfHousehold", "続柄", True, _one_of(RELATIONS)),
    Column("familyName", "氏", True, _text(60)),
    Column("givenName", "名", False, _text(60)),
    Column("familyNameKana", "氏(カナ)", False, _kana),
    Column("givenNameKana", "名(カナ)", False, _kana),
    Column("kanaStatus", "氏名の振り仮名の状態", False, _one_of(KANA_STATES)),
    Column("formerFamilyName", "旧氏", False, _text(60)),
    Column("alternativeName", "通称名", False, _text(120)),
    Column("sex", "性別", True, _one_of(frozenset(SEXES))),
    Column("dateOfBirth", "生年月日", True, _day),
    Column(
        "nationality",
        "国籍（国コード）",
        False,
        _pattern(re.compile(r"[A-Z]{3}\Z"), "a country code", "Write the ISO 3166-1 alpha-3 code, e.g. JPN."),
    ),
    Column("nationalityName", "国籍（名称）", False, _text(60)),
    Column("postalCode", "郵便番号", False, _POSTAL),
    Column("prefecture", "都道府県", True, _text(10)),
    Column("cityAndCounty", "市区町村(郡)", True, _text(30)),
    Column("streetAddress", "町字", True, _text(60)),
    Column("cityBlock", "番地以下", False, _text(60)),
    Column("buildingNameEtc", "建物名等(方書)", False, _text(120)),
    Column("residentSince", "住民となった日", False, _day),
    Column("previousAddress", "前住所", False, _text(200)),
    Column(
        "phoneNumber", "電話番号", False, _pattern(_PHONE, "a telephone number", "Write e.g. 090-0000-0000.")
    ),
    Column(
        "emailAddress",
        "メールアドレス",
        False,
        _pattern(_EMAIL, "an e-mail address", "Write e.g. a@example.jp."),
    ),
    Column("status", "住民状態", False, _one_of(frozenset(s.value for s in Status))),
    Column("dateOfDeath", "死亡年月日", False, _day),
    Column("insuranceKind", "健康保険の種類", False, _one_of(INSURANCE_KINDS)),
    Column("confidentialInformation", "秘匿情報", False, _one_of(frozenset({"0", "1"}))),
    Column("confidentialFrom", "支援措置の開始日", False, _day),
    Column("confidentialUntil", "支援措置の期限", False, _day),
    Column("confidentialSection", "支援措置の担当課", False, _text(60)),
)
NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
REQUIRED = frozenset(column.name for column in COLUMNS if column.required)


@dataclass(frozen=True)
class Surroundings:
    """What a row is checked against: the day of the import (JST), the city's name, its section codes."""

    today: date
    city: str
    sections: frozenset[str]


def check_cells(cells: dict[str, str]) -> list[tuple[str, Refusal]]:
    """Check each filled cell by itself. `cells` has one key for each column of the file, values stripped."""
    found = []
    suspicious = _SUSPICIOUS.search(" ".join(cells.values())) is not None
    for column in COLUMNS:
        text = cells.get(column.name, "")
        try:
            if not text:
                if column.required:
                    raise Refusal("is empty.", "Fill it in; every person needs it.")
                continue
            if suspicious:
                refuse_dangerous_text(text)
            column.clean(text)
        except Refusal as refusal:
            found.append((column.name, refusal))
    return found


def refuse_dangerous_text(text: str) -> None:
    """Raises Refusal for private-use and control characters, and for what looks like an Individual Number."""
    if text_jp.has_private_use(text):
        raise Refusal(
            "holds a character that only one machine knows (外字, Unicode private use).",
            "Use the character of the MJ list with its variation selector, or write the reading.",
        )
    if _BROKEN.search(text) or text_jp.has_control(text):
        raise Refusal(
            "holds a control character, one that turns the direction of text, or one that was lost.",
            "Export the file again.",
        )
    try:
        refuse_my_number(text)
    except InvalidValue:
        raise Refusal(
            "looks like an Individual Number (マイナンバー), which must never come here.",
            "Use the city's own number of the person (宛名番号).",
        ) from None


def check_row(cells: dict[str, str], around: Surroundings) -> list[tuple[str, Refusal]]:
    """Check what the cells of one row say together; every cell has already passed `check_cells`."""
    rules: list[tuple[bool, str, str, str]] = [
        *_rules_of_days(cells, around.today),
        *_rules_of_person(cells),
        *_rules_of_protection(cells, around),
        (
            _status(cells) == Status.RESIDENT and cells["cityAndCounty"] != around.city,
            "cityAndCounty",
            "is not this city, but the person is a resident.",
            f"Write {around.city}, or set status to moved_out.",
        ),
    ]
    return [(column, Refusal(message, remedy)) for wrong, column, message, remedy in rules if wrong]


def _status(cells: dict[str, str]) -> str:
    return cells.get("status") or Status.RESIDENT.value


def _rules_of_days(cells: dict[str, str], today: date) -> list[tuple[bool, str, str, str]]:
    now, first = today.isoformat(), FIRST_BIRTH.isoformat()
    born, since, died = (cells.get(name, "") for name in ("dateOfBirth", "residentSince", "dateOfDeath"))
    dead = _status(cells) == Status.DEAD
    return [
        (born > now, "dateOfBirth", "lies in the future.", "Write the day of birth."),
        (born < first, "dateOfBirth", f"lies before {first}.", "Check the year."),
        (bool(since) and since < born, "residentSince", "lies before the day of birth.", "Check both days."),
        (since > now, "residentSince", "lies in the future.", "Import the person on the day of moving in."),
        (dead and not died, "dateOfDeath", "is empty, but status is dead.", "Fill it in."),
        (bool(died) and not dead, "dateOfDeath", "is filled, but status is not dead.", "Set status to dead."),
        (bool(died) and (died < born or died > now), "dateOfDeath", "cannot be.", "Check both days."),
    ]


def _rules_of_person(cells: dict[str, str]) -> list[tuple[bool, str, str, str]]:
    relation, sex = cells["relationToHeadOfHousehold"], cells["sex"]
    return [
        (
            (relation in FEMALE_RELATIONS and sex == "1") or (relation in MALE_RELATIONS and sex == "2"),
            "relationToHeadOfHousehold",
            "does not fit the sex of the person.",
            "Correct one of the two.",
        ),
        (
            _is_japanese(cells) and not cells.get("givenName"),
            "givenName",
            "is empty.",
            "Fill it in; only people of other nationalities may have a single name.",
        ),
    ]


def _is_japanese(cells: dict[str, str]) -> bool:
    return (cells.get("nationality") or "JPN") == "JPN" and (cells.get("nationalityName") or "日本") == "日本"


def _rules_of_protection(cells: dict[str, str], around: Surroundings) -> list[tuple[bool, str, str, str]]:
    start, end = cells.get("confidentialFrom", ""), cells.get("confidentialUntil", "")
    section = cells.get("confidentialSection", "")
    on = cells.get("confidentialInformation") == "1"
    return [
        (
            on and not start,
            "confidentialFrom",
            "is empty, but the person is protected.",
            "Write the first day.",
        ),
        (
            bool(start and end) and end < start,
            "confidentialUntil",
            "lies before the first day.",
            "Check both.",
        ),
        (
            on and section not in around.sections,
            "confidentialSection",
            "is not a section of this city.",
            f"Write the code of the section in charge: {', '.join(sorted(around.sections)) or 'none is loaded'}.",
        ),
    ]


def facts_of(cells: dict[str, str]) -> dict[str, Any]:
    """The values of the register facts that a checked row says; an empty cell says nothing."""
    get = cells.get
    name = {
        "family": cells["familyName"],
        "given": get("givenName", ""),
        "family_kana": get("familyNameKana", ""),
        "given_kana": get("givenNameKana", ""),
    }
    values: dict[str, Any] = {
        "full_name": name,
        "former_name": get("formerFamilyName"),
        "alternative_name": get("alternativeName"),
        "date_of_birth": cells["dateOfBirth"],
        "date_of_death": get("dateOfDeath"),
        "sex": SEXES[cells["sex"]],
        "nationality": get("nationalityName") or get("nationality") or "日本",
        "kana_status": get("kanaStatus") or "unconfirmed",
        "address": address_of(cells),
        "previous_address": parted_address(get("previousAddress", "")),
        "resident_since": get("residentSince"),
        "household_relation": cells["relationToHeadOfHousehold"],
        "phone": get("phoneNumber"),
        "email": get("emailAddress"),
        "insurance_kind": get("insuranceKind"),
    }
    return {key: value for key, value in values.items() if value}


def is_head(cells: dict[str, str]) -> bool:
    """Whether the row is the head of its household (世帯主)."""
    return cells["relationToHeadOfHousehold"] == HEAD
