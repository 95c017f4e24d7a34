"""Bringing a backup back to life (復元): built whole beside the city, then put in its place.

Owns the refusals, the building and the exchange of homes. Never deletes what was there before: it stays beside, by name.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from dokodemo.entry.server import copied_records, copies
from dokodemo.entry.server.copies import CopyError, Manifest, Progress
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.crypto import CryptoError, check_key_ring
from dokodemo.kernel.events import heads
from dokodemo.kernel.folders import sync_folder

# What only loading the settings leaves behind in a home without a city.
_MADE_BY_SETTINGS = {"keys/django", "keys/twin-client", "db/city.sqlite3.queue"}


@dataclass(frozen=True)
class Restored:
    """What came back: the log's report, how many migrations were needed, and where what was there before is kept."""

    manifest: Manifest
    report: events.Report
    migrated: int
    kept_home: Path | None
    kept_schema: str | None


def restore(folder: Path, *, force: bool, progress: Progress) -> Restored:
    """Restore a backup into DOKODEMO_HOME and the database. Raises CopyError; until it returns, nothing was replaced.

    A wrong event log is no reason to leave a city without its records: it is reported, not refused.
    """
    folder = folder.absolute()
    home = Path(settings.DOKODEMO_HOME)
    manifest = copies.read_manifest(folder)
    _refuse_misfit(folder, manifest, home)
    copies.check_files(folder, manifest, progress)
    occupied = _refuse_city(home, force=force)
    stamp = calendar_jp.now().strftime("%Y%m%d%H%M%S")
    with _built_beside(home) as new:
        _copy(folder, manifest, new, progress)
        with copied_records.put_back(
            new / manifest.database,
            engine_version=manifest.engine_version,
            home=new,
            stamp=stamp,
            progress=progress,
        ) as kept_schema:
            with _looking_at(new):
                migrated, report = _make_ready(progress)
            kept_home = _exchange(home, new, home.with_name(f"{home.name}.before-{stamp}"), keep=occupied)
    return Restored(manifest, report, migrated, kept_home, kept_schema)


def _refuse_misfit(folder: Path, manifest: Manifest, home: Path) -> None:
    if folder.resolve().is_relative_to(home.resolve()):
        raise CopyError(
            f"{folder} lies inside DOKODEMO_HOME, which is about to be replaced. Move it out first."
        )
    if manifest.engine != copied_records.engine():
        remedy = (
            "Unset DATABASE_URL to restore it."
            if manifest.engine == "sqlite"
            else "Set DATABASE_URL to an empty PostgreSQL database to restore it."
        )
        raise CopyError(
            f"This backup was made on {manifest.engine}, and this city uses {copied_records.engine()}. {remedy}"
        )
    if manifest.pack != settings.DOKODEMO_PACK:
        raise CopyError(
            f"This backup is of the pack {manifest.pack!r}. Set DOKODEMO_PACK={manifest.pack} to restore it."
        )
    override = os.environ.get("DOKODEMO_KEY_RING")
    ring = manifest.files.get(copies.RING)
    if override and (not Path(override).is_file() or copies.digest_of(Path(override)) != ring):
        raise CopyError(
            f"DOKODEMO_KEY_RING names {override}, which is not the ring of this backup. Copy {folder / copies.RING} "
            "there (readable by its owner only), or unset DOKODEMO_KEY_RING."
        )
    if home.is_mount() or not os.access(home.parent, os.W_OK):
        raise CopyError(
            f"{home} cannot be exchanged for a new folder: it is a mount point, or {home.parent} is not writable. "
            f"Set DOKODEMO_HOME to a folder in it, such as {home / 'city'}"
        )


def _refuse_city(home: Path, *, force: bool) -> bool:
    """Whether a city is there already. Raises CopyError when it may not be replaced."""
    try:
        occupied = (
            copied_records.exist() or (home / copies.RING).exists() or any(copies.listed(home, "files"))
        )
        if not occupied:
            return False
        if not force:
            raise CopyError(
                f"There is a city at {home} already. To replace it, run this again with --force: what is there is kept beside."
            )
        if _answers(settings.DOKODEMO_PORT) or copied_records.in_use():
            raise CopyError(
                f"The city is running (port {settings.DOKODEMO_PORT} answers, or its database is open). "
                "Stop it with Ctrl-C, then run this again."
            )
    except DatabaseError as fault:
        raise CopyError(
            f"The database does not answer ({type(fault).__name__}). Check DATABASE_URL."
        ) from None
    return True


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@contextmanager
def _built_beside(home: Path) -> Iterator[Path]:
    new = home.with_name(f"{home.name}.restoring")
    try:
        new.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        raise CopyError(
            f"{new} exists: another restore is running, or was stopped. If none is running, delete it and try again."
        ) from None
    except OSError as fault:
        raise CopyError(f"{new} cannot be made ({os.strerror(fault.errno or 0)}).") from None
    try:
        yield new
    except OSError as fault:
        raise CopyError(f"Nothing was replaced: {os.strerror(fault.errno or 0)}.") from None
    except (CryptoError, heads.HeadError) as error:
        raise CopyError(f"Nothing was replaced: {error}") from None
    except DatabaseError as fault:
        raise CopyError(f"Nothing was replaced: the records do not fit ({type(fault).__name__}).") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _copy(folder: Path, manifest: Manifest, new: Path, progress: Progress) -> None:
    for done, (name, entry) in enumerate(manifest.files.items(), start=1):
        if copies.copy_file(folder / name, new / name) != entry:
            raise CopyError(f"{folder / name} changed while it was read. Nothing was replaced.")
        progress("restore", done, len(manifest.files))


@contextmanager
def _looking_at(home: Path) -> Iterator[None]:
    """Settings, keys and database of another home, for the length of the block."""
    usual, database = settings.DOKODEMO_HOME, connection.settings_dict["NAME"]
    override = os.environ.pop("DOKODEMO_KEY_RING", None)
    connection.close()
    settings.DOKODEMO_HOME = home
    if connection.vendor == "sqlite":
        connection.settings_dict["NAME"] = str(home / "db" / "city.sqlite3")
    try:
        yield
    finally:
        connection.close()
        settings.DOKODEMO_HOME, connection.settings_dict["NAME"] = usual, database
        if override is not None:
            os.environ["DOKODEMO_KEY_RING"] = override


def _make_ready(progress: Progress) -> tuple[int, events.Report]:
    """Bring the records to this release, hold the keys against them and walk the log."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    newer = set(loader.applied_migrations) - set(loader.disk_migrations)
    foreign = sorted(f"{app}.{name}" for app, name in newer if app in loader.migrated_apps)
    if foreign:
        raise CopyError(
            f"This backup was made by a newer release (it has {foreign[0]}). Install that release, then restore."
        )
    waiting = len(executor.migration_plan(loader.graph.leaf_nodes()))
    if waiting:
        call_command("migrate", interactive=False, verbosity=0)
    check_key_ring()
    while events.seal():
        pass
    report = events.verify(lambda done, total: progress("events", done, total), heads=heads.kept())
    return waiting, report


def _exchange(home: Path, new: Path, before: Path, *, keep: bool) -> Path | None:
    """Put the new home in the place of the old one; where the old one is kept, if there is anything to keep."""
    if not home.exists():
        new.rename(home)
        return None
    home.rename(before)
    try:
        new.rename(home)
    except OSError:
        before.rename(home)
        raise
    sync_folder(home.parent)
    left = {path.relative_to(before).as_posix() for path in before.rglob("*") if path.is_file()}
    if keep or left - _MADE_BY_SETTINGS:
        return before
    shutil.rmtree(before)
    return None
