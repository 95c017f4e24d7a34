"""Append-only tables (追記専用): triggers by which the database refuses UPDATE and DELETE.

Owns the triggers on both engines, for the log and for every table that must never change. Never applies to tests that
flush tables: they lift it by name (`lifted`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.migrations.operations import RunPython


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
        editor.execute(statement)


def guard(table: str) -> RunPython:
    """A migration operation that makes a table append-only. Rows are never changed, whoever asks."""
    return RunPython(
        lambda apps, editor: _run(editor, statements(table, editor.connection.vendor)),
        lambda apps, editor: _run(editor, removal(table, editor.connection.vendor)),
    )


@contextmanager
def lifted(*tables: str) -> Iterator[None]:
    """Lift the guard for a test that has to flush its tables, and put it back."""
    with connection.cursor() as cursor:
        for table in tables:
            for statement in removal(table, connection.vendor):
                cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for table in tables:
                for statement in statements(table, connection.vendor):
                    cursor.execute(statement)
