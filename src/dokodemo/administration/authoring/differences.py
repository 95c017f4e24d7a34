"""What a proposal changes (新旧対照): field by field, in words that can be read side by side.

Owns the pairing of two definitions. Pure; how a key is called is said by whoever shows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

Place = tuple[str | int, ...]
_LEFT_OUT = frozenset({"slug"})


@dataclass(frozen=True, slots=True)
class Changed:
    """One field: its key path, and how it was and becomes (None: was or is not there)."""

    place: Place
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Changed]:
    """Every field that differs between two definitions as JSON, in the order of the second."""
    keys = [key for key in [*after, *(key for key in before if key not in after)] if key not in _LEFT_OUT]
    return [one for key in keys for one in _value((key,), before.get(key), after.get(key))]


def _value(place: Place, before: Any, after: Any) -> Iterator[Changed]:
    if _same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*after, *(key for key in before if key not in after)]:
            yield from _value((*place, key), before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(place, before, after)
    else:
        yield Changed(place, before, after)


def _lists(place: Place, before: list[Any], after: list[Any]) -> Iterator[Changed]:
    old, new = [_text(one) for one in before], [_text(one) for one in after]
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for step in range(max(b - a, d - c)):
            was = before[a + step] if a + step < b else None
            now = after[c + step] if c + step < d else None
            at = c + step if now is not None else a + step
            both = isinstance(was, dict) and isinstance(now, dict)
            if both:
                yield from _value((*place, at), was, now)
            else:
                yield Changed((*place, at), was, now)


def _same(before: Any, after: Any) -> bool:
    return _text(before) == _text(after) or (_is_empty(before) and _is_empty(after))


def _is_empty(value: Any) -> bool:
    return value is None or value in ([], {}, "")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def in_words(value: Any) -> str:
    """A value as one readable text: maps and lists as lines."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "\n".join(
            f"{key}: {in_words(child)}" for key, child in value.items() if child not in (None, [], {})
        )
    if isinstance(value, list):
        return "\n".join(in_words(child) for child in value)
    return str(value)
