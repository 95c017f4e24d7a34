"""Sealing kept files anew (ファイルの再暗号化) after a key was renewed.

Owns the walk over `DOKODEMO_HOME/files`. Never changes what is in a file: the same bytes for the same record, under the
active key, put in place whole. May be stopped and run again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from dokodemo.adapters.storage import files
from dokodemo.kernel.crypto import CryptoError, needs_rotation, open_sealed, seal
from dokodemo.kernel.folders import sync_folder


def reseal(progress: Callable[[str, int, int], None] | None = None) -> tuple[int, list[str]]:
    """Seal every file that an older key sealed with the active one: how many, and references that do not open.

    A file that does not open stays as it is. `progress("files", done, total)` counts files. Raises StorageError when one
    cannot be written.
    """
    root = files._root()
    paths = sorted(path for path in root.glob("*/*/*") if path.is_file() and not path.suffix)
    renewed, damaged = 0, []
    for done, path in enumerate(paths, start=1):
        ref = path.relative_to(root).as_posix()
        try:
            renewed += _renew(path, ref)
        except (files.FileDamaged, CryptoError):
            damaged.append(ref)
        except FileNotFoundError:
            # Removed meanwhile.
            continue
        except OSError as fault:
            if fault.errno in files.NO_ROOM:
                raise files.StorageFull("The disk is full. Make room and run this again.") from fault
            reason = os.strerror(fault.errno or 0)
            raise files.StorageError(f"A file could not be sealed anew ({reason}).") from fault
        if progress is not None:
            progress("files", done, len(paths))
    return renewed, damaged


def _renew(path: Path, ref: str) -> int:
    head, context, sealed = files.split(path.read_bytes())
    if not needs_rotation(sealed):
        return 0
    bound = files.bound(ref, context)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    files.write_whole(fresh, head + seal(open_sealed(sealed, context=bound), context=bound))
    try:
        # A file that was swept in this moment stays away.
        if not path.exists():
            return 0
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(path.parent)
    return 1
