"""What counts as a character, what may be stored, and what is alike for a search."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.kernel import text_jp
from dokodemo.kernel.text_jp import search

IVS = "辻\U000e0100"
japanese = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x3FF)
    | st.characters(min_codepoint=0x3000, max_codepoint=0x30FF)
    | st.characters(min_codepoint=0xF900, max_codepoint=0xFFEF)
    | st.sampled_from("髙﨑邉邊齋齊斉𠮷吉櫻澤廣國㋿㍻①ｶﾞ々〆\U000e0100\ufe00")
)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("abc", 3),
        (IVS, 1),
        ("𠮷野家", 3),
        ("が", 1),
        ("か\u3099", 1),
        ("👨‍👩‍👧", 1),
        ("a\r\nb", 3),
        ("葛\U000e0101飾", 2),
    ],
)
def test_length_is_what_a_reader_sees(text: str, length: int) -> None:
    assert text_jp.grapheme_length(text) == length


@pytest.mark.parametrize(
    "character", ["\ue000", "\uf8ff", "\U000f0000", "\U000ffffd", "\U00100000", "\U0010fffd"]
)
def test_private_characters_are_found_in_every_plane(character: str) -> None:
    assert text_jp.has_private_use(f"山{character}田")


@pytest.mark.parametrize("text", ["山田", IVS, "𠮷", "髙﨑", "神", "\U0002a6d6", "👪", ""])
def test_characters_that_everybody_has_are_no_private_ones(text: str) -> None:
    assert not text_jp.has_private_use(text)
    assert not text_jp.has_control(text)


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x1b", "\r", "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\ufeff", "\ufffd"],
)
def test_dangerous_invisible_characters_are_found(character: str) -> None:
    assert text_jp.has_control(f"a{character}b")
    assert not text_jp.has_control("line\nline\ttab")


def test_half_a_character_is_found() -> None:
    assert text_jp.has_control("a" + chr(0xD842) + "b")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("やまだ", "ヤマダ"),
        ("ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ ハナコ"),
        ("ヤマダ", "ヤマダ"),
        ("たろ-", "タロー"),
        ("ﾏﾘｱ･ﾙｲｰｻﾞ", "マリア・ルイーザ"),
        ("か\u3099", "ガ"),
        ("Smith", "Smith"),
        ("山だ", "山ダ"),
        ("ゔぁ", "ヴァ"),
    ],
)
def test_readings_become_full_width_katakana(typed: str, kept: str) -> None:
    assert text_jp.to_full_width_katakana(typed) == kept


@pytest.mark.parametrize(
    "text",
    ["ヤマダ", "ヤマダ ハナコ", "ヤマダ　ハナコ", "マリア・ルイーザ", "ジョン＝スミス", "ツヅキ", "ヴァン"],
)
def test_katakana_readings_are_recognised(text: str) -> None:
    assert text_jp.is_katakana_name(text)


@pytest.mark.parametrize(
    "text", ["", " ", "やまだ", "ﾔﾏﾀﾞ", "山田", "Smith", "ヤマダ  ハナコ", "ー", "ヤマダ ", "ヤマダ1"]
)
def test_other_texts_are_no_katakana_readings(text: str) -> None:
    assert not text_jp.is_katakana_name(text)


@given(japanese)
def test_kana_go_both_ways(text: str) -> None:
    assert text_jp.to_hiragana(text_jp.to_katakana(text)) == text_jp.to_hiragana(text)
    katakana = text_jp.to_full_width_katakana(text)
    assert text_jp.to_full_width_katakana(katakana) == katakana


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("渡邉", "渡辺"),
        ("渡邊", "渡辺"),
        ("齋藤", "斎藤"),
        ("齊藤", "斉藤"),
        ("𠮷田", "吉田"),
        (IVS, "辻"),
        ("神", "神"),
        ("ｱﾗｵ", "あらお"),
        ("アラオ", "あらお"),
        ("ＡＢＣ", "abc"),
        ("１２３", "123"),
        ("㋿", "令和"),
        ("Ｗｉ―Ｆｉ", "wi-fi"),
        ("  荒尾　市 ", "荒尾 市"),
        ("zero\u200bwidth", "zerowidth"),
    ],
)
def test_what_people_write_for_each_other_is_alike_in_a_search(one: str, other: str) -> None:
    assert text_jp.normalise_search(one) == text_jp.normalise_search(other)


@pytest.mark.parametrize(
    ("one", "other"), [("山田", "山本"), ("はな", "ばな"), ("きよ", "きょ"), ("大", "太"), ("日", "曰")]
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert text_jp.normalise_search(one) != text_jp.normalise_search(other)


@given(japanese | st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    folded = text_jp.normalise_search(text)
    assert text_jp.normalise_search(folded) == folded


@given(japanese)
def test_width_and_case_and_kana_never_matter(text: str) -> None:
    folded = text_jp.normalise_search(text)
    assert text_jp.normalise_search(unicodedata.normalize("NFKC", text)) == folded
    assert text_jp.normalise_search(text_jp.to_katakana(text)) == folded


def test_the_table_of_variants_has_no_chains() -> None:
    targets = set(search._FOLD.values())
    assert not targets & {chr(code) for code in search._FOLD}
    characters = [c for row in search._VARIANTS.split() for c in unicodedata.normalize("NFKC", row)[1:]]
    assert len([c for c in characters if ord(c) in search._FOLD]) == len(search._FOLD)


@pytest.mark.parametrize("typed", ["荒尾市宮内出目390番地", "荒尾市宮内出目３９０", "荒尾市 宮内出目390番"])
def test_addresses_are_compared_without_their_small_words(typed: str) -> None:
    assert text_jp.normalise_address(typed) == "荒尾市宮内出目390"


def test_blocks_of_an_address_are_parted_by_hyphens() -> None:
    assert text_jp.normalise_address("緑ケ丘１丁目２番地の３") == text_jp.normalise_address(
        "緑ケ丘1ー2ー3".replace("ー", "－")
    )
