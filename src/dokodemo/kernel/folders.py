"""Folders on a disk (フォルダー): what was named in one made safe, and one held by a single process at a time.

Owns the two calls to the system. Never names, writes or reads a file, and imports no Django: settings need it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make what was named anew in a folder safe on disk. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """One process and thread at a time; the kernel frees it when its holder ends, however it ends. Waits for others."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
