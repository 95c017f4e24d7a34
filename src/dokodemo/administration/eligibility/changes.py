"""What a change of rules or amounts would do, before it is published (改正の試算): who gains, who loses, how many yen.

Owns the comparison of two wordings of one benefit over the facts of the last run, and the hiding of small numbers. Pure:
keeps no result and names nobody. What the register cannot say stays unknown unless it is assumed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from dokodemo.administration.eligibility import everybody
from dokodemo.administration.eligibility.tables import RegisterTables
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel.expressions import (
    DatedValue,
    ExpressionError,
    Parameter,
    ParameterSet,
    compile_expression,
)
from dokodemo.kernel.expressions.kinds import type_of_term
from dokodemo.kernel.vocabulary import Term

FEWEST = 10
_RANK = {everybody.NOT_ENTITLED: 0, everybody.FAILED: 0, everybody.UNKNOWN: 1, everybody.ENTITLED: 2}


@dataclass(frozen=True)
class Change:
    """Another wording: values of parameters by name, texts of conditions by place (from 0).

    `assume` are values of terms the register does not hold, taken for everybody; `only_known` takes the members of
    groups that the register knows for all there are.
    """

    parameters: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[int, str] = field(default_factory=dict)
    assume: Mapping[str, Any] = field(default_factory=dict)
    only_known: bool = False


@dataclass(frozen=True)
class Person:
    """One resident of a run: the facts, the age band and the town."""

    facts: Mapping[str, Any]
    band: str
    town: str


@dataclass
class Effect:
    """Of some people: how many gain and lose, for how many the amount changes, by how many yen, and for how many that is
    not known."""

    people: int = 0
    gain: int = 0
    lose: int = 0
    other_amount: int = 0
    yen: int = 0
    yen_unknown: int = 0

    @property
    def touched(self) -> int:
        """How many people the change makes a difference to."""
        return self.gain + self.lose + self.other_amount


@dataclass(frozen=True)
class Comparison:
    """The effect on everybody, by age band and by town; how many had and would have each verdict."""

    whole: Effect
    bands: Mapping[str, Effect]
    towns: Mapping[str, Effect]
    before: Counter[str]
    after: Counter[str]


class ReadsMore(Exception):
    """The rule at `place` reads a fact of the register that the benefit may not use; `term` is its name."""

    def __init__(self, place: int, term: str) -> None:
        super().__init__(term)
        self.place, self.term = place, term


class BadRule(Exception):
    """The rule at `place` cannot be read; the message says where and what to write instead."""

    def __init__(self, place: int, message: str) -> None:
        super().__init__(message)
        self.place, self.message = place, message


def parameters_used(procedure: CompiledProcedure) -> list[Parameter]:
    """The whole-number parameters the rules and amounts stand on, by name."""
    names = {name for rule in _every_rule(procedure) for name in rule.parameters}
    found = [procedure.parameters[name] for name in sorted(names)]
    return [one for one in found if one.type.kind.value in {"integer", "yen"}]


def assumable(procedure: CompiledProcedure) -> list[Term]:
    """The terms of rules and amounts that the register does not hold, in the order of the form."""
    names = {name for rule in _every_rule(procedure) for name in rule.terms}
    order = {name: place for place, name in enumerate(procedure.asked_names)}
    terms = [procedure.vocabulary.terms[name] for name in names if name in procedure.vocabulary.terms]
    free = [term for term in terms if term.register is None and type_of_term(term) is not None]
    return sorted(free, key=lambda term: (order.get(term.name, len(order)), term.name))


def _every_rule(procedure: CompiledProcedure) -> list[Any]:
    return [*procedure.rules, *procedure.amounts.values()]


def reworded(procedure: CompiledProcedure, change: Change, on: date) -> CompiledProcedure:
    """The benefit in the other wording, from the day `on`. Raises BadRule, ReadsMore."""
    eligible = tuple(
        rule.model_copy(update={"when": change.rules.get(place, rule.when)})
        for place, rule in enumerate(procedure.definition.eligible)
    )
    parameters = dict(procedure.parameters.parameters)
    for name, value in change.parameters.items():
        known = parameters[name]
        kept = tuple(dated for dated in known.values if dated.start < on)
        parameters[name] = Parameter(name, known.type, (*kept, DatedValue(on, value)))
    other = replace(
        procedure,
        definition=procedure.definition.model_copy(update={"eligible": eligible}),
        parameters=ParameterSet(parameters),
        version_id=None,
        number=0,
        digest="",
    )
    allowed = {term.name for term in everybody.uses(procedure)}
    for place, rule in enumerate(eligible):
        try:
            compiled = compile_expression(rule.when, other.vocabulary, other.parameters, expected="boolean")
        except ExpressionError as error:
            raise BadRule(place, str(error)) from None
        for name in sorted(compiled.terms - allowed):
            term = other.vocabulary.terms.get(name)
            if term is not None and term.register is not None:
                raise ReadsMore(place, name)
    return other


def compare(
    procedure: CompiledProcedure, other: CompiledProcedure, change: Change, people: Iterable[Person], on: date
) -> Comparison:
    """Both wordings over the same people on the same day."""
    terms = {
        term.name: term for term in [*everybody.uses(procedure), *assumable(procedure), *assumable(other)]
    }
    tables = RegisterTables(terms.values(), procedure.vocabulary)
    places: list[tuple[str, str]] = []
    for person in people:
        tables.add(_assumed(tables, person.facts, change))
        places.append((person.band, person.town))
    rules = {
        f"{side}:{kind}:{name}": rule
        for side, one in (("a", procedure), ("b", other))
        for kind, found in (("rule", dict(enumerate(one.rules))), ("yen", one.amounts))
        for name, rule in found.items()
    }
    rows = tables.ask(rules, on)
    tables.close()
    return _counted(procedure, other, rows, places)


def _assumed(tables: RegisterTables, facts: Mapping[str, Any], change: Change) -> dict[str, Any]:
    plain = {name: value for name, value in change.assume.items() if name in tables.plain}
    found = {**facts, **plain}
    for group, names in tables.groups.items():
        inside = {n.partition(".")[2]: change.assume[n] for n in names if n in change.assume}
        held = facts.get(group)
        members = held["members"] if isinstance(held, Mapping) else held
        if members is None and not change.only_known:
            continue
        complete = change.only_known or not isinstance(held, Mapping)
        found[group] = {"members": [{**one, **inside} for one in members or ()], "complete": complete}
    return found


def _counted(
    procedure: CompiledProcedure,
    other: CompiledProcedure,
    rows: Sequence[tuple[Any, ...]],
    places: Sequence[tuple[str, str]],
) -> Comparison:
    whole, bands, towns = Effect(), dict[str, Effect](), dict[str, Effect]()
    before, after = Counter[str](), Counter[str]()
    first = 2 * (len(procedure.rules) + len(procedure.amounts))
    for row, (band, town) in zip(rows, places, strict=True):
        old, old_yen = _came_to(row[:first], len(procedure.rules))
        new, new_yen = _came_to(row[first:], len(other.rules))
        before[old] += 1
        after[new] += 1
        for effect in (whole, bands.setdefault(band, Effect()), towns.setdefault(town, Effect())):
            effect.people += 1
            effect.gain += _RANK[new] > _RANK[old]
            effect.lose += _RANK[new] < _RANK[old]
            if old_yen is None or new_yen is None:
                effect.yen_unknown += 1
            else:
                effect.yen += new_yen - old_yen
                effect.other_amount += new == old and new_yen != old_yen
    return Comparison(whole, bands, towns, before, after)


def _came_to(cells: Sequence[Any], rules: int) -> tuple[str, int | None]:
    """Verdict, and the yen a month of somebody entitled (0 for who is not; None while not known)."""
    values, errors = cells[::2], cells[1::2]
    if any(errors[:rules]):
        return everybody.FAILED, None
    if False in values[:rules]:
        return everybody.NOT_ENTITLED, 0
    if None in values[:rules]:
        return everybody.UNKNOWN, None
    amounts = values[rules:]
    return everybody.ENTITLED, None if None in amounts else sum(amounts)


def hidden_small(numbers: Sequence[int]) -> list[int | None]:
    """Numbers of people as they may be shown: None for 1 to 9 (10人未満).

    Where only one would be hidden, a reader could take the others from the sum: the next smallest is hidden too.
    """
    hidden = {place for place, number in enumerate(numbers) if 0 < number < FEWEST}
    if len(hidden) == 1:
        rest = [(number, place) for place, number in enumerate(numbers) if number and place not in hidden]
        if rest:
            hidden.add(min(rest)[1])
    return [None if place in hidden else number for place, number in enumerate(numbers)]
