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
_OBJECT_ID = re.compile(r"[A-Za-z0-9_.:/@+-]{1,80}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_VERB = re.compile(r"(?=.{3,60}$)[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_ACTOR = re.compile(r"anonymous|account:[0-9a-f-]{36}|system:[A-Za-z0-9_.:-]{1,50}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
# What personal data looks like when it happens to fit a reference: an e-mail address, a Japanese telephone number, and
# twelve digits, which are the length of a My Number.
_PERSONAL = re.compile(
    r"[^@/:]+@[^@/:]+\.[A-Za-z]{2,}|(\+81-?|0)[1-9]\d{0,3}-?\d{1,4}-?\d{4}|\d{4}-?\d{4}-?\d{4}"
)


class NotAReference(ValueError):
    """Something that could be personal data was about to enter the log. The text never repeats it."""


def checked(
    *,
    verb: str,
    actor: str,
    object: tuple[str, str],
    refs: Mapping[str, Any],
    numbers: Mapping[str, Any],
    digests: Mapping[str, Any],
) -> None:
    """Refuse what is not a reference, a number or a digest. Raises NotAReference naming the part only."""
    object_type, object_id = object
    shapes = (
        ("verb", _VERB, verb),
        ("actor", _ACTOR, actor),
        ("object's type", _KEY, object_type),
        ("object's identifier", _OBJECT_ID, object_id),
    )
    for part, shape, value in shapes:
        if not shape.fullmatch(value):
            raise NotAReference(f"an event's {part} has the wrong shape")
    for key in (*refs, *numbers, *digests):
        if not _KEY.fullmatch(key):
            raise NotAReference("an event's keys are short names in lower case")
    for key, value in refs.items():
        if not _is_reference(value):
            raise NotAReference(f"refs[{key!r}] is not a reference; personal data never enters the log")
    for key, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int):
            raise NotAReference(f"numbers[{key!r}] is not a whole number")
    for key, value in digests.items():
        if not isinstance(value, str) or not _DIGEST.fullmatch(value):
            raise NotAReference(f"digests[{key!r}] is not a digest of 64 hexadecimal digits")


def _is_reference(value: object) -> bool:
    if value is None or isinstance(value, int):
        return True
    return isinstance(value, str) and bool(_REFERENCE.fullmatch(value)) and not _PERSONAL.fullmatch(value)


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
