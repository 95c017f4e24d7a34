"""The chain's arithmetic (ハッシュ連鎖): what an event's bytes are and how a link follows from the one before.

Owns pure rules. Never reads a table.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
_REFERENCE = re.compile(r"[A-Za-z0-9_.:/@+-]{0,100}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class NotAReference(ValueError):
    """Something that could be personal data was about to enter the log. The text never repeats it."""


def checked(refs: Mapping[str, Any], numbers: Mapping[str, Any], digests: Mapping[str, Any]) -> None:
    """Refuse what is not a reference, a number or a digest. Raises NotAReference naming the key only."""
    for key in (*refs, *numbers, *digests):
        if not _KEY.fullmatch(key):
            raise NotAReference("an event's keys are short names in lower case")
    for key, value in refs.items():
        allowed = (
            value is None
            or isinstance(value, int)
            or (isinstance(value, str) and _REFERENCE.fullmatch(value))
        )
        if not allowed:
            raise NotAReference(f"refs[{key!r}] is not a reference; personal data never enters the log")
    for key, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int):
            raise NotAReference(f"numbers[{key!r}] is not a whole number")
    for key, value in digests.items():
        if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{64}", value):
            raise NotAReference(f"digests[{key!r}] is not a digest of 64 hexadecimal digits")


def canonical(
    *,
    id: int,
    at: datetime,
    verb: str,
    actor: str,
    object_type: str,
    object_id: str,
    refs: Mapping[str, Any],
    numbers: Mapping[str, Any],
    digests: Mapping[str, Any],
) -> bytes:
    """An event as the bytes that are hashed: the same on every engine and in every release."""
    content = {
        "id": id,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "verb": verb,
        "actor": actor,
        "object": [object_type, object_id],
        "refs": refs,
        "numbers": numbers,
        "digests": digests,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def link(previous: str, event: bytes) -> str:
    """The hash of a link: SHA-256 over the previous hash and the event."""
    return hashlib.sha256(previous.encode("ascii") + event).hexdigest()
