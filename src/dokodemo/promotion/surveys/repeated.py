"""Words many people wrote by themselves (自由記述で繰り返された言葉): of closed waves, by question.

Owns how often a word comes back. Never returns an answer, nor a word fewer than `FEWEST` people wrote, nor a name.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from dokodemo.kernel import text_jp
from dokodemo.kernel.access import Actor
from dokodemo.kernel.packs import Text
from dokodemo.promotion.surveys import policies
from dokodemo.promotion.surveys.models import CLOSED, PUBLISHED, Answer, Wave
from dokodemo.promotion.surveys.queries import MOST_WAVES, frozen_of
from dokodemo.promotion.surveys.suppressing import FEWEST

_HIRAGANA = re.compile("[ぁ-ゖー]+")  # particles, endings and most helping verbs
MOST_WORDS = 20  # of one question
MOST_ANSWERS = 2000  # of one wave: read at once, by the first who asks in a process


@dataclass(frozen=True)
class Repeated:
    """A word and in how many answers it came; `word` is empty where only how many there are may be told.

    `key` is the same for the same word of the same question; `measures` are the survey's.
    """

    wave: UUID
    question: str
    title: Text
    key: str
    word: str
    people: int
    closed_on: date
    measures: tuple[str, ...] = ()


def repeated(actor: Actor | None, *, since: date, most: int) -> list[Repeated]:
    """Words of the waves closed since a day, the most frequent first. Nothing for whoever may not read what people wrote."""
    if actor is not None and not policies.may_read_words(actor):
        return []
    waves = Wave.objects.filter(state__in=[CLOSED, PUBLISHED], closed_on__gte=since).order_by("-closed_on")
    found: list[Repeated] = []
    for wave in waves[:MOST_WAVES]:
        survey = frozen_of(wave).survey
        titles = {one.code: one.ask for one in survey.questions if one.kind == "text"}
        if not titles or wave.closed_on is None:
            continue
        for question, word, people in _counted(wave.pk, wave.erased_on):
            key = f"{wave.pk}:{question}:{sha256(word.encode()).hexdigest()[:16]}"
            told = word if actor is not None else ""
            found.append(
                Repeated(
                    wave.pk,
                    question,
                    titles[question],
                    key,
                    told,
                    people,
                    wave.closed_on,
                    survey.measures,
                )
            )
    return sorted(found, key=lambda one: -one.people)[:most]


@lru_cache(maxsize=64)
def _counted(wave_id: UUID, erased_on: date | None) -> tuple[tuple[str, str, int], ...]:
    """Question, word and number of answers, of the first MOST_ANSWERS: their keys are by chance, so that is a sample.

    A closed wave takes no more answers, so it is read once in a process, and once more when its answers are erased.
    """
    if erased_on is not None:
        return ()
    wave = Wave.objects.get(pk=wave_id)
    asked = [one.code for one in frozen_of(wave).survey.questions if one.kind == "text"]
    counts: dict[str, Counter[str]] = {code: Counter() for code in asked}
    for answer in Answer.objects.filter(wave=wave).order_by("pk")[:MOST_ANSWERS].iterator():
        for code in asked:
            written = answer.sealed["answers"].get(code, "")
            counts[code].update({word for word in text_jp.terms(written) if _tells(word)})
    return tuple(
        (code, word, people)
        for code in asked
        for word, people in counts[code].most_common(MOST_WORDS)
        if people >= FEWEST
    )


def _tells(word: str) -> bool:
    """Whether a word can say what something is about: more than a letter, with kanji or katakana, no number, no name."""
    about = len(word) > 1 and word.isalpha() and not _HIRAGANA.fullmatch(word)
    return about and not text_jp.names_somebody(word)
