"""The form of a backup (バックアップの形式): one folder with a manifest of digests.

Owns the layout `database.*`, `keys/`, `files/`, `heads/`, loose files of the home, and `manifest.json`, which is written
last: a folder without it is no backup. Never opens a database (`copied_records` does) and never decides the order.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from dokodemo.kernel.folders import sync_folder

MANIFEST = "manifest.json"
FORMAT = 1
RING = "keys/ring.json"
FOLDERS = ("heads", "files", "keys")
_CHUNK = 1 << 20

# progress(stage, done, total); the stages are "database", "files", "check", "restore" and "events".
Progress = Callable[[str, int, int], None]


class CopyError(Exception):
    """A backup cannot be made, read or restored. The text says what to do and never holds what is in it."""


@dataclass(frozen=True)
class Entry:
    """One file of a backup: its size in bytes and its SHA-256 in hex."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `made_at` is UTC in ISO 8601; `head` is `sequence:hash` of the event log, if it has one."""

    made_at: str
    release: str
    pack: str
    engine: str
    engine_version: str
    head: str | None
    files: Mapping[str, Entry]

    @property
    def database(self) -> str:
        """The name of the file with the records."""
        return database_name(self.engine)


def database_name(engine: str) -> str:
    """What the file with the records is called: `engine` is sqlite or postgresql."""
    return {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}[engine]


def belongs(path: Path) -> bool:
    """Whether a file belongs in a backup: locks, drafts and unfinished writes do not."""
    return not path.name.startswith(".") and path.suffix != ".part" and not path.suffix[1:].isdigit()


def listed(home: Path, folder: str) -> Iterator[str]:
    """The files of one folder of a home, relative to the home; with "" the loose files of the home itself."""
    top = home / folder
    for place, inner, names in os.walk(top):
        if not folder:
            inner.clear()
        for name in sorted(names):
            path = Path(place) / name
            if path.is_file() and belongs(path):
                yield path.relative_to(home).as_posix()


def copy_file(source: Path, target: Path) -> Entry:
    """Copy one file, readable by its owner only and safe on disk when this returns. Raises OSError."""
    # mkdir(parents=True) would give the folders between a mode that lets others in.
    for place in reversed([place for place in target.parents if not place.exists()]):
        place.mkdir(mode=0o700)
    digest, size = hashlib.sha256(), 0
    with (
        source.open("rb") as reading,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writing,
    ):
        while chunk := reading.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    return Entry(size, digest.hexdigest())


def digest_of(path: Path) -> Entry:
    """Size and SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
        return Entry(os.fstat(file.fileno()).st_size, found)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, safe on disk: from now on the folder is a backup. Raises OSError."""
    content = json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=1, sort_keys=True)
    draft = folder / f"{MANIFEST}.part"
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(content + "\n")
        file.flush()
        os.fsync(file.fileno())
    for place in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        sync_folder(place)
    draft.rename(folder / MANIFEST)
    sync_folder(folder)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Raises CopyError when there is none or it is not ours."""
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise CopyError(
                f"{path} has format {content['format']!r}; this release reads {FORMAT}. Use the release that made it."
            )
        return _manifest(content)
    except FileNotFoundError:
        raise CopyError(
            f"{folder} is no backup: it has no {MANIFEST}, so it was never finished. Choose another backup."
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise CopyError(f"{path} cannot be read as a manifest. Choose another backup.") from None


def _manifest(content: Mapping[str, Any]) -> Manifest:
    files = {
        str(name): Entry(int(entry["size"]), str(entry["sha256"])) for name, entry in content["files"].items()
    }
    manifest = Manifest(
        made_at=str(content["made_at"]),
        release=str(content["release"]),
        pack=str(content["pack"]),
        engine=str(content["engine"]),
        engine_version=str(content["engine_version"]),
        head=content["head"],
        files=files,
    )
    if manifest.engine not in {"sqlite", "postgresql"} or not all(map(_stays_inside, files)):
        raise ValueError
    return manifest


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in name


def check_files(folder: Path, manifest: Manifest, progress: Progress) -> None:
    """Hold every file of a backup against the manifest. Raises CopyError naming the first that is missing or changed."""
    for needed, what in ((manifest.database, "the records"), (RING, "the key ring")):
        if needed not in manifest.files:
            raise CopyError(
                f"{folder} lacks {needed}: without {what} nothing can be read. Choose another backup."
            )
    for done, (name, entry) in enumerate(manifest.files.items(), start=1):
        try:
            found = digest_of(folder / name)
        except FileNotFoundError:
            raise CopyError(
                f"{folder / name} is missing. Nothing was changed; choose another backup."
            ) from None
        except OSError as fault:
            raise CopyError(f"{folder / name} cannot be read ({os.strerror(fault.errno or 0)}).") from None
        if found != entry:
            raise CopyError(
                f"{folder / name} is not the file that was backed up: its digest differs. "
                "Nothing was changed; choose another backup."
            )
        progress("check", done, len(manifest.files))
