"""Boxes of the editor (編集画面の入力欄): from a definition's value to what is typed and back.

Owns the kinds of boxes and the reading of a POST. Never saves and never judges a whole definition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dokodemo.administration.procedures.agreement import Surroundings
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.calendar_jp import ImpossibleDate
from dokodemo.kernel.expressions import compile_expression
from dokodemo.kernel.packs import LANGUAGES, PackError, Problem

MOST_CHARACTERS = 5000


@dataclass(frozen=True)
class Box:
    """One question of an editor's page: key path, kind, and what may be chosen.

    Kinds: text3 (ja, easy, en), texts3 (a list of these), line, lines (one a line), number, choice,
    choices, flag, day, rule.
    """

    name: str
    kind: str
    choices: tuple[str, ...] = ()
    optional: bool = False
    expected: str = "boolean"

    @property
    def label(self) -> str:
        """The key of its label."""
        if (self.name, self.kind) == ("say", "text3"):
            return "authoring.field.sentence"
        return f"authoring.field.{self.name.replace('.', '_')}"


@dataclass
class Read:
    """What a POST said: values by key path, refusals by box (a text key, or a problem), and everything as typed."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str | Problem] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)


def read(boxes: Sequence[Box], post: Any, around: Surroundings | None) -> Read:
    """Read a POST box by box: what can be taken is in `values`, the rest in `errors`."""
    found = Read()
    for box in boxes:
        names = _names(box, post)
        for name in names:
            found.typed[name] = post.getlist(name) if box.kind == "choices" else post.get(name, "")
        try:
            found.values[box.name] = _value(box, post, around)
        except _Bad as bad:
            found.errors[bad.box or box.name] = bad.code
    return found


class _Bad(ValueError):
    def __init__(self, code: str | Problem, box: str = "") -> None:
        self.code, self.box = code, box
        super().__init__(str(code))


def _names(box: Box, post: Any) -> list[str]:
    if box.kind == "text3":
        return [f"{box.name}.{lang}" for lang in LANGUAGES]
    if box.kind == "texts3":
        return [f"{box.name}-{i}.{lang}" for i in range(_count(box, post)) for lang in LANGUAGES]
    return [box.name]


def _count(box: Box, post: Any) -> int:
    text = post.get(f"{box.name}.count", "0")
    return min(int(text), 60) if text.isascii() and text.isdigit() and len(text) < 3 else 0


def _value(box: Box, post: Any, around: Surroundings | None) -> Any:
    if box.kind == "text3":
        return _text3(box.name, post, box.optional)
    if box.kind == "texts3":
        every = [_text3(f"{box.name}-{i}", post, True) for i in range(_count(box, post))]
        return [one for one in every if one is not None]
    if box.kind == "choices":
        return [one for one in box.choices if one in post.getlist(box.name)]
    typed = str(post.get(box.name, "")).strip().replace("\r\n", "\n")
    if box.kind == "flag":
        return bool(typed)
    if box.kind == "lines":
        lines = [" ".join(line.split()) for line in typed.splitlines()]
        return list(dict.fromkeys(line for line in lines if line))
    if not typed:
        if box.optional:
            return None
        raise _Bad("authoring.box.empty")
    if len(typed) > MOST_CHARACTERS:
        raise _Bad("authoring.box.too_long")
    if box.kind == "number":
        digits = typed.translate(str.maketrans("０１２３４５６７８９", "0123456789")).replace(",", "")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
            raise _Bad("authoring.box.number")
        return int(digits)
    if box.kind == "day":
        return read_day(typed)
    if box.kind == "choice":
        if typed not in box.choices:
            raise _Bad("authoring.box.choice")
        return typed
    if box.kind == "rule":
        _compiles(typed, box.expected, around)
    return typed


def read_day(typed: str) -> str:
    """A day as typed, in either calendar, as ISO text. Raises ValueError with a text key as `code`."""
    try:
        return calendar_jp.parse_date(typed).isoformat()
    except ImpossibleDate:
        raise _Bad("authoring.build.no_day") from None


def _text3(name: str, post: Any, optional: bool) -> dict[str, str] | None:
    words: dict[str, str] = {
        lang: " ".join(str(post.get(f"{name}.{lang}", "")).split()) for lang in LANGUAGES
    }
    if not any(words.values()):
        if optional:
            return None
        raise _Bad("authoring.box.empty", f"{name}.ja")
    for lang, text in words.items():
        if not text:
            raise _Bad("authoring.box.three", f"{name}.{lang}")
        if len(text) > MOST_CHARACTERS:
            raise _Bad("authoring.box.too_long", f"{name}.{lang}")
    return words


def _compiles(rule: str, expected: str, around: Surroundings | None) -> None:
    if around is None:
        return
    try:
        compile_expression(rule, around.vocabulary, around.parameters, expected=expected)
    except PackError as error:
        raise _Bad(error.problems[0]) from None


def shown(boxes: Sequence[Box], data: Mapping[str, Any], typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each box with what stands in it: what was typed and not taken, else what the definition says."""
    rows = []
    for box in boxes:
        value = at(data, box.name)
        row: dict[str, Any] = {"box": box, "kind": box.kind, "name": box.name, "label": box.label}
        if box.kind == "text3":
            row["texts"] = _three(box.name, value, typed)
        elif box.kind == "texts3":
            items = value if isinstance(value, list) else []
            count = max(len(items), _typed_count(box.name, typed))
            row["items_list"] = [
                _three(f"{box.name}-{i}", items[i] if i < len(items) else None, typed)
                for i in range(count + 1)
            ]
            row["count"] = count + 1
        elif box.kind == "choices":
            chosen = typed.get(box.name, value if isinstance(value, list) else [])
            row["options"] = [(one, one in chosen) for one in box.choices]
        elif box.kind == "lines":
            lines = "\n".join(map(str, value)) if isinstance(value, list) else ""
            row["value"] = typed.get(box.name, lines)
        elif box.kind == "flag":
            row["value"] = bool(typed.get(box.name, value))
        else:
            row["value"] = typed.get(box.name, "" if value is None else value)
        rows.append(row)
    return rows


def _typed_count(name: str, typed: Mapping[str, Any]) -> int:
    places = [key.removeprefix(f"{name}-").partition(".")[0] for key in typed if key.startswith(f"{name}-")]
    return max((int(place) + 1 for place in places if place.isdecimal() and len(place) < 5), default=0)


def _three(name: str, value: Any, typed: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    texts = value if isinstance(value, Mapping) else {}
    return [
        (f"{name}.{lang}", lang, str(typed.get(f"{name}.{lang}", texts.get(lang) or "")))
        for lang in LANGUAGES
    ]


def at(data: Mapping[str, Any], name: str) -> Any:
    """The value at a dotted key path, None where there is none."""
    value: Any = data
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def put(data: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """The data with the value at a dotted key path; None takes the key away."""
    head, dot, rest = name.partition(".")
    changed = dict(data)
    if dot:
        inside = changed.get(head)
        below = put(inside if isinstance(inside, Mapping) else {}, rest, value)
        value = below or None
    if value is None:
        changed.pop(head, None)
    else:
        changed[head] = value
    return changed
