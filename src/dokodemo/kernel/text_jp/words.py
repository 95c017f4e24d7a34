"""Words and readings of Japanese text by Sudachi (形態素解析).

Owns the one dictionary of the process, loaded when the first text is analysed. Never stores what it reads.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from dokodemo.kernel.text_jp.characters import to_hiragana
from dokodemo.kernel.text_jp.ruby import KANJI, is_faulty, mark, split
from dokodemo.kernel.text_jp.search import normalise_search

if TYPE_CHECKING:
    from sudachipy import Tokenizer

# Sudachi takes at most 49,149 bytes at once; texts are cut well below that.
_CHUNK = 8_000
_NO_CONTENT = {"助詞", "助動詞", "補助記号", "空白", "記号"}
_LEANS_ON_NOUN = {"形状詞", "接頭辞"}
_GAP = re.compile(r"[\s、。，．・）」]")
_RUN = re.compile(f"([{KANJI}]+)")
_COUNTERS = {"日": ("ニチ", {*range(1, 11), 14, 20, 24}), "人": ("ニン", {1, 2})}
_HONORIFICS = {"さん", "様", "さま", "氏", "君", "くん", "ちゃん", "先生", "殿"}
_KANA_ONLY = re.compile("[ァ-ヺー]+")

_loading = threading.Lock()
_dictionary: Any = None
_of_thread = threading.local()


def tokens(text: str) -> list[str]:
    """The content words of a text, folded by `normalise_search`: for each word its normalised form, its dictionary
    form where that differs, and its parts where a long word has some (介護保険 → 介護, 保険).

    Particles, endings, marks and spaces are left out. [] for a text without words.
    """
    found: list[str] = []
    for word in _words(unicodedata.normalize("NFKC", text)):
        if word.part_of_speech()[0] in _NO_CONTENT:
            continue
        forms = [word.normalized_form(), word.dictionary_form()]
        forms += [part.normalized_form() for part in word.split(_modes().A)]
        found += dict.fromkeys(form for form in map(normalise_search, forms) if form)
    return found


def readings(text: str) -> list[tuple[str, str]]:
    """The words of a text with their readings in katakana, in order; together the words are the text.

    Marks are read キゴウ by Sudachi, and words it does not know as themselves.
    """
    return [(word.surface(), word.reading_form()) for word in _words(text)]


def terms(text: str) -> list[str]:
    """What a text speaks of, in order: words that make one thing as one term (待ち時間, スマートフォン, 体育館), other words of
    content as a dictionary has them (難しい). Particles, endings, marks and spaces are left out.
    """
    found: list[str] = []
    joined = ""
    words = list(_words(text))
    for word, after in zip_longest(words, words[1:]):
        kind = word.part_of_speech()[0]
        before_noun = after is not None and after.part_of_speech()[0] == "名詞"
        if (
            kind == "名詞"
            or (kind == "接尾辞" and joined)
            or (before_noun and (kind in _LEANS_ON_NOUN or word.part_of_speech()[5].startswith("連用形")))
        ):
            joined += word.surface()
            continue
        if joined:
            found.append(joined)
            joined = ""
        if kind not in _NO_CONTENT:
            found.append(word.dictionary_form())
    return [*found, joined] if joined else found


def names_somebody(text: str) -> bool:
    """Whether a text seems to name a person: a family name with a given name (山田太郎), or a name with 〜さん, 〜様.

    A name alone does not count: 長野 and 石川 are families and places alike. Some names are missed; kana are read too.
    """
    before: tuple[str, str] | None = None
    for word in _words(unicodedata.normalize("NFKC", text)):
        kind = word.part_of_speech()
        if kind[0] in ("空白", "補助記号"):
            continue
        name = kind[3] if kind[2] == "人名" else ""
        if before is not None:
            follows = name in ("名", "一般") and before[1] in ("姓", "一般")
            if follows or (before[1] and word.surface() in _HONORIFICS):
                return True
        before = (word.surface(), name)
    return False


def add_furigana(text: str) -> str:
    """The text with readings 漢字《かんじ》 for kanji that have none yet.

    What is marked stays as it is. Words that Sudachi cannot read, and counters that are read differently with each
    number (1日, 2人), stay without a reading: none is better than a wrong one. Faulty markup is left alone.
    """
    if is_faulty(text):
        return text
    output: list[str] = []
    for piece in split(text):
        if piece.reading is not None:
            output.append(mark(piece.text, piece.reading, before=_last(output)))
            continue
        before = ""
        for word, katakana in readings(piece.text):
            for base, kana in _over_kanji(word, _as_counter(before, word, katakana)):
                output.append(base if kana is None else mark(base, kana, before=_last(output)))
            before = word
    return "".join(output)


def _last(output: list[str]) -> str:
    return output[-1][-1:] if output else ""


def _as_counter(before: str, word: str, katakana: str) -> str:
    """The reading of 日 and 人 after a number; "" where it depends on more than that."""
    number = unicodedata.normalize("NFKC", before)
    if word not in _COUNTERS or not number.isdecimal():
        return katakana
    usual, exceptions = _COUNTERS[word]
    return "" if int(number) in exceptions else usual


def _over_kanji(surface: str, katakana: str) -> Iterator[tuple[str, str | None]]:
    """The word cut into kanji with a reading and the rest: 引っ越し, ヒッコシ → 引 ひ, っ, 越 こ, し."""
    runs = [run for run in _RUN.split(surface) if run]
    if not _RUN.search(surface) or not _KANA_ONLY.fullmatch(katakana):
        yield surface, None
        return
    pattern = "".join("(.+?)" if _RUN.fullmatch(run) else f"({re.escape(to_hiragana(run))})" for run in runs)
    match = re.fullmatch(pattern, to_hiragana(katakana))
    if match is None:
        yield surface, to_hiragana(katakana)
        return
    for run, reading in zip(runs, match.groups(), strict=True):
        yield run, reading if _RUN.fullmatch(run) else None


def _words(text: str) -> Iterator[Any]:
    tokenizer = _tokenizer()
    for part in _parts(text):
        yield from tokenizer.tokenize(part, _modes().C)


def _parts(text: str) -> Iterator[str]:
    """The text in parts that Sudachi takes, cut after a space or a mark where there is one."""
    while len(text) > _CHUNK:
        cuts = [match.end() for match in _GAP.finditer(text, _CHUNK // 2, _CHUNK)]
        cut = cuts[-1] if cuts else _CHUNK
        yield text[:cut]
        text = text[cut:]
    yield text


def _modes() -> Any:
    from sudachipy import SplitMode

    return SplitMode


def _tokenizer() -> "Tokenizer":
    """This thread's tokenizer; all share one dictionary, which takes most of the memory."""
    global _dictionary
    own: Tokenizer | None = getattr(_of_thread, "tokenizer", None)
    if own is None:
        with _loading:
            if _dictionary is None:
                from sudachipy import Dictionary

                _dictionary = Dictionary(dict="small")
        own = _dictionary.tokenizer()
        _of_thread.tokenizer = own
    return own
