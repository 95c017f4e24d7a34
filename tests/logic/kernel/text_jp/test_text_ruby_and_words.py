"""Readings above kanji, and words for the search."""

import html
import re
import subprocess
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dokodemo.kernel import text_jp

marked = st.text(st.sampled_from("漢字日本語かなカナab12｜《》&<>\"' 髙\U000e0100々"), max_size=30)


def visible(markup: str) -> str:
    """The text of HTML as a browser without ruby shows it."""
    return html.unescape(re.sub(r"</?(?:ruby|rt|rp)>", "", markup))


def test_readings_become_ruby_with_brackets_for_old_browsers() -> None:
    assert (
        text_jp.ruby("市役所《しやくしょ》へ")
        == "<ruby>市役所<rp>（</rp><rt>しやくしょ</rt><rp>）</rp></ruby>へ"
    )


def test_without_furigana_only_the_text_is_left() -> None:
    assert text_jp.ruby("市役所《しやくしょ》へ", furigana=False) == "市役所へ"
    assert text_jp.strip_ruby("｜10日《とおか》まで") == "10日まで"


def test_the_reading_belongs_to_the_kanji_before_it() -> None:
    assert list(text_jp.pieces("お子《こ》さん")) == [("お", None), ("子", "こ"), ("さん", None)]
    assert list(text_jp.pieces("4月《がつ》")) == [("4", None), ("月", "がつ")]
    assert list(text_jp.pieces("時々《ときどき》")) == [("時々", "ときどき")]
    assert list(text_jp.pieces("辻\U000e0100《つじ》")) == [("辻\U000e0100", "つじ")]


def test_a_bar_marks_where_the_word_begins() -> None:
    assert list(text_jp.pieces("毎月｜10日《とおか》")) == [("毎月", None), ("10日", "とおか")]
    assert list(text_jp.pieces("｜Wi-Fi《ワイファイ》")) == [("Wi-Fi", "ワイファイ")]


def test_html_in_a_text_is_shown_and_never_run() -> None:
    shown = text_jp.ruby('<b>"漢字《<i>》&')
    assert "<b>" not in shown
    assert "<i>" not in shown
    assert shown.startswith("&lt;b&gt;&quot;<ruby>漢字")


@pytest.mark.parametrize(
    "text",
    ["漢字《かんじ", "漢字かんじ》", "《かんじ》", "かな《かな》", "漢字《》", "a｜b", "漢《か《ん》》"],
)
def test_faulty_marks_are_refused_on_reading_and_harmless_on_screen(text: str) -> None:
    with pytest.raises(text_jp.BadRuby):
        text_jp.pieces(text)
    assert text_jp.add_furigana(text) == text
    assert visible(text_jp.ruby("|" + text)).replace("（", "《").replace("）", "》")[1:] == text


@given(marked)
def test_ruby_never_loses_text(text: str) -> None:
    bare = text_jp.strip_ruby(text)
    assert html.unescape(text_jp.ruby(text, furigana=False)) == bare
    without_readings = re.sub(r"<rp>（</rp><rt>.*?</rt><rp>）</rp>", "", text_jp.ruby(text))
    assert visible(without_readings) == bare
    for piece in (p for p in _pieces(text) if p.reading):
        assert html.escape(piece.reading or "") in text_jp.ruby(text)


def _pieces(text: str) -> tuple[text_jp.Piece, ...]:
    try:
        return text_jp.pieces(text)
    except text_jp.BadRuby:
        return ()


@settings(deadline=None, max_examples=150)
@given(marked | st.text(st.sampled_from("子供が生まれた市役所へ来る引っ越し12日人髙《》｜か"), max_size=25))
def test_added_readings_never_change_the_text(text: str) -> None:
    added = text_jp.add_furigana(text)
    assert text_jp.strip_ruby(added) == text_jp.strip_ruby(text)
    readings = [piece.reading for piece in _pieces(text) if piece.reading]
    there = iter(piece.reading for piece in _pieces(added) if piece.reading)
    assert all(reading in there for reading in readings), "what the author marked is kept, in order"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("子どもが生まれた", "子《こ》どもが生《う》まれた"),
        ("引っ越しました", "引《ひ》っ越《こ》しました"),
        ("手続《てつづ》きと申請", "手続《てつづ》きと申請《しんせい》"),
        ("23日までに3人で", "23日《にち》までに3人《にん》で"),
        ("1日", "1日"),
        ("髙橋", "髙橋"),
        ("Wi-Fi 123", "Wi-Fi 123"),
        ("", ""),
    ],
)
def test_readings_are_looked_up_for_kanji_only(text: str, expected: str) -> None:
    assert text_jp.add_furigana(text) == expected


def test_kanji_without_a_reading_are_listed() -> None:
    assert text_jp.without_reading("市《し》の窓口と子どもの話《はなし》") == ["窓口", "子"]
    assert text_jp.without_reading("かなだけ") == []


def test_words_for_the_search_are_folded_and_complete() -> None:
    assert text_jp.tokens("子どもが生まれた") == ["子供", "子ども", "生まれる"]
    assert text_jp.tokens("こども")[0] == text_jp.tokens("子供")[0] == "子供"
    assert {"介護", "保険"} <= set(text_jp.tokens("介護保険の認定"))
    assert text_jp.tokens("、。 ") == text_jp.tokens("") == []


def test_different_spellings_share_a_word() -> None:
    for one, other in [("引っ越し", "引越し"), ("ﾜｸﾁﾝ", "ワクチン"), ("てつづき", "手続き")]:
        assert set(text_jp.tokens(one)) & set(text_jp.tokens(other)), (one, other)


def test_long_texts_are_analysed_in_parts() -> None:
    assert text_jp.tokens("申請 " * 9000).count("申請") == 9000


def test_readings_cover_the_text() -> None:
    text = "荒尾市で犬を登録する。"
    assert "".join(word for word, _ in text_jp.readings(text)) == text


def test_many_threads_share_one_dictionary() -> None:
    found: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(text_jp.tokens("児童手当の請求" * 50))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(words == found[0] for words in found)


def test_the_dictionary_is_loaded_only_on_use() -> None:
    code = (
        "import sys\n"
        "import dokodemo.kernel.text_jp, dokodemo.kernel.packs, dokodemo.kernel.calendar_jp\n"
        "import dokodemo.kernel.vocabulary\n"
        "print([m for m in ('sudachipy', 'duckdb', 'pyarrow', 'django', 'jpholiday') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={}, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("窓口の待ち時間が長い", ["窓口", "待ち時間", "長い"]),
        ("待ち時間をスマートフォンで知りたい", ["待ち時間", "スマートフォン", "知る"]),
        ("体育館の予約を夜にしたい", ["体育館", "予約", "夜", "する"]),
        ("字を大きくしてほしい。", ["字", "大きい", "する", "ほしい"]),
        ("", []),
    ],
)
def test_what_people_write_about_is_named_whole(text: str, expected: list[str]) -> None:
    assert text_jp.terms(text) == expected


def test_a_name_joined_to_its_title_is_still_known_as_a_name() -> None:
    assert [one for one in text_jp.terms("山田太郎さんに聞いた") if not text_jp.names_somebody(one)] == [
        "聞く"
    ]
