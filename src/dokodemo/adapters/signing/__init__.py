"""Electronic signatures on letters (電子署名): PAdES with a timestamp, and their verification.

Owns the seam (`Signer`, `Verifier`) and its local twin with a test authority (試験用認証局). Never knows what
a letter is about and never keeps a key in the database.
"""

from dokodemo.adapters.signing.keys import ensure_signing_keys
from dokodemo.adapters.signing.ports import (
    Signer,
    SigningError,
    SigningKeyExpired,
    SigningKeyMissing,
    Verification,
    Verifier,
)
from dokodemo.adapters.signing.selection import check, signer, verifier

__all__ = [
    "Signer",
    "SigningError",
    "SigningKeyExpired",
    "SigningKeyMissing",
    "Verification",
    "Verifier",
    "check",
    "ensure_signing_keys",
    "signer",
    "verifier",
]
