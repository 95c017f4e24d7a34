"""Numbers, codes, digests and addresses of documents."""

import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.administration.certificates import logic


def test_a_number_carries_the_fiscal_year_of_the_era() -> None:
    assert logic.document_number(2026, 123) == "令8-000123"
    assert logic.document_number(2018, 1) == "平30-000001"
    assert logic.document_number(2026, 1_234_567) == "令8-1234567"


@pytest.mark.parametrize(
    "typed",
    [
        "令8-000123",
        "R8-000123",
        "r8-123",
        "Ｒ８－１２３",
        "令和8-000123",
        " 令 8 ー 123 ",
    ],
)
def test_a_number_may_be_typed_in_many_ways(typed: str) -> None:
    assert logic.normalise_number(typed) == "令8-000123"


@pytest.mark.parametrize(
    "typed", ["", "8-123", "令-123", "令8", "X8-1", "令8-1-2", "R8123", "' OR 1=1", "令8-" + "1" * 20]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    assert logic.normalise_number(typed) is None


@given(st.integers(2019, 2100), st.integers(1, 9_999_999))
def test_every_number_survives_print_address_and_typing(year: int, sequence: int) -> None:
    number = logic.document_number(year, sequence)
    assert logic.normalise_number(number) == number
    assert logic.normalise_number(logic.ascii_number(number)) == number
    assert logic.ascii_number(number).isascii()


def test_codes_are_random_and_easy_to_tell_apart() -> None:
    codes = {logic.new_code() for _ in range(2000)}
    assert len(codes) == 2000
    used = set().union(*codes)
    assert used == set(logic.ALPHABET)
    assert not used & set("01OI")
    assert len(logic.ALPHABET) ** logic.CODE_LENGTH >= 2**50


@given(st.text(alphabet=logic.ALPHABET, min_size=logic.CODE_LENGTH, max_size=logic.CODE_LENGTH))
def test_a_code_survives_print_and_typing(code: str) -> None:
    for typed in (code, logic.show_code(code), logic.show_code(code).lower(), f" {code[:5]}－{code[5:]} "):
        assert logic.normalise_code(typed) == code


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_code_or_nothing(text: str) -> None:
    code = logic.normalise_code(text)
    assert code is None or (len(code) == logic.CODE_LENGTH and set(code) <= set(logic.ALPHABET))


def test_the_address_in_the_picture_opens_the_public_page() -> None:
    url = logic.verify_url("https://city.example/", "令8-000123", "ABCDEFGHJK")
    assert url == "https://city.example/verify?number=R8-000123&code=ABCDEFGHJK"
    assert url.isascii()
    query = parse_qs(urlsplit(url).query)
    assert logic.normalise_number(query["number"][0]) == "令8-000123"


BASE: dict[str, Any] = {
    "key": "decision:1",
    "kind": "letter",
    "procedure": ("child-allowance-claim", 3),
    "case_id": uuid.UUID(int=1),
    "subject_id": uuid.UUID(int=2),
    "template": "approval.typ",
    "sources": {"approval.typ": "= Hello", "_letter.typ": "#let x = 1"},
    "content": {"title": "通知", "addressee": {"name": "荒尾 太郎"}},
    "valid_days": None,
}


@pytest.mark.parametrize(
    "change",
    [
        {"key": "decision:2"},
        {"kind": "certificate"},
        {"procedure": ("child-allowance-claim", 4)},
        {"case_id": uuid.UUID(int=3)},
        {"subject_id": uuid.UUID(int=3)},
        {"template": "_letter.typ"},
        {"sources": {"approval.typ": "= Hello!", "_letter.typ": "#let x = 1"}},
        {"content": {"title": "通知", "addressee": {"name": "荒尾 次郎"}}},
        {"content": {"title": "通知", "addressee": {"name": "辻\U000e0100"}}},
        {"valid_days": 90},
    ],
)
def test_any_difference_makes_another_request(change: dict[str, Any]) -> None:
    assert logic.request_material(**BASE) != logic.request_material(**{**BASE, **change})


def test_the_order_of_keys_makes_no_difference() -> None:
    turned = {**BASE, "content": dict(reversed(BASE["content"].items()))}
    assert logic.request_material(**BASE) == logic.request_material(**turned)
