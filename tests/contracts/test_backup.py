"""What `dokodemo backup` and `dokodemo restore` promise, with the real commands on the engine of this round."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from dokodemo.entry.server import backing_up, copies
from tests.contracts.cities import City
from tests.contracts.conftest import Built, NewCity

PERSONAL = ("髙木", "伸也", "美咲", "陽葵", "緑ケ丘")


def copy_of(built: Built, folder: Path) -> Path:
    """A backup to be tampered with."""
    return Path(shutil.copytree(built.backup, folder / "tampered"))


def seen(city: City, built: Built) -> dict[str, Any]:
    """What the family sees in a restored city."""
    read = city.python(
        "-m", "tests.contracts.read_city", *built.facts["actor"], built.facts["case"], str(built.letter)
    )
    assert read.returncode == 0, read.stderr
    found: dict[str, Any] = json.loads(read.stdout)
    return found


def refused(city: City, *arguments: str) -> str:
    """What a refused command says; it says nothing about a person and changes nothing."""
    done = city.run(*arguments)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not any(word in done.stdout + done.stderr for word in PERSONAL)
    return " ".join(done.stderr.split())


def test_a_restored_city_opens_its_data_serves_its_letter_and_passes_the_audit(
    built: Built, new_city: NewCity
) -> None:
    city = new_city()
    restored = city.run("restore", str(built.backup))
    assert restored.returncode == 0, restored.stderr
    assert "every event is there, unchanged" in restored.stdout
    found = seen(city, built)
    assert found == {
        "residents": built.facts["residents"],
        "family_name": "髙木",
        "state": "decided",
        "attachments": found["attachments"],
        "letter": "genuine",
        "served": True,
    }
    assert set(found["attachments"]) == {"ffd8"}
    audit = city.run("audit", "verify", "--json")
    assert audit.returncode == 0
    assert json.loads(audit.stdout)["problems"] == []
    assert json.loads(audit.stdout)["events"] > 10
    assert (city.home / "keys" / "ring.json").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in city.home.parent.iterdir()) == ["var"]


def test_the_manifest_names_every_file_with_its_digest(built: Built) -> None:
    manifest = copies.read_manifest(built.backup)
    there = {path.relative_to(built.backup).as_posix() for path in built.backup.rglob("*") if path.is_file()}
    assert there - {"manifest.json"} == set(manifest.files)
    assert {copies.digest_of(built.backup / name) == entry for name, entry in manifest.files.items()} == {
        True
    }
    assert {"keys/ring.json", "keys/signing/root.crt", manifest.database} <= set(manifest.files)
    assert (manifest.pack, manifest.engine) == ("arao", "postgresql" if built.city.database else "sqlite")
    assert {path.stat().st_mode & 0o077 for path in built.backup.rglob("*")} == {0}


def test_a_changed_byte_a_missing_file_and_a_missing_manifest_are_refused(
    built: Built, new_city: NewCity, tmp_path: Path
) -> None:
    city = new_city()
    folder = copy_of(built, tmp_path)
    victim = next(path for path in (folder / "files").rglob("*") if path.is_file())
    whole = victim.read_bytes()
    victim.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "is not the file that was backed up" in refused(city, "restore", str(folder))
    victim.unlink()
    assert f"{victim.name} is missing" in refused(city, "restore", str(folder))
    (folder / "manifest.json").unlink()
    assert "is no backup: it has no manifest.json" in refused(city, "restore", str(folder))
    assert not (city.home / "keys" / "ring.json").exists()


def test_a_backup_without_its_key_ring_is_neither_made_nor_restored(
    built: Built, new_city: NewCity, tmp_path: Path
) -> None:
    folder = copy_of(built, tmp_path)
    content = json.loads((folder / "manifest.json").read_text())
    del content["files"]["keys/ring.json"]
    (folder / "manifest.json").write_text(json.dumps(content))
    assert "lacks keys/ring.json: without the key ring" in refused(new_city(), "restore", str(folder))
    nowhere = City(built.city.home, built.city.database, {"DOKODEMO_KEY_RING": str(tmp_path / "lost.json")})
    assert "There is no key ring" in refused(nowhere, "backup", str(tmp_path / "copy"))
    assert not (tmp_path / "copy").exists()


def test_a_key_ring_of_another_city_is_noticed_and_nothing_is_replaced(
    built: Built, new_city: NewCity, tmp_path: Path
) -> None:
    folder = copy_of(built, tmp_path)
    ring = json.loads((folder / "keys" / "ring.json").read_text())
    ring["keys"]["k1"] = "A" * 43 + "="
    (folder / "keys" / "ring.json").write_text(json.dumps(ring))
    content = json.loads((folder / "manifest.json").read_text())
    found = copies.digest_of(folder / "keys" / "ring.json")
    content["files"]["keys/ring.json"] = {"size": found.size, "sha256": found.sha256}
    (folder / "manifest.json").write_text(json.dumps(content))
    city = new_city()
    said = refused(city, "restore", str(folder))
    assert "Nothing was replaced" in said
    assert "is not the one this database was sealed with" in said
    assert not (city.home / "keys" / "ring.json").exists()
    again = city.run("restore", str(built.backup))
    assert again.returncode == 0, again.stderr


def test_a_city_is_replaced_only_when_told_to_and_not_while_it_runs(built: Built, new_city: NewCity) -> None:
    city = new_city()
    assert city.run("restore", str(built.backup)).returncode == 0
    assert "run this again with --force" in refused(city, "restore", str(built.backup))
    with socket.socket() as door:
        door.bind(("127.0.0.1", city.port))
        door.listen()
        assert "The city is running" in refused(city, "restore", str(built.backup), "--force")
    with city.started("-m", "tests.contracts.writer") as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        assert "The city is running" in refused(city, "restore", str(built.backup), "--force")
    forced = city.run("restore", str(built.backup), "--force")
    assert forced.returncode == 0, forced.stderr
    kept = [path for path in city.home.parent.iterdir() if path.name.startswith("var.before-")]
    assert len(kept) == 1
    assert (kept[0] / "keys" / "ring.json").exists()
    assert seen(city, built)["letter"] == "genuine"


def test_a_copy_made_while_a_writer_writes_fits_together(new_city: NewCity, tmp_path: Path) -> None:
    city, other = new_city(), new_city()
    assert city.python("-m", "django", "migrate", "-v0").returncode == 0
    assert city.python("-c", ENSURE_RING).returncode == 0
    with city.started("-m", "tests.contracts.writer") as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        made = city.run("backup", str(tmp_path / "copy"))
        assert made.returncode == 0, made.stderr
        assert writer.poll() is None
    restored = other.run("restore", str(tmp_path / "copy"))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    counted = other.python("-m", "tests.contracts.count_pairs")
    assert counted.returncode == 0, counted.stderr
    found = json.loads(counted.stdout)
    assert found["unread"] == []
    assert found["first"] == found["second"] == found["events"] >= 5


ENSURE_RING = """
import django; django.setup()
from dokodemo.kernel.crypto import check_key_ring, ensure_key_ring
ensure_key_ring(); check_key_ring()
"""


def test_a_folder_that_is_full_or_inside_the_city_or_has_no_city_is_refused(
    built: Built, new_city: NewCity, tmp_path: Path
) -> None:
    assert "is not an empty folder" in refused(built.city, "backup", str(built.backup))
    inside = built.city.home / "copy"
    assert "lies inside DOKODEMO_HOME" in refused(built.city, "backup", str(inside))
    assert not inside.exists()
    assert "There is no city" in refused(new_city(), "backup", str(tmp_path / "none"))


def test_a_backup_of_another_engine_or_pack_says_what_to_set(
    built: Built, new_city: NewCity, tmp_path: Path
) -> None:
    folder = copy_of(built, tmp_path)
    content = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(content | {"pack": "mihon"}))
    assert "Set DOKODEMO_PACK=mihon" in refused(new_city(), "restore", str(folder))
    other = "sqlite" if content["engine"] == "postgresql" else "postgresql"
    (folder / "manifest.json").write_text(json.dumps(content | {"engine": other}))
    remedy = "Unset DATABASE_URL" if other == "sqlite" else "Set DATABASE_URL"
    assert remedy in refused(new_city(), "restore", str(folder))


def test_a_full_disk_says_so_and_names_the_useless_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, progress: copies.Progress) -> None:
        (folder / "files").mkdir()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / "files" / "x"))

    for check in ("_refuse_city", "_refuse_too_small"):
        monkeypatch.setattr(backing_up, check, lambda *_: None)
    monkeypatch.setattr(backing_up, "_write", full)
    with pytest.raises(copies.CopyError) as caught:
        backing_up.back_up(tmp_path / "copy", lambda *_: None)
    assert str(caught.value) == (
        "The disk is full: make room and try again. "
        f"{tmp_path / 'copy'} is useless as a backup (it has no manifest.json): delete it."
    )


def test_a_manifest_that_points_outside_its_folder_is_refused(tmp_path: Path) -> None:
    entry = {"size": 1, "sha256": "0" * 64}
    for name in ("../ring.json", "/etc/passwd", "keys/../../x", ""):
        content = {
            **{"format": 1, "made_at": "2026-11-23T00:00:00+00:00", "release": "0.1.0", "pack": "arao"},
            **{"engine": "sqlite", "engine_version": "3", "head": None, "files": {name: entry}},
        }
        (tmp_path / "manifest.json").write_text(json.dumps(content))
        with pytest.raises(copies.CopyError, match="cannot be read as a manifest"):
            copies.read_manifest(tmp_path)


def test_two_backups_of_a_city_at_rest_hold_the_same(built: Built, tmp_path: Path) -> None:
    made = built.city.run("backup", str(tmp_path / "copy"))
    assert made.returncode == 0, made.stderr
    first, second = copies.read_manifest(built.backup), copies.read_manifest(tmp_path / "copy")
    # A dump says when it was made.
    changing = {first.database}
    assert set(first.files) == set(second.files)
    assert {name for name in first.files if first.files[name] != second.files[name]} <= changing
    assert built.facts["residents"] == 503
