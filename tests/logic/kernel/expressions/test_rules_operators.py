"""Each operator alone, over every combination of small values and the unknown: both evaluators come to the same."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import duckdb
import pytest
from rules_city import ON, ask_register, fill_register, rule
from rules_random import CHOICES, DAY_VALUES, MONTHS

from dokodemo.kernel.expressions import UNKNOWN, Expression, ExpressionError

NUMBERS = (None, -(2**63), -7, -1, 0, 1, 2, 7, 2**62, 2**63 - 1)
TRUTHS = (None, True, False)
DAYS = (None, *DAY_VALUES, "1999-12-31", "2026-03-31", "0001-01-01", "9999-12-31")

ON_NUMBERS = [
    f"applicant.size {operator} applicant.score"
    for operator in ("+", "-", "*", "=", "<>", "<", "<=", ">", ">=")
] + [
    "-applicant.size",
    "abs(applicant.size)",
    "floor(applicant.size / applicant.score)",
    "ceil(applicant.size / applicant.score)",
    "floor(applicant.size / 2)",
    "ceil(applicant.size / 2)",
    "floor(applicant.size / (-2))",
    "ceil(applicant.size / (-2))",
    "round_down(applicant.size, 5)",
    "round_down(applicant.size, applicant.score)",
    "round_down(applicant.size / applicant.score, 2)",
    "least(applicant.size, applicant.score)",
    "greatest(applicant.size, applicant.score)",
    "least(applicant.size, applicant.score, 1)",
    "applicant.size BETWEEN 0 AND applicant.score",
    "applicant.size IN (applicant.score, 1)",
    "CASE WHEN applicant.resident_here THEN applicant.size ELSE applicant.score END",
    "CASE WHEN applicant.size = 0 THEN 0 ELSE floor(7 / applicant.size) END",
    "applicant.size <> 0 AND floor(7 / applicant.size) > 0",
    "applicant.size = 0 OR floor(7 / applicant.size) > 0",
    "applicant.size + 0 = 7 AND applicant.score + 1 > 0",
    "date_add_days(today, applicant.size)",
]
# Values known only in part: what a number can still be is bounded from below, above, on both sides.
PARTLY = ["least({}, 2)", "greatest({}, 2)", "greatest(-1, least(2, {}))", "greatest(1, least(7, {}))"]
ON_RANGES = [
    form.format(
        *(part.format(term) for part, term in zip(pair, ("applicant.size", "applicant.score"), strict=True))
    )
    for pair in product(PARTLY, repeat=2)
    for form in (
        "{0} + {1} BETWEEN -3 AND 3",
        "{0} - {1} < 3",
        "abs({0} - {1}) * 2 <= 6",
        "{0} * {1} >= -4",
        "{0} * {1} <= 14",
        "{0} = {1}",
        "{0} < {1}",
        "CASE WHEN applicant.resident_here THEN {0} ELSE {1} END >= -1",
        "CASE WHEN applicant.resident_here THEN {0} ELSE {1} END <= 7",
        "floor({0} / {1}) <= 7",
        "round_down({0}, 2) + ceil({1} / -2) <= 3",
        "-{0} > {1}",
        "age(date_add_days(DATE '2008-04-01', {0} * 100)) < {1} + 20",
    )
]
ON_DAYS = [
    "age(applicant.born)",
    "age(applicant.born, applicant.moved)",
    "years_between(applicant.moved, applicant.born)",
    "months_between(applicant.born, applicant.moved)",
    "days_between(applicant.born, applicant.moved)",
    "fiscal_year(applicant.born)",
    "fiscal_age_at_most(applicant.born, 18)",
    "fiscal_age_at_most(applicant.born, 18, applicant.moved)",
    "fiscal_age_at_most(applicant.born, 6, least(applicant.moved, today))",
    "date_add_days(applicant.born, 1)",
    "date_add_days(applicant.born, -1) < applicant.moved",
    "least(applicant.born, applicant.moved)",
    "greatest(applicant.born, applicant.moved) >= DATE '2020-02-29'",
    "age(least(applicant.born, applicant.moved)) >= 18",
    "age(greatest(applicant.born, applicant.moved)) <= 18",
    "fiscal_year(greatest(applicant.born, applicant.moved)) >= 2019",
    "applicant.born = applicant.moved",
    "applicant.born BETWEEN applicant.moved AND today",
    "CASE WHEN applicant.born < today THEN applicant.born ELSE applicant.moved END",
]
ON_TRUTHS = [
    "applicant.resident_here AND applicant.is_public_servant",
    "applicant.resident_here OR applicant.is_public_servant",
    "NOT applicant.resident_here",
    "applicant.resident_here = applicant.is_public_servant",
    "applicant.resident_here <> applicant.is_public_servant",
    "applicant.resident_here AND floor(1 / count(child)) > 0",
    "applicant.resident_here OR floor(1 / count(child)) > 0",
    "CASE WHEN applicant.resident_here THEN floor(1 / count(child)) ELSE floor(2 / count(child)) END",
    "CASE WHEN applicant.resident_here THEN 1 WHEN applicant.is_public_servant THEN 2 ELSE 1 END",
    "CASE WHEN applicant.resident_here THEN 3 WHEN applicant.is_public_servant THEN 2 ELSE 1 END >= 2",
    "CASE WHEN floor(1 / count(child)) > 0 THEN 1 ELSE 2 END",
    "CASE WHEN applicant.resident_here THEN applicant.relation = 'self' ELSE applicant.since < '2026-01' END",
    "CASE applicant.relation WHEN 'self' THEN 'parent' WHEN 'parent' THEN applicant.relation ELSE 'self' END",
    "applicant.relation IN ('self', 'other')",
    "applicant.since >= '2026-04'",
    "least(applicant.since, '2026-01') <= '2026-01'",
]
ON_MEMBERS = [
    f"{aggregate}{condition}"
    for aggregate, condition in product(
        ("count(child)", "sum(child.points)", "min(child.points)", "max(child.points)", "min(child.date_of_birth)",
         "bool_or(child.living_together)", "bool_and(child.living_together)", "sum(floor(6 / child.points))",
         "max(floor(6 / child.points))", "bool_or(floor(6 / child.points) > 3)", "bool_and(floor(6 / child.points) > 3)"),
        ("", " FILTER (WHERE child.is_minor)", " FILTER (WHERE child.points > 0)",
         " FILTER (WHERE floor(6 / child.points) > 3)", " FILTER (WHERE child.points > applicant.size)"),
    )
] + [
    "children_to_age_18",
    "children_to_age_18 >= 1",
    "has_close_child",
    "count(child) FILTER (WHERE child.is_minor) <= 1",
    "sum(child.points) FILTER (WHERE child.is_minor) >= 1",
    "sum(least(child.points, 2)) <= 4",
    "sum(greatest(child.points, 2)) >= 4",
    "sum(greatest(-1, least(child.points, 2))) FILTER (WHERE child.is_minor) BETWEEN -2 AND 4",
    "min(child.points) <= 1",
    "max(child.points) FILTER (WHERE child.is_minor) >= 1",
    "max(greatest(child.points, 1)) >= 1",
    "max(floor(6 / child.points)) FILTER (WHERE child.is_minor) >= 1",
    "sum(floor(6 / child.points)) FILTER (WHERE child.is_minor) >= 0",
    "CASE WHEN count(child) > 0 THEN max(child.points) ELSE 0 END >= 0",
]  # fmt: skip

# Counts against counts: of one group, of two, with bounds that are given for one of them only.
MINORS, POOR, COUNTS = (
    "count(child) FILTER (WHERE child.is_minor)",
    "count(child) FILTER (WHERE child.points > 0)",
    ("count(child)", "count(member)", "2"),
)
ON_COUNTS = [
    form.format(a, b, MINORS)
    for a, b in product(COUNTS, (MINORS, POOR, *COUNTS))
    for form in (
        "{0} + {1}",
        "{0} - {1}",
        "{0} - {1} >= 0",
        "3 * ({0} - {2}) + {1} * 2",
        "least({0}, {1})",
        "greatest(0, {0} - {1})",
        "least({1}, greatest(0, {0} - 2))",
        "{0} * {1}",
        "{0} = {1}",
        "{0} <> {1}",
        "{0} < {1}",
        "{0} IN ({1}, 1)",
        "{0} BETWEEN {2} AND {1}",
        "CASE WHEN {0} > {1} THEN {0} ELSE {2} END",
        "floor({0} / greatest(1, {1}))",
        "abs({0} - {1}) <= 1",
        "-{0} < -{1}",
        "least({0}, applicant.size) + greatest({1}, applicant.size)",
    )
]


@pytest.fixture(scope="module")
def register() -> Iterator[Any]:
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    yield connection
    connection.close()


def outcome(expression: Expression, facts: dict[str, Any]) -> Any:
    try:
        return expression.evaluate(facts, ON)
    except ExpressionError:
        return "error"


def agree(register: Any, texts: list[str], people: list[dict[str, Any]]) -> set[str]:
    """The kinds of outcome seen, after comparing every rule for every person."""
    fill_register(register, people)
    seen = set()
    for start in range(0, len(texts), 40):
        rules = {text: rule(text) for text in texts[start : start + 40]}
        for person, row in zip(people, ask_register(register, rules), strict=True):
            for text, expression in rules.items():
                found = "error" if row[f"{text}.error"] else UNKNOWN if row[text] is None else row[text]
                assert found == outcome(expression, person), (text, person)
                seen.add("error" if found == "error" else "unknown" if found is UNKNOWN else "known")
    return seen


def test_numbers(register: Any) -> None:
    people = [
        {"applicant.size": size, "applicant.score": score, "applicant.resident_here": here}
        for size, score, here in product(NUMBERS, NUMBERS, (None, True))
    ]
    assert agree(register, ON_NUMBERS, people) == {"known", "unknown", "error"}


def test_numbers_known_in_part(register: Any) -> None:
    few = (None, -1, 0, 1, 7)
    people = [
        {"applicant.size": size, "applicant.score": score, "applicant.resident_here": here}
        for size, score, here in product(few, few, (None, False))
    ]
    assert agree(register, ON_RANGES, people) >= {"known", "unknown"}


def test_days(register: Any) -> None:
    people = [{"applicant.born": born, "applicant.moved": moved} for born, moved in product(DAYS, DAYS)]
    assert agree(register, ON_DAYS, people) == {"known", "unknown", "error"}


def test_truths_and_words(register: Any) -> None:
    words = [(word, month) for word in (None, *CHOICES) for month in (None, *MONTHS)]
    people = [
        {"applicant.resident_here": a, "applicant.is_public_servant": b, "child": child, "applicant.relation": w,
         "applicant.since": m}
        for a, b, child, (w, m) in product(TRUTHS, TRUTHS, (None, [], [{}]), words)
    ]  # fmt: skip
    assert agree(register, ON_TRUTHS, people) == {"known", "unknown", "error"}


def test_members(register: Any) -> None:
    one = [
        {"points": points, "date_of_birth": born, "living_together": together}
        for points, born, together in product(
            (None, 0, 1, 3), (None, "2008-04-01", "2008-04-02", "1990-01-01"), (None, True, False)
        )
    ]
    families: list[Any] = [
        None,
        [],
        *([child] for child in one),
        *([a, b] for a, b in product(one[::5], one[::3])),
    ]
    families += [[{**one[-1], "points": 2**62}] * 2, [one[1], one[22], one[47]]]
    people = [{"child": family, "applicant.size": size} for family, size in product(families, (None, 1))]
    assert agree(register, ON_MEMBERS, people) == {"known", "unknown", "error"}


def test_counts_against_counts(register: Any) -> None:
    one = {"points": 1, "date_of_birth": "2015-01-01"}
    families: list[Any] = [None, [], [one], [{}], [one, {}, {"points": 0, "date_of_birth": "1990-01-01"}]]
    open_ended = [{"members": family, "complete": False} for family in families if family is not None]
    people = [
        {"child": family, "member": others, "applicant.size": size}
        for family, others, size in product(families + open_ended, (None, [], [{}, {}]), (None, 1))
    ]
    assert agree(register, ON_COUNTS, people) >= {"known", "unknown"}


def test_more_counts_than_fit_into_one_number(register: Any) -> None:
    texts = [f"count(child) FILTER (WHERE child.points > {n})" for n in range(40)]
    people = [{"child": [{"points": points} for points in (n, 2 * n, None)[: 2 + n % 2]]} for n in range(20)]
    assert agree(register, texts, people) == {"known", "unknown"}
