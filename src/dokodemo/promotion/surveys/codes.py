"""The code on an invitation (回答番号): made by chance, typed by people, kept only as a keyed index.

Owns its shape. Never keeps one.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Final

# No 0/O and 1/I: 32 characters, 5 bits each; twelve are 60 bits.
ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH: Final = 12
LONGEST: Final = 60
_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−ー－・.]+")
_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def new_code() -> str:
    """A fresh code as it is printed: three groups of four."""
    plain = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(plain[place : place + 4] for place in range(0, LENGTH, 4))


def normalise(text: str) -> str:
    """What a person typed as the bare code; empty when it cannot be one. Small letters, full width and any hyphens do."""
    if len(text) > LONGEST:
        return ""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
    return plain if _CODE.fullmatch(plain) else ""
