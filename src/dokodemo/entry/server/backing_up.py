"""Making a backup of a running city (バックアップ): records, keys and files, in an order that keeps them fitting.

Owns the order and the refusals. Never stops a writer, and never changes the city but for keeping the head of its log.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from dokodemo.adapters.storage import NO_ROOM
from dokodemo.entry.server import copied_records, copies
from dokodemo.entry.server.copies import CopyError, Entry, Manifest, Progress
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.crypto import CryptoError, check_key_ring
from dokodemo.kernel.crypto.keyring import ring_path
from dokodemo.kernel.events import heads


@dataclass(frozen=True)
class Backup:
    """What was written, and what the operator should look into."""

    manifest: Manifest
    warnings: list[str]


def back_up(folder: Path, progress: Progress) -> Backup:
    """Write a complete copy of the city into an empty or new folder. Raises CopyError, naming a half-written folder."""
    folder = folder.absolute()
    _refuse_place(folder)
    _refuse_city()
    _refuse_too_small(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _write(folder, progress)
    except KeyboardInterrupt:
        raise CopyError(_useless("Stopped.", folder)) from None
    except CopyError as error:
        raise CopyError(_useless(_plain(str(error)), folder)) from None
    except DatabaseError as fault:
        raise CopyError(_useless(f"The database does not answer ({type(fault).__name__}).", folder)) from None
    except OSError as fault:
        raise CopyError(_useless(_reason(fault), folder)) from None


def _refuse_place(folder: Path) -> None:
    home = Path(settings.DOKODEMO_HOME).resolve()
    if folder.resolve().is_relative_to(home):
        raise CopyError(
            f"{folder} lies inside DOKODEMO_HOME ({home}), and would be lost with it. Choose a folder outside."
        )
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CopyError(f"{folder} is not an empty folder. Choose a new one, such as {_dated(folder)}")
    except OSError as fault:
        raise CopyError(f"{folder} cannot be used. {_reason(fault)}") from None


def _dated(folder: Path) -> Path:
    return folder / calendar_jp.today().isoformat()


def _refuse_city() -> None:
    try:
        if not copied_records.exist():
            raise CopyError(
                f"There is no city at {settings.DOKODEMO_HOME}: nothing to back up. Start one: bin/up"
            )
        check_key_ring()
    except CryptoError as error:
        raise CopyError(f"{error} A backup without its keys could never be read.") from None
    except DatabaseError as fault:
        raise CopyError(
            f"The database does not answer as it should ({type(fault).__name__}). Run: dokodemo migrate"
        ) from None


def _refuse_too_small(folder: Path) -> None:
    home = Path(settings.DOKODEMO_HOME)
    needed = copied_records.size() + sum(
        (home / name).stat().st_size for name in copies.listed(home, "files") if (home / name).exists()
    )
    place = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(place).free
    if needed > free:
        raise CopyError(
            f"The disk of {folder} has {free >> 20} MiB free, and about {(needed >> 20) + 1} MiB are needed. "
            "Nothing was written: make room, or choose another disk."
        )


def _write(folder: Path, progress: Progress) -> Backup:
    """Copy in the one order in which a copy of a running city fits together.

    Heads before records: a head that is newer than the copied log would say that its tail was cut off. Files before and
    after the records: a row must never refer to a file that is not here. A file is on disk before its row is committed,
    so whatever the copied rows refer to is there when they were copied: what was there long before is copied first,
    before a sweep can take it, and what came meanwhile is copied after; files too many do no harm. Keys last: a ring only
    grows, so the newest one opens whatever was sealed before. The manifest says that all of it was written.
    """
    home = Path(settings.DOKODEMO_HOME)
    entries: dict[str, Entry] = {}
    warnings: list[str] = []
    try:
        heads.keep()
        newest = max(heads.kept().items(), default=None)
    except heads.HeadError as error:
        warnings.append(str(error))
        newest = None
    _copy(home, folder, "heads", entries)
    _copy(home, folder, "files", entries, progress)
    name = copies.database_name(copied_records.engine())
    copied_records.dump(folder / name, progress)
    entries[name] = copies.digest_of(folder / name)
    _copy(home, folder, "files", entries, progress)
    _copy(home, folder, "", entries)
    _copy(home, folder, "keys", entries)
    if copies.RING not in entries:
        entries[copies.RING] = copies.copy_file(ring_path(), folder / copies.RING)
    manifest = Manifest(
        made_at=calendar_jp.now().isoformat(timespec="seconds"),
        release=version("dokodemo"),
        pack=settings.DOKODEMO_PACK,
        engine=copied_records.engine(),
        engine_version=copied_records.engine_version(),
        head=f"{newest[0]}:{newest[1]}" if newest else None,
        files=entries,
    )
    copies.write_manifest(folder, manifest)
    return Backup(manifest, warnings)


def _copy(
    home: Path, folder: Path, part: str, entries: dict[str, Entry], progress: Progress | None = None
) -> None:
    # A ring kept elsewhere is the one in use; a forgotten one in the home would open nothing.
    elsewhere = ring_path().resolve() != (home / copies.RING).resolve()
    names = [
        name
        for name in copies.listed(home, part)
        if name not in entries and not (elsewhere and name == copies.RING)
    ]
    for done, name in enumerate(names, start=1):
        try:
            entries[name] = copies.copy_file(home / name, folder / name)
        except FileNotFoundError:
            # Swept between the look and the copy: no row refers to it any more.
            (folder / name).unlink(missing_ok=True)
        if progress is not None:
            progress("files", done, len(names))


def _useless(reason: str, folder: Path) -> str:
    return f"{reason} {folder} is useless as a backup (it has no {copies.MANIFEST}): delete it."


def _plain(text: str) -> str:
    if "No space left" in text or "disk is full" in text:
        return "The disk is full: make room and try again."
    return text


def _reason(fault: OSError) -> str:
    if fault.errno in NO_ROOM:
        return "The disk is full: make room and try again."
    return f"{os.strerror(fault.errno or 0)}: {fault.filename or 'a file'}."
