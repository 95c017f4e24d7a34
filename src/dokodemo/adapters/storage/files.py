"""Sealed files in folders (暗号化ファイル): written whole and safe on disk before anybody may refer to them.

Owns the layout `files/<area>/<two hex digits>/<32 hex digits>`. Never overwrites a file and never leaves half of one.
"""

import errno
import hashlib
import os
import re
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import batched
from pathlib import Path
from typing import Final
from uuid import uuid4

from django.conf import settings

from dokodemo.kernel.crypto import CryptoError, open_sealed, seal
from dokodemo.kernel.faults import Impersonal
from dokodemo.kernel.folders import sync_folder

_MAGIC: Final = b"DKD1"
_CONTEXT = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)*(:[0-9A-Za-z-]+)?")
_REF = re.compile(r"([a-z][a-z_]*)/([0-9a-f]{2})/([0-9a-f]{32})")
NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StorageError(Impersonal):
    """A file could not be kept or read. The text never holds what is in the file."""


class StorageFull(StorageError):
    """The disk has no room; nothing was kept."""


class FileMissing(StorageError):
    """No file has this reference."""


class FileDamaged(StorageError):
    """The file was changed on disk, belongs to another context, or its key is gone."""


@dataclass(frozen=True)
class StoredFile:
    """A kept file: its reference, the SHA-256 of its content in hex, and the content's size in bytes."""

    ref: str
    sha256: str
    size: int


def put(data: bytes, *, context: str) -> StoredFile:
    """Seal and keep a file; when this returns, it is on disk for good, so a row may refer to it.

    `context` says whose file it is, `<area>.<kind>:<id of the owning record>`; it is sealed in, so the file opens for
    no other record. The area (up to the first dot) is its folder and what `sweep` cleans. Raises StorageFull or StorageError.
    """
    if not _CONTEXT.fullmatch(context):
        raise StorageError("a context is written as area.kind:id, in lower case and without personal data")
    name = uuid4().hex
    ref = f"{re.split('[.:]', context)[0]}/{name[:2]}/{name}"
    label = context.encode()
    content = b"".join((_MAGIC, bytes([len(label)]), label, seal(data, context=bound(ref, context))))
    path = _root() / ref
    try:
        _make_folders(path.parent)
        write_whole(path, content)
    except OSError as fault:
        if fault.errno in NO_ROOM:
            raise StorageFull("The disk is full: the file was not kept. Make room and try again.") from fault
        raise StorageError(f"The file could not be kept ({os.strerror(fault.errno or 0)}).") from fault
    return StoredFile(ref, hashlib.sha256(data).hexdigest(), len(data))


def get(ref: str, *, context: str | None = None) -> bytes:
    """The content of a file. Pass the `context` it was kept with to be sure that it is that record's file.

    Raises FileMissing, FileDamaged (changed, moved, of another context, key lost) or StorageError.
    """
    path = _path(ref)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise FileMissing("No file has this reference. It was removed, or a backup lacks it.") from None
    except OSError as fault:
        raise StorageError(f"The file could not be read ({os.strerror(fault.errno or 0)}).") from fault
    _, kept_for, sealed = split(raw)
    if context is not None and context != kept_for:
        raise FileDamaged("The file belongs to another record.")
    try:
        return open_sealed(sealed, context=bound(ref, kept_for))
    except CryptoError as fault:
        raise FileDamaged("The file was changed on disk, or its key is not in the key ring.") from fault


def split(raw: bytes) -> tuple[bytes, str, bytes]:
    """A file as it lies on disk: its head, the context it was kept with, and what is sealed. Raises FileDamaged."""
    if raw[:4] != _MAGIC or len(raw) < 5 or len(raw) < 5 + raw[4]:
        raise FileDamaged("The file on disk is not one of ours or was cut short.")
    end = 5 + raw[4]
    return raw[:end], raw[5:end].decode("utf-8", "replace"), raw[end:]


def remove(ref: str) -> None:
    """Delete a file; one that is gone already is no error."""
    _path(ref).unlink(missing_ok=True)


def sweep(
    area: str,
    in_use: Callable[[Collection[str]], Collection[str]],
    *,
    older_than: timedelta = timedelta(days=1),
) -> int:
    """Delete files of one area that no record refers to, and unfinished writes; returns how many.

    `in_use` gets references by the hundred and returns those that records hold. Files younger than `older_than` stay:
    their row may not be committed yet.
    """
    limit = time.time() - older_than.total_seconds()
    removed = 0
    for group in batched(_old_files(_root() / area, limit), 500):
        finished = {f"{area}/{path.parent.name}/{path.name}": path for path in group if not path.suffix}
        kept = set(in_use(list(finished)))
        for path in group:
            if path.suffix or f"{area}/{path.parent.name}/{path.name}" not in kept:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def check() -> list[str]:
    """What is wrong with the place for files, in plain sentences; empty when a trial file could be kept and read."""
    try:
        trial = put(b"trial", context="trial")
        same = get(trial.ref) == b"trial"
        remove(trial.ref)
    except StorageError as fault:
        return [str(fault)]
    return [] if same else ["A trial file came back changed."]


def _root() -> Path:
    return Path(settings.DOKODEMO_HOME) / "files"


def _path(ref: str) -> Path:
    if not _REF.fullmatch(ref):
        raise FileMissing("This is not a reference to a file.")
    return _root() / ref


def bound(ref: str, context: str) -> str:
    """What a file's seal is bound to: its place and its record."""
    return f"storage:{ref}:{context}"


def _old_files(folder: Path, limit: float) -> Iterator[Path]:
    for path in folder.glob("*/*"):
        try:
            if path.stat().st_mtime < limit:
                yield path
        except FileNotFoundError:
            continue


def _make_folders(folder: Path) -> None:
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for place in reversed(missing):
        sync_folder(place.parent)


def write_whole(path: Path, content: bytes) -> None:
    """A new file, safe on disk under its name, or none. Raises OSError."""
    draft = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        sync_folder(path.parent)
    except OSError:
        draft.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        raise
