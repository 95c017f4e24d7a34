"""The register as tables in memory, and all rules over it in one query (台帳の表).

Owns the layout and the loading of a DuckDB that lives in memory only: it may neither read nor write a file, so nothing
decrypted touches a disk. Never reads the database: lines are given to it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dokodemo.kernel.expressions import Expression, GroupTable, RegisterSchema, to_duckdb
from dokodemo.kernel.expressions.cells import SQL_TYPES
from dokodemo.kernel.expressions.kinds import type_of_term
from dokodemo.kernel.expressions.register import quoted
from dokodemo.kernel.vocabulary import Term, Vocabulary

KEY = "id"
_BATCH = 5000


@dataclass(frozen=True)
class _Table:
    """A table: its name, and column → SQL type in the order of its rows."""

    name: str
    columns: Mapping[str, str]
    rows: list[Sequence[Any]] = field(default_factory=list)


class RegisterTables:
    """People by number from 0, in the order in which they are added."""

    def __init__(self, terms: Iterable[Term], vocabulary: Vocabulary) -> None:
        import duckdb

        self.people = 0
        self.plain: list[str] = []
        self.groups: dict[str, list[str]] = {}
        kinds: dict[str, str] = {}
        for term in terms:
            kind = type_of_term(term)
            if kind is None:
                raise ValueError(f"no rule can test {term.name}")
            kinds[term.name] = SQL_TYPES[kind.kind]
            group = term.group_name
            if group is not None and vocabulary.groups[group].repeats:
                self.groups.setdefault(group, []).append(term.name)
            else:
                self.plain.append(term.name)
        columns = {KEY: "BIGINT", **{name: kinds[name] for name in self.plain}}
        for group in self.groups:
            columns |= {f"{group}.known": "BOOLEAN", f"{group}.others": "BOOLEAN"}
        self.residents = _Table("residents", columns)
        self.members = {
            group: _Table(group, {"owner": "BIGINT", **{_bare(name): kinds[name] for name in names}})
            for group, names in self.groups.items()
        }
        self.most = dict.fromkeys(self.groups, 0)
        self.connection = duckdb.connect(":memory:")
        for setting in ("temp_directory = ''", "enable_external_access = false", "lock_configuration = true"):
            self.connection.execute(f"SET {setting}")
        for table in (self.residents, *self.members.values()):
            columns_sql = ", ".join(f"{quoted(name)} {kind}" for name, kind in table.columns.items())
            self.connection.execute(f"CREATE TABLE {quoted(table.name)} ({columns_sql})")

    @property
    def schema(self) -> RegisterSchema:
        """The layout as rules need it."""
        groups = {
            group: GroupTable(
                group,
                "owner",
                f"{group}.known",
                {name: _bare(name) for name in names},
                f"{group}.others",
                self.most[group],
            )
            for group, names in self.groups.items()
        }
        return RegisterSchema("residents", KEY, {name: name for name in self.plain}, groups)

    def add(self, facts: Mapping[str, Any]) -> None:
        """One resident's facts, as rules for one person take them."""
        row: list[Any] = [self.people, *(facts.get(name) for name in self.plain)]
        for group, names in self.groups.items():
            held = facts.get(group)
            others = isinstance(held, Mapping) and held.get("complete") is not True
            row += [held is not None, others]
            members = held["members"] if isinstance(held, Mapping) else held or ()
            self.most[group] = max(self.most[group], len(members))
            self.members[group].rows.extend(
                [self.people, *(member.get(_bare(name)) for name in names)] for member in members
            )
        self.residents.rows.append(row)
        self.people += 1
        if len(self.residents.rows) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Hand what was added to DuckDB: one text a table, since a parameter a value would take half a minute."""
        for table in (self.residents, *self.members.values()):
            if not table.rows:
                continue
            shape = json.dumps({f"c{n}": [kind] for n, kind in enumerate(table.columns.values())})
            columns = dict(
                zip((f"c{n}" for n in range(len(table.columns))), zip(*table.rows, strict=True), strict=True)
            )
            picked = ", ".join(f"unnest(j.{name})" for name in columns)
            self.connection.execute(
                f"INSERT INTO {quoted(table.name)} SELECT {picked} "  # noqa: S608 - names of terms
                "FROM (SELECT from_json_strict($1::JSON, $2) AS j)",
                [json.dumps(columns, ensure_ascii=False), shape],
            )
            table.rows.clear()

    def ask(
        self, rules: Mapping[str, Expression], on: date, *, missing: bool = False
    ) -> list[tuple[Any, ...]]:
        """A row for each resident in order: for each rule its value (None: unknown), its error, and with `missing` its bits."""
        self.flush()
        if not rules:
            return [()] * self.people
        query = to_duckdb(rules, self.schema, on, missing=missing)
        rows: list[tuple[Any, ...]] = self.connection.execute(
            f"SELECT * EXCLUDE ({KEY}) FROM ({query}) ORDER BY {KEY}"  # noqa: S608 - checked rules
        ).fetchall()
        return rows

    def close(self) -> None:
        """Forget everything."""
        self.connection.close()


def _bare(name: str) -> str:
    return name.partition(".")[2]
