"""What of somebody's words may be kept (残してよい言葉): pure rules.

Owns taking away what could point to a person, and the tally that a process keeps before it writes. Never reads a table.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from dokodemo.kernel import text_jp

LONGEST_WORDS = 60
LONGEST_QUESTION = 500
_READ = 2  # what is cut away is not read much further than what is kept
MOST_WAITING = 100  # different words that wait in a process; a flood is counted and not kept
_JOINT = r"[-‐‑‒–—―−ー()\s./・]*"
_MAIL = re.compile(r"[^\s@]*@[^\s@]*")  # names on social networks too
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_NUMBER = re.compile(rf"[0-9](?:{_JOINT}[0-9]){{3,}}")
_BLOCK = re.compile(r"[0-9]+(?:丁目|番地)|[0-9]+番[0-9]+号?|[0-9]+(?:[-‐‑‒–—―−][0-9]+)+号?")
_SPACES = re.compile(r"\s+")


def fit_words(raw: str) -> str:
    """Words fit to be kept; "" where nothing may be: addresses, numbers and whatever seems to name somebody go.

    At most LONGEST_WORDS characters, one line.
    """
    plain = unicodedata.normalize("NFKC", raw[: LONGEST_WORDS * _READ * 2])
    words = _SPACES.sub(" ", _without_marks_of_a_person(_printable(plain))).strip()[:LONGEST_WORDS].strip()
    return words if any(map(str.isalpha, words)) and not text_jp.names_somebody(words) else ""


def fit_question(raw: str) -> str:
    """A question as it is kept: lines stay, numbers, mail and web addresses go; at most LONGEST_QUESTION characters."""
    plain = unicodedata.normalize("NFKC", raw[: LONGEST_QUESTION * _READ])
    lines = [_without_marks_of_a_person(_printable(line)).strip() for line in plain.splitlines()]
    return "\n".join(line for line in lines if line)[:LONGEST_QUESTION].strip()


def same(words: str) -> str:
    """What words have in common that only differ in width, case or kana."""
    return text_jp.normalise_search(words).replace(" ", "")


def _printable(text: str) -> str:
    return "".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in text)


def _without_marks_of_a_person(text: str) -> str:
    for pattern in (_MAIL, _LINK, _NUMBER, _BLOCK):
        text = pattern.sub(" ", text)
    return text


@dataclass
class Waiting:
    """Searches counted and not yet written: (day, language) → numbers, and (words as compared, day, language) → times."""

    searches: dict[tuple[date, str], int] = field(default_factory=dict)
    found: dict[tuple[date, str], int] = field(default_factory=dict)
    dropped: dict[tuple[date, str], int] = field(default_factory=dict)
    times: dict[tuple[str, date, str], int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.searches or self.dropped)

    def add(self, other: Waiting) -> None:
        """What another one counted, on top; words beyond MOST_WAITING are dropped and counted as such."""
        for mine, theirs in (
            (self.searches, other.searches),
            (self.found, other.found),
            (self.dropped, other.dropped),
        ):
            for key, number in theirs.items():
                mine[key] = mine.get(key, 0) + number
        for (alike, day, lang), times in other.times.items():
            if alike not in self.said and len(self.said) >= MOST_WAITING:
                self.dropped[day, lang] = self.dropped.get((day, lang), 0) + times
                continue
            self.said.setdefault(alike, other.said[alike])
            self.times[alike, day, lang] = self.times.get((alike, day, lang), 0) + times


class Tally:
    """Counts searches in the memory of a process, so that searching writes at most once in `every` seconds.

    Threads share it. What waits is lost when the process is killed: some searches of a minute.
    """

    def __init__(self, every: float) -> None:
        self._every, self._next, self._lock = every, 0.0, threading.Lock()
        self._waiting = Waiting()

    def count(self, day: date, lang: str, *, found: bool, words: str = "") -> None:
        """One search; `words` as `fit_words` gave them, where nothing was found."""
        one = Waiting({(day, lang): 1})
        if found:
            one.found[day, lang] = 1
        elif words:
            alike = same(words)
            one.times[alike, day, lang] = 1
            one.said[alike] = words
        with self._lock:
            self._waiting.add(one)

    def due(self, now: float) -> bool:
        """Whether it is time to write; asked by many, told to one."""
        with self._lock:
            if now < self._next or not self._waiting:
                return False
            self._next = now + self._every
            return True

    def take(self) -> Waiting:
        """Everything that waits; the tally is empty afterwards."""
        with self._lock:
            taken, self._waiting = self._waiting, Waiting()
            return taken

    def give_back(self, taken: Waiting) -> None:
        """What could not be written waits again."""
        with self._lock:
            self._waiting.add(taken)
