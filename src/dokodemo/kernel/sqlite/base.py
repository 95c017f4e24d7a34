"""The database backend (データベース接続): Django's SQLite with durable commits and writers in a queue.

Owns pragmas, and when a connection takes and leaves its turn. Never changes what a query means.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from dokodemo.kernel.sqlite.queue import TooLong, WriterQueue

# What is acknowledged is on the disk: under NORMAL a power cut loses commits, under FULL none. Without recursive triggers
# a REPLACE would remove rows of append-only tables unseen.
PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA recursive_triggers=ON;"
    "PRAGMA temp_store=MEMORY;PRAGMA cache_size=-16000;PRAGMA journal_size_limit=67108864"
)
BUSY_SECONDS = 20
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)

_RETURNS = re.compile(r"\bRETURNING\b", re.IGNORECASE)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits its turn before it writes."""

    queue: WriterQueue | None = None

    def get_connection_params(self) -> dict[str, Any]:
        """Our pragmas and IMMEDIATE transactions, unless the settings say otherwise."""
        options = self.settings_dict["OPTIONS"]
        options.setdefault("init_command", PRAGMAS)
        options.setdefault("transaction_mode", "IMMEDIATE")
        options.setdefault("timeout", BUSY_SECONDS)
        params: dict[str, Any] = super().get_connection_params()
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A new connection with its own place in the queue; a database in memory needs none."""
        if self.is_in_memory_db():
            return super().get_new_connection(conn_params)
        path = Path(str(conn_params["database"]))
        path.parent.mkdir(parents=True, exist_ok=True)
        self.queue = WriterQueue(path.with_name(f"{path.name}.queue"), float(conn_params["timeout"]))
        if _is_wal(path):
            return super().get_new_connection(conn_params)
        # SQLite does not wait for a lock when it turns a new database into WAL: one process at a time.
        self._take_turn()
        try:
            return super().get_new_connection(conn_params)
        finally:
            self._leave()

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor whose writes outside a transaction take a turn of their own."""
        return self.connection.cursor(factory=lambda raw: QueuedCursor(raw, self))

    def in_turn[T](self, write: Callable[[], T]) -> T:
        """Run one write in its turn; inside a transaction the turn is already held."""
        if self.queue is None or self.queue.held or self.in_atomic_block:
            return write()
        self._take_turn()
        try:
            return write()
        finally:
            self._leave()

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        # When COMMIT fails the transaction still stands, and its turn with it: the rollback that follows gives it up.
        super()._commit()  # type: ignore[misc]
        self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self.queue is not None:
                self.queue.close()

    def _take_turn(self) -> None:
        if self.queue is None or self.queue.held:
            return
        try:
            self.queue.acquire()
        except TooLong:
            raise OperationalError(
                f"database is locked: its turn to write did not come within {self.queue.patience:g} seconds"
            ) from None
        except OSError as fault:
            raise OperationalError(f"the queue of writers cannot be used: {fault.strerror}") from fault

    def _leave(self) -> None:
        if self.queue is not None:
            self.queue.release()


# The descriptors by which headers are read, by device and inode: opened once and never closed. When a process closes any
# descriptor of a file, POSIX takes away every lock it has on that file; without SQLite's own, the next process that ends
# takes itself for the last one and removes the log that the others still write to.
_HEADERS: dict[tuple[int, int], int] = {}


def _is_wal(path: Path) -> bool:
    """Whether the file is a database whose header already says WAL (file format 2)."""
    try:
        found = path.stat()
        file = (found.st_dev, found.st_ino)
        if file not in _HEADERS:
            _HEADERS[file] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        return os.pread(_HEADERS[file], 2, 18) == b"\x02\x02"
    except FileNotFoundError:
        return False


@lru_cache(maxsize=1000)
def _with_question_marks(query: str) -> str:
    # As Django does it, but once: the same questions are asked on every page.
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class QueuedCursor(base.SQLiteCursorWrapper):
    """Django's cursor; a write in autocommit mode waits its turn like a transaction does."""

    def __init__(self, raw: Any, wrapper: DatabaseWrapper) -> None:
        super().__init__(raw)
        self.wrapper = wrapper
        self.returned: Iterator[Any] | None = None

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """Places of values as SQLite marks them."""
        if param_names is None:
            return _with_question_marks(query)
        named: str = super().convert_query(query, param_names=param_names)
        return named

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement."""
        self.returned = None
        run = super().execute
        if not _WRITES.match(query):
            return run(query, params)
        if self.wrapper.in_atomic_block or not _RETURNS.search(query):
            return self.wrapper.in_turn(lambda: run(query, params))
        return self.wrapper.in_turn(lambda: self._run_to_its_end(query, params))

    def _run_to_its_end(self, query: str, params: Any) -> Any:
        # SQLite commits a statement when its last row was read: rows left to be read would keep its lock after our turn.
        super().execute(query, params)
        self.returned = iter(super().fetchall())
        return self

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run one statement for many parameters."""
        self.returned = None
        run = super().executemany
        return self.wrapper.in_turn(lambda: run(query, param_list))

    def fetchone(self) -> Any:
        """The next row, or None."""
        return super().fetchone() if self.returned is None else next(self.returned, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next `size` rows."""
        size = self.arraysize if size is None else size
        return super().fetchmany(size) if self.returned is None else list(islice(self.returned, size))

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        return super().fetchall() if self.returned is None else list(self.returned)

    def __next__(self) -> Any:
        """The next row."""
        return super().__next__() if self.returned is None else next(self.returned)
