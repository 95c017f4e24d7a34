"""The cache all processes of this machine share (共有キャッシュ): attempts at signing in, and codes already used.

Owns files in `DOKODEMO_HOME/cache`. Never holds sessions or anything a page is made of.

Why files: counters in a process's own memory would let an attacker try once per worker, and counters in the city's
database would make every wrong password a durable write in the one queue all writers of the city share. Django's file
cache lacks only one thing: its `add` looks first and writes later, so two processes can both succeed. Here they cannot.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache


class SharedCache(FileBasedCache):
    """Django's file cache with an `add` of which only one can succeed."""

    def add(
        self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:  # type: ignore[override, unused-ignore]
        """Store under `key` unless something unexpired is there; True for exactly one of several callers."""
        folder = Path(self._dir)  # type: ignore[attr-defined]
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.has_key(key, version):
                return False
            self.set(key, value, timeout, version)
            return True
