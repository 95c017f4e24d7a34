"""What may enter the log, and what its bytes are."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.kernel.events import logic

ACCOUNT = "account:01980000-0000-7000-8000-000000000001"
GOOD: dict[str, Any] = {
    "verb": "cases.submitted",
    "actor": ACCOUNT,
    "object": ("case", "01980000-0000-7000-8000-000000000002"),
    "refs": {"procedure": "child-allowance-claim@3", "unit": "childcare", "version": 3, "none": None},
    "numbers": {"answers": 12},
    "digests": {"letter": "a" * 64},
}


def test_references_numbers_and_digests_are_taken() -> None:
    logic.checked(**GOOD)


@pytest.mark.parametrize(
    "value",
    ["荒尾 花子", "hanako arao", "a" * 101, "hanako@example.jp", "0968-63-1111", "09012345678", "+81-968-63-1111",
     "1234 5678 9012", "123456789012", "1234-5678-9012", ["x"], {"name": "x"}, 1.5, b"x"],
)  # fmt: skip
def test_what_could_be_personal_is_refused_and_not_repeated(value: object) -> None:
    with pytest.raises(logic.NotAReference) as refusal:
        logic.checked(**{**GOOD, "refs": {"who": value}})
    assert str(value) not in str(refusal.value)
    assert "who" in str(refusal.value)


@pytest.mark.parametrize(
    "value", ["43204", "2026-000123", "A-2026-0001", "x@3", "case:12", "8011001002003", "0001", ""]
)
def test_numbers_of_cases_cities_and_companies_are_references(value: str) -> None:
    logic.checked(**{**GOOD, "refs": {"number": value}})


@given(st.text(alphabet=st.characters(min_codepoint=0x3040, max_codepoint=0x9FFF), min_size=1))
def test_no_japanese_text_ever_enters(text: str) -> None:
    for part in ({"refs": {"a": text}}, {"verb": text}, {"actor": text}, {"object": ("case", text)}):
        with pytest.raises(logic.NotAReference):
            logic.checked(**{**GOOD, **part})


@pytest.mark.parametrize(
    "part",
    [{"numbers": {"a": True}}, {"numbers": {"a": 1.0}}, {"numbers": {"a": "1"}}, {"digests": {"a": "ff"}},
     {"digests": {"a": "A" * 64}}, {"refs": {"名": "x"}}, {"refs": {"A b": "x"}}, {"verb": "submitted"},
     {"verb": "cases.submitted now"}, {"actor": "account:hanako"}, {"actor": ""}, {"object": ("case", "")},
     {"object": ("Case Row", "1")}, {"object": ("case", "x" * 81)}],
)  # fmt: skip
def test_a_wrong_shape_anywhere_is_refused(part: dict[str, Any]) -> None:
    with pytest.raises(logic.NotAReference):
        logic.checked(**{**GOOD, **part})


def _bytes(**changes: Any) -> bytes:
    usual = {
        "id": 1, "at": datetime(2026, 11, 23, 1, 2, 3, 4, UTC), "verb": "a.b", "actor": "anonymous",
        "object_type": "case", "object_id": "1", "refs": {"b": 1, "a": None}, "numbers": {}, "digests": {},
    }  # fmt: skip
    return logic.canonical(**{**usual, **changes})


def test_the_bytes_of_an_event_never_change_between_releases() -> None:
    assert _bytes() == (
        b'{"actor":"anonymous","at":"2026-11-23T01:02:03.000004+00:00","digests":{},"id":1,"numbers":{},'
        b'"object":["case","1"],"refs":{"a":null,"b":1},"verb":"a.b"}'
    )
    assert (
        logic.link(logic.GENESIS, _bytes())
        == "5e893fbba99379c9c63a74d975c1b7529ce7a51aedde5c7e24403fd89119f128"
    )


def test_neither_order_of_keys_nor_time_zone_matters() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert _bytes(refs={"a": None, "b": 1}, at=datetime(2026, 11, 23, 10, 2, 3, 4, tokyo)) == _bytes()


@pytest.mark.parametrize(
    "change",
    [{"id": 2}, {"verb": "a.c"}, {"actor": ACCOUNT}, {"object_type": "x"}, {"object_id": "2"}, {"refs": {"b": 1}},
     {"numbers": {"n": 1}}, {"digests": {"d": "0" * 64}}, {"at": datetime(2026, 11, 23, 1, 2, 3, 5, UTC)}],
)  # fmt: skip
def test_every_part_of_an_event_is_in_its_link(change: dict[str, Any]) -> None:
    assert logic.link(logic.GENESIS, _bytes(**change)) != logic.link(logic.GENESIS, _bytes())
    assert logic.link("1" * 64, _bytes()) != logic.link(logic.GENESIS, _bytes())
