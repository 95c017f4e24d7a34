"""Changing one key of a YAML file and nothing else of it (定義ファイルの部分書き換え).

Owns the text of a file: what is not changed keeps every byte, comments and spacing included. Never knows what a key
means. Pure.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher
from io import StringIO
from itertools import pairwise
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import MappingNode, SequenceNode

from dokodemo.kernel.packs.located import plain
from dokodemo.kernel.packs.reading import parse_yaml

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOOSE = re.compile(r"^(#.*|\s*)$")
_SHORT = 100  # a map of single values that fits this many characters stands on one line


def data_of(text: str, label: str = "written") -> Any:
    """The plain data of a file. Raises PackError with the line of what is wrong."""
    return plain(parse_yaml(text.encode(), label))


def with_key(text: str, key: str, value: Any, order: Sequence[str] = ()) -> str:
    """The file with one top-level key set; a new key is put where `order` has it, else at the end.

    An empty text is the start of a new file.
    """
    parts = _parts(text)
    place = next((i for i, (name, _) in enumerate(parts) if name == key), None)
    if place is None:
        parts.insert(_position(parts, key, order), (key, _dump({key: _fresh(value)})))
    else:
        written = parts[place][1]
        if data_of(written).get(key, ...) == value:
            return text
        loaded = _yaml().load(written)
        loaded[key] = _graft(loaded[key], value)
        parts[place] = (key, _dump(loaded))
    return _joined(parts)


def without_key(text: str, key: str) -> str:
    """The file without one top-level key; comments above it stay."""
    return _joined([part for part in _parts(text) if part[0] != key])


def with_items(text: str, items: Sequence[Any], key: str) -> str:
    """A file that is one list (or a map whose `key` holds it) with these items; items that were there keep their text."""
    if not text.strip():
        return _dump([_fresh(item) for item in items])
    if isinstance(data_of(text), dict):
        return with_key(text, key, list(items))
    lines = text.splitlines(keepends=True)
    root = YAML(typ="safe", pure=True).compose(text)
    assert isinstance(root, SequenceNode)
    starts = [node.start_mark.line for node in root.value]
    if root.flow_style or len(set(starts)) < len(starts):
        return _dump([_fresh(item) for item in items])
    # A comment above an item belongs to it, except the one that opens the file.
    cuts = [starts[0] if starts else len(lines)] + [_back(lines, line) for line in starts[1:]] + [len(lines)]
    segments = ["".join(lines[a:b]) for a, b in pairwise(cuts)]
    known = [(_canonical(value), segment) for value, segment in zip(data_of(text), segments, strict=True)]
    written = []
    for item in items:
        found = next((pair for pair in known if pair[0] == _canonical(item)), None)
        if found is not None:
            known.remove(found)
        written.append(found[1] if found else _dump([_fresh(item)]))
    return "".join(lines[: cuts[0]]) + "".join(map(_ended, written))


def new_file(values: Mapping[str, Any], comment: str = "") -> str:
    """A new file of these keys, in their order."""
    head = f"# {comment}\n" if comment else ""
    return head + "".join(_dump({key: _fresh(value)}) for key, value in values.items())


def _parts(text: str) -> list[tuple[str | None, str]]:
    """The file as its top-level keys with their lines, and what lies between them under None."""
    if not text.strip():
        return [(None, text)] if text else []
    root = YAML(typ="safe", pure=True).compose(text)
    lines = text.splitlines(keepends=True)
    if root is None:
        return [(None, text)]
    assert isinstance(root, MappingNode), "only files that are maps are changed by key"
    starts = [key.start_mark.line for key, _ in root.value]
    names = [str(key.value) for key, _ in root.value]
    if root.flow_style:
        return _parts(_dump({key: _fresh(value) for key, value in data_of(text).items()}))
    found: list[tuple[str | None, str]] = [(None, "".join(lines[: starts[0]]))]
    for name, start, end in zip(names, starts, [*starts[1:], len(lines)], strict=True):
        stop = _back(lines, end) if end > start else end
        found.append((name, "".join(lines[start:stop])))
        found.append((None, "".join(lines[stop:end])))
    return [part for part in found if part[1]]


def _back(lines: Sequence[str], line: int) -> int:
    """The first of the comments and empty lines that stand directly above a line."""
    while line > 0 and _LOOSE.match(lines[line - 1]):
        line -= 1
    return line


def _joined(parts: Sequence[tuple[str | None, str]]) -> str:
    return "".join(_ended(text) for _, text in parts)


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _position(parts: Sequence[tuple[str | None, str]], key: str, order: Sequence[str]) -> int:
    """Before the first key that `order` puts later, but below the comments of what comes before."""
    if key in order:
        later = set(order[order.index(key) + 1 :])
        for i, (name, _) in enumerate(parts):
            if name in later:
                return i - 1 if i > 1 and parts[i - 1][0] is None else i
    return len(parts)


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 100_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(type(None), _write_null)
    return yaml


def _write_null(representer: Any, _: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


def _dump(value: Any) -> str:
    out = StringIO()
    yaml = _yaml()
    if isinstance(value, list):
        yaml.indent(mapping=2, sequence=2, offset=0)
    yaml.dump(value, out)
    return out.getvalue()


def _fresh(value: Any) -> Any:
    """A value to be written anew: days without quotes, small maps and lists of words on one line."""
    if isinstance(value, Mapping):
        node = CommentedMap((key, _fresh(child)) for key, child in value.items())
        if _fits_a_line(value.values(), value):
            node.fa.set_flow_style()
        return node
    if isinstance(value, (list, tuple)):
        seq = CommentedSeq(map(_fresh, value))
        if not value or _fits_a_line(value, value) or all(isinstance(one, str) for one in value):
            seq.fa.set_flow_style()
        return seq
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    return value


def _fits_a_line(values: Any, whole: Any) -> bool:
    plain_only = not any(isinstance(one, (Mapping, list, tuple)) or "\n" in str(one) for one in values)
    return plain_only and len(_canonical(whole)) <= _SHORT


def _graft(node: Any, value: Any) -> Any:
    """`value` in the dress of `node`: what is equal keeps its comments and quotes."""
    if isinstance(node, CommentedMap) and isinstance(value, Mapping):
        for key in [key for key in node if key not in value]:
            del node[key]
        for key, child in value.items():
            node[key] = _graft(node[key], child) if key in node else _fresh(child)
        if node.fa.flow_style() and not _fits_a_line(value.values(), value):
            node.fa.set_block_style()
        return node
    if isinstance(node, CommentedSeq) and isinstance(value, (list, tuple)):
        return _graft_list(node, value)
    return node if _canonical(node) == _canonical(value) else _fresh(value)


def _graft_list(node: CommentedSeq, value: Sequence[Any]) -> Any:
    if len(node) == len(value):
        for i, child in enumerate(value):
            node[i] = _graft(node[i], child)
        return node
    if not node:
        return _fresh(value)
    old, new = [_canonical(child) for child in node], [_canonical(child) for child in value]
    for kind, a, b, c, d in reversed(SequenceMatcher(None, old, new, autojunk=False).get_opcodes()):
        if kind == "equal":
            continue
        both = min(b - a, d - c)
        for i in reversed(range(a + both, b)):
            del node[i]
        for i in range(c + both, d):
            node.insert(a + i - c, _fresh(value[i]))
        for i in range(both):
            node[a + i] = _graft(node[a + i], value[c + i])
    return node


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_iso)


def _iso(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
