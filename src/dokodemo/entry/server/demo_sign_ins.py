"""The passwords of a demonstration's made-up staff (見本職員の合言葉), kept so that every start can show them.

Owns one file. Never holds a real person's password: a real city makes nobody up.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from dokodemo.city.organisation.demo_staff import DemoSignIn


def file() -> Path:
    """Where they are."""
    home: Path = settings.DOKODEMO_HOME
    return home / "demo-sign-ins.json"


def known() -> list[dict[str, str]]:
    """All that were ever made, oldest first; none where the machine went down before the first were written."""
    text = file().read_text(encoding="utf-8") if file().exists() else ""
    there: list[dict[str, str]] = json.loads(text or "[]")
    return there


def keep(made: Sequence[DemoSignIn]) -> None:
    """Add these to the file, which only its owner may read."""
    everybody = [*known(), *(asdict(one) for one in made)]
    file().touch(mode=0o600)
    file().write_text(json.dumps(everybody, ensure_ascii=False), encoding="utf-8")
