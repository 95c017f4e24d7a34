"""What is not shown (秘匿処理): cells with few answers, and as many more as keep them from being worked out.

Owns pure rules. Never rounds or changes a number: a cell is shown as it is, or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

FEWEST = 10


def is_small(number: int) -> bool:
    """Whether a count is too small to be shown. Nobody at all is no small number: it tells about nobody."""
    return 0 < number < FEWEST


def hidden_among[K](counts: Mapping[K, int], also: Collection[K] = ()) -> frozenset[K]:
    """What is hidden among parts of a total that is shown: the small ones, and then more, the smallest first, until at
    least two are hidden and these together are not small. `also` are hidden whatever their count.

    With one hidden part its count would be the total less the others; with two that come to less than FEWEST, their sum
    would be. When everything that has people is hidden, nothing is left to work with.
    """
    hidden = {key for key, number in counts.items() if is_small(number)} | set(also)
    if not hidden:
        return frozenset()
    order = {key: place for place, key in enumerate(counts)}
    rest = [key for key, number in counts.items() if number and key not in hidden]
    for key in sorted(rest, key=lambda one: (counts[one], order[one])):
        people = sum(counts[one] for one in hidden)
        if not people or (len(hidden) > 1 and people >= FEWEST):
            break
        hidden.add(key)
    return frozenset(hidden)


def hidden_in_all[K](tables: Sequence[Mapping[K, int]]) -> frozenset[K]:
    """One choice of hidden parts for several tables over the same parts, such as the age bands of each question.

    What is hidden in one is hidden in all: otherwise a part could be worked out in one table and carried to another.
    """
    hidden: frozenset[K] = frozenset()
    while True:
        wider = hidden.union(*(hidden_among(table, hidden) for table in tables)) if tables else hidden
        if wider == hidden:
            return hidden
        hidden = wider


@dataclass(frozen=True)
class Kinds[K]:
    """The options of a question by what they mean: the top ones, the others, and those for who does not know."""

    top: Mapping[K, int]
    other: Mapping[K, int]
    unsure: Mapping[K, int]


@dataclass(frozen=True)
class Hidden[K]:
    """What of a question is hidden: single options, the share of the top ones, and the second denominator."""

    options: frozenset[K]
    top: bool
    second: bool


def hidden_options[K](kinds: Kinds[K], *, unsure_counts: bool) -> Hidden[K]:
    """What is hidden of a question whose first denominator is shown: all valid answers (`unsure_counts`), or those
    without the unsure ones.

    What is shown adds up as a tree: the first denominator, the top options in it, and, when the second denominator is
    shown, the unsure ones apart. Every sum that is shown, and every difference of two of them, is nobody or not small; and
    below each sum at least two options are hidden or none.
    """
    top, other, unsure = kinds.top, kinds.other, kinds.unsure
    rest = {**other, **unsure} if unsure_counts else dict(other)
    if any(is_small(sum(group.values())) for group in (top, rest)):
        apart = {} if unsure_counts else unsure
        hidden = hidden_among({**top, **rest}) | _hidden_apart(apart)
        return Hidden(hidden, True, True)
    second = bool(top) and not is_small(sum(unsure.values())) and not is_small(sum(other.values()))
    below = [other, unsure] if second or not unsure_counts else [rest]
    options = hidden_among(top)
    for group in below:
        options |= _hidden_apart(group) if group is unsure and not second else hidden_among(group)
    return Hidden(options, False, not second)


def _hidden_apart[K](group: Mapping[K, int]) -> frozenset[K]:
    """What is hidden of options whose sum is not shown: the small ones alone."""
    return frozenset(key for key, number in group.items() if is_small(number))
