"""Every text a resident reads is complete, plain and natural in its language; no city leaks into another's files."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from dokodemo.kernel.packs import Document, Pack, open_pack, pack_roots, reading
from dokodemo.kernel.packs.reading import parse_yaml

PACKS = ("japan", "arao", "mihon")
KANJI = r"[\u3400-\u9fff\uf900-\ufaff々〆]"
WITHOUT_READING = re.compile(rf"{KANJI}(?!{KANJI})(?!《)")
JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
# 尊敬語・謙譲語 and the double negative that plain Japanese avoids (出入国在留管理庁・文化庁のガイドライン).
POLITE = re.compile(r"いただ|くださいませ|ございま|いたしま|申し上げ|なさい?ます|ないわけでは|なければならな")
LONGEST_SENTENCE = 60


def texts(
    value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], dict[str, str]]]:
    """Every {ja, easy, en} inside a document, with its place."""
    if isinstance(value, dict):
        if {"ja", "easy", "en"} <= value.keys():
            yield path, value
            return
        for key, inner in value.items():
            yield from texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, (*path, index))


def own_texts(pack: Pack) -> list[tuple[Document, tuple[str | int, ...], dict[str, str]]]:
    return [(document, *found) for document in pack.documents("**/*.yaml") for found in texts(document.data)]


@pytest.mark.parametrize("name", PACKS)
def test_every_kanji_of_plain_japanese_has_its_reading(name: str) -> None:
    found = own_texts(open_pack(name))
    assert len(found) > 100
    bare = [
        (document.path, path, text["easy"])
        for document, path, text in found
        if WITHOUT_READING.search(text["easy"])
    ]
    assert bare == []


@pytest.mark.parametrize("name", PACKS)
def test_plain_japanese_has_short_sentences_and_no_honorifics(name: str) -> None:
    stiff = []
    for document, path, text in own_texts(open_pack(name)):
        plain = re.sub(r"《[^》]*》| |\{[a-z_]+\}", "", text["easy"])
        sentences = re.split(r"(?<=[。！？])", plain)
        if POLITE.search(plain) or any(len(sentence) > LONGEST_SENTENCE for sentence in sentences):
            stiff.append((document.path, path, plain))
    assert stiff == []


@pytest.mark.parametrize("name", PACKS)
def test_english_texts_are_english(name: str) -> None:
    # A Japanese word in brackets after its English name is a help, e.g. “review (審査請求)”.
    mixed = [
        (document.path, path, text["en"])
        for document, path, text in own_texts(open_pack(name))
        if JAPANESE.search(re.sub(r"\([^)]*\)", "", text["en"]))
    ]
    assert mixed == []


def test_the_base_pack_and_the_other_city_do_not_speak_of_arao() -> None:
    told = [
        document.path
        for name in ("japan", "mihon")
        for document in open_pack(name).documents("**/*.yaml")
        if re.search(r"荒尾|熊本|[Aa]rao|[Kk]umamoto|432041", str(document.data))
    ]
    assert told == []


def test_no_shipped_file_needs_the_careful_parser() -> None:
    # A plain text that ends in "?" before "}" is one that libyaml refuses: in quotes it is read ten times as fast.
    slow = [
        file
        for root in pack_roots()
        for file in root.rglob("*.yaml")
        if reading.quickly(file.read_text()) is None
    ]
    assert slow == []


def test_the_quick_parser_reads_every_shipped_file_like_the_careful_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = [(file, file.read_bytes()) for root in pack_roots() for file in root.rglob("*.yaml")]
    quick = {file: parse_yaml(data, "file") for file, data in files}
    monkeypatch.setattr(reading, "_is_tame", lambda text: False)
    for file, data in files[::7]:
        assert parse_yaml(data, "file") == quick[file], file
