"""Encryption of personal data at rest (暗号化): key ring, sealed bytes, encrypted columns, blind indexes.

Owns every use of keys for stored personal data. Never stores plaintext or keys in the database.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dokodemo.kernel.crypto.identifiers import new_id
from dokodemo.kernel.crypto.keyring import CryptoError, add_key, ensure_key_ring
from dokodemo.kernel.crypto.sealing import blind_index, keyed_digest, needs_rotation, open_sealed, seal

if TYPE_CHECKING:
    from dokodemo.kernel.crypto.fields import EncryptedJSONField, EncryptedTextField
    from dokodemo.kernel.crypto.rotation import check_key_ring, rotate

__all__ = [
    "CryptoError",
    "EncryptedJSONField",
    "EncryptedTextField",
    "add_key",
    "blind_index",
    "check_key_ring",
    "ensure_key_ring",
    "keyed_digest",
    "needs_rotation",
    "new_id",
    "open_sealed",
    "rotate",
    "seal",
]

_HOMES = {
    "EncryptedJSONField": "fields",
    "EncryptedTextField": "fields",
    "check_key_ring": "rotation",
    "rotate": "rotation",
}


def __getattr__(name: str) -> Any:
    # Model fields need Django; keys and digests are needed where it is not set up.
    if name in _HOMES:
        return getattr(import_module(f"dokodemo.kernel.crypto.{_HOMES[name]}"), name)
    raise AttributeError(name)
