"""Values of terms (用語の値): from typed text to JSON, and from JSON to what people read.

Owns the choice of reader by type. JSON shapes: text, long_text, phone, email, choice, corporate_number str;
person_name {family, given, family_kana, given_kana}; address {postal_code, prefecture, city, town, block, building,
full}; date "YYYY-MM-DD"; year_month "YYYY-MM"; integer, yen int; boolean bool; bank_account {bank_code, bank_name,
branch_code, branch_name, kind, number, holder_kana}; file {attachment, name, media_type, size, sha256}.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dokodemo.kernel.vocabulary import typed_numbers, typed_texts
from dokodemo.kernel.vocabulary.definitions import Term, TermType
from dokodemo.kernel.vocabulary.invalid import InvalidValue
from dokodemo.kernel.vocabulary.shown import file_size, show

__all__ = ["InvalidValue", "clean", "file_size", "parts", "show"]

_PARTS: Mapping[TermType, tuple[str, ...]] = {
    TermType.PERSON_NAME: typed_texts.NAME_PARTS,
    TermType.ADDRESS: typed_texts.ADDRESS_PARTS,
    TermType.DATE: typed_numbers.DATE_PARTS,
    TermType.YEAR_MONTH: typed_numbers.YEAR_MONTH_PARTS,
    TermType.BANK_ACCOUNT: typed_numbers.ACCOUNT_PARTS,
}
_ONE_BOX: Mapping[TermType, Callable[[Term, str], Any]] = {
    TermType.TEXT: typed_texts.clean_text,
    TermType.LONG_TEXT: typed_texts.clean_text,
    TermType.PHONE: lambda _, typed: typed_numbers.clean_phone(typed),
    TermType.EMAIL: lambda _, typed: typed_texts.clean_email(typed),
    TermType.INTEGER: typed_numbers.clean_integer,
    TermType.YEN: typed_numbers.clean_yen,
    TermType.BOOLEAN: lambda _, typed: typed_texts.clean_boolean(typed),
    TermType.CHOICE: typed_texts.clean_choice,
    TermType.CORPORATE_NUMBER: lambda _, typed: typed_numbers.clean_corporate_number(typed),
}
_MANY_BOXES: Mapping[TermType, Callable[[Term, Mapping[str, str]], Any]] = {
    TermType.PERSON_NAME: lambda _, typed: typed_texts.clean_person_name(typed),
    TermType.ADDRESS: lambda _, typed: typed_texts.clean_address(typed),
    TermType.BANK_ACCOUNT: lambda _, typed: typed_numbers.clean_bank_account(typed),
    TermType.FILE: typed_texts.clean_file,
}
# A whole value typed as one text goes into this box, from which the reader parts it where it can.
_FIRST_BOX = {TermType.PERSON_NAME: "family", TermType.ADDRESS: "town", TermType.BANK_ACCOUNT: "number"}


def parts(term: Term) -> tuple[str, ...]:
    """The boxes a form needs for the term, () when one box without a name is enough (and for files)."""
    return _PARTS.get(term.type, ())


def clean(term: Term, raw: Mapping[str, str] | str) -> Any:
    """The JSON value of what was typed: part name → text, or one text. Width, hyphens, spaces, units are forgiven.

    Raises InvalidValue; where nothing was typed its code is "field.required".
    """
    if is_blank(raw):
        raise InvalidValue("field.required")
    if term.type is TermType.DATE:
        return typed_numbers.clean_date(term, raw)
    if term.type is TermType.YEAR_MONTH:
        return typed_numbers.clean_year_month(term, raw)
    if term.type in _ONE_BOX:
        return _ONE_BOX[term.type](term, raw if isinstance(raw, str) else raw.get("", ""))
    boxes = {_FIRST_BOX.get(term.type, ""): raw} if isinstance(raw, str) else raw
    return _MANY_BOXES[term.type](term, boxes)


def is_blank(raw: Mapping[str, str] | str) -> bool:
    """Whether nothing was typed; a chosen calendar alone is nothing."""
    texts = [raw] if isinstance(raw, str) else [text for part, text in raw.items() if part != "era"]
    return not any(text.strip() for text in texts)
