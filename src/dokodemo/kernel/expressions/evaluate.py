"""Evaluates a checked rule for one person (一人についての規則の評価).

Owns the closures: one per node, made once, called for every person. Never raises for what is unknown; a fact of
the wrong type is a FactError.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dokodemo.kernel.expressions import ages
from dokodemo.kernel.expressions import arithmetic as a
from dokodemo.kernel.expressions.errors import FactError
from dokodemo.kernel.expressions.kinds import ORDERED, Kind
from dokodemo.kernel.expressions.nodes import AGGREGATES, Node
from dokodemo.kernel.expressions.parameters import typed
from dokodemo.kernel.expressions.values import UNKNOWN, Failure, Outcome, Range, between, bounds, whole

type Member = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a rule is asked about: one person's facts, the day, and inside an aggregate one member."""

    facts: Mapping[str, Any]
    on: date
    member: Member | None = None


type Run = Callable[[Scene], Outcome]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A node with its closure; `parts` are the steps of its args."""

    node: Node
    run: Run
    parts: tuple["Step", ...]


def build(node: Node) -> Step:
    """The node and all below it as closures."""
    parts = tuple(build(arg) for arg in node.args)
    runs = tuple(part.run for part in parts)
    if node.op in AGGREGATES:
        return Step(node, _aggregate(node, runs), parts)
    return Step(node, _MAKERS[node.op](node, runs), parts)


def members_of(facts: Mapping[str, Any], group: str) -> Sequence[Member] | None:
    """The members of a repeating group, [] when it is known that there are none, None while that is unknown.

    `{"members": […], "complete": false}` are the members that are known while there may be others.
    """
    found = facts.get(group)
    if found is None:
        return None
    if isinstance(found, Mapping):
        if set(found) != {"members", "complete"}:
            raise FactError(f"the fact {group} is neither a list of members nor members with `complete`")
        found = found["members"]
    if isinstance(found, (Mapping, str)) or not isinstance(found, Sequence):
        raise FactError(f"the fact {group} is not a list of members")
    members = [{} if member is None else member for member in found]
    if not all(isinstance(member, Mapping) for member in members):
        raise FactError(f"a member of {group} is not a map of facts")
    return members


def has_others(facts: Mapping[str, Any], group: str) -> bool:
    """Whether a group may have members beside those that are known."""
    found = facts.get(group)
    return isinstance(found, Mapping) and found.get("complete") is not True


def _literal(node: Node, _: Sequence[Run]) -> Run:
    value = node.value
    if value is None:
        raise ValueError("a literal without a value")
    return lambda scene: value


def _today(_: Node, __: Sequence[Run]) -> Run:
    return lambda scene: scene.on


def _parameter(node: Node, _: Sequence[Run]) -> Run:
    parameter = node.parameter
    if parameter is None:
        raise ValueError("a parameter node without its parameter")
    return lambda scene: parameter.on(scene.on)


def _term(node: Node, _: Sequence[Run]) -> Run:
    name, kind = node.name, node.type.kind
    return lambda scene: _fact(scene.facts.get(name), kind, name)


def _field(node: Node, _: Sequence[Run]) -> Run:
    name, kind = node.name, node.type.kind
    bare = name.split(".", 1)[1]

    def run(scene: Scene) -> Outcome:
        return UNKNOWN if scene.member is None else _fact(scene.member.get(bare), kind, name)

    return run


def _fact(raw: Any, kind: Kind, name: str) -> Outcome:
    if raw is None or raw is UNKNOWN:
        return UNKNOWN
    if isinstance(raw, date) and kind is Kind.DATE and not isinstance(raw, datetime):
        return raw
    value = typed(kind, raw)
    if value is None:
        raise FactError(f"the fact {name} is not of type {kind}")
    return value


def _derived(_: Node, runs: Sequence[Run]) -> Run:
    return runs[0]


def _and(_: Node, runs: Sequence[Run]) -> Run:
    return lambda scene: a.conjunction(run(scene) for run in runs)


def _or(_: Node, runs: Sequence[Run]) -> Run:
    return lambda scene: a.disjunction(run(scene) for run in runs)


def _not(_: Node, runs: Sequence[Run]) -> Run:
    return lambda scene: a.negation(runs[0](scene))


def _in(_: Node, runs: Sequence[Run]) -> Run:
    first, options = runs[0], runs[1:]

    def run(scene: Scene) -> Outcome:
        value = first(scene)
        return a.disjunction(a.equal(value, option(scene)) for option in options)

    return run


def _comparison(node: Node, runs: Sequence[Run]) -> Run:
    left, right = runs
    if node.op == "=":
        return lambda scene: a.equal(left(scene), right(scene))
    if node.op == "<>":
        return lambda scene: a.negation(a.equal(left(scene), right(scene)))
    if node.op in {">", "<="}:
        left, right = right, left
    if node.op in {"<", ">"}:
        return lambda scene: a.less(left(scene), right(scene))
    return lambda scene: a.negation(a.less(left(scene), right(scene)))


def _calculation(
    function: Callable[[Outcome, Outcome, str], Outcome],
) -> Callable[[Node, Sequence[Run]], Run]:
    def make(node: Node, runs: Sequence[Run]) -> Run:
        text, (left, right) = node.text, runs
        return lambda scene: function(left(scene), right(scene), text)

    return make


def _single(function: Callable[[Outcome, str], Outcome]) -> Callable[[Node, Sequence[Run]], Run]:
    def make(node: Node, runs: Sequence[Run]) -> Run:
        text, operand = node.text, runs[0]
        return lambda scene: function(operand(scene), text)

    return make


def _count(function: Callable[[date, date], int]) -> Callable[[Node, Sequence[Run]], Run]:
    def make(_: Node, runs: Sequence[Run]) -> Run:
        start, end = runs
        return lambda scene: a.monotone(function, start(scene), end(scene))

    return make


def _fiscal_age_at_most(_: Node, runs: Sequence[Run]) -> Run:
    birth, limit, on = runs

    def run(scene: Scene) -> Outcome:
        age = a.monotone(ages.fiscal_age, birth(scene), on(scene))
        return a.negation(a.less(limit(scene), age))

    return run


def _least(node: Node, runs: Sequence[Run]) -> Run:
    smallest = node.op == "least"
    return lambda scene: a.extreme([run(scene) for run in runs], smallest=smallest)


def reached(conditions: Sequence[Outcome]) -> list[int | Failure]:
    """Which results of a CASE can be reached: their places, and a condition's error where one stands in the way."""
    places: list[int | Failure] = []
    for place, condition in enumerate(conditions):
        if isinstance(condition, Failure):
            return [*places, condition]
        if condition is not False:
            places.append(place)
        if condition is True:
            return places
    return [*places, len(conditions)]


def _case(node: Node, runs: Sequence[Run]) -> Run:
    conditions, results = runs[0:-1:2], (*runs[1:-1:2], runs[-1])
    ordered = node.type.kind in ORDERED

    def run(scene: Scene) -> Outcome:
        found: list[Outcome] = []
        for place, condition in enumerate(conditions):
            truth = condition(scene)
            if truth is False:
                continue
            if isinstance(truth, Failure):
                found.append(truth)
                return a.hull(found, ordered=ordered)
            found.append(results[place](scene))
            if truth is True:
                return a.hull(found, ordered=ordered)
        found.append(results[-1](scene))
        return a.hull(found, ordered=ordered)

    return run


def _aggregate(node: Node, runs: Sequence[Run]) -> Run:
    group = node.group or ""
    operand = None if node.op == "count" else runs[0]
    condition = runs[-1] if node.filtered else None
    combine, nothing_known = _COMBINE[node.op]
    text = node.text

    def run(scene: Scene) -> Outcome:
        members = members_of(scene.facts, group)
        if members is None:
            return nothing_known
        found: list[tuple[Outcome, Outcome]] = []
        for member in members:
            inside = Scene(scene.facts, scene.on, member)
            chosen: Outcome = True if condition is None else condition(inside)
            value: Outcome = 1 if operand is None or chosen is False else operand(inside)
            found.append((chosen, value))
        return combine(found, text, has_others(scene.facts, group))

    return run


# Each member: is it chosen, and its value. `others`: there may be members that nobody knows of.
type Found = Sequence[tuple[Outcome, Outcome]]


def _how_many(found: Found, _: str, others: bool) -> Outcome:
    error = a.failed(*(chosen for chosen, _ in found))
    if error is not None:
        return error
    certain = sum(chosen is True for chosen, _ in found)
    if others:
        return between(certain, None)
    return between(certain, certain + sum(chosen is UNKNOWN for chosen, _ in found))


def _selected_error(found: Found) -> Failure | None:
    """An error that no completion escapes: in a filter, or in the value of a member that certainly counts."""
    return a.failed(*(chosen for chosen, _ in found), *(value for chosen, value in found if chosen is True))


def _total(found: Found, text: str, others: bool) -> Outcome:
    error = _selected_error(found)
    if error is not None:
        return error
    if others:
        return UNKNOWN
    low: int | None = 0
    high: int | None = 0
    for chosen, value in found:
        if chosen is False:
            continue
        least, most = bounds(value)
        if chosen is UNKNOWN:
            least = None if not isinstance(least, int) else min(0, least)
            most = None if not isinstance(most, int) else max(0, most)
        low = None if low is None or not isinstance(least, int) else low + least
        high = None if high is None or not isinstance(most, int) else high + most
    return whole(low, high, text)


def _end(smallest: bool) -> Callable[[Found, str, bool], Outcome]:
    def combine(found: Found, text: str, others: bool) -> Outcome:
        error = _selected_error(found)
        if error is not None:
            return error
        if others:
            return UNKNOWN
        certain = [value for chosen, value in found if chosen is True]
        possible = [value for chosen, value in found if chosen is UNKNOWN]
        if not certain:
            return UNKNOWN if possible else Failure("there is no member to take it from", text)
        if any(isinstance(value, Failure) for value in possible):
            return UNKNOWN
        result = a.extreme(certain, smallest=smallest)
        if not possible:
            return result
        low, high = bounds(result)
        low_with, high_with = bounds(a.extreme([*certain, *possible], smallest=smallest))
        return between(low_with, high) if smallest else between(low, high_with)

    return combine


def _any(found: Found, _: str, others: bool) -> Outcome:
    known = [a.conjunction(pair) for pair in found]
    return a.disjunction([*known, UNKNOWN] if others else known)


def _all(found: Found, _: str, others: bool) -> Outcome:
    known = [a.disjunction((a.negation(chosen), value)) for chosen, value in found]
    return a.conjunction([*known, UNKNOWN] if others else known)


_COMBINE: dict[str, tuple[Callable[[Found, str, bool], Outcome], Outcome]] = {
    "count": (_how_many, Range(0, None)),
    "sum": (_total, UNKNOWN),
    "min": (_end(True), UNKNOWN),
    "max": (_end(False), UNKNOWN),
    "bool_or": (_any, UNKNOWN),
    "bool_and": (_all, UNKNOWN),
}

_MAKERS: dict[str, Callable[[Node, Sequence[Run]], Run]] = {
    "literal": _literal,
    "today": _today,
    "parameter": _parameter,
    "term": _term,
    "field": _field,
    "derived": _derived,
    "and": _and,
    "or": _or,
    "not": _not,
    "in": _in,
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">="), _comparison),
    "+": _calculation(a.plus),
    "-": _calculation(a.minus),
    "*": _calculation(a.times),
    "floor_div": _calculation(lambda left, right, text: a.quotient(left, right, text, up=False)),
    "ceil_div": _calculation(lambda left, right, text: a.quotient(left, right, text, up=True)),
    "round_down": _calculation(a.rounded_down),
    "neg": _single(a.opposite),
    "abs": _single(a.absolute),
    "least": _least,
    "greatest": _least,
    "case": _case,
    "years": _count(ages.years),
    "months": _count(ages.months),
    "days": _count(ages.days),
    "fiscal_year": lambda _, runs: lambda scene: a.fiscal_years(runs[0](scene)),
    "fiscal_age_at_most": _fiscal_age_at_most,
    "date_add_days": _calculation(a.later),
}
