"""The queue of writers (書込み待ち行列): first come, first served, across threads and processes.

SQLite lets whoever polls at the right moment write next, so that one of several writers may starve for seconds. Here
each writer draws a ticket and waits for the one before it. Tickets are byte-range locks that belong to an open file
(F_OFD_SETLK), so that the kernel frees them when their holder is killed. Owns order only: SQLite's own lock stays
what keeps writers apart. Where such locks are missing, writers take one lock of the file instead, in no order.
"""

from __future__ import annotations

import fcntl
import os
import struct
import sys
import time
import weakref
from pathlib import Path

# struct flock of Linux; other systems lay it out otherwise.
FAIR = sys.platform == "linux" and hasattr(fcntl, "F_OFD_SETLK")
PATIENCE_SECONDS = 20.0
_FLOCK = struct.Struct("@hhqqi4x")
_COUNTERS = struct.Struct("<QQ")
_DOOR = 0
_FIRST = 1
_LAST_TICKET = 1 << 60
# The next in line looks this often, those behind it more seldom. Sleeping in the kernel until the lock is free would not
# be quicker (measured: half the commits a second on a busy machine) and could not be given up.
_LOOK_SECONDS = 0.0003
_SELDOM = 10
_open: weakref.WeakSet[WriterQueue] = weakref.WeakSet()


class TooLong(Exception):
    """The turn did not come within the time a writer has."""


class WriterQueue:
    """One connection's place in the queue of a database. Not shared between threads: each connection has its own."""

    def __init__(self, path: Path, patience: float = PATIENCE_SECONDS) -> None:
        self.path = path
        self.patience = patience
        self.file = -1
        self.ticket: int | None = None
        _open.add(self)

    @property
    def held(self) -> bool:
        """Whether it is this connection's turn."""
        return self.ticket is not None

    def acquire(self) -> None:
        """Draw a ticket and wait until every earlier writer is done or dead. Raises TooLong, OSError."""
        if self.file < 0:
            self.file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if FAIR:
                ticket = self._draw()
                self._wait_for_those_before(ticket)
                self.ticket = ticket
            else:
                self._wait_without_order()
                self.ticket = 0
        except BaseException:
            # Closing the file gives the ticket back; those behind step over it.
            self.close()
            raise

    def release(self) -> None:
        """Let the next writer go; without a turn, nothing happens."""
        if self.ticket is None:
            return
        ticket, self.ticket = self.ticket, None
        if FAIR:
            os.pwrite(self.file, struct.pack("<Q", ticket + 1), 8)
            self._lock(_FIRST + ticket, fcntl.F_UNLCK)
        else:
            fcntl.flock(self.file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Leave the queue altogether: closing the file frees whatever it held."""
        self.ticket = None
        if self.file >= 0:
            os.close(self.file)
            self.file = -1

    def __del__(self) -> None:
        """A connection whose thread ended without closing it must not hold up the others."""
        self.close()

    def _draw(self) -> int:
        self._lock(_DOOR, fcntl.F_WRLCK, wait=True)
        ticket, _ = self._counters()
        self._lock(_FIRST + ticket, fcntl.F_WRLCK, wait=True)
        os.pwrite(self.file, struct.pack("<Q", ticket + 1), 0)
        self._lock(_DOOR, fcntl.F_UNLCK)
        return ticket

    def _wait_for_those_before(self, ticket: int) -> None:
        give_up = time.monotonic() + self.patience
        before = ticket - 1
        while before >= 0 and (served := self._counters()[1]) <= before:
            if self._lock(_FIRST + before, fcntl.F_RDLCK):
                self._lock(_FIRST + before, fcntl.F_UNLCK)
                # Free without having been served means gone while waiting: its own predecessor may still write.
                before -= 1
            elif time.monotonic() > give_up:
                raise TooLong
            else:
                time.sleep(_LOOK_SECONDS * (1 + min(before - served, _SELDOM)))

    def _wait_without_order(self) -> None:
        give_up = time.monotonic() + self.patience
        while True:
            try:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > give_up:
                    raise TooLong from None
                time.sleep(_LOOK_SECONDS)
            else:
                return

    def _counters(self) -> tuple[int, int]:
        """The next ticket and the number of tickets served; from the start again when the file holds something else."""
        raw = os.pread(self.file, _COUNTERS.size, 0)
        drawn, served = _COUNTERS.unpack(raw.ljust(_COUNTERS.size, b"\0"))
        return (drawn, served) if served <= drawn < _LAST_TICKET else (0, 0)

    def _lock(self, byte: int, kind: int, *, wait: bool = False) -> bool:
        """Lock or free one byte; False when somebody else holds it and we do not wait."""
        command = fcntl.F_OFD_SETLKW if wait else fcntl.F_OFD_SETLK
        try:
            fcntl.fcntl(self.file, command, _FLOCK.pack(kind, os.SEEK_SET, byte, 1, 0))
        except (BlockingIOError, PermissionError):
            # POSIX allows both EAGAIN and EACCES.
            return False
        return True


def _forget_in_child() -> None:
    """A forked child shares its parent's open files, and would keep a dead parent's tickets alive."""
    for queue in list(_open):
        queue.close()


os.register_at_fork(after_in_child=_forget_in_child)
