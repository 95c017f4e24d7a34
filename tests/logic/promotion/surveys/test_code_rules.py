"""Codes as people type them, and answers as forms send them."""

from __future__ import annotations

import pytest

from dokodemo.promotion.surveys.codes import ALPHABET, new_code, normalise
from dokodemo.promotion.surveys.definitions import Frozen
from dokodemo.promotion.surveys.logic import read_answers

TEXT = {"ja": "問", "easy": "問《とい》", "en": "Question"}
SURVEY = {
    "code": "small",
    "title": TEXT,
    "purpose": TEXT,
    "section": "policy",
    "denominator": "all_valid",
    "questions": [
        {
            "code": "one",
            "ask": TEXT,
            "options": [{"code": "yes", "label": TEXT}, {"code": "no", "label": TEXT}],
        },
        {"code": "two", "ask": TEXT, "kind": "text", "limit": 20},
    ],
}
FROZEN = Frozen.model_validate({"survey": SURVEY, "districts": []})


def test_a_code_is_twelve_letters_and_digits_that_nobody_confuses() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        plain = normalise(code)
        assert len(plain) == 12
        assert set(plain) <= set(ALPHABET)
    assert not set("01IO") & set(ALPHABET)


@pytest.mark.parametrize(
    "typed", ["abcd-efgh-2345", " ＡＢＣＤ－ＥＦＧＨ－２３４５ ", "ABCDEFGH2345", "abcd efgh　2345"]
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert normalise(typed) == "ABCDEFGH2345"


@pytest.mark.parametrize(
    "typed", ["", "ABCD-EFGH-234", "ABCD-EFGH-23456", "ABCD-EFGH-0OI1", "あ" * 12, "A" * 5000]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert normalise(typed) == ""


def test_answers_are_known_options_and_words_within_the_limit() -> None:
    filled = read_answers(FROZEN, {"one": "yes", "two": "よい\r\nです\x07", "three": "x"})
    assert filled.answers == {"one": "yes", "two": "よい\nです"}
    assert filled.faults == []


def test_a_fault_names_its_question_and_keeps_what_was_typed() -> None:
    filled = read_answers(FROZEN, {"one": "maybe", "two": "あ" * 21})
    assert filled.faults == [("one", "surveys.fault.option"), ("two", "surveys.fault.too_long")]
    assert filled.typed["two"] == "あ" * 21
    assert read_answers(FROZEN, {"two": "  "}).faults == [("", "surveys.fault.nothing")]
