"""Are facts well formed for a vocabulary? (事実の形の検査)

Owns the check of facts that come as JSON: examples of a pack, files on the command line. Answers of a form are
cleaned by the vocabulary itself. Messages name terms and types, never a value. Pure.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from dokodemo.kernel.vocabulary import Term, Vocabulary

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class FactFault:
    """One thing wrong with one fact; `place` is its key path, e.g. ("child", 0, "date_of_birth")."""

    place: tuple[str | int, ...]
    message: str
    remedy: str


def fact_faults(vocabulary: Vocabulary, facts: Mapping[str, Any]) -> list[FactFault]:
    """Everything that is not a fact of the vocabulary: unknown and derived names, wrong types. null is unknown."""
    return [fault for name, value in facts.items() for fault in _fact(vocabulary, name, value)]


def _fact(vocabulary: Vocabulary, name: str, value: Any) -> Iterator[FactFault]:
    group = vocabulary.groups.get(name)
    if group is not None and group.repeats:
        yield from _members(vocabulary, name, value)
        return
    term = vocabulary.terms.get(name)
    if term is None:
        known = {n for n in vocabulary.terms if not _repeats(vocabulary, n)} | _repeating(vocabulary)
        yield FactFault((name,), f'There is no term "{name}"', _did_you_mean(name, known))
    elif _repeats(vocabulary, name):
        owner, _, rest = name.partition(".")
        remedy = f'Write "{owner}": [{{"{rest}": …}}]'
        yield FactFault((name,), f'"{name}" belongs to the repeating group "{owner}"', remedy)
    else:
        yield from _value((name,), term, value)


def _members(vocabulary: Vocabulary, group: str, value: Any) -> Iterator[FactFault]:
    if value is None:
        return
    if isinstance(value, Mapping) and set(value) == {"members", "complete"}:
        if not isinstance(value["complete"], bool):
            yield FactFault((group, "complete"), "`complete` must be true or false", "Write complete: false")
        value = value["members"]
    if not isinstance(value, list) or not all(isinstance(member, Mapping) for member in value):
        remedy = f'Write "{group}": [{{…}}, {{…}}], or [] when there is nobody'
        yield FactFault((group,), f'"{group}" must be a list of objects', remedy)
        return
    prefix = f"{group}."
    fields = {name.removeprefix(prefix) for name in vocabulary.terms if name.startswith(prefix)}
    for i, member in enumerate(value):
        for key, inner in member.items():
            if key in fields:
                yield from _value((group, i, key), vocabulary.terms[prefix + key], inner)
            else:
                message = f'The group "{group}" has no term "{key}"'
                yield FactFault((group, i, key), message, _did_you_mean(key, fields))


def _value(place: tuple[str | int, ...], term: Term, value: Any) -> Iterator[FactFault]:
    if value is None:
        return
    if term.derive is not None:
        remedy = "Give the terms it is derived from"
        yield FactFault(place, f'"{term.name}" is derived and cannot be given', remedy)
        return
    kind = str(term.type)
    if getattr(term, "multiple", False):
        if not isinstance(value, list) or not all(_fits(kind, term, item) for item in value):
            yield FactFault(place, f'"{term.name}" must be a list', f"Write a list, each {_WORDS[kind]}")
    elif not _fits(kind, term, value):
        yield FactFault(place, f'"{term.name}" must be {_WORDS[kind]}', _remedy(kind, term))


def _remedy(kind: str, term: Term) -> str:
    if kind == "choice":
        return f"Choose one of: {', '.join(choice.value for choice in term.choices or ())}"
    return f"For example {_EXAMPLES[kind]}"


def _fits(kind: str, term: Term, value: Any) -> bool:
    if kind == "choice":
        return isinstance(value, str) and value in {choice.value for choice in term.choices or ()}
    return _TESTS.get(kind, _is_text)(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(part, str | int | None) for part in value.values())


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_LARGEST - 1 <= value <= _LARGEST


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


_TESTS: Mapping[str, Callable[[Any], bool]] = {
    "person_name": _is_object,
    "address": _is_object,
    "bank_account": _is_object,
    "file": _is_object,
    "date": _is_day,
    "year_month": lambda value: isinstance(value, str) and _MONTH.fullmatch(value) is not None,
    "integer": _is_integer,
    "yen": _is_integer,
    "boolean": lambda value: isinstance(value, bool),
}

_WORDS: Mapping[str, str] = {
    "text": "text",
    "long_text": "text",
    "phone": "text",
    "email": "text",
    "corporate_number": "text of 13 digits",
    "choice": "one of its choices",
    "person_name": "an object with family, given, family_kana, given_kana",
    "address": "an object with the parts of an address",
    "bank_account": "an object with the parts of a bank account",
    "file": "an object with attachment, name, media_type, size, sha256",
    "date": "a day that exists",
    "year_month": "a year and month",
    "integer": "a whole number",
    "yen": "a whole number of yen",
    "boolean": "true or false",
}

_EXAMPLES: Mapping[str, str] = {
    "text": '"文字"',
    "long_text": '"文字"',
    "phone": '"09000000000"',
    "email": '"name@example.jp"',
    "corporate_number": '"1234567890123"',
    "person_name": '{"family": "見本", "given": "花子", "family_kana": "ミホン", "given_kana": "ハナコ"}',
    "address": '{"city": "見本市", "town": "中央町"}',
    "bank_account": '{"bank_code": "0001", "branch_code": "001", "kind": "ordinary", "number": "1234567"}',
    "file": '{"attachment": "…", "name": "photo.jpg", "media_type": "image/jpeg", "size": 1000, "sha256": "…"}',
    "date": '"2026-11-23"',
    "year_month": '"2026-11"',
    "integer": "3",
    "yen": "10000",
    "boolean": "true",
}


def _repeats(vocabulary: Vocabulary, name: str) -> bool:
    return name.partition(".")[0] in _repeating(vocabulary) and "." in name


def _repeating(vocabulary: Vocabulary) -> set[str]:
    return {name for name, group in vocabulary.groups.items() if group.repeats}


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else "Use a name of vocabulary/*.yaml"
