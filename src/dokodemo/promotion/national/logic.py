"""Rules of the national indicators (国の指標の規則): what a cell says, what an answer may be, how a group is spread.

Pure. Never orders cities by a value: a spread has no places. Percentages are floats from 0 to 100; None is "not known".
"""

from __future__ import annotations

import math
import re
import statistics
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

KINDS = ("yes_no", "choice", "count", "ratio")
YES, NO = "yes", "no"
WORDS = {YES: "実施", NO: "未実施"}
UNANSWERED = "未回答"
# How published tables write that nothing is known; none of it is a zero.
NOT_KNOWN = frozenset(
    {"", "-", "－", "–", "―", "ー", "調査無し", "調査なし", "未回答", "未公表", "null", "None"}
)
MOST_COUNT = 10**9
# Of fewer cities than this, quartiles say more about one of them than about the group.
FEWEST = 5
# Lower bound (inclusive) and upper bound (exclusive) of the population of a band.
BANDS: Mapping[str, tuple[int, int | None]] = {
    "under-10k": (0, 10_000),
    "10k-30k": (10_000, 30_000),
    "30k-50k": (30_000, 50_000),
    "50k-100k": (50_000, 100_000),
    "100k-300k": (100_000, 300_000),
    "over-300k": (300_000, None),
}

type Cell = str | int | float


class Unfit(ValueError):
    """A cell or box that cannot be read; the text is the key of a fixed text that says what to do."""


@dataclass(frozen=True)
class Shape:
    """What a value of an indicator looks like: its kind, and for a choice each code with its published words."""

    kind: str
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Value:
    """An answer: `word` is yes, no or the code of a choice; a count is its numerator; a ratio has both numbers."""

    word: str = ""
    numerator: int | None = None
    denominator: int | None = None

    @property
    def percent(self) -> float | None:
        """The ratio in percent, None where there is nothing to divide by."""
        if self.numerator is None or not self.denominator:
            return None
        return 100 * self.numerator / self.denominator


def folded(text: str) -> str:
    """Text as it is compared: widths made one, no blanks inside or around."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def read_cell(shape: Shape, text: str) -> Cell | None:
    """What a cell of the national file says; None for not known. Raises Unfit.

    A percentage needs its sign: 0.72 without one may be 72 % or less than 1 %.
    """
    plain = folded(text)
    if plain in NOT_KNOWN:
        return None
    if shape.kind == "yes_no":
        for code, word in WORDS.items():
            if plain == word:
                return code
        raise Unfit("national.file.yes_no")
    if shape.kind == "choice":
        for code, word in shape.choices.items():
            if plain == folded(word):
                return code
        raise Unfit("national.file.choice")
    if shape.kind == "count":
        return count_of(plain, "national.file.count")
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)%", plain)
    if found is None or float(found[1]) > 100:
        raise Unfit("national.file.percent")
    return float(found[1])


def count_of(text: str, fault: str) -> int:
    """A whole number from 0. Raises Unfit with `fault`."""
    plain = folded(text).replace(",", "")
    if not re.fullmatch(r"[0-9]{1,10}", plain) or int(plain) > MOST_COUNT:
        raise Unfit(fault)
    return int(plain)


def read_value(shape: Shape, typed: Mapping[str, str]) -> tuple[Value | None, dict[str, str]]:
    """An answer from the boxes `word`, `numerator` and `denominator`, or what is wrong: box → key of a text."""
    if shape.kind in ("yes_no", "choice"):
        word = typed.get("word", "")
        allowed = (YES, NO) if shape.kind == "yes_no" else tuple(shape.choices)
        return (Value(word=word), {}) if word in allowed else (None, {"word": "national.fault.word"})
    numbers: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for box in ("numerator", "denominator") if shape.kind == "ratio" else ("numerator",):
        try:
            numbers[box] = count_of(typed.get(box, ""), "national.fault.count")
        except Unfit as unfit:
            wrong[box] = str(unfit)
    if not wrong and shape.kind == "ratio":
        if numbers["denominator"] == 0:
            wrong["denominator"] = "national.fault.zero"
        elif numbers["numerator"] > numbers["denominator"]:
            wrong["numerator"] = "national.fault.more"
    return (None, wrong) if wrong else (Value("", numbers.get("numerator"), numbers.get("denominator")), {})


def written(shape: Shape, value: Value | None) -> str:
    """An answer as the national survey writes it: 実施, 72.0%, 24; 未回答 for none, never 0."""
    if value is None:
        return UNANSWERED
    if shape.kind == "yes_no":
        return WORDS[value.word]
    if shape.kind == "choice":
        return shape.choices.get(value.word, value.word)
    if shape.kind == "count":
        return str(value.numerator)
    return UNANSWERED if value.percent is None else f"{value.percent:.1f}%"


def cell_written(shape: Shape, cell: Cell | None) -> str:
    """A value of the national file as it writes it; empty for not known."""
    if cell is None:
        return ""
    if shape.kind == "yes_no":
        return WORDS.get(str(cell), "")
    if shape.kind == "choice":
        return shape.choices.get(str(cell), str(cell))
    return f"{cell:g}%" if shape.kind == "ratio" else str(cell)


@dataclass(frozen=True)
class Spread:
    """How the values of a group lie: how many are known, the least, the quartiles, the most. Nobody has a place in it."""

    known: int
    low: float
    first: float
    middle: float
    third: float
    high: float


def spread_of(values: Sequence[float]) -> Spread | None:
    """The five numbers of a group (quartiles by linear interpolation); None of fewer than FEWEST."""
    finite = [float(value) for value in values if math.isfinite(value)]
    if len(finite) < FEWEST:
        return None
    first, middle, third = statistics.quantiles(finite, n=4, method="inclusive")
    return Spread(len(finite), min(finite), first, middle, third, max(finite))


def shares(shape: Shape, words: Iterable[str]) -> dict[str, int] | None:
    """How many of a group answered each word, in the order of the choices; None of fewer than FEWEST."""
    found = list(words)
    if len(found) < FEWEST:
        return None
    codes = (YES, NO) if shape.kind == "yes_no" else tuple(shape.choices)
    return {code: sum(word == code for word in found) for code in codes}


def band_of(population: int | None) -> str:
    """The band of a population; empty where it is not known."""
    if population is None:
        return ""
    return next(
        name
        for name, (least, below) in BANDS.items()
        if population >= least and (below is None or population < below)
    )
