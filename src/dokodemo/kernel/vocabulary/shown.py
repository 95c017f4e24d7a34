"""Values as people read them (値の表示): one line of plain text in Japanese, plain Japanese or English.

The result is text, not HTML, and holds no ruby markup: what a person typed is never taken for markup.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from dokodemo.kernel import calendar_jp, text_jp
from dokodemo.kernel.vocabulary.definitions import Term, TermType

_YES_NO = {"ja": ("はい", "いいえ"), "easy": ("はい", "いいえ"), "en": ("Yes", "No")}
_ACCOUNT_KINDS = {
    "ordinary": ("普通", "ordinary account"),
    "current": ("当座", "current account"),
    "savings": ("貯蓄", "savings account"),
}


def show(term: Term, value: Any, lang: str) -> str:
    """`value`, the JSON value of `term`, for a reader of "ja", "easy" or "en"; "" for None."""
    if value is None:
        return ""
    match term.type:
        case TermType.DATE:
            return show_day(date.fromisoformat(value), lang)
        case TermType.YEAR_MONTH:
            return _month(value, lang)
        case TermType.YEN:
            return f"{value:,} yen" if lang == "en" else f"{value:,}円"
        case TermType.INTEGER:
            return f"{value:,}"
        case TermType.BOOLEAN:
            return _YES_NO[lang][0 if value else 1]
        case TermType.CHOICE:
            return _label(term, value, lang)
        case TermType.PERSON_NAME:
            return _name(value)
        case TermType.ADDRESS:
            return (
                f"〒{value['postal_code']} {value['full']}"
                if value.get("postal_code")
                else str(value["full"])
            )
        case TermType.BANK_ACCOUNT:
            return _account(value, lang)
        case TermType.FILE:
            files = value if isinstance(value, list) else [value]
            return _listed((f"{file['name']} ({file_size(file['size'])})" for file in files), lang)
        case _:
            return str(value)


def show_day(day: date, lang: str) -> str:
    """令和8年11月23日（2026年）, 2026年11月23日, 23 November 2026."""
    shown = calendar_jp.to_wareki(day, lang)
    return f"{shown}（{day.year}年）" if lang == "ja" and calendar_jp.era_of(day) else shown


def file_size(size: int) -> str:
    """A number of bytes in the unit people know: 800 B, 12 KB, 1.4 MB (1 KB = 1024 bytes)."""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def _month(value: str, lang: str) -> str:
    year, month = int(value[:4]), int(value[5:7])
    shown = calendar_jp.month_label(year, month, lang)
    return f"{shown}（{year}年）" if lang == "ja" else shown


def _label(term: Term, value: str, lang: str) -> str:
    """The label of a choice; the value itself when an older definition offered it and this one does not."""
    return next((text_jp.strip_ruby(c.label.get(lang)) for c in term.choices if c.value == value), str(value))


def _name(value: Mapping[str, str]) -> str:
    name = " ".join(filter(None, (value.get("family"), value.get("given"))))
    kana = " ".join(filter(None, (value.get("family_kana"), value.get("given_kana"))))
    return f"{name}（{kana}）" if kana else name


def _account(value: Mapping[str, str], lang: str) -> str:
    japanese, english = _ACCOUNT_KINDS.get(value["kind"], (value["kind"], value["kind"]))
    bank = f"{value['bank_name']} ({value['bank_code']})"
    branch = f"{value['branch_name']} ({value['branch_code']})"
    if lang == "en":
        return f"{bank}, {branch}, {english} {value['number']}, {value['holder_kana']}"
    return f"{bank} {branch} {japanese} {value['number']} {value['holder_kana']}"


def _listed(words: Iterable[str], lang: str) -> str:
    return (", " if lang == "en" else "、").join(words)
