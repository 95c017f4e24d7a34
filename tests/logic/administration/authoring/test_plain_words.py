"""Hints about plain Japanese: each rule finds what it is for, and nothing in a good text."""

import pytest

from dokodemo.administration.authoring.readability import hints, long_sentences


def codes(text: str) -> list[str]:
    return [hint.code for hint in hints(text)]


def test_a_good_text_has_no_hint() -> None:
    assert (
        codes(
            "犬《いぬ》と 暮《く》らす 人《ひと》は、犬《いぬ》を 登録《とうろく》します。1回《かい》だけです。"
        )
        == []
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("とても " * 20 + "ながい 文《ぶん》です。", "long"),
        ("申請して ください。", "kanji"),
        ("出《だ》さない わけではない です。", "double_negation"),
        ("出《だ》さなければなりません。", "double_negation"),
        ("決《き》めた 日《ひ》が 送《おく》られます。", "passive"),
        ("書類《しょるい》は つかわれます。", "passive"),
        ("お送《おく》り いただきます。", "honorific"),
        ("ごらんに なり、ご確認《かくにん》ください。", "honorific"),
    ],
)
def test_each_rule_finds_what_it_is_for(text: str, code: str) -> None:
    assert code in codes(text)


@pytest.mark.parametrize(
    "text",
    ["子《こ》どもが 生《う》まれました。", "お金《かね》を もらえます。", "これから 出《だ》します。"],
)
def test_words_that_only_sound_passive_are_left_alone(text: str) -> None:
    assert "passive" not in codes(text)


def test_a_sentence_nobody_reads_to_the_end_is_named() -> None:
    assert long_sentences("あ" * 91 + "。短い文。") == ["あ" * 91 + "。"]
