"""Reads one YAML 1.2 file of a pack into located values (定義ファイルの読み込み).

Owns what a file may look like: UTF-8 without a byte order mark, no tabs, duplicate keys, anchors or tags, bounded size
and depth. Never merges layers and never knows what a file means.
"""

import math
import re
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.tag import Tag

from dokodemo.kernel.packs.located import Located, Scalar
from dokodemo.kernel.packs.problems import PackError, Problem

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 40

# YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema): `on`, `yes` and 2026-11-23 are text.
_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_ZERO_FIRST = re.compile(r"[-+]?0[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
# Multiplication in a rule is no alias: an anchor and an alias have their name right behind them.
_ANCHOR = re.compile(r"(?:^|[\s\[{,:?-])(?:[&*](?=\S)|!)")
_BRACKET = re.compile(r"[\[\]{}]")
_DEEP_LINE = re.compile(rf"^(?:[ ?-] ?){{{2 * MAX_DEPTH},}}", re.MULTILINE)
_LEADING_TAB = re.compile(r"^ *\t", re.MULTILINE)
_CORE_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value")
}
_TEXT_TAG = "tag:yaml.org,2002:str"
_USUAL: dict[type[Node], Tag] = {
    ScalarNode: VersionedResolver.DEFAULT_SCALAR_TAG,
    SequenceNode: VersionedResolver.DEFAULT_SEQUENCE_TAG,
    MappingNode: VersionedResolver.DEFAULT_MAPPING_TAG,
}
_NO_TEXT = Tag(suffix="tag:yaml.org,2002:value")
_WORDS = _NULL | _TRUE | _FALSE

_cache: dict[Path, tuple[tuple[int, int], str, Located]] = {}


def read_yaml(path: Path, label: str) -> Located:
    """The file at `path`, called `label` in problems; parsed again only when its time or size changes.

    Raises PackError with the line and a remedy for anything that is not the YAML described above.
    """
    try:
        status = path.stat()
    except OSError as error:
        _refuse(
            label,
            None,
            f"The file cannot be opened ({error.strerror})",
            "Check that it exists and may be read",
        )
    stamp = (status.st_mtime_ns, status.st_size)
    known = _cache.get(path)
    if known is not None and known[:2] == (stamp, label):
        return known[2]
    if status.st_size > MAX_BYTES:
        _refuse(
            label, None, f"The file is larger than {MAX_BYTES // 1024} KiB", "Split it into several files"
        )
    parsed = parse_yaml(path.read_bytes(), label)
    _cache[path] = (stamp, label, parsed)
    return parsed


def parse_yaml(data: bytes, label: str) -> Located:
    """`data` as located values; see `read_yaml`."""
    text = _decode(data, label)
    tab = _LEADING_TAB.search(text)
    if tab:
        _refuse(
            label, _line_of(text, tab.start()), "A line is indented with a tab", "Indent with spaces only"
        )
    try:
        node = _compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(str(part) for part in (error.context, error.problem) if part)
        _refuse(
            label, mark.line + 1 if mark else None, f"This is not correct YAML ({what})", _yaml_remedy(what)
        )
    except ReaderError as error:
        _refuse(label, _line_of(text, error.position), "The file holds a control character", "Delete it")
    except RecursionError:
        _refuse(
            label, None, f"Values are nested deeper than {MAX_DEPTH} levels", "Make the structure flatter"
        )
    except YAMLError as error:
        _refuse(
            label, None, f"This is not correct YAML ({error})", "Compare it with a file of the pack `japan`"
        )
    if node is None:
        _refuse(label, 1, "The file is empty", "Write its content or delete the file")
    return _locate(node, label, 0)


def _compose(text: str) -> Node | None:
    """The nodes of a text: by libyaml where it may, which is ten times as fast; by the careful parser otherwise.

    What libyaml refuses is read again, for the better words.
    """
    node: Node | None = quickly(text)
    return YAML(typ="safe", pure=True).compose(text) if node is None else node


def quickly(text: str) -> Node | None:
    """The nodes of a text by libyaml; None where it may not read it, or cannot.

    It follows anchors in silence and any depth until the stack is full.
    """
    node: Node | None = None
    if _is_tame(text):
        with suppress(YAMLError):
            yaml = YAML(typ="safe")
            yaml.Resolver = _Resolver
            node = yaml.compose(text)
    return node


class _Resolver(VersionedResolver):
    """Tells words from what may be something else, and leaves to `_scalar` what: its own way asks a dozen patterns of each."""

    def resolve(self, kind: type[Node], value: str, implicit: tuple[bool, bool]) -> Tag:
        """The tag of a node that has none."""
        if kind is ScalarNode and implicit[0] and (value in _WORDS or _FLOAT.match(value)):
            return _NO_TEXT
        return _USUAL[kind]


def _is_tame(text: str) -> bool:
    """Whether a text has no word that could be an anchor or an alias and cannot be nested deeply."""
    if _ANCHOR.search(text) or _DEEP_LINE.search(text):
        return False
    depth = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            return False
    return True


def _decode(data: bytes, label: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        _refuse(
            label, 1, "The file is encoded in UTF-16", "Save it as UTF-8 without a byte order mark (BOMなし)"
        )
    if data.startswith(b"\xef\xbb\xbf"):
        _refuse(label, 1, "The file starts with a byte order mark", "Save it as UTF-8 without BOM (BOMなし)")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        guess = _other_encoding(data)
        seems = f"; it seems to be {guess}" if guess else ""
        _refuse(
            label, line, f"The file is not encoded in UTF-8{seems}", "Save it as UTF-8 without BOM (BOMなし)"
        )


def _other_encoding(data: bytes) -> str | None:
    for codec, name in (("iso2022_jp", "ISO-2022-JP"), ("cp932", "Shift_JIS"), ("euc_jp", "EUC-JP")):
        try:
            data.decode(codec)
        except UnicodeDecodeError:
            continue
        return name
    return None


def _locate(node: Node, label: str, depth: int) -> Located:
    line = node.start_mark.line + 1
    if depth > MAX_DEPTH:
        _refuse(
            label, line, f"Values are nested deeper than {MAX_DEPTH} levels", "Make the structure flatter"
        )
    if node.anchor:
        _refuse(
            label,
            line,
            f"Anchors (&{node.anchor}) are not used in packs",
            "Write the value out where it is needed",
        )
    if node.tag not in _CORE_TAGS:
        _refuse(label, line, f"The tag {node.tag} is not used in packs", "Delete the tag")
    if isinstance(node, MappingNode):
        return Located(_entries(node, label, depth), label, line)
    if isinstance(node, SequenceNode):
        return Located(tuple(_locate(child, label, depth + 1) for child in node.value), label, line)
    assert isinstance(node, ScalarNode)
    return Located(_scalar(node, label, line), label, line)


def _entries(node: MappingNode, label: str, depth: int) -> dict[str, Located]:
    entries: dict[str, Located] = {}
    first_line: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode) or (not key_node.style and key_node.value in _NULL):
            _refuse(
                label, line, "A key must be a word", "Write `key: value` and put text with [ or { into quotes"
            )
        key = str(key_node.value)
        if key == "<<":
            _refuse(label, line, "Merge keys (<<) are not used in packs", "Write the values out")
        if key in entries:
            _refuse(
                label,
                line,
                f'"{key}" is written twice (first on line {first_line[key]})',
                "Keep one and delete the other",
            )
        located = _locate(value_node, label, depth + 1)
        # A scalar is reported on its key's line, which is where a person looks first for `key: >-` texts.
        entries[key] = Located(located.value, label, line)
        first_line[key] = line
    return entries


def _scalar(node: ScalarNode, label: str, line: int) -> Scalar:
    text = str(node.value)
    if node.style or (node.tag == _TEXT_TAG and not _FLOAT.match(text)):
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _ZERO_FIRST.match(text):
        _refuse(label, line, f"{text} would lose its leading zero as a number", f'Put it in quotes: "{text}"')
    if _INTEGER.match(text):
        if len(text) > 30:
            _refuse(label, line, "The number has more than 30 digits", "Put codes in quotes")
        return int(text)
    if _FLOAT.match(text):
        number = float(text)
        if math.isinf(number):
            _refuse(
                label, line, f"{text} is too large for a number", "Write a smaller number or put it in quotes"
            )
        return number
    return text


def _yaml_remedy(what: str) -> str:
    if "alias" in what:
        return "Packs use no aliases: put text that starts with * or & into quotes"
    if "mapping values are not allowed" in what:
        return "Put text that contains a colon and a space into quotes"
    if "cannot start any token" in what:
        return "Put text that starts with % @ or ` into quotes"
    if "single document" in what:
        return "Keep one document in a file: delete the line ---"
    return "Check indentation, quotes and brackets on this line and the one above"


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _refuse(label: str, line: int | None, message: str, remedy: str) -> NoReturn:
    raise PackError([Problem(label, line, message, remedy)])
