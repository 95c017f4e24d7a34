"""Typed digits as values (数字の読み取り): number, yen, telephone, corporate number, bank account, days and months.

Forgives width, hyphens, spaces, commas and units. Never guesses a missing digit.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from stdnum.jp import cn

from dokodemo.kernel import calendar_jp, text_jp
from dokodemo.kernel.calendar_jp import ImpossibleDate
from dokodemo.kernel.vocabulary.definitions import TODAY, Term, TermType
from dokodemo.kernel.vocabulary.invalid import InvalidValue
from dokodemo.kernel.vocabulary.typed_texts import narrow, safe

DATE_PARTS = ("era", "year", "month", "day")
YEAR_MONTH_PARTS = ("era", "year", "month")
ACCOUNT_PARTS = ("bank_code", "bank_name", "branch_code", "branch_name", "kind", "number", "holder_kana")
ACCOUNT_KINDS = {"普通": "ordinary", "総合": "ordinary", "当座": "current", "貯蓄": "savings"}
_HYPHENS = re.compile("[-‐‑‒–—―−ー－ｰ]")
_MOST_DIGITS = 15
_MULTIPLES = {"億": 10**8, "万": 10**4, "千": 10**3}


def clean_integer(term: Term, typed: str) -> int:
    """A whole number: commas, width and a short unit behind it (3人, 2 枚) are forgiven."""
    text = _HYPHENS.sub("-", narrow(typed)).replace(",", "").replace("、", "")
    if re.fullmatch(r"[+-]?[0-9]+\.[0-9]+", text) and text.rstrip("0")[-1] != ".":
        raise InvalidValue("field.number.whole")
    match = re.fullmatch(r"([+-]?[0-9]+)(?:\.0*)?([^\W\d_]{0,3})", text)
    if match is None:
        raise InvalidValue("field.number.unreadable")
    return _within(term, _bounded(match[1]))


def clean_yen(term: Term, typed: str) -> int:
    """An amount in yen: 10,000円, ¥10000, 1万5千円. Negative only where the term allows it by `min`."""
    text = _HYPHENS.sub("-", narrow(typed)).replace(",", "").replace("、", "")
    text = text.strip("¥\\").removesuffix("円").removesuffix("yen").removesuffix("Yen")
    amount = _bounded(text) if re.fullmatch("[+-]?[0-9]+", text) else _with_multiples(text)
    if amount < 0 and term.min is None:
        raise InvalidValue("field.number.too_small", {"min": 0})
    return _within(term, amount)


def _with_multiples(text: str) -> int:
    match = re.fullmatch("(?:([0-9]{1,4})億)?(?:([0-9]{1,4})万)?(?:([0-9])千)?([0-9]{1,4})?", text)
    if not text or match is None:
        raise InvalidValue("field.yen.unreadable")
    groups = zip(match.groups(), (*_MULTIPLES.values(), 1), strict=True)
    return sum(int(digits) * worth for digits, worth in groups if digits)


def _bounded(text: str) -> int:
    if len(text.lstrip("+-0")) > _MOST_DIGITS:
        raise InvalidValue("field.number.too_long", {"max": _MOST_DIGITS})
    return int(text)


def _within(term: Term, number: int) -> int:
    if isinstance(term.min, int) and number < term.min:
        raise InvalidValue("field.number.too_small", {"min": f"{term.min:,}"})
    if isinstance(term.max, int) and number > term.max:
        raise InvalidValue("field.number.too_large", {"max": f"{term.max:,}"})
    return number


def clean_phone(typed: str) -> str:
    """A telephone number: (0968)63-1111, 090-9999-9999, 0120-999-999, +12125550123.

    The area code of a fixed line is taken from the way it was typed; typed without any mark, only 03 and 06 are
    certain and other numbers stay plain digits.
    """
    text = _HYPHENS.sub("-", narrow(re.sub(r"\s+", "-", safe(typed)))).replace("(0)", "").replace(".", "-")
    abroad = re.fullmatch(r"\+(?!81)([1-9][0-9()-]{6,20})", text)
    if abroad:
        digits = re.sub(r"\D", "", abroad[1])
        if 7 <= len(digits) <= 15:
            return f"+{digits}"
    text = re.sub(r"\A(?:\+|010-?)81-?", "0", text)
    digits = re.sub("[()-]", "", text)
    if not re.fullmatch(r"0[1-9][0-9]{8,9}", digits):
        raise InvalidValue("field.phone.unreadable")
    if re.match(r"0(?:120|570|990|180)", digits) and len(digits) == 10:
        return f"{digits[:4]}-{digits[4:7]}-{digits[7:]}"
    if len(digits) == 11:
        return _eleven_digits(digits)
    area = _area_code(text, digits)
    return f"({area}){digits[len(area) : -4]}-{digits[-4:]}" if area else digits


def _eleven_digits(digits: str) -> str:
    if digits.startswith("0800"):
        return f"{digits[:4]}-{digits[4:7]}-{digits[7:]}"
    if re.match("0[2-9]0", digits):
        return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"
    raise InvalidValue("field.phone.unreadable")


def _area_code(text: str, digits: str) -> str | None:
    groups = [group for group in re.split("[()-]+", text) if group]
    # Area code and exchange are six digits together, the line has four (総務省 電気通信番号計画).
    if len(groups) == 3 and len(groups[2]) == 4 and 2 <= len(groups[0]) <= 5:
        return groups[0]
    return digits[:2] if re.match("0[36]", digits) else None


def clean_corporate_number(typed: str) -> str:
    """A corporate number: 13 digits whose first is the check digit (法人番号の指定等に関する省令2条).

    The T of an invoice registration number is taken off.
    """
    digits = _HYPHENS.sub("", narrow(typed)).upper().removeprefix("T")
    if not re.fullmatch("[0-9]{13}", digits):
        raise InvalidValue("field.corporate_number.length")
    if not cn.is_valid(digits):
        raise InvalidValue("field.corporate_number.check_digit")
    return digits


def clean_bank_account(typed: Mapping[str, str]) -> dict[str, str]:
    """A bank account for payments; the number is padded to 7 digits, the holder is in full-width katakana."""
    account = {part: safe(typed.get(part, ""), part) for part in ACCOUNT_PARTS}
    for part in ("bank_name", "branch_name"):
        if not account[part]:
            raise InvalidValue(f"field.bank_account.{part}", part=part)
        if text_jp.grapheme_length(account[part]) > 60:
            raise InvalidValue("field.text.too_long", {"max": 60, "over": 1}, part)
    for part, length in (("bank_code", 4), ("branch_code", 3)):
        account[part] = _HYPHENS.sub("", narrow(account[part]))
        if not re.fullmatch(f"[0-9]{{{length}}}", account[part]):
            raise InvalidValue(f"field.bank_account.{part}", part=part)
    kind = account["kind"].removesuffix("預金")
    account["kind"] = ACCOUNT_KINDS.get(kind, kind)
    if account["kind"] not in ACCOUNT_KINDS.values():
        raise InvalidValue("field.bank_account.kind", part="kind")
    digits = _HYPHENS.sub("", narrow(account["number"]))
    if not re.fullmatch("[0-9]{1,7}", digits):
        code = "yucho" if re.fullmatch("[0-9]{8}", digits) and account["bank_code"] == "9900" else "number"
        raise InvalidValue(f"field.bank_account.{code}", part="number")
    account["number"] = digits.zfill(7)
    account["holder_kana"] = _holder(account["holder_kana"])
    return account


def _holder(typed: str) -> str:
    kana = text_jp.to_full_width_katakana(typed)
    latin = re.sub("[！-～]", lambda match: chr(ord(match.group()) - 0xFEE0), kana)
    holder = re.sub(r"[ \u3000]+", " ", latin).upper()
    if not holder:
        raise InvalidValue("field.bank_account.holder_kana", part="holder_kana")
    if len(holder) > 60 or not re.fullmatch(r"[ァ-ヺーA-Z0-9().,/「」・ \-]+", holder):
        raise InvalidValue("field.bank_account.holder_letters", part="holder_kana")
    return holder


def clean_date(term: Term, typed: Mapping[str, str] | str) -> str:
    """A day as ISO text, from one text or from the boxes era, year, month, day."""
    if isinstance(typed, str):
        day = _read(calendar_jp.parse_date, safe(typed))
    else:
        day = _read(calendar_jp.date_from_boxes, _boxes(typed, DATE_PARTS))
    return _after_and_before(term, day.isoformat())


def clean_year_month(term: Term, typed: Mapping[str, str] | str) -> str:
    """A month as "2026-11", from one text or from the boxes era, year, month."""
    if isinstance(typed, str):
        year, month = _read(calendar_jp.parse_year_month, safe(typed))
    else:
        year, month = _read(calendar_jp.year_month_from_boxes, _boxes(typed, YEAR_MONTH_PARTS))
    return _after_and_before(term, f"{year:04}-{month:02}")


def _boxes(typed: Mapping[str, str], parts: tuple[str, ...]) -> dict[str, str]:
    return {part: safe(typed.get(part, ""), part) for part in parts}


def _read[T, R](read: Callable[[T], R], typed: T) -> R:
    try:
        return read(typed)
    except ImpossibleDate as error:
        reason = f"no_{error.part}" if error.reason == "incomplete" else error.reason
        raise InvalidValue(f"field.date.{reason}", error.params, error.part) from None


def _after_and_before(term: Term, iso: str) -> str:
    # Text of equal length: ISO days and months sort like the days themselves.
    today = calendar_jp.today().isoformat()[: len(iso)] if TODAY in (term.min, term.max) else ""
    if term.min is not None and iso < (today if term.min == TODAY else str(term.min)):
        raise InvalidValue(*_limit(term, term.min, "past", "too_early"))
    if term.max is not None and iso > (today if term.max == TODAY else str(term.max)):
        raise InvalidValue(*_limit(term, term.max, "future", "too_late"))
    return iso


def _limit(term: Term, limit: int | str, by_today: str, by_day: str) -> tuple[str, dict[str, str]]:
    if limit == TODAY:
        return f"field.date.{by_today}", {}
    iso = str(limit)
    if term.type is TermType.DATE:
        name = calendar_jp.to_wareki(date.fromisoformat(iso))
    else:
        name = calendar_jp.month_label(int(iso[:4]), int(iso[5:]))
    return f"field.date.{by_day}", {"limit": f"{name} ({iso})"}
