"""Random rules over random people: both evaluators agree, and neither ever says what a completion contradicts."""

import random
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice, product
from math import prod
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
# Where a person leaves so little open, each completion is tried; else so many by chance.
MOST_TRIED, BY_CHANCE = 400, 60
MOST_OTHERS = 3


def times(examples: int) -> settings:
    """The same examples in every run: what a chance finds tonight must not stop somebody else's work tomorrow."""
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


fast, thousands = times(100), times(350)


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


@thousands
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


def left_open(
    person: Mapping[str, Any], used: frozenset[str]
) -> dict[str, list[list[tuple[str, list[Any]]]]]:
    """What a rule would still have to know: for each term or group the lists of boxes with what each may hold.

    A plain term is one list; a group that is not complete is one list for each number of members it may have.
    """
    found: dict[str, list[list[tuple[str, list[Any]]]]] = {}
    for name, known in person.items():
        if name not in FIELDS:
            found[name] = [[("", list(DOMAINS[name]) if known is None and name in used else [known])]]
            continue
        present = [] if known is None else members(person, name)
        open_ended = known is None or has_others(person, name)
        fields = [term.split(".")[1] for term in sorted(used) if term.startswith(f"{name}.")]
        found[name] = []
        for others in range(MOST_OTHERS + 1 if open_ended else 1):
            boxes = []
            for number, member in enumerate([*present, *[{}] * others]):
                for field in {*member, *fields}:
                    asked = field in fields and member.get(field) is None
                    options = list(DOMAINS[f"{name}.{field}"]) if asked else [member[field]]
                    boxes.append((f"{number}.{field}", options))
            found[name].append([*boxes, ("members", [len(present) + others])])
    return found


def put_together(choice: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The facts of one completion from what each box holds."""
    facts: dict[str, Any] = {}
    for name, boxes in choice.items():
        if name not in FIELDS:
            facts[name] = boxes[""]
            continue
        people_: list[dict[str, Any]] = [{} for _ in range(boxes["members"])]
        for box, value in boxes.items():
            if box != "members":
                number, field = box.split(".")
                people_[int(number)][field] = value
        facts[name] = people_
    return facts


def completions(
    person: Mapping[str, Any], used: frozenset[str], chance: random.Random
) -> Iterator[dict[str, Any]]:
    """All completions of a person where there are at most MOST_TRIED, else BY_CHANCE of them."""
    ways = left_open(person, used)
    number = prod(
        sum(prod(len(options) for _, options in boxes) for boxes in lists) for lists in ways.values()
    )
    if number <= MOST_TRIED:
        each = [
            [
                dict(zip([box for box, _ in boxes], held, strict=True))
                for boxes in lists
                for held in product(*[o for _, o in boxes])
            ]
            for lists in ways.values()
        ]
        for held in product(*each):
            yield put_together(dict(zip(ways, held, strict=True)))
        return
    for _ in range(BY_CHANCE):
        chosen = {name: chance.choice(lists) for name, lists in ways.items()}
        yield put_together(
            {name: {box: chance.choice(options) for box, options in boxes} for name, boxes in chosen.items()}
        )


@thousands
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
            every = completions(person, expression.terms, chance)
            for facts in every if said is not UNKNOWN or isinstance(loosely, Range) else islice(every, 1):
                final = outcome(expression, facts)
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


def test_all_completions_are_tried_where_there_are_few() -> None:
    person = {
        "applicant.resident_here": None,
        "applicant.size": 3,
        "child": {"members": [{"points": None}], "complete": True},
        "member": None,
    }
    used = frozenset({"applicant.resident_here", "child.points", "member.works"})
    found = list(completions(person, used, random.Random(0)))
    # Two answers, five numbers of points, and none to three members who work or not: 1 + 2 + 4 + 8.
    assert len(found) == len({str(facts) for facts in found}) == 2 * 5 * 15
    assert all(facts["applicant.size"] == 3 and len(facts["child"]) == 1 for facts in found)
