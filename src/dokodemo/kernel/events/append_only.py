"""Append-only tables (追記専用): triggers by which the database refuses UPDATE and DELETE.

Owns the triggers on both engines, for the log and for every table that must never change. Never forgets a table: what is
guarded is read from the database itself, and `lifted` puts every guard back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


def statements(table: str, vendor: str) -> list[str]:
    """The SQL that makes a table append-only."""
    if vendor == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        ]
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    ]


def removal(table: str, vendor: str) -> list[str]:
    """The SQL that takes the triggers away again."""
    if vendor == "postgresql":
        return [
            f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}",
            f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
        ]
    return [f"DROP TRIGGER IF EXISTS {table}_no_update", f"DROP TRIGGER IF EXISTS {table}_no_delete"]


def _run(editor: Any, sql: list[str]) -> None:
    for statement in sql:
        # Without params a percent sign in a statement stays what it is.
        editor.execute(statement, params=None)


class Guard(Operation):
    """A migration operation that makes a table append-only. Rows are never changed, whoever asks.

    It asks for no models: rendering all of them for each guard was a sixth of what a fresh database takes.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: triggers belong to no model."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Put the triggers there."""
        _run(schema_editor, statements(self.table, schema_editor.connection.vendor))

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Take them away."""
        _run(schema_editor, removal(self.table, schema_editor.connection.vendor))

    def describe(self) -> str:
        """What `migrate` says of it."""
        return f"Make {self.table} append-only"


def guarded() -> list[str]:
    """The tables of this database that are append-only, by the triggers they carry."""
    if connection.vendor == "postgresql":
        query = (
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname = c.relname || '_append_only' ORDER BY 1"
        )
    else:
        query = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name = tbl_name || '_no_update' ORDER BY 1"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [str(row[0]) for row in cursor.fetchall()]


@contextmanager
def lifted(*tables: str) -> Iterator[None]:
    """Lift the guard of some tables, or of all, and put it back: for a test that flushes, and for restoring a backup."""
    present = guarded()
    chosen = [table for table in present if not tables or table in tables]
    _execute(statement for table in chosen for statement in removal(table, connection.vendor))
    try:
        yield
    finally:
        _execute(statement for table in chosen for statement in statements(table, connection.vendor))


def _execute(sql: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in sql:
            cursor.execute(statement)
