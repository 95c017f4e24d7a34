"""Which answers a question can have, as far as the rules can tell them apart (答えの見本).

Owns the few values of each term that stand for all its answers. `complete` says that they really do: then trying
them all proves something. Days and lists of people are only sampled. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any

from dokodemo.kernel.expressions import Expression
from dokodemo.kernel.expressions.nodes import Node
from dokodemo.kernel.vocabulary import Term

type Facts = Mapping[str, Any]

MOST_DAYS = 14
MOST_MEMBERS = 8
MOST_PAIRS = 6
_COMPARISONS = frozenset({"=", "<>", "in", "<", "<=", ">", ">="})
_CONSTANTS = frozenset({"literal", "parameter", "today"})
_FIRST, _LAST = date(1900, 1, 2), date(2199, 12, 30)
_USUAL_AGES = (1, 10, 30, 50, 70)
_SOME_DAYS = (-400, -30, -1, 0, 1, 30)


@dataclass(frozen=True)
class Answers:
    """Values that stand for all answers, each with how many of the answers it stands for."""

    values: tuple[Any, ...]
    weights: tuple[int, ...]
    complete: bool

    def likely(self) -> Iterator[tuple[Any, float]]:
        """Each value with its share of all answers."""
        total = sum(self.weights)
        return ((value, weight / total) for value, weight in zip(self.values, self.weights, strict=True))


def answers_of(term: Term, rules: Iterable[Expression], on: date) -> Answers:
    """The answers to a term that `rules` tell apart on the day `on`. Values are JSON: days as ISO text."""
    reading = [rule for rule in rules if term.name in rule.terms]
    kind = str(term.type)
    if kind == "boolean":
        return _evenly([True, False], complete=True)
    constants = _compared(term.name, reading, on)
    if kind == "choice":
        return _choices([choice.value for choice in term.choices], constants)
    if kind in {"integer", "yen"}:
        return _numbers(term, constants, reading, on)
    if kind == "date":
        return _days(term, constants, reading, on)
    if kind == "year_month":
        return _evenly([_month(on, offset) for offset in (-13, -1, 0, 1, 13)], complete=False)
    words = sorted(str(value) for value in constants or ())
    return _evenly([*words, "（その他）"], complete=constants is not None)


def _evenly(values: Sequence[Any], *, complete: bool) -> Answers:
    return Answers(tuple(values), (1,) * len(values), complete)


def _compared(name: str, rules: Sequence[Expression], on: date) -> list[Any] | None:
    """The constants a term is compared with; None where it is used in any other way."""
    found: list[Any] = []
    for node in (node for rule in rules for node in rule.node.walk()):
        if not any(arg.name == name and arg.op in {"term", "field"} for arg in node.args):
            continue
        others = [arg for arg in node.args if arg.name != name or arg.op not in {"term", "field"}]
        if node.op not in _COMPARISONS or any(other.op not in _CONSTANTS for other in others):
            return None
        found += [_constant(other, on) for other in others]
    return found


def _constant(node: Node, on: date) -> Any:
    if node.op == "today":
        return on
    return node.parameter.on(on) if node.parameter is not None else node.value


def _choices(values: list[str], constants: list[Any] | None) -> Answers:
    """Choices no rule names behave alike: one of them speaks for all."""
    if constants is None:
        return _evenly(values, complete=True)
    named = [value for value in values if value in constants]
    rest = [value for value in values if value not in constants]
    return Answers((*named, *rest[:1]), (*[1] * len(named), *([len(rest)] if rest else [])), complete=True)


def _numbers(term: Term, constants: list[Any] | None, rules: Sequence[Expression], on: date) -> Answers:
    around = {n for n in (constants or ()) if isinstance(n, int)} or _figures(rules, on)
    near = {figure + step for figure in around for step in (-1, 0, 1)}
    low = term.min if isinstance(term.min, int) else None
    high = term.max if isinstance(term.max, int) else None
    # Nothing a person counts is below zero, so one value there speaks for all of them.
    candidates = near if constants is not None else near | {0, 1, 2, 5, 10}
    kept = sorted(
        n for n in candidates if (low is None or n >= low) and (high is None or n <= high) and n >= 0
    )
    return _evenly(kept or [low or 0], complete=constants is not None and low is not None and low >= 0)


def _days(term: Term, constants: list[Any] | None, rules: Sequence[Expression], on: date) -> Answers:
    if constants is not None and all(isinstance(value, date) for value in constants):
        days = {day + timedelta(days=step) for day in constants for step in (-1, 0, 1)}
    else:
        days = {on + timedelta(days=step) for step in _SOME_DAYS} | {_years_ago(on, n) for n in _USUAL_AGES}
        for figure in sorted(_figures(rules, on)):
            if figure <= 120:
                days |= {_years_ago(on, figure) + timedelta(days=step) for step in (-1, 0, 1)}
            if figure <= 400:
                days |= {on + timedelta(days=side * figure + step) for side in (-1, 1) for step in (-1, 0, 1)}
    low, high = _limit(term.min, on) or _FIRST, _limit(term.max, on) or _LAST
    kept = sorted(day for day in days if low <= day <= high) or [min(max(on, low), high)]
    return _evenly([day.isoformat() for day in _thinned(kept, MOST_DAYS)], complete=constants is not None)


def _limit(limit: int | str | None, on: date) -> date | None:
    if limit is None:
        return None
    return on if limit == "today" else date.fromisoformat(str(limit))


def _figures(rules: Sequence[Expression], on: date) -> set[int]:
    """The whole numbers that stand in the rules."""
    found = set()
    for node in (node for rule in rules for node in rule.node.walk()):
        value = _constant(node, on) if node.op in {"literal", "parameter"} else None
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            found.add(value)
    return found


def _years_ago(day: date, years: int) -> date:
    year = max(_FIRST.year, day.year - years)
    return day.replace(year=year, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _month(day: date, offset: int) -> str:
    index = day.year * 12 + day.month - 1 + offset
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def _thinned[T](values: Sequence[T], most: int) -> list[T]:
    """At most `most` of the values, spread evenly, first and last among them."""
    if len(values) <= most:
        return list(values)
    return [values[place * (len(values) - 1) // (most - 1)] for place in range(most)]


def lists_of(fields: Mapping[str, Answers]) -> Answers:
    """Lists of members for a repeating group nobody has spoken of: nobody, one, or two. Never complete."""
    names = list(fields)
    members = [
        dict(zip(names, values, strict=True)) for values in product(*(fields[name].values for name in names))
    ]
    some = _thinned(members, MOST_MEMBERS)
    pairs = [list(pair) for pair in combinations(some, 2)]
    lists = [[], *([member] for member in some), *_thinned(pairs, MOST_PAIRS)]
    # Half of the people have nobody to name.
    return Answers(tuple(lists), (max(1, len(lists) - 1), *[1] * (len(lists) - 1)), complete=False)


def completed(members: Sequence[Facts], fields: Mapping[str, Answers], most: int) -> Answers:
    """A list of known members with the fields filled in that are missing."""
    open_places = [
        (place, name) for place, member in enumerate(members) for name in fields if member.get(name) is None
    ]
    whole = all(fields[name].complete for _, name in open_places)
    found: list[list[dict[str, Any]]] = []
    for values in product(*(fields[name].values for _, name in open_places)):
        if len(found) == most:
            whole = False
            break
        filled = [dict(member) for member in members]
        for (place, name), value in zip(open_places, values, strict=True):
            filled[place][name] = value
        found.append(filled)
    return _evenly(found, complete=whole)
