"""Sealed files: whole or absent, for one record only."""

import errno
import hashlib
import os
import stat
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from dokodemo.adapters import storage
from dokodemo.adapters.storage import FileDamaged, FileMissing, StorageError, StorageFull, files
from dokodemo.kernel.crypto import ensure_key_ring

CONTEXT = "cases.attachment:0190-aa"


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.DOKODEMO_HOME = tmp_path
    ensure_key_ring()
    return tmp_path


def on_disk(home: Path) -> list[Path]:
    return [path for path in (home / "files").rglob("*") if path.is_file()]


@given(st.binary(max_size=3000))
@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_kept_comes_back(data: bytes) -> None:
    kept = storage.put(data, context=CONTEXT)
    assert storage.get(kept.ref) == data
    assert storage.get(kept.ref, context=CONTEXT) == data
    assert kept.sha256 == hashlib.sha256(data).hexdigest()
    assert kept.size == len(data)


def test_nothing_of_a_file_can_be_read_on_disk_and_only_the_city_may_try(home: Path) -> None:
    storage.put("荒尾 太郎の診断書".encode() * 50, context=CONTEXT)
    (path,) = on_disk(home)
    assert "荒尾".encode() not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_equal_files_are_kept_apart_under_names_nobody_chose(home: Path) -> None:
    first, second = storage.put(b"same", context=CONTEXT), storage.put(b"same", context=CONTEXT)
    assert first.ref != second.ref
    assert first.ref.startswith("cases/")
    assert len({path.read_bytes() for path in on_disk(home)}) == 2


@pytest.mark.parametrize(
    "context", ["", "../x:1", "Cases.file:1", "cases.file:../../etc", "山田.file:1", "a b"]
)
def test_a_context_that_is_not_a_plain_label_is_refused(context: str, home: Path) -> None:
    with pytest.raises(StorageError, match="context"):
        storage.put(b"x", context=context)
    assert not (home / "files").exists()


@pytest.mark.parametrize("ref", ["", "../../keys/ring.json", "cases/aa/../../x", "/etc/passwd", "cases/zz/0"])
def test_a_reference_that_is_not_ours_opens_nothing(ref: str) -> None:
    with pytest.raises(FileMissing):
        storage.get(ref)
    with pytest.raises(FileMissing):
        storage.remove(ref)


def test_a_removed_file_is_missing_and_removing_twice_is_no_error() -> None:
    kept = storage.put(b"x", context=CONTEXT)
    storage.remove(kept.ref)
    storage.remove(kept.ref)
    with pytest.raises(FileMissing):
        storage.get(kept.ref)


def test_a_file_opens_for_no_other_record() -> None:
    kept = storage.put(b"x", context=CONTEXT)
    with pytest.raises(FileDamaged, match="another record"):
        storage.get(kept.ref, context="cases.attachment:0190-bb")


def test_files_swapped_on_disk_open_for_nobody(home: Path) -> None:
    first, second = storage.put(b"first", context=CONTEXT), storage.put(b"second", context=CONTEXT)
    (home / "files" / first.ref).write_bytes((home / "files" / second.ref).read_bytes())
    with pytest.raises(FileDamaged):
        storage.get(first.ref)


def test_one_flipped_bit_anywhere_is_noticed(home: Path) -> None:
    kept = storage.put(b"a short secret", context=CONTEXT)
    path = home / "files" / kept.ref
    whole = path.read_bytes()
    for position in range(len(whole)):
        changed = bytearray(whole)
        changed[position] ^= 1
        path.write_bytes(bytes(changed))
        with pytest.raises(FileDamaged):
            storage.get(kept.ref)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(FileDamaged):
            storage.get(kept.ref)


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("step", ["open", "fsync", "mkdir"])
def test_a_full_disk_is_a_clear_error_and_leaves_nothing(
    step: str, fault: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_options: object) -> int:
        raise OSError(fault, os.strerror(fault))

    if step == "mkdir":
        monkeypatch.setattr(Path, "mkdir", full)
    else:
        monkeypatch.setattr(files.os, step, full)
    with pytest.raises(StorageFull, match="disk is full"):
        storage.put(b"x" * 100, context=CONTEXT)
    monkeypatch.undo()
    assert on_disk(home) == []


def test_a_really_full_disk_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def onto_the_full_device(path: object, flags: int, mode: int = 0o777) -> int:
        handle = real(path, flags, mode)  # type: ignore[arg-type]
        if str(path).endswith(".part"):
            os.dup2(real("/dev/full", os.O_WRONLY), handle)
        return handle

    monkeypatch.setattr(files.os, "open", onto_the_full_device)
    with pytest.raises(StorageFull):
        storage.put(b"x" * 100_000, context=CONTEXT)
    monkeypatch.undo()
    assert on_disk(home) == []


def test_another_fault_of_the_disk_is_not_called_full(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(files.os, "fsync", broken)
    with pytest.raises(StorageError) as caught:
        storage.put(b"x", context=CONTEXT)
    assert not isinstance(caught.value, StorageFull)
    assert "trial" not in str(caught.value)
    assert storage.check() == ["The file could not be kept (Input/output error)."]


def test_the_file_and_its_folder_are_synced_before_anybody_may_refer_to_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    real_sync, real_rename = os.fsync, Path.rename

    def sync(handle: int) -> None:
        order.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        real_sync(handle)

    def rename(path: Path, target: Path) -> Path:
        order.append("rename")
        return real_rename(path, target)

    storage.put(b"warm up", context=CONTEXT)
    monkeypatch.setattr(files.os, "fsync", sync)
    monkeypatch.setattr(Path, "rename", rename)
    storage.put(b"x", context=CONTEXT)
    assert order[-3:] == ["file", "rename", "folder"]


def test_the_sweep_removes_old_orphans_and_unfinished_writes_only(home: Path) -> None:
    held = storage.put(b"held", context=CONTEXT)
    orphan = storage.put(b"orphan", context=CONTEXT)
    elsewhere = storage.put(b"other area", context="certificates.document:1")
    unfinished = (home / "files" / held.ref).with_suffix(".part")
    unfinished.write_bytes(b"half")
    fresh = storage.put(b"fresh, its row is being committed", context=CONTEXT)
    past = time.time() - 90_000
    for path in on_disk(home):
        if fresh.ref not in str(path):
            os.utime(path, (past, past))

    asked: list[str] = []

    def in_use(refs: object) -> list[str]:
        asked.extend(refs)  # type: ignore[arg-type]
        return [held.ref]

    assert storage.sweep("cases", in_use) == 2
    assert sorted(asked) == sorted([held.ref, orphan.ref])
    assert storage.get(held.ref) == b"held"
    assert storage.get(fresh.ref)
    assert storage.get(elsewhere.ref)
    assert not unfinished.exists()
    with pytest.raises(FileMissing):
        storage.get(orphan.ref)
    assert storage.sweep("cases", in_use, older_than=timedelta(days=365)) == 0
    assert storage.sweep("absent", in_use) == 0


def test_storage_works_here(home: Path) -> None:
    assert storage.check() == []
    assert on_disk(home) == []
