"""Checks a document against a Pydantic definition and says in plain English what is wrong (定義の検査).

Owns the wording of shape errors. Never knows what a definition means.
"""

import types
import typing
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dokodemo.kernel.packs.documents import Document
from dokodemo.kernel.packs.problems import FAULT, PackError, Problem

type Path = tuple[str | int, ...]

# Pydantic's error type → what should have been there, and how to put it right.
_EXPECTED: dict[str, tuple[str, str]] = {
    "string_type": ("text", "Put the value in quotes"),
    "int_type": ("a whole number", "Write digits without quotes or units"),
    "int_parsing": ("a whole number", "Write digits without quotes or units"),
    "int_from_float": ("a whole number", "Remove the decimals"),
    "float_type": ("a number", "Write digits without quotes or units"),
    "float_parsing": ("a number", "Write digits without quotes or units"),
    "decimal_type": ("a number", "Write digits without quotes or units"),
    "decimal_parsing": ("a number", "Write digits without quotes or units"),
    "bool_type": ("true or false", "Write true or false without quotes"),
    "bool_parsing": ("true or false", "Write true or false without quotes"),
    "list_type": ("a list", "Write [a, b] or lines that start with a hyphen"),
    "tuple_type": ("a list", "Write [a, b] or lines that start with a hyphen"),
    "set_type": ("a list", "Write [a, b] or lines that start with a hyphen"),
    "frozen_set_type": ("a list", "Write [a, b] or lines that start with a hyphen"),
    "dict_type": ("a map", "Write lines of `key: value`"),
    "model_type": ("a map", "Write lines of `key: value`"),
    "model_attributes_type": ("a map", "Write lines of `key: value`"),
    "date_type": ("a day", "Write it as 2026-11-23"),
    "date_parsing": ("a day", "Write it as 2026-11-23"),
    "date_from_datetime_parsing": ("a day that exists", "Write it as 2026-11-23"),
    "date_from_datetime_inexact": ("a day", "Write it as 2026-11-23"),
}


def validate[M: BaseModel](model: type[M], document: Document, *, at: Path = ()) -> M:
    """The part of `document` at the key path `at` as a `model`.

    Raises PackError with one problem for each mistake: file, line, message, remedy.
    """
    data = document.data
    for key in at:
        data = data[key]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise PackError(
            _problem(model, document, at, detail) for detail in _without_echoes(document, at, error)
        ) from None


def _without_echoes(document: Document, at: Path, error: ValidationError) -> list[ErrorDetails]:
    """A union reports each of its branches; where one branch got as far as single keys, the others are noise."""
    details = error.errors(include_url=False)
    return [
        detail
        for detail in details
        if detail["type"] not in _EXPECTED
        or document.has((*at, *detail["loc"]))
        or not any(_goes_deeper(other["loc"], detail["loc"]) for other in details)
    ]


def _goes_deeper(loc: Path, than: Path) -> bool:
    return len(loc) > len(than) and loc[: len(than) - 1] == than[:-1]


def _problem(model: type[BaseModel], document: Document, at: Path, detail: ErrorDetails) -> Problem:
    loc = (*at, *detail["loc"])
    file, line = document.where(loc)
    message, remedy = _words(model, detail)
    return Problem(file, line, message, remedy)


def _words(model: type[BaseModel], detail: ErrorDetails) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    name = _name(detail["loc"])
    if kind == FAULT:
        return str(context["message"]), str(context["remedy"])
    if kind == "missing":
        return f"{name} is missing", f"Add `{detail['loc'][-1]}: …` here"
    if kind == "extra_forbidden":
        return f"{name} is not a known key", _known_keys(model, detail["loc"])
    if kind in _EXPECTED:
        expected, remedy = _EXPECTED[kind]
        return f"{name} must be {expected}, not {_shown(detail['input'])}", remedy
    if kind in {"enum", "literal_error"}:
        return f"{name} cannot be {_shown(detail['input'])}", f"Choose {context['expected']}"
    if kind == "string_pattern_mismatch":
        return f"{name} cannot be {_shown(detail['input'])}", f"It must match {context['pattern']}"
    if kind in {"string_too_short", "too_short"}:
        return f"{name} is too short or empty", f"At least {context['min_length']} needed"
    if kind in {"string_too_long", "too_long"}:
        return f"{name} is too long", f"At most {context['max_length']} allowed"
    if kind in {"value_error", "assertion_error"}:
        message, _, remedy = str(context["error"]).partition(". ")
        return message, remedy or f"Correct {name}"
    return f"{name}: {detail['msg']}", f"Correct the value, now {_shown(detail['input'])}"


def _name(loc: Path) -> str:
    words = [part for part in loc if isinstance(part, str)]
    return f'"{words[-1]}"' if words else "The document"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, (list, tuple)):
        return "a list"
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    text = text if len(text) <= 40 else text[:39] + "…"
    return f'the text "{text}"' if isinstance(value, str) else f"the number {text}"


def _known_keys(model: type[BaseModel], loc: Path) -> str:
    owner = _model_at(model, loc[:-1])
    if owner is None:
        return "Delete it or correct its spelling"
    known = sorted(field.alias or name for name, field in owner.model_fields.items())
    close = get_close_matches(str(loc[-1]), known, n=1, cutoff=0.6)
    return f'Did you mean "{close[0]}"?' if close else f"Known keys: {', '.join(known)}"


def _model_at(model: type[BaseModel], loc: Path) -> type[BaseModel] | None:
    """The model that pydantic was filling at `loc`, found by following field annotations."""
    candidates: list[Any] = [model]
    for part in loc:
        found = [candidate for candidate in candidates if getattr(candidate, "__name__", None) == part]
        if found:
            candidates = found
            continue
        fields = [c.model_fields for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]
        inner = [f[part].annotation for f in fields if isinstance(part, str) and part in f]
        if inner:
            candidates = [leaf for annotation in inner for leaf in _leaves(annotation)]
    models = [c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]
    return models[0] if len(models) == 1 else None


def _leaves(annotation: Any) -> list[Any]:
    """The classes inside Optional, unions, Annotated, lists and maps."""
    if isinstance(annotation, typing.TypeAliasType):
        return _leaves(annotation.__value__)
    if (
        isinstance(annotation, types.GenericAlias | types.UnionType)
        or typing.get_origin(annotation) is not None
    ):
        return [leaf for argument in typing.get_args(annotation) for leaf in _leaves(argument)]
    return [annotation]
