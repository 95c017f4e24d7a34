"""The database backend (データベース接続): Django's SQLite with durable commits and writers in a queue.

Owns pragmas, and when a connection takes and leaves its turn. Never changes what a query means.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

from dokodemo.kernel.sqlite.queue import WriterQueue

# What is acknowledged is on the disk: under NORMAL a power cut loses commits, under FULL none. Without recursive triggers
# a REPLACE would remove rows of append-only tables unseen.
PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA recursive_triggers=ON;"
    "PRAGMA temp_store=MEMORY;PRAGMA cache_size=-16000;PRAGMA journal_size_limit=67108864"
)
BUSY_SECONDS = 20
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)


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
        if not self.is_in_memory_db():
            path = Path(str(conn_params["database"]))
            path.parent.mkdir(parents=True, exist_ok=True)
            self.queue = WriterQueue(path.with_name(f"{path.name}.queue"))
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor whose writes outside a transaction take a turn of their own."""
        return self.connection.cursor(factory=lambda raw: QueuedCursor(raw, self))

    def in_turn[T](self, write: Callable[[], T]) -> T:
        """Run one write in its turn; inside a transaction the turn is already held."""
        if self.queue is None or self.queue.held or self.in_atomic_block:
            return write()
        self.queue.acquire()
        try:
            return write()
        finally:
            self.queue.release()

    def _start_transaction_under_autocommit(self) -> None:
        if self.queue is not None and not self.queue.held:
            self.queue.acquire()
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

    def _leave(self) -> None:
        if self.queue is not None:
            self.queue.release()


class QueuedCursor(base.SQLiteCursorWrapper):
    """Django's cursor; a write in autocommit mode waits its turn like a transaction does."""

    def __init__(self, raw: Any, wrapper: DatabaseWrapper) -> None:
        super().__init__(raw)
        self.wrapper = wrapper

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement."""
        run = super().execute
        if _WRITES.match(query):
            return self.wrapper.in_turn(lambda: run(query, params))
        return run(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run one statement for many parameters."""
        run = super().executemany
        return self.wrapper.in_turn(lambda: run(query, param_list))
