"""The queue of writers (書込み待ち行列): first come, first served, across threads and processes.

SQLite lets whoever polls at the right moment write next, so that one of several writers may starve for seconds. Here
each writer draws a ticket and waits for the one before it. Tickets are byte-range locks that belong to an open file
(F_OFD_SETLKW), so that the kernel frees them when their holder is killed. Owns order only: SQLite's own lock stays
what keeps writers apart.
"""

from __future__ import annotations

import fcntl
import os
import struct
import weakref
from pathlib import Path

_FLOCK = struct.Struct("@hhqqi4x")
_COUNTERS = struct.Struct("<QQ")
_DOOR = 0
_FIRST = 1
_open: weakref.WeakSet[WriterQueue] = weakref.WeakSet()

FAIR = hasattr(fcntl, "F_OFD_SETLKW")


class WriterQueue:
    """One connection's place in the queue of a database. Not shared between threads: each connection has its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = -1
        self.ticket: int | None = None
        _open.add(self)

    @property
    def held(self) -> bool:
        """Whether it is this connection's turn."""
        return self.ticket is not None

    def acquire(self) -> None:
        """Draw a ticket and wait until every earlier writer is done or dead. Raises OSError."""
        if self.file < 0:
            self.file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not FAIR:
            fcntl.flock(self.file, fcntl.LOCK_EX)
            self.ticket = 0
            return
        try:
            self._lock(_DOOR, fcntl.F_WRLCK)
            ticket, _ = self._counters()
            self._lock(_FIRST + ticket, fcntl.F_WRLCK)
            os.pwrite(self.file, struct.pack("<Q", ticket + 1), 0)
            self._lock(_DOOR, fcntl.F_UNLCK)
            self.ticket = ticket
            self._wait_for_those_before(ticket)
        except BaseException:
            self.close()
            raise

    def _wait_for_those_before(self, ticket: int) -> None:
        before = ticket - 1
        while before >= 0 and self._counters()[1] <= before:
            self._lock(_FIRST + before, fcntl.F_RDLCK)
            self._lock(_FIRST + before, fcntl.F_UNLCK)
            # Free without having been served means killed while waiting: then its own predecessor may still write.
            before -= 1

    def release(self) -> None:
        """Let the next writer go; without a turn, nothing happens."""
        if self.ticket is None:
            return
        ticket, self.ticket = self.ticket, None
        if not FAIR:
            fcntl.flock(self.file, fcntl.LOCK_UN)
            return
        os.pwrite(self.file, struct.pack("<Q", ticket + 1), 8)
        self._lock(_FIRST + ticket, fcntl.F_UNLCK)

    def close(self) -> None:
        """Leave the queue altogether: closing the file frees whatever it held."""
        self.ticket = None
        if self.file >= 0:
            os.close(self.file)
            self.file = -1

    def _counters(self) -> tuple[int, int]:
        """The next ticket and the number of tickets served."""
        raw = os.pread(self.file, _COUNTERS.size, 0)
        drawn, served = _COUNTERS.unpack(raw.ljust(_COUNTERS.size, b"\0"))
        return drawn, served

    def _lock(self, byte: int, kind: int) -> None:
        fcntl.fcntl(self.file, fcntl.F_OFD_SETLKW, _FLOCK.pack(kind, os.SEEK_SET, byte, 1, 0))


def _forget_in_child() -> None:
    """A forked child shares its parent's open files, and would keep a dead parent's tickets alive."""
    for queue in list(_open):
        queue.close()


os.register_at_fork(after_in_child=_forget_in_child)
