"""The records of a city in one file and back (データベースの複製): SQLite's online copy, PostgreSQL's dump.

Owns how each engine is copied while writers write, and how a copy takes the place of what is there. Never removes the
records that were there before: a database file stays in the old home, a PostgreSQL schema is renamed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.db import DatabaseError, connection, transaction
from django.db.backends.sqlite3._functions import register  # type: ignore[import-untyped]

from dokodemo.entry.server import postgres_tools
from dokodemo.entry.server.copies import CopyError, Progress

STEP_PAGES = 2000
KEPT_SCHEMAS = "before_*"


def engine() -> str:
    """`sqlite` or `postgresql`."""
    return connection.vendor


def engine_version() -> str:
    """The version of what writes the copy: a PostgreSQL dump needs a pg_restore at least as new."""
    if engine() == "sqlite":
        return sqlite3.sqlite_version
    return str(postgres_tools.tool("pg_dump", at_least=postgres_tools.server_version())[1])


def sqlite_file() -> Path:
    """Where the SQLite database is."""
    return Path(str(connection.settings_dict["NAME"]))


def exist() -> bool:
    """Whether the database holds any table. A file that SQLite cannot read counts as one that does."""
    if engine() == "sqlite":
        path = sqlite_file()
        if not path.exists():
            return False
        connection.close()
        try:
            with closing(sqlite3.connect(path)) as reader:
                return bool(reader.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
        except sqlite3.DatabaseError:
            return True
    return bool(connection.introspection.table_names())


def size() -> int:
    """About how many bytes a copy needs."""
    if engine() == "sqlite":
        return sqlite_file().stat().st_size
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def in_use() -> bool:
    """Whether another process has the database open."""
    if engine() == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            return bool(cursor.fetchone()[0])
    if not sqlite_file().exists():
        return False
    connection.close()
    try:
        # In this mode the first write wants the whole file, which any open connection of another process denies.
        with closing(sqlite3.connect(sqlite_file(), timeout=0, isolation_level=None)) as probe:
            probe.execute("PRAGMA locking_mode=EXCLUSIVE")
            probe.execute("BEGIN IMMEDIATE")
            probe.execute("ROLLBACK")
    except sqlite3.OperationalError as fault:
        return "locked" in str(fault)
    except sqlite3.DatabaseError:
        return False
    return False


def dump(target: Path, progress: Progress) -> None:
    """Copy the records as they are at one moment; writers go on. Raises CopyError, OSError."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if engine() == "sqlite":
        try:
            _dump_sqlite(target, progress)
        except sqlite3.Error as fault:
            raise CopyError(f"The records could not be copied: {fault}.") from None
    else:
        _dump_postgres(target, progress)
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _dump_sqlite(target: Path, progress: Progress) -> None:
    with (
        closing(sqlite3.connect(sqlite_file(), isolation_level=None, timeout=20)) as reader,
        closing(sqlite3.connect(target, isolation_level=None)) as writer,
    ):
        # Within one read transaction every step copies the same moment: a commit elsewhere neither shows nor starts it anew.
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        reader.backup(
            writer,
            pages=STEP_PAGES,
            progress=lambda status, left, total: progress("database", total - left, max(total, 1)),
        )
        reader.execute("ROLLBACK")
        # One file that is whole by itself, without a log beside it.
        writer.execute("PRAGMA journal_mode=DELETE")
        _refuse_damage(writer)


def _refuse_damage(database: sqlite3.Connection) -> None:
    # Generated columns and checks call Django's functions, which the check evaluates.
    register(database)
    found = database.execute("PRAGMA quick_check(1)").fetchone()
    if found is None or found[0] != "ok":
        raise CopyError(
            "SQLite finds this database damaged. Restore an earlier backup; keep the disk for a specialist."
        )


def _dump_postgres(target: Path, progress: Progress) -> None:
    total = max(size(), 1)
    program, _ = postgres_tools.tool("pg_dump", at_least=postgres_tools.server_version())
    postgres_tools.run(
        [
            *(program, "--format=custom", "--no-owner", "--no-privileges", "--no-password"),
            *(f"--exclude-schema={KEPT_SCHEMAS}", "--lock-wait-timeout=30s", f"--file={target}"),
        ],
        look=lambda: progress("database", min(target.stat().st_size, total), total),
    )
    progress("database", total, total)


@contextmanager
def put_back(
    copy: Path, *, engine_version: str, home: Path, stamp: str, progress: Progress
) -> Iterator[str | None]:
    """Put the records of a copy into a new home; whatever fails inside the block takes them out again.

    For SQLite `copy` lies in the new home already. For PostgreSQL the schema that was there is renamed and kept; its new
    name is yielded. Raises CopyError.
    """
    if engine() == "sqlite":
        place = home / "db" / "city.sqlite3"
        place.parent.mkdir(mode=0o700, exist_ok=True)
        copy.rename(place)
        try:
            with closing(sqlite3.connect(place)) as reader:
                _refuse_damage(reader)
        except sqlite3.DatabaseError:
            raise CopyError("The records of this backup are not a SQLite database. Choose another.") from None
        yield None
        return
    needed = max(postgres_tools.server_version(), int(engine_version))
    program, _ = postgres_tools.tool("pg_restore", at_least=needed)
    kept = _make_room(stamp)
    try:
        total = max(copy.stat().st_size, 1)
        postgres_tools.run(
            [
                *(program, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"),
                *("--no-password", "--schema=public", str(copy)),
            ],
            look=lambda: progress("restore", 0, total),
        )
        progress("restore", total, total)
        copy.unlink()
        yield kept
    except BaseException:
        _undo(kept)
        raise


def _make_room(stamp: str) -> str | None:
    """An empty schema `public`; the name under which one that held anything is kept."""
    kept: str | None = f"before_{stamp}"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            try:
                # Refused when anything at all is in it, were it only a function of somebody else.
                with transaction.atomic():
                    cursor.execute("DROP SCHEMA public")
                kept = None
            except DatabaseError:
                cursor.execute(f"ALTER SCHEMA public RENAME TO {kept}")
            cursor.execute("CREATE SCHEMA public")
    except DatabaseError as fault:
        raise CopyError(
            f"The database user may not replace the schema public ({type(fault).__name__}). Make it the owner of the "
            "database, or run: ALTER SCHEMA public OWNER TO <that user>."
        ) from None
    return kept


def _undo(kept: str | None) -> None:
    connection.close()
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute(f"ALTER SCHEMA {kept} RENAME TO public" if kept else "CREATE SCHEMA public")
