"""Sealing and digests (暗号化・照合値): AES-256-GCM-SIV (RFC 8452) and HMAC-SHA-256.

Owns the form of sealed bytes: version, key name, nonce, ciphertext with tag. Never stores anything.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from dokodemo.kernel.crypto.keyring import CryptoError, derived, key_named, ring

VERSION = b"\x01"
NONCE_BYTES = 12
INDEX_BYTES = 16


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCMSIV:
    return AESGCMSIV(key)


def seal(data: bytes, *, context: str) -> bytes:
    """Encrypt bytes so that they open only in the same context (table, field and row; or file)."""
    keys = ring()
    name = keys.active.encode("ascii")
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(keys.key(keys.active)).encrypt(nonce, data, context.encode())
    return b"".join((VERSION, bytes([len(name)]), name, nonce, sealed))


def open_sealed(sealed: bytes, *, context: str) -> bytes:
    """Decrypt bytes sealed in the same context. Raises CryptoError when key, context or bytes do not fit."""
    name, nonce, ciphertext = _split(sealed)
    try:
        return _cipher(key_named(name)).decrypt(nonce, ciphertext, context.encode())
    except InvalidTag:
        raise CryptoError(
            "Sealed data does not open: it was changed, moved, or belongs to another key ring."
        ) from None


def _split(sealed: bytes) -> tuple[str, bytes, bytes]:
    try:
        if sealed[:1] != VERSION:
            raise ValueError
        start = 2 + sealed[1]
        name = sealed[2:start].decode("ascii")
        nonce, ciphertext = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
        if len(nonce) != NONCE_BYTES or len(ciphertext) < INDEX_BYTES:
            raise ValueError
    except (IndexError, ValueError):
        raise CryptoError(
            "These bytes were not sealed by this system, or only part of them is left."
        ) from None
    return name, nonce, ciphertext


def key_name_of(sealed: bytes) -> str:
    """Which key sealed these bytes."""
    return _split(sealed)[0]


def needs_rotation(sealed: bytes) -> bool:
    """Whether bytes were sealed with a key that is no longer the active one."""
    return key_name_of(sealed) != ring().active


def blind_index(value: str, purpose: str) -> bytes:
    """16 bytes by which equal values are found without being read; the caller normalises the value first."""
    return hmac.digest(derived(f"index:{purpose}"), value.encode(), hashlib.sha256)[:INDEX_BYTES]


def keyed_digest(data: bytes, purpose: str) -> str:
    """A digest of 64 hexadecimal digits that nobody without the key can recompute or guess against."""
    return hmac.digest(derived(f"digest:{purpose}"), data, hashlib.sha256).hex()
