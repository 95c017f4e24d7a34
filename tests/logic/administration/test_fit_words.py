"""What of somebody's words may be kept: nothing that points to a person, never much, and a tally that a flood cannot fill."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.administration.findings.logic import (
    LONGEST_QUESTION,
    LONGEST_WORDS,
    MOST_WAITING,
    Tally,
    fit_question,
    fit_words,
    same,
)
from dokodemo.kernel.text_jp import names_somebody

DAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ドローンを飛ばしたい", "ドローンを飛ばしたい"),
        ("  ドローン\n\t許可  ", "ドローン 許可"),
        ("ﾄﾞﾛｰﾝ", "ドローン"),
        ("電話 ０９０－１２３４－５６７８ に", "電話 に"),
        ("1234 5678 9012 の再発行", "の再発行"),
        ("受付番号 261123-000123-4 どうなった", "受付番号 どうなった"),
        ("hanako@example.jp に届かない", "に届かない"),
        ("https://example.jp/?x=1 が開かない", "が開かない"),
        ("中央1-2-3の空き家", "中央 の空き家"),
        ("緑ケ丘2丁目の街灯", "緑ケ丘 の街灯"),
        ("75歳の免許", "75歳の免許"),
        ("drone permit", "drone permit"),
        ("犬", "犬"),
    ],
)
def test_numbers_and_addresses_of_a_person_are_taken_away(typed: str, kept: str) -> None:
    assert fit_words(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "\x00", "!?。、", "🐈\u200d⬛🦖", "123-4567", "09012345678", "\ud800"],
)
def test_what_holds_no_word_is_not_kept(typed: str) -> None:
    assert fit_words(typed) == ""


@pytest.mark.parametrize(
    "typed", ["佐藤花子", "髙木 美咲 児童手当", "田中さんの家", "タナカ タロウ", "John Smith"]
)
def test_what_seems_to_name_somebody_is_not_kept(typed: str) -> None:
    assert names_somebody(typed)
    assert fit_words(typed) == ""


@pytest.mark.parametrize(
    "typed", ["荒尾", "平井", "荒尾市", "桜祭り", "安部公園", "お客さん", "希望", "犬の登録"]
)
def test_a_place_or_a_single_name_is_no_person(typed: str) -> None:
    assert not names_somebody(typed)


def test_ten_thousand_characters_are_cut_and_take_no_time() -> None:
    for typed in ("あ" * 10_000, "a" * 10_000, "1" * 10_000, "@" * 10_000, "1-" * 5_000, "山田太郎" * 2_500):
        start = time.thread_time()
        assert len(fit_words(typed)) <= LONGEST_WORDS
        assert len(fit_question(typed)) <= LONGEST_QUESTION
        assert time.thread_time() - start < 0.5


@given(st.text(max_size=300))
def test_fit_words_fit_and_stay_as_they_are(typed: str) -> None:
    kept = fit_words(typed)
    assert len(kept) <= LONGEST_WORDS
    assert kept == kept.strip()
    assert not any(sign in kept for sign in "\n\r\t\x00@")
    kept.encode()


def test_a_question_keeps_its_lines_and_loses_numbers() -> None:
    assert fit_question("家の前の\r\n木を切ってほしい。\n電話は090-1234-5678\n\x00") == (
        "家の前の\n木を切ってほしい。\n電話は"
    )


def test_width_case_and_kana_make_no_difference() -> None:
    assert same("ドローン") == same("どろーん") == same("ﾄﾞﾛｰﾝ")
    assert same("Drone Permit") == same("dronepermit")


def test_a_tally_gives_each_count_once_and_is_due_once_in_a_while() -> None:
    tally = Tally(60.0)
    assert not tally.due(100.0)
    tally.count(DAY, "ja", found=True)
    tally.count(DAY, "ja", found=False, words="ドローン")
    tally.count(DAY, "ja", found=False, words="どろーん")
    assert tally.due(100.0)
    assert not tally.due(100.0)
    assert not tally.due(159.0)
    taken = tally.take()
    assert taken.searches == {(DAY, "ja"): 3}
    assert taken.found == {(DAY, "ja"): 1}
    assert list(taken.times.values()) == [2]
    assert list(taken.said.values()) == ["ドローン"]
    assert not tally.take()
    tally.give_back(taken)
    assert tally.take() == taken
    assert not tally.due(200.0)


def test_a_flood_of_different_words_fills_no_memory_and_is_still_counted() -> None:
    tally = Tally(60.0)
    for number in range(MOST_WAITING * 3):
        tally.count(DAY, "ja", found=False, words=f"あふれる{number}")
    taken = tally.take()
    assert len(taken.said) == len(taken.times) == MOST_WAITING
    assert taken.searches[DAY, "ja"] == MOST_WAITING * 3
    assert taken.dropped[DAY, "ja"] == MOST_WAITING * 2
