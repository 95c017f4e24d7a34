"""Rules over a whole register in DuckDB, where SQL alone would answer otherwise."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from rules_city import CITY, ON, PARAMETERS, SCHEMA, ask_register, fill_register, rule

from dokodemo.kernel.expressions import RegisterSchema, to_duckdb

PEOPLE: list[dict[str, Any]] = [
    {
        "applicant.resident_here": True,
        "applicant.size": 2,
        "child": [{"date_of_birth": "2015-05-05", "points": 1}],
    },
    {"applicant.resident_here": True, "applicant.size": 0, "child": [{"date_of_birth": "1990-05-05"}, {}]},
    {"applicant.resident_here": None, "applicant.size": None, "child": []},
    {"applicant.note": "it's"},
]


@pytest.fixture
def register() -> Iterator[Any]:
    connection = duckdb.connect()
    fill_register(connection, PEOPLE)
    yield connection
    connection.close()


def column(register: Any, text: str) -> list[Any]:
    rows = ask_register(register, {"answer": rule(text)})
    return ["error" if row["answer.error"] else row["answer"] for row in rows]


def test_duckdb_alone_would_refuse_the_family_that_is_unknown(register: Any) -> None:
    naive = """SELECT (SELECT count(*) FILTER (WHERE date_diff('year', c.date_of_birth, DATE '2026-11-23') <= 18) >= 1
               FROM child c WHERE c.owner = r.id) FROM residents r ORDER BY id"""
    assert [row[0] for row in register.execute(naive).fetchall()] == [True, False, False, False]
    assert column(register, "children_to_age_18 >= 1") == [True, None, False, None]


def test_sums_of_none_are_0_and_unknown_groups_unknown(register: Any) -> None:
    assert column(register, "sum(child.points)") == [1, None, 0, None]
    assert column(register, "count(child)") == [1, 2, 0, None]
    assert column(register, "count(child) >= 0") == [True] * 4


def test_an_error_of_one_resident_does_not_stop_the_others(register: Any) -> None:
    assert column(register, "floor(10 / applicant.size)") == [5, "error", None, None]
    assert column(register, "applicant.size <> 0 AND floor(10 / applicant.size) > 1") == [
        True,
        False,
        None,
        None,
    ]
    assert column(register, "min(child.points)") == [1, None, "error", None]
    assert column(register, "param.later > 1") == ["error"] * 4


def test_texts_are_quoted(register: Any) -> None:
    assert column(register, "applicant.note = 'it''s'") == [None, None, None, True]


def test_many_rules_share_one_query(register: Any) -> None:
    rows = ask_register(
        register, {"a": rule("has_close_child"), "b": rule("children_to_age_18"), "c": rule("today")}
    )
    assert list(rows[0]) == ["id", "a", "a.error", "b", "b.error", "c", "c.error"]
    assert rows[0]["c"] == ON


def test_terms_that_the_register_does_not_hold_are_unknown_for_everybody(register: Any) -> None:
    schema = RegisterSchema("residents", "id", {"applicant.size": "applicant.size"})
    rules = {
        "size": rule("applicant.size > 1"),
        "here": rule("applicant.resident_here OR TRUE"),
        "gone": rule("applicant.resident_here"),
        "some": rule("count(child) >= 0 AND (sum(child.points) > 0 OR TRUE)"),
        "sum": rule("sum(child.points)"),
        "any": rule("bool_or(child.living_together)"),
    }
    first = register.execute(f"SELECT * FROM ({to_duckdb(rules, schema, ON)}) ORDER BY id").fetchone()
    assert first == (0, True, False, True, False, None, False, True, False, None, False, None, False)


def test_a_deep_formula_does_not_grow_out_of_hand(register: Any) -> None:
    nested = "applicant.size"
    for _ in range(10):
        nested = f"least(abs({nested} * 3 - 1), 100)"
    assert len(to_duckdb({"nested": rule(nested)}, SCHEMA, ON)) < 40_000
    assert column(register, nested)[0] == rule(nested).evaluate(PEOPLE[0], ON)


def test_a_rule_may_not_take_the_place_of_the_key() -> None:
    with pytest.raises(ValueError, match="key"):
        to_duckdb({"id": rule("TRUE")}, SCHEMA, ON)


def test_the_language_needs_neither_duckdb_nor_django_until_a_register_is_asked() -> None:
    code = (
        "import sys; import dokodemo.kernel.expressions as e; "
        "print([m for m in ('duckdb', 'pyarrow', 'django') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_usual_schema_names_every_term_that_rules_can_test() -> None:
    assert "applicant.full_name" not in SCHEMA.columns
    assert "child.is_minor" not in SCHEMA.groups["child"].columns
    assert SCHEMA.groups["child"].known == "child.known"
    assert set(SCHEMA.columns) == {n for n in CITY.terms if n.startswith("applicant.")} - {
        "applicant.full_name"
    }
    assert "limit" in PARAMETERS
