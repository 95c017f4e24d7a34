"""What is understood of typed answers, and what they look like afterwards."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.kernel.vocabulary import InvalidValue, Term, TermType, values

TEXT = {"ja": "例", "easy": "例《れい》", "en": "Example"}
YES_NO = [
    {"value": "self", "label": {"ja": "本人", "easy": "本人《ほんにん》", "en": "Self"}},
    {"value": "other", "label": TEXT},
]
IVS = "辻\U000e0100"
ACCOUNT = {
    "bank_code": "0182", "bank_name": "見本銀行", "branch_code": "019", "branch_name": "本店",
    "kind": "ordinary", "number": "0012345", "holder_kana": "ヤマダ タロウ",
}  # fmt: skip
ADDRESS = {
    "postal_code": "864-8686", "prefecture": "熊本県", "city": "荒尾市", "town": "宮内出目", "block": "390-1",
    "building": "市民荘 ２０１",
}  # fmt: skip
NAME = {"family": "山田", "given": "太郎", "family_kana": "ヤマダ", "given_kana": "タロウ"}


def term(kind: str, **more: Any) -> Term:
    if kind == "choice":
        more.setdefault("choices", YES_NO)
    core = {
        "name": "g.x",
        "gif": None,
        "own": "test",
        "type": kind,
        "label": TEXT,
        "confidentiality": "3B",
        "purpose": "p",
    }
    return Term.model_validate(core | more)


def refused(kind: str, raw: Any, **more: Any) -> tuple[str, dict[str, object], str | None]:
    with pytest.raises(InvalidValue) as caught:
        values.clean(term(kind, **more), raw)
    return caught.value.code, dict(caught.value.params), caught.value.part


def shown(kind: str, value: Any, **more: Any) -> list[str]:
    return [values.show(term(kind, **more), value, lang) for lang in ("ja", "easy", "en")]


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("text", "  荒尾　", "荒尾"),
        ("text", "神髙" + IVS, "神髙" + IVS),
        ("text", "一行\r\n二行", "一行 二行"),
        ("long_text", "一行\r\n二行\r三行", "一行\n二行\n三行"),
        ("phone", "（０９６８）６３ー１１１１", "(0968)63-1111"),
        ("phone", "0968-63-1111", "(0968)63-1111"),
        ("phone", "0968 63 1111", "(0968)63-1111"),
        ("phone", "0968.63.1111", "(0968)63-1111"),
        ("phone", "+81-968-63-1111", "(0968)63-1111"),
        ("phone", "+81(0)968-63-1111", "(0968)63-1111"),
        ("phone", "0968631111", "0968631111"),
        ("phone", "0312345678", "(03)1234-5678"),
        ("phone", "09099999999", "090-9999-9999"),
        ("phone", "０９０―９９９９―９９９９", "090-9999-9999"),
        ("phone", "050 1234 5678", "050-1234-5678"),
        ("phone", "0120444444", "0120-444-444"),
        ("phone", "08001234567", "0800-123-4567"),
        ("phone", "+1 (212) 555-0123", "+12125550123"),
        ("email", " Ｔaro@Example.JP ", "Taro@example.jp"),
        ("email", "a..b.@docomo.ne.jp", "a..b.@docomo.ne.jp"),
        ("email", "mailto:a@example.jp", "a@example.jp"),
        ("integer", "３人", 3),
        ("integer", " 1,234 ", 1234),
        ("integer", "−5", -5),
        ("integer", "3.0", 3),
        ("integer", "007", 7),
        ("yen", "１０，０００円", 10000),
        ("yen", "¥10,000", 10000),
        ("yen", "1万5千円", 15000),
        ("yen", "2億3万", 200030000),
        ("yen", "3万500", 30500),
        ("boolean", "true", True),
        ("boolean", "いいえ", False),
        ("choice", "self", "self"),
        ("corporate_number", "8000012010038", "8000012010038"),
        ("corporate_number", "Ｔ８０００－０１２０－１００３－８", "8000012010038"),
        ("date", "R8.11.23", "2026-11-23"),
        ("date", {"era": "reiwa", "year": "８", "month": "１１", "day": "２３"}, "2026-11-23"),
        ("year_month", "令和8年11月", "2026-11"),
        ("year_month", {"era": "", "year": "2026", "month": "1"}, "2026-01"),
        ("person_name", {"family": "山田　太郎", "given": "", "family_kana": "ﾔﾏﾀﾞ ﾀﾛｳ"},
         NAME),
        ("person_name", {"family": "Suharto", "given": "－", "family_kana": "すはると", "given_kana": "-"},
         {"family": "Suharto", "given": "", "family_kana": "スハルト", "given_kana": ""}),
        ("address", ADDRESS | {"postal_code": "〒８６４ー８６８６", "prefecture": "熊本", "block": "３９０－１"},
         ADDRESS | {"full": "熊本県荒尾市宮内出目390-1 市民荘 ２０１"}),
        ("bank_account", ACCOUNT | {"bank_code": "０１８２", "kind": "普通預金", "number": "１２３４５"}, ACCOUNT),
        ("bank_account", ACCOUNT | {"holder_kana": "やまだ　たろう"}, ACCOUNT),
    ],
)  # fmt: skip
def test_answers_are_understood_however_they_are_typed(kind: str, typed: Any, value: Any) -> None:
    assert values.clean(term(kind), typed) == value


@pytest.mark.parametrize(
    ("kind", "typed", "code", "params", "part"),
    [
        ("text", "山\ue000田", "field.private_use", {}, None),
        ("text", "山\U00100000田", "field.private_use", {}, None),
        ("long_text", "a\x00b", "field.control", {}, None),
        ("long_text", "番号は 1234 5678 9018", "field.my_number", {}, None),
        ("text", "１２３４５６７８９０１８", "field.my_number", {}, None),
        ("phone", "63-1111", "field.phone.unreadable", {}, None),
        ("phone", "0968-63-111", "field.phone.unreadable", {}, None),
        ("phone", "00968631111", "field.phone.unreadable", {}, None),
        ("phone", "0968-63-1111 内線5", "field.phone.unreadable", {}, None),
        ("email", "taro", "field.email.no_at", {}, None),
        ("email", "taro@", "field.email.unreadable", {}, None),
        ("email", "taro@localhost", "field.email.unreadable", {}, None),
        ("email", "太郎@example.jp", "field.email.unreadable", {}, None),
        ("email", "a@b.jp, c@d.jp", "field.email.unreadable", {}, None),
        ("integer", "三", "field.number.unreadable", {}, None),
        ("integer", "3.5", "field.number.whole", {}, None),
        ("integer", "約3", "field.number.unreadable", {}, None),
        ("integer", "9" * 16, "field.number.too_long", {"max": 15}, None),
        ("yen", "-5", "field.number.too_small", {"min": 0}, None),
        ("yen", "たくさん", "field.yen.unreadable", {}, None),
        ("yen", "円", "field.yen.unreadable", {}, None),
        ("boolean", "maybe", "field.choice.unknown", {}, None),
        ("choice", "nobody", "field.choice.unknown", {}, None),
        ("corporate_number", "123456789012", "field.corporate_number.length", {}, None),
        ("corporate_number", "8000012010039", "field.corporate_number.check_digit", {}, None),
        ("date", "昭和65年4月1日", "field.date.era", {"suggestion": "平成2年4月1日 (1990-04-01)"}, "year"),
        ("date", "きのう", "field.date.unreadable", {}, None),
        ("date", {"era": "", "year": "2026", "month": "2", "day": "30"}, "field.date.day", {"month": "2", "last": "28"}, "day"),
        ("date", {"era": "reiwa", "year": "8", "month": "", "day": "1"}, "field.date.no_month", {}, "month"),
        ("date", {"era": "", "year": "8", "month": "4", "day": "1"}, "field.date.no_era", {}, "era"),
        ("date", {"era": "", "year": "\ue000", "month": "4", "day": "1"}, "field.private_use", {}, "year"),
        ("year_month", "2026-13", "field.date.month", {}, "month"),
        ("person_name", {"family": "山田"}, "field.person_name.given", {}, "given"),
        ("person_name", {"given": "太郎"}, "field.person_name.family", {}, "family"),
        ("person_name", "山田 太郎", "field.person_name.family_kana", {}, "family_kana"),
        ("person_name", NAME | {"family_kana": "山田"}, "field.person_name.kana", {}, "family_kana"),
        ("person_name", {"family": "\ue000田", "given": "a"}, "field.private_use", {}, "family"),
        ("person_name", NAME | {"family": "山" * 101}, "field.person_name.too_long", {"max": 100}, "family"),
        ("address", {"postal_code": "864-868", "prefecture": "熊本県"}, "field.address.postal_code", {}, "postal_code"),
        ("address", {"city": "荒尾市"}, "field.address.prefecture", {}, "prefecture"),
        ("address", {"prefecture": "荒尾市", "city": "荒尾市"}, "field.address.prefecture_unknown", {}, "prefecture"),
        ("address", {"prefecture": "熊本県", "town": "宮内"}, "field.address.city", {}, "city"),
        ("address", {"prefecture": "熊本県", "city": "荒尾市"}, "field.address.town", {}, "town"),
        ("file", {"attachment": "x"}, "field.file.unreadable", {}, None),
        ("text", "   ", "field.required", {}, None),
        ("date", {"era": "reiwa", "year": "", "month": "", "day": ""}, "field.required", {}, None),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_names_the_reason_and_the_box(
    kind: str, typed: Any, code: str, params: dict[str, object], part: str | None
) -> None:
    assert refused(kind, typed) == (code, params, part)


@pytest.mark.parametrize(
    ("part", "typed", "code"),
    [
        ("bank_code", "182", "bank_code"),
        ("bank_code", "01822", "bank_code"),
        ("bank_name", "", "bank_name"),
        ("branch_code", "19", "branch_code"),
        ("branch_name", "", "branch_name"),
        ("kind", "", "kind"),
        ("number", "12345678", "number"),
        ("number", "", "number"),
        ("holder_kana", "", "holder_kana"),
        ("holder_kana", "山田太郎", "holder_letters"),
    ],
)
def test_each_part_of_an_account_is_checked(part: str, typed: str, code: str) -> None:
    expected = part if code == "holder_letters" else code
    assert refused("bank_account", ACCOUNT | {part: typed}) == (f"field.bank_account.{code}", {}, expected)


def test_the_eight_digits_of_japan_post_bank_get_their_own_advice() -> None:
    typed = ACCOUNT | {"bank_code": "9900", "number": "12345678"}
    assert refused("bank_account", typed)[0] == "field.bank_account.yucho"


@pytest.mark.parametrize("holder", ["カ）アラオ", "カ)アラオ", "ARAO (KABU", "Arao １２"])
def test_companies_hold_accounts_too(holder: str) -> None:
    assert values.clean(term("bank_account"), ACCOUNT | {"holder_kana": holder})["number"] == "0012345"


def test_length_is_counted_in_characters_a_reader_sees() -> None:
    assert values.clean(term("text", max_length=3), IVS * 3) == IVS * 3
    assert refused("text", IVS * 5, max_length=3) == ("field.text.too_long", {"max": 3, "over": 2}, None)


def test_a_pattern_forgives_width_spaces_and_hyphens() -> None:
    chip = term("text", pattern="[0-9]{15}")
    assert values.clean(chip, "３９２ １４００－００００－００００") == "392140000000000"
    assert refused("text", "12345", pattern="[0-9]{15}")[0] == "field.text.pattern"


def test_limits_are_told() -> None:
    assert refused("integer", "0", min=1, max=12) == ("field.number.too_small", {"min": "1"}, None)
    assert refused("integer", "13", min=1, max=12) == ("field.number.too_large", {"max": "12"}, None)
    assert values.clean(term("yen", min=-100), "-5円") == -5
    assert refused("date", "2019-04-30", min="2019-05-01") == (
        "field.date.too_early",
        {"limit": "令和元年5月1日 (2019-05-01)"},
        None,
    )
    assert refused("year_month", "2026-12", max="2026-11") == (
        "field.date.too_late",
        {"limit": "令和8年11月 (2026-11)"},
        None,
    )


def test_a_day_may_be_limited_by_today(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "DOKODEMO_TODAY", "2026-11-23", raising=False)
    assert values.clean(term("date", max="today"), "2026-11-23") == "2026-11-23"
    assert refused("date", "2026-11-24", max="today") == ("field.date.future", {}, None)
    assert refused("date", "2026-11-22", min="today") == ("field.date.past", {}, None)
    assert values.clean(term("year_month", min="today"), "2026-11") == "2026-11"


FILE = {
    "attachment": "6f0c1a52-0000-4000-8000-000000000000", "name": "写真.jpg", "media_type": "image/jpeg",
    "size": "1468006", "sha256": "a" * 64,
}  # fmt: skip


def test_a_file_is_described_by_what_was_stored() -> None:
    assert values.clean(term("file", accept=["image/jpeg"]), FILE) == FILE | {"size": 1468006}
    assert refused("file", FILE, accept=["application/pdf"])[0] == "field.file.kind"
    for change in ({"sha256": "x"}, {"size": "-1"}, {"size": "many"}, {"attachment": "1"}):
        assert refused("file", FILE | change)[0] == "field.file.unreadable"


def test_values_are_shown_for_each_reader() -> None:
    assert shown("date", "2026-11-23") == ["令和8年11月23日（2026年）", "2026年11月23日", "23 November 2026"]
    assert shown("date", "1870-01-02") == ["1870年1月2日", "1870年1月2日", "2 January 1870"]
    assert shown("year_month", "2026-11") == ["令和8年11月（2026年）", "2026年11月", "November 2026"]
    assert shown("yen", 10000) == ["10,000円", "10,000円", "10,000 yen"]
    assert shown("integer", 1234) == ["1,234"] * 3
    assert shown("boolean", True) == ["はい", "はい", "Yes"]
    assert shown("boolean", False) == ["いいえ", "いいえ", "No"]
    assert shown("choice", "self") == ["本人", "本人", "Self"]
    assert shown("choice", "from-an-older-form") == ["from-an-older-form"] * 3
    assert shown("text", "漢字《かんじ》") == ["漢字《かんじ》"] * 3
    assert shown("person_name", NAME) == ["山田 太郎（ヤマダ タロウ）"] * 3
    address = {"postal_code": "864-8686", "full": "熊本県荒尾市宮内出目390"}
    assert shown("address", address) == ["〒864-8686 熊本県荒尾市宮内出目390"] * 3
    assert shown("address", address | {"postal_code": ""}) == ["熊本県荒尾市宮内出目390"] * 3
    assert shown("bank_account", ACCOUNT) == [
        "見本銀行 (0182) 本店 (019) 普通 0012345 ヤマダ タロウ",
        "見本銀行 (0182) 本店 (019) 普通 0012345 ヤマダ タロウ",
        "見本銀行 (0182), 本店 (019), ordinary account 0012345, ヤマダ タロウ",
    ]
    file = {"name": "写真.jpg", "size": 1468006}
    assert shown("file", file) == ["写真.jpg (1.4 MB)"] * 3
    assert (
        shown("file", [file, file | {"size": 12}], multiple=True)[0] == "写真.jpg (1.4 MB)、写真.jpg (12 B)"
    )
    for kind in TermType:
        assert shown(kind.value, None) == ["", "", ""]


def test_every_type_says_which_boxes_it_needs() -> None:
    assert values.parts(term("date")) == ("era", "year", "month", "day")
    assert values.parts(term("person_name")) == ("family", "given", "family_kana", "given_kana")
    assert values.parts(term("text")) == values.parts(term("file")) == ()


def attempt(subject: Term, raw: Any) -> Any:
    """The value, or the InvalidValue it was refused with."""
    try:
        return values.clean(subject, raw)
    except InvalidValue as error:
        return error


@given(
    st.sampled_from(list(TermType)),
    st.text(max_size=40) | st.text("0123456789０-ー−（） 年月日令和R元円", max_size=20),
)
def test_no_text_breaks_any_reader(kind: TermType, text: str) -> None:
    subject = term(kind.value)
    for raw in (text, dict.fromkeys(values.parts(subject), text) or {"": text}):
        outcome = attempt(subject, raw)
        if isinstance(outcome, InvalidValue):
            assert outcome.code.startswith("field.")
            assert outcome.part in {None, *values.parts(subject)}
            assert "\ue000" not in str(attempt(subject, f"{text}\ue000")), "what was typed is in no message"
        else:
            assert values.show(subject, outcome, "ja")
            assert json.loads(json.dumps(outcome)) == outcome


names = st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
    | st.sampled_from("神髙﨑\U000e0100\U000e0101々𠮷"),
    min_size=1,
    max_size=12,
)


@given(names, names)
def test_names_are_kept_byte_for_byte(family: str, given_name: str) -> None:
    typed = {"family": family, "given": given_name, "family_kana": "ヤ", "given_kana": "タ"}
    value = values.clean(term("person_name"), typed)
    assert (value["family"].encode(), value["given"].encode()) == (family.encode(), given_name.encode())


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_numbers_are_read_back_as_they_are_shown(number: int) -> None:
    for kind in ("integer", "yen"):
        subject = term(kind, min=-(10**15))
        for lang in ("ja", "easy", "en"):
            assert values.clean(subject, values.show(subject, number, lang)) == number


@given(st.dates(date(1873, 1, 1), date(2199, 12, 31)))
def test_days_are_read_back_as_they_are_shown(day: Any) -> None:
    for kind, iso in (("date", day.isoformat()), ("year_month", day.isoformat()[:7])):
        for text in shown(kind, iso):
            assert values.clean(term(kind), text) == iso


@given(st.from_regex(r"0[1-9][0-9]{8,9}", fullmatch=True))
def test_a_telephone_number_cleaned_twice_is_the_same(digits: str) -> None:
    try:
        once = values.clean(term("phone"), digits)
    except InvalidValue:
        return
    assert values.clean(term("phone"), once) == once
    assert "".join(c for c in once if c.isdigit()) == digits
