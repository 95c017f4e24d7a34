"""Households to ask a guide about (見本の世帯): people of the made-up register, and what has happened to them.

Owns two ways of making up answers. `any_answers` draws every answer at random, all equally likely: the hardest case,
since half of all conditions hold. `lived_answers` lets a household be concerned by some procedures, with the facts of
their examples, and by no others: there the first condition fails, as it does in life. Never reads a real register.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from dokodemo.administration.guidance.logic import Guide
from dokodemo.administration.guidance.questions import TOPICS
from dokodemo.administration.guidance.reach import asked_for
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.examples import Example
from dokodemo.city.parties.logic import fiscal_age_limit
from dokodemo.city.parties.register_columns import facts_of
from dokodemo.city.parties.synthetic import Register
from dokodemo.city.parties.synthetic_data import read_demo_data
from dokodemo.kernel.packs import Pack
from dokodemo.kernel.vocabulary import Term

CONCERNED = 0.25  # share of an event's procedures that concern a household; at least one always does
REGISTERED = 0.8  # share of households that are registered here
TRIES = 200

type Facts = dict[str, Any]


@dataclass(frozen=True)
class Household:
    """An adult of the register and the children of the same household, as facts of the register by name."""

    adult: Mapping[str, Any]
    children: Sequence[Mapping[str, Any]] = ()
    registered: bool = True


@dataclass(frozen=True)
class Situation:
    """Complete answers to everything the guide could ask, and what the register would release of them."""

    facts: Facts
    released: Facts = field(default_factory=dict)


def households(pack: Pack, on: date, rng: Random, residents: int = 3000) -> Iterator[Household]:
    """Households without end, drawn from one made-up register."""
    homes: dict[str, list[dict[str, Any]]] = {}
    for cells in Register(read_demo_data(pack), today=on, seed=rng.randrange(2**32)).rows(residents):
        homes.setdefault(cells["householdNumber"], []).append(facts_of(cells))
    found = list(homes.values())
    while True:
        members = rng.choice(found)
        heads = [one for one in members if one["household_relation"] == "世帯主"] or members[:1]
        children = [one for one in members if one["household_relation"] == "子"]
        young = [
            one for one in children if on <= fiscal_age_limit(date.fromisoformat(one["date_of_birth"]), 18)
        ]
        yield Household(heads[0], young, rng.random() < REGISTERED)


def any_answers(guide: Guide, household: Household, rng: Random) -> Situation:
    """Every answer at random; what the register knows of the household is as it stands there."""
    facts = {
        name: any_value(term, rng, guide.on)
        for name, term in guide.terms.items()
        if term.group_name not in guide.groups
    }
    for name in guide.groups:
        terms = [term for term in guide.terms.values() if term.group_name == name]
        count = rng.choice([0, 1, 1, 2, 3])
        facts[name] = [{term.field: any_value(term, rng, guide.on) for term in terms} for _ in range(count)]
    situation = _settled(guide, facts, household, rng)
    return _ticked(guide, situation, {topic.code for topic in guide.topics if rng.random() < 0.5})


def _ticked(guide: Guide, situation: Situation, also: Collection[str]) -> Situation:
    """Topics are ticked by everybody of whom they can be true, and by some of whom they are not."""
    facts = {name: value for name, value in situation.facts.items() if name != TOPICS}
    true = {*guide.true_of(facts), *also}
    facts[TOPICS] = [topic.code for topic in guide.topics if topic.code in true]
    return Situation(facts, situation.released)


def lived_answers(
    guide: Guide, household: Household, rng: Random, examples: Mapping[str, Sequence[Example]]
) -> Situation:
    """Answers of a household that some of the procedures concern, and the others do not."""
    concerned = [one for one in guide.procedures if rng.random() < CONCERNED] or [
        rng.choice(guide.procedures)
    ]
    situation = any_answers(guide, household, rng)
    facts, settled = dict(situation.facts), set(situation.released)
    for procedure in concerned:
        told = rng.choice(list(examples[procedure.slug]))
        for name, value in told.facts.items():
            if name in facts and name not in settled and value is not None and name not in guide.groups:
                facts[name] = value
                settled.add(name)
    for procedure in guide.procedures:
        if procedure not in concerned:
            _unconcern(procedure, guide, facts, settled, rng)
    also = {topic.code for one in concerned for topic in guide.topics_of(one)}
    return _ticked(guide, Situation(facts, situation.released), also)


def _unconcern(
    procedure: CompiledProcedure, guide: Guide, facts: Facts, settled: set[str], rng: Random
) -> None:
    """Let the first condition that is the procedure's own fail, where the answers given so far allow it."""
    if any(rule.evaluate(facts, guide.on) is False for rule in procedure.rules):
        return
    for rule in procedure.rules:
        free = [name for name in sorted(rule.terms) if name in facts and name not in settled]
        free = [name for name in free if name not in guide.groups]
        for _ in range(TRIES if free else 0):
            tried = {**facts, **{name: any_value(guide.terms[name], rng, guide.on) for name in free}}
            if rule.evaluate(tried, guide.on) is False:
                facts.update(tried)
                settled.update(free)
                return


def _settled(guide: Guide, facts: Facts, household: Household, rng: Random) -> Situation:
    """The answers with what the register says in their place, where the household is registered."""
    released: Facts = {}
    for name, term in guide.terms.items():
        known = (term.register or "").rpartition(".")[2]
        if term.register is None or term.group_name in guide.groups:
            continue
        value = household.registered if known == "resident_here" else household.adult.get(known)
        if known == "insurance_known":
            value = "insurance_kind" in household.adult
        if value is None or (term.choices and value not in {choice.value for choice in term.choices}):
            continue
        facts[name] = value
        if household.registered and term.group_name in (None, "applicant", "subject"):
            released[name] = value
    if "child" in guide.groups and household.children:
        fields = [term for term in guide.terms.values() if term.group_name == "child"]
        facts["child"] = [
            {term.field: _of_child(term, child, rng, guide.on) for term in fields}
            for child in household.children
        ]
        told = [term.field for term in fields if term.register is not None]
        if household.registered and told:
            released["child"] = [{name: child[name] for name in told} for child in facts["child"]]
    return Situation(facts, released)


def _of_child(term: Term, child: Mapping[str, Any], rng: Random, on: date) -> Any:
    known = (term.register or "").rpartition(".")[2]
    if known == "living_together":
        return True
    value = child["household_relation"] if known == "relation" else child.get(known)
    return any_value(term, rng, on) if value is None else value


def any_value(term: Term, rng: Random, on: date) -> Any:
    """Some value a person could give for a term, as JSON."""
    kind = str(term.type)
    if kind == "boolean":
        return rng.random() < 0.5
    if kind == "choice":
        return rng.choice(term.choices).value
    if kind in {"integer", "yen"}:
        low = term.min if isinstance(term.min, int) else 0
        high = term.max if isinstance(term.max, int) else 10_000_000 if kind == "yen" else 100
        return rng.randint(low, min(high, low + rng.choice([1, 3, 10, 100, 10_000_000])))
    if kind == "date":
        return _day(term, rng, on).isoformat()
    if kind == "year_month":
        return (on - timedelta(days=rng.randint(0, 3000))).isoformat()[:7]
    return rng.choice(["あ", "い", "その他"])


def _day(term: Term, rng: Random, on: date) -> date:
    low = on - timedelta(days=rng.choice([10, 40, 100, 800, 8000, 33_000]))
    high = on + timedelta(days=rng.choice([10, 40, 400]))
    if term.min is not None:
        low = max(low, on if term.min == "today" else date.fromisoformat(str(term.min)))
    if term.max is not None:
        high = min(high, on if term.max == "today" else date.fromisoformat(str(term.max)))
    return low + timedelta(days=rng.randint(0, max(0, (high - low).days)))


def least(guide: Guide, facts: Facts) -> int:
    """About how many questions prove the list to somebody who knows all answers: every term of what is due, one failing
    rule of each of the others, shared where that is possible (chosen greedily; an OR may need fewer)."""
    proved: set[str] = set()
    failing: list[list[frozenset[str]]] = []
    for procedure in guide.procedures:
        asked = [
            frozenset(asked_for(term, guide.repeating) for term in rule.terms) for rule in procedure.rules
        ]
        outcomes = [rule.evaluate(facts, guide.on) for rule in procedure.rules]
        if False in outcomes:
            failing.append([names for names, out in zip(asked, outcomes, strict=True) if out is False])
        else:
            proved = proved.union(*asked)
    while failing := [rules for rules in failing if not any(names <= proved for names in rules)]:
        rules = (names for one in failing for names in one)
        proved |= min(
            rules, key=lambda names: (len(names - proved), -_proves(names | proved, failing), sorted(names))
        )
    return len(proved)


def _proves(names: set[str], failing: Sequence[Sequence[frozenset[str]]]) -> int:
    return sum(any(rule <= names for rule in rules) for rules in failing)
