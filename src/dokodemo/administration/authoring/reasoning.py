"""Can a rule ever be true, ever be false, and can all of them hold at once? (要件の矛盾の検査)

Owns a search over values around every figure that the rules name. It says «possible» with a proof in hand; «impossible»
means that none of thousands of chosen cases did it. Pure.
"""

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dokodemo.kernel.expressions import Expression, ExpressionError, FactError, ParameterSet
from dokodemo.kernel.vocabulary import Term, Vocabulary
from dokodemo.kernel.vocabulary.loading import names_in

TRIES, STEPS = 60, 40
MOST_MEMBERS = 3
MOST_YEARS = 150
_NUMBER = re.compile(r"(?<![\w.'-])[0-9]{1,12}(?![\w'-])")
_TEXT = re.compile(r"'((?:[^']|'')*)'")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Facts = dict[str, Any]


@dataclass(frozen=True)
class Reasoned:
    """What was found: places of rules that are never true, that are always true, and of two that exclude each other.

    `together` is False when no single pair excludes itself but all of them do.
    """

    never: tuple[int, ...]
    always: tuple[int, ...]
    pair: tuple[int, int] | None
    together: bool


def reason(
    rules: Sequence[Expression], vocabulary: Vocabulary, parameters: ParameterSet, on: date
) -> Reasoned:
    """What can be said of the conditions of one procedure on one day."""
    people = _People(rules, vocabulary, parameters, on)
    never = tuple(i for i, rule in enumerate(rules) if not people.can([rule], True))
    always = tuple(i for i, rule in enumerate(rules) if i not in never and not people.can([rule], False))
    possible = [i for i in range(len(rules)) if i not in never]
    if people.can([rules[i] for i in possible], True):
        return Reasoned(never, always, None, True)
    for place, i in enumerate(possible):
        for j in possible[place + 1 :]:
            if rules[i].terms & rules[j].terms and not people.can([rules[i], rules[j]], True):
                return Reasoned(never, always, (i, j), True)
    return Reasoned(never, always, None, False)


class _People:
    """Made-up people whose values lie on, below and above every figure the rules name."""

    def __init__(
        self, rules: Sequence[Expression], vocabulary: Vocabulary, parameters: ParameterSet, on: date
    ) -> None:
        self.vocabulary, self.on = vocabulary, on
        text = " ".join(_expanded([rule.text for rule in rules], vocabulary))
        numbers = {int(found) for found in _NUMBER.findall(_DAY.sub("", text))}
        self.texts = [*sorted({found.replace("''", "'") for found in _TEXT.findall(text)}), "＊"]
        days = {date.fromisoformat(found) for found in _DAY.findall(text)}
        for rule in rules:
            for name in rule.parameters:
                value = parameters[name].on(on)
                if isinstance(value, bool):
                    continue
                if isinstance(value, int):
                    numbers.add(value)
                elif isinstance(value, date):
                    days.add(value)
        spread = {n + step for n in numbers | {0} for step in (-1, 0, 1)}
        # A rule may name a year by its distance from today's (年度): those years must be among the values.
        spread |= {on.year + sign * n for n in spread if n <= MOST_YEARS for sign in (-1, 1)}
        self.numbers = sorted(spread | {10, 100, 10_000_000})
        self.days = sorted(_days_around(on, days, numbers))

    def can(self, rules: Sequence[Expression], wanted: bool) -> bool:
        """Whether somebody is found for whom every rule comes out as wanted."""
        names = {name for rule in rules for name in rule.terms}
        if not names:
            return all(self._holds(rule, {}, wanted) for rule in rules)
        chance = random.Random(20261123)  # noqa: S311 - the same people at every check
        for _ in range(TRIES):
            facts = self._somebody(names, chance)
            for _ in range(STEPS):
                failing = [rule for rule in rules if not self._holds(rule, facts, wanted)]
                if not failing:
                    return True
                # Change what one failing rule looks at, keep the rest.
                facts |= self._somebody(set(chance.choice(failing).terms), chance)
        return False

    def _holds(self, rule: Expression, facts: Facts, wanted: bool) -> bool:
        try:
            return rule.evaluate(facts, on=self.on) is wanted
        except (ExpressionError, FactError):
            return False

    def _somebody(self, names: Iterable[str], chance: random.Random) -> Facts:
        facts: Facts = {}
        groups: dict[str, list[str]] = {}
        for name in sorted(names):
            group = self.vocabulary.groups.get(name.partition(".")[0])
            if group is not None and group.repeats:
                groups.setdefault(group.name, []).extend([name] if "." in name else [])
            elif name in self.vocabulary.terms:
                facts[name] = self._value(self.vocabulary.terms[name], chance)
        for group_name, members in groups.items():
            fields = members or [term.name for term in self.vocabulary.terms_of(group_name)]
            facts[group_name] = [
                {name.partition(".")[2]: self._value(self.vocabulary.terms[name], chance) for name in fields}
                for _ in range(chance.randint(0, MOST_MEMBERS))
            ]
        return facts

    def _value(self, term: Term, chance: random.Random) -> Any:
        kind = str(term.type)
        if kind == "boolean":
            return chance.random() < 0.5
        if kind == "choice":
            return chance.choice([choice.value for choice in term.choices] or self.texts)
        if kind in ("integer", "yen"):
            low, high = _limit(term.min, -(10**9)), _limit(term.max, 10**9)
            return chance.choice([n for n in self.numbers if low <= n <= high] or [low])
        if kind == "date":
            days = [day for day in self.days if _allowed(term, day, self.on)]
            return chance.choice(days or self.days).isoformat()
        if kind == "year_month":
            return chance.choice(self.days).isoformat()[:7]
        return chance.choice(self.texts)


def _limit(limit: int | str | None, otherwise: int) -> int:
    return limit if isinstance(limit, int) else otherwise


def _allowed(term: Term, day: date, on: date) -> bool:
    low, high = (on.isoformat() if limit == "today" else limit for limit in (term.min, term.max))
    return (low is None or str(low) <= day.isoformat()) and (high is None or day.isoformat() <= str(high))


def _expanded(texts: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    """The rules and everything they are derived from."""
    waiting, found = list(texts), []
    seen: set[str] = set()
    while waiting:
        text = waiting.pop()
        found.append(text)
        for name in names_in(text):
            term = vocabulary.terms.get(name)
            if term is not None and term.derive and name not in seen:
                seen.add(name)
                waiting.append(term.derive)
    return found


def _days_around(on: date, named: Iterable[date], numbers: Iterable[int]) -> set[date]:
    """Days at, just before and just after every distance from `on` that a figure can mean: days, months, years."""
    found: set[date] = set()
    marks = [on, *named]
    for number in {0, 1, *numbers}:
        if number > 40_000:
            continue
        for mark in marks:
            for sign in (-1, 1):
                found |= _shifted(mark, sign * number)
    found |= {
        date(on.year + shift, month, day) for shift in (-20, 0, 1) for month, day in ((3, 31), (4, 1), (4, 2))
    }
    steps = (timedelta(days=-1), timedelta(0), timedelta(days=1))
    return {day + step for day in found for step in steps if 2 <= day.year <= 9000}


def _shifted(day: date, number: int) -> set[date]:
    found = set()
    for make in _SHIFTS:
        try:
            found.add(make(day, number))
        except (ValueError, OverflowError):
            continue
    return found


def _years(day: date, number: int) -> date:
    if abs(number) > 150:
        raise ValueError(number)
    return day.replace(year=day.year + number, day=min(day.day, 28))


def _months(day: date, number: int) -> date:
    if abs(number) > 600:
        raise ValueError(number)
    months = day.year * 12 + day.month - 1 + number
    return date(months // 12, months % 12 + 1, min(day.day, 28))


_SHIFTS: tuple[Callable[[date, int], date], ...] = (
    lambda day, number: day + timedelta(days=number),
    _years,
    _months,
)
