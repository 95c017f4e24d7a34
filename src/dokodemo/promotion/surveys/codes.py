"""The code on an invitation (回答番号): made by chance or from a key, typed by people, kept only as a keyed index.

Owns its shape. Never keeps one.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Final
from uuid import UUID

from dokodemo.kernel.crypto import keyed_digest

# No 0/O and 1/I: 32 characters, 5 bits each; twelve are 60 bits.
ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH: Final = 12
LONGEST: Final = 60
_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−ー－・.]+")
_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def new_code() -> str:
    """A fresh code as it is printed: three groups of four."""
    return _printed("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def mailed_code(invitation: UUID) -> str:
    """The code of an invitation by mail, worked out from a key of the server: a mail that is sent twice has the same one."""
    digest = bytes.fromhex(keyed_digest(invitation.bytes, "surveys.mailed_code"))
    # 256 divides by 32, so every letter is as likely as any other.
    return _printed("".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH]))


def _printed(plain: str) -> str:
    return "-".join(plain[place : place + 4] for place in range(0, LENGTH, 4))


def normalise(text: str) -> str:
    """What a person typed as the bare code; empty when it cannot be one. Small letters, full width and any hyphens do."""
    if len(text) > LONGEST:
        return ""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
    return plain if _CODE.fullmatch(plain) else ""
