"""The key ring (鍵束): the keys that personal data are sealed with, kept outside the database.

Owns the file `DOKODEMO_HOME/keys/ring.json` (or DOKODEMO_KEY_RING) and what is derived from it. Never seals anything.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from dokodemo.kernel.faults import Impersonal
from dokodemo.kernel.folders import held, sync_folder

KEY_BYTES = 32
LOOK_AGAIN_SECONDS = 1.0


class CryptoError(Impersonal):
    """Keys are missing or do not fit, or something sealed was changed. The text never holds what was sealed."""


# Where the ring was last seen, until when that is trusted, and the ring: a stat for every value would cost more than sealing.
_seen: tuple[tuple[str | None, Path], float, KeyRing] | None = None


@dataclass(frozen=True)
class KeyRing:
    """The active key, every key still needed to open older data, and the key of digests and indexes."""

    active: str
    keys: dict[str, bytes]
    digest_key: bytes

    def key(self, name: str) -> bytes:
        """A key by name. Raises CryptoError when it is not in the ring."""
        try:
            return self.keys[name]
        except KeyError:
            raise CryptoError(
                f"The key {name!r} is not in the key ring. Restore the ring that belongs to this database."
            ) from None


def ring_path() -> Path:
    """Where the key ring is kept."""
    override = os.environ.get("DOKODEMO_KEY_RING")
    return Path(override) if override else _home() / "keys" / "ring.json"


def _home() -> Path:
    home: Path = settings.DOKODEMO_HOME
    return home


def _encode(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _write(path: Path, content: dict[str, object]) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    with draft.open("w", encoding="ascii") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def ensure_key_ring() -> Path:
    """Make the key ring when there is none yet, and check the one there is. Raises CryptoError, OSError."""
    path = ring_path()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{path.name}.first.{os.getpid()}")
        _write(
            draft,
            {
                "active": "k1",
                "keys": {"k1": _encode(secrets.token_bytes(KEY_BYTES))},
                "digest": _encode(secrets.token_bytes(KEY_BYTES)),
            },
        )
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        sync_folder(path.parent)
    ring(fresh=True)
    return path


def ring(*, fresh: bool = False) -> KeyRing:
    """The key ring as it is on disk, looked at again after a second or when `fresh`. Raises CryptoError with the remedy."""
    global _seen
    place = (os.environ.get("DOKODEMO_KEY_RING"), _home())
    now = time.monotonic()
    if not fresh and _seen is not None and _seen[0] == place and now < _seen[1]:
        return _seen[2]
    path = ring_path()
    try:
        found = path.stat()
    except OSError:
        raise CryptoError(
            f"There is no key ring at {path}. Restore it from the backup, or start a new city."
        ) from None
    # Clocks of file systems stand still for milliseconds: two rings may be of the same moment, never of the same size.
    loaded = _read(path, (found.st_mtime_ns, found.st_ino, found.st_size), stat.S_IMODE(found.st_mode))
    _seen = (place, now + LOOK_AGAIN_SECONDS, loaded)
    return loaded


def key_named(name: str) -> bytes:
    """A key by name, also one that another process added a moment ago. Raises CryptoError."""
    keys = ring()
    return keys.key(name) if name in keys.keys else ring(fresh=True).key(name)


@lru_cache(maxsize=4)
def _read(path: Path, stamp: tuple[int, int, int], mode: int) -> KeyRing:
    del stamp
    if mode & 0o077:
        raise CryptoError(f"{path} can be read by others. Run: chmod 600 {path}")
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        keys = {str(name): base64.b64decode(key, validate=True) for name, key in content["keys"].items()}
        loaded = KeyRing(str(content["active"]), keys, base64.b64decode(content["digest"], validate=True))
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        raise CryptoError(f"{path} is not a key ring. Restore it from the backup.") from None
    if any(len(key) != KEY_BYTES for key in (*keys.values(), loaded.digest_key)) or loaded.active not in keys:
        raise CryptoError(
            f"{path} holds a key of the wrong length or names no active key. Restore it from the backup."
        )
    return loaded


def add_key() -> str:
    """Add a fresh key and make it the active one; older keys stay to open older data. Returns its name."""
    path = ring_path()
    ring(fresh=True)
    # Of two that read the same ring, the second would write it without the key of the first and what that key had sealed.
    with held(path.parent):
        old = ring(fresh=True)
        name = f"k{1 + max(int(key[1:]) for key in old.keys)}"
        keys = {key: _encode(value) for key, value in old.keys.items()}
        _write(
            path,
            {
                "active": name,
                "keys": {**keys, name: _encode(secrets.token_bytes(KEY_BYTES))},
                "digest": _encode(old.digest_key),
            },
        )
        ring(fresh=True)
    return name


@lru_cache(maxsize=256)
def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def derived(purpose: str) -> bytes:
    """A key for digests of one purpose: a digest made for one purpose says nothing about another."""
    return _derive(ring().digest_key, purpose)
