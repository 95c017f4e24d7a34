"""A small vocabulary, its parameters and a register in DuckDB for the tests of the rule language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from dokodemo.kernel.expressions import (
    DatedValue,
    Expression,
    Kind,
    Parameter,
    ParameterSet,
    RegisterSchema,
    compile_expression,
    to_duckdb,
)
from dokodemo.kernel.expressions.kinds import Type
from dokodemo.kernel.expressions.register import quoted

ON = date(2026, 11, 23)


@dataclass(frozen=True)
class Choice:
    value: str


@dataclass(frozen=True)
class Term:
    name: str
    type: str
    derive: str | None = None
    choices: Sequence[Choice] = ()


@dataclass(frozen=True)
class Group:
    name: str
    repeats: bool


@dataclass(frozen=True)
class City:
    terms: Mapping[str, Term]
    groups: Mapping[str, Group] = field(default_factory=dict)


def city(terms: Sequence[Term], *groups: str) -> City:
    every = [Group(name, True) for name in groups] + [Group("applicant", False)]
    return City({term.name: term for term in terms}, {group.name: group for group in every})


RELATIONS = tuple(map(Choice, ("self", "parent", "other")))

CITY = city(
    [
        Term("applicant.resident_here", "boolean"),
        Term("applicant.is_public_servant", "boolean"),
        Term("applicant.size", "integer"),
        Term("applicant.score", "integer"),
        Term("applicant.income", "yen"),
        Term("applicant.born", "date"),
        Term("applicant.moved", "date"),
        Term("applicant.since", "year_month"),
        Term("applicant.relation", "choice", choices=RELATIONS),
        Term("applicant.note", "text"),
        Term("applicant.full_name", "person_name"),
        Term("child.date_of_birth", "date"),
        Term("child.points", "integer"),
        Term("child.cost", "yen"),
        Term("child.living_together", "boolean"),
        Term("child.tie", "choice", choices=RELATIONS),
        Term("member.points", "integer"),
        Term("member.works", "boolean"),
        Term("child.is_minor", "boolean", "age(child.date_of_birth) < 18"),
        Term("child.close", "boolean", "child.is_minor AND child.living_together"),
        Term(
            "children_to_age_18",
            "integer",
            "count(child) FILTER (WHERE fiscal_age_at_most(child.date_of_birth, 18))",
        ),
        Term("has_close_child", "boolean", "bool_or(child.close)"),
        Term("circle_a", "integer", "circle_b + 1"),
        Term("circle_b", "integer", "circle_a + 1"),
        Term("broken", "boolean", "applicant.nothing"),
        Term("wrongly_typed", "boolean", "count(child)"),
        Term(
            "tie_word", "choice", "CASE WHEN applicant.resident_here THEN 'self' ELSE 'other' END", RELATIONS
        ),
    ],
    "child",
    "member",
)


def parameter(name: str, kind: Kind, *values: tuple[date, Any]) -> Parameter:
    return Parameter(name, Type(kind), tuple(DatedValue(start, value) for start, value in values))


PARAMETERS = ParameterSet(
    {
        "limit": parameter("limit", Kind.INTEGER, (date(2020, 4, 1), 2), (date(2026, 4, 1), 3)),
        "amount": parameter("amount", Kind.YEN, (date(2024, 10, 1), 10_000)),
        "opens": parameter("opens", Kind.DATE, (date(2020, 1, 1), date(2026, 11, 1))),
        "later": parameter("later", Kind.INTEGER, (date(2030, 4, 1), 5)),
    }
)

_USUAL = RegisterSchema.of(CITY)
SCHEMA = replace(
    _USUAL,
    groups={name: replace(group, others=f"{name}.others") for name, group in _USUAL.groups.items()},
)


def members(person: Mapping[str, Any], group: str) -> list[Any]:
    """The known members of a group, whether or not there may be others."""
    held = person.get(group)
    return list(held["members"] if isinstance(held, Mapping) else held or ())


def has_others(person: Mapping[str, Any], group: str) -> bool:
    held = person.get(group)
    return isinstance(held, Mapping) and not held["complete"]


def rule(text: str, **options: Any) -> Expression:
    return compile_expression(text, CITY, PARAMETERS, **options)


def value(text: str, on: date = ON, **facts: Any) -> Any:
    """The rule for facts written as `applicant__size=2, child=[…]`."""
    return rule(text).evaluate({name.replace("__", "."): fact for name, fact in facts.items()}, on)


def sql_literal(raw: Any) -> str:
    if raw is None:
        return "NULL"
    if isinstance(raw, bool):
        return str(raw).upper()
    if isinstance(raw, int):
        return f"'{raw}'::BIGINT"
    return "'" + str(raw).replace("'", "''") + "'"


_SQL_TYPES = {"boolean": "BOOLEAN", "integer": "BIGINT", "yen": "BIGINT", "date": "DATE"}


def fill_register(connection: Any, people: Sequence[Mapping[str, Any]]) -> None:
    """The tables of SCHEMA with these people; their keys are 0, 1, 2 …"""

    def create(name: str, fixed: Sequence[str], terms: Sequence[tuple[str, str]]) -> None:
        columns = [*fixed, *(f"{quoted(column)} {_SQL_TYPES.get(kind, 'VARCHAR')}" for column, kind in terms)]
        connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} ({', '.join(columns)})")

    def insert(name: str, rows: list[list[Any]]) -> None:
        if rows:
            values = ", ".join("(" + ", ".join(map(sql_literal, row)) + ")" for row in rows)
            connection.execute(f"INSERT INTO {quoted(name)} VALUES {values}")

    known = [f"{quoted(group.known)} BOOLEAN" for group in SCHEMA.groups.values()]
    known += [f"{quoted(group.others or '')} BOOLEAN" for group in SCHEMA.groups.values()]
    create("residents", ["id BIGINT", *known], [(c, CITY.terms[t].type) for t, c in SCHEMA.columns.items()])
    insert(
        "residents",
        [
            [
                number,
                *(person.get(g) is not None for g in SCHEMA.groups),
                *(has_others(person, g) for g in SCHEMA.groups),
                *(person.get(t) for t in SCHEMA.columns),
            ]
            for number, person in enumerate(people)
        ],
    )
    for name, group in SCHEMA.groups.items():
        create(group.table, ["owner BIGINT"], [(c, CITY.terms[t].type) for t, c in group.columns.items()])
        insert(
            group.table,
            [
                [number, *(member.get(column) for column in group.columns.values())]
                for number, person in enumerate(people)
                for member in members(person, name)
            ],
        )


def ask_register(
    connection: Any, rules: Mapping[str, Expression], on: date = ON, *, missing: bool = False
) -> list[dict[str, Any]]:
    """What the query says, a dict for each person in order of key: the same whether or not counts are packed."""
    answers = []
    for schema in (SCHEMA, counted_schema(connection)):
        query = to_duckdb(rules, schema, on, missing=missing)
        found = connection.execute(f"SELECT * FROM ({query}) ORDER BY id")
        names = [column[0] for column in found.description]
        answers.append([dict(zip(names, row, strict=True)) for row in found.fetchall()])
    assert answers[0] == answers[1]
    return answers[0]


def counted_schema(connection: Any) -> RegisterSchema:
    """SCHEMA with the most members that an owner of its tables has, as a register that counts while loading knows it."""
    groups = {}
    for name, group in SCHEMA.groups.items():
        rows = f"SELECT count(*) AS n FROM {quoted(group.table)} GROUP BY owner"
        most = connection.execute(f"SELECT coalesce(max(n), 0) FROM ({rows})").fetchone()[0]
        groups[name] = replace(group, most=most)
    return replace(SCHEMA, groups=groups)
