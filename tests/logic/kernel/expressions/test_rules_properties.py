"""Random rules over random people: both evaluators agree, and neither ever says what a completion contradicts."""

import random
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rules_city import ON, ask_register, fill_register, has_others, members, rule
from rules_random import DOMAINS, FIELDS, people, rules

from dokodemo.kernel.expressions import UNKNOWN, Expression, ExpressionError, Trace, missing_terms
from dokodemo.kernel.expressions.evaluate import Scene
from dokodemo.kernel.expressions.values import Range

FAILED = "an arithmetic error"
PEOPLE_EACH = 8
RULES_EACH = 6
COMPLETIONS = 60

fast = settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@pytest.fixture(scope="module")
def register() -> Iterator[Any]:
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    yield connection
    connection.close()


def outcome(expression: Expression, facts: Mapping[str, Any]) -> Any:
    try:
        return expression.evaluate(facts, ON)
    except ExpressionError:
        return FAILED


@fast
@given(
    texts=st.lists(rules, min_size=RULES_EACH, max_size=RULES_EACH),
    persons=st.lists(people, min_size=PEOPLE_EACH, max_size=PEOPLE_EACH),
)
def test_one_person_and_the_whole_register_come_to_the_same(
    register: Any, texts: list[str], persons: list[Any]
) -> None:
    fill_register(register, persons)
    compiled = {f"rule {number}": rule(text) for number, text in enumerate(texts)}
    for person, row in zip(persons, ask_register(register, compiled), strict=True):
        for name, expression in compiled.items():
            found = FAILED if row[f"{name}.error"] else UNKNOWN if row[name] is None else row[name]
            assert (not row[f"{name}.error"]) or row[name] is None
            expected = outcome(expression, person)
            assert (found, type(found)) == (expected, type(expected)), (expression.text, person)


def completed(person: Mapping[str, Any], used: frozenset[str], chance: random.Random) -> dict[str, Any]:
    """The person with every unknown term that the rule uses filled in at random, unknown groups by up to 3 members."""

    def choose(name: str) -> Any:
        return chance.choice(DOMAINS[name])

    facts: dict[str, Any] = {}
    for name, known in person.items():
        if name not in FIELDS:
            facts[name] = choose(name) if known is None and name in used else known
            continue
        found = [] if known is None else members(person, name)
        open_ended = known is None or has_others(person, name)
        found = found + [{} for _ in range(chance.randint(0, 3) if open_ended else 0)]
        fields = [term for term in used if term.startswith(f"{name}.")]
        facts[name] = [
            {**member, **{t.split(".")[1]: choose(t) for t in fields if member.get(t.split(".")[1]) is None}}
            for member in found
        ]
    return facts


@fast
@given(
    texts=st.lists(rules, min_size=3, max_size=3),
    persons=st.lists(people, min_size=4, max_size=4),
    seed=st.integers(0, 2**32),
)
def test_no_completion_contradicts_what_is_said_before_everything_is_known(
    texts: list[str], persons: list[Any], seed: int
) -> None:
    chance = random.Random(seed)
    for expression in map(rule, texts):
        for person in persons:
            said = outcome(expression, person)
            loosely = expression.step.run(Scene(person, ON))
            for _ in range(COMPLETIONS if said is not UNKNOWN or isinstance(loosely, Range) else 1):
                final = outcome(expression, completed(person, expression.terms, chance))
                assert final is not UNKNOWN, (expression.text, "unknown although everything is known")
                if final is FAILED:
                    continue
                assert said is UNKNOWN or final == said, (expression.text, person)
                if isinstance(loosely, Range):
                    assert loosely.low is None or loosely.low <= final, (expression.text, person)
                    assert loosely.high is None or final <= loosely.high, (expression.text, person)


def parts(trace: Trace) -> Iterator[Trace]:
    yield trace
    for child in trace.children:
        yield from parts(child)


@fast
@given(texts=st.lists(rules, min_size=3, max_size=3), persons=st.lists(people, min_size=4, max_size=4))
def test_the_reasons_end_in_the_same_outcome_and_name_what_is_missing(
    texts: list[str], persons: list[Any]
) -> None:
    for expression in map(rule, texts):
        for person in persons:
            said = outcome(expression, person)
            if said is FAILED:
                with pytest.raises(ExpressionError):
                    expression.trace(person, ON)
                continue
            reasons = expression.trace(person, ON)
            assert reasons.outcome == said
            assert (reasons.state == "unknown") == (said is UNKNOWN)
            for part in parts(reasons):
                assert bool(part.unknown) <= (part.state == "unknown")
                for leaf in part.unknown:
                    assert leaf.term in expression.terms | expression.groups
                    group, _, bare = leaf.term.partition(".")
                    if leaf.member is not None:
                        assert members(person, group)[leaf.member].get(bare) is None
                    else:
                        assert person.get(leaf.term) is None or has_others(person, leaf.term)


@fast
@given(
    texts=st.lists(rules, min_size=RULES_EACH, max_size=RULES_EACH),
    persons=st.lists(people, min_size=PEOPLE_EACH, max_size=PEOPLE_EACH),
)
def test_the_register_names_the_same_missing_terms_as_the_reasons_of_each_person(
    register: Any, texts: list[str], persons: list[Any]
) -> None:
    fill_register(register, persons)
    compiled = {f"rule {number}": rule(text) for number, text in enumerate(texts)}
    for person, row in zip(persons, ask_register(register, compiled, missing=True), strict=True):
        for name, expression in compiled.items():
            expected: set[str] = set()
            if outcome(expression, person) is not FAILED:
                expected = {leaf.term for leaf in expression.trace(person, ON).unknown}
            found = missing_terms(expression, row[f"{name}.missing"])
            assert found == tuple(sorted(expected)), (expression.text, person)


@fast
@given(text=rules, person=people)
def test_a_missing_term_is_named_whenever_the_outcome_is_unknown(text: str, person: Any) -> None:
    expression = rule(text)
    if outcome(expression, person) is UNKNOWN:
        assert expression.trace(person, ON).unknown


def test_the_random_days_are_days() -> None:
    assert all(date.fromisoformat(day) for day in DOMAINS["applicant.born"])
