"""Values that remember their file and line (位置つきの値), and how one layer overlays another (重ね合わせ).

Pure: knows neither YAML nor the file system.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

type Scalar = str | int | float | bool | None
type Key = str | int


@dataclass(frozen=True, slots=True)
class Located:
    """A scalar, a list or a map with the place of its first character; `line` counts from 1."""

    value: "Scalar | tuple[Located, ...] | Mapping[str, Located]"
    file: str
    line: int


def plain(node: Located) -> Any:
    """The value as fresh dicts, lists and scalars; the caller may change it freely."""
    if isinstance(node.value, Mapping):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, tuple):
        return [plain(child) for child in node.value]
    return node.value


def overlay(base: Located, over: Located) -> Located:
    """`over` on top of `base`: maps merge key by key, lists and scalars (also null) replace.

    Keys keep the order of the base; new keys follow in the order of the overlay.
    """
    if not isinstance(base.value, Mapping) or not isinstance(over.value, Mapping):
        return over
    merged = dict(base.value)
    for key, child in over.value.items():
        merged[key] = overlay(merged[key], child) if key in merged else child
    return Located(merged, over.file, over.line)


def place(node: Located, keypath: Sequence[Key]) -> tuple[str, int]:
    """File and line of the value at `keypath`, or of the nearest thing around it that exists.

    Steps that lead nowhere (a missing key, the name of a union's branch) are passed over.
    """
    for key in keypath:
        child = _child(node, key)
        if child is not None:
            node = child
    return node.file, node.line


def present(node: Located, keypath: Sequence[Key]) -> bool:
    """Whether every step of `keypath` leads somewhere."""
    step: Located | None = node
    for key in keypath:
        step = _child(step, key) if step is not None else None
    return step is not None


def _child(node: Located, key: Key) -> Located | None:
    if isinstance(node.value, Mapping):
        return node.value.get(str(key))
    if isinstance(node.value, tuple) and isinstance(key, int) and 0 <= key < len(node.value):
        return node.value[key]
    return None
