"""Is the plain Japanese plain? (やさしい日本語の検査)

Owns the rules of thumb of the national guidelines for plain Japanese: short sentences, readings, no double negation, no
passive, no honorifics. Pure; what it finds are hints for a writer, never a reason to refuse a text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dokodemo.kernel import text_jp
from dokodemo.kernel.text_jp.ruby import pieces

LONGEST_EASY = 45  # characters of a sentence, without readings and spaces
LONGEST_JA = 90
_KANJI = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
_DOUBLE = re.compile(
    r"なくはな|なくもな|ないわけでは?な|ないことは?な|ないとは限らな|ないとはかぎらな|なければなりません|なくてはなりません|"
    r"ざるを得な|ざるをえな|ないではいられ"
)
# The sounds before れる that make a passive, without the common verbs that merely end so.
_PASSIVE = re.compile(r"(?:[かがさたなばまらわ]れ|られ)(?:ます|ました|ません|る|た|て|ない)")
_NOT_PASSIVE = re.compile(
    r"(?:生まれ|うまれ|離れ|はなれ|別れ|わかれ|分かれ|流れ|ながれ|忘れ|わすれ|慣れ|疲れ|つかれ|倒れ|たおれ|壊れ|こわれ|汚れ|よごれ|"
    r"隠れ|かくれ|濡れ|遅れ|切れ|晴れ|枯れ|もらえ|これから|それから|くれ|いれ|入れ)"
)
_HONORIFIC = re.compile(
    r"いただ[きけく]|頂[きけく]|ございま|申し上げ|申しあげ|いたしま|致しま|おりま[すせ]|お越し|おこし|うかが[いう]|伺[いう]|拝|"
    r"くださいま|なさいま|ご[一-龥ぁ-ん]{1,6}(?:ください|になり)|お[一-龥ぁ-ん]{1,6}(?:になり|いたし|申し)"
)


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint: its code (long, kanji, double_negation, passive, honorific) and the words it is about."""

    code: str
    words: str


def plain_of(text: str) -> str:
    """A text as it is counted: without readings and without spaces between phrases."""
    return re.sub(r"[ \u3000]", "", text_jp.strip_ruby(text))


def hints(text: str) -> list[Hint]:
    """What should be said more plainly in an やさしい日本語 text, in the order it is read."""
    bare = plain_of(text)
    found = [Hint("long", one) for one in _SENTENCE.findall(bare) if len(one.strip()) > LONGEST_EASY]
    kanji = [run for part in pieces(text) if part.reading is None for run in _KANJI.findall(part.text)]
    if kanji:
        found.append(Hint("kanji", "、".join(dict.fromkeys(kanji))))
    found += [Hint("double_negation", match.group()) for match in _DOUBLE.finditer(bare)]
    cleared = _NOT_PASSIVE.sub("＿", bare)
    found += [Hint("passive", match.group()) for match in _PASSIVE.finditer(cleared)]
    found += [Hint("honorific", match.group()) for match in _HONORIFIC.finditer(bare)]
    return found


def long_sentences(text: str) -> list[str]:
    """Sentences of ordinary Japanese that nobody reads to the end."""
    return [one for one in _SENTENCE.findall(plain_of(text)) if len(one) > LONGEST_JA]


def texts_in(
    value: Any, place: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Key path, language and words of every text inside a definition."""
    if isinstance(value, dict):
        for key, child in value.items():
            if key in ("ja", "easy", "en") and isinstance(child, str):
                yield (*place, key), key, child
            else:
                yield from texts_in(child, (*place, key))
    elif isinstance(value, list):
        for i, child in enumerate(value):
            yield from texts_in(child, (*place, i))
