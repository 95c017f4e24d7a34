"""Heads of the chain (先頭ハッシュの控え): one small file a day, to be carried off the machine.

Owns `DOKODEMO_HOME/heads/<day>.json`. Never replaces a head by one that does not follow from it: whoever cuts or
rewrites the log is found out by any copy of any earlier head.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from django.conf import settings

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.events.models import Seal
from dokodemo.kernel.events.recording import seal_all

_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


class HeadError(Exception):
    """A head cannot be read, or does not belong to this log."""


def folder() -> Path:
    """Where heads are kept."""
    home: Path = settings.DOKODEMO_HOME
    return home / "heads"


def parse(text: str) -> tuple[int, str]:
    """`sequence:hash` as a pair. Raises HeadError."""
    found = _HEAD.fullmatch(text.strip())
    if found is None:
        raise HeadError(
            "A head is written as its sequence, a colon and 64 hexadecimal digits, like 1200:9f3c…"
        )
    return int(found[1]), found[2]


def kept() -> dict[int, str]:
    """Every head kept on this machine, by sequence. Raises HeadError naming the file that cannot be read."""
    found: dict[int, str] = {}
    for path in sorted(folder().glob("*.json")):
        try:
            content = json.loads(path.read_text(encoding="ascii"))
            sequence, digest = parse(f"{content['sequence']}:{content['hash']}")
        except (OSError, ValueError, KeyError, TypeError, HeadError):
            raise HeadError(
                f"{path} is not a head of the log. Put it back from a copy, or remove it."
            ) from None
        if found.setdefault(sequence, digest) != digest:
            raise HeadError(
                f"{path} contradicts another kept head of sequence {sequence}: the chain was rewritten."
            )
    return found


def keep() -> Path | None:
    """Keep the chain's head as today's; None while nothing is sealed. Raises HeadError, OSError.

    The newest head kept so far must still stand in the chain: only `verify` looks at all of it, but this look is cheap.
    """
    last = Seal.objects.order_by("-sequence").first()
    earlier = kept()
    if earlier:
        newest = max(earlier)
        standing = Seal.objects.filter(sequence=newest).values_list("hash", flat=True).first()
        if standing != earlier[newest]:
            raise HeadError(
                f"The head kept at sequence {newest} is no longer in the chain. Run: dokodemo audit verify"
            )
    if last is None:
        return None
    path = folder() / f"{calendar_jp.today().isoformat()}.json"
    _write(path, {"at": calendar_jp.now().isoformat(), "sequence": last.sequence, "hash": last.hash})
    return path


def close_day() -> Path | None:
    """Seal what the usual look may have overlooked, then keep the head. Raises HeadError, OSError."""
    seal_all(thorough=True)
    return keep()


def _write(path: Path, content: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with draft.open("w", encoding="ascii") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
