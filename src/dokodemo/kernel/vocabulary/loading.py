"""Puts the terms of all layers of a pack together (用語集の読み込み).

Owns the rules between terms: names are unique, groups exist, derived terms do not need themselves.
Never parses rules: that a derived term is correct is checked by the rule language, which stands above.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from dokodemo.kernel.packs import Document, Pack, PackError, Problem, validate
from dokodemo.kernel.vocabulary.definitions import Group, Term, VocabularyFile

PATTERN = "vocabulary/*.yaml"
# Names that mean something else in rules.
RESERVED = frozenset({"param", "today"})
_TEXT_LITERAL = re.compile(r"'(?:[^']|'')*'")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?")


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All terms and groups of a pack; never changes. Compared by identity; equal content has equal `digest`."""

    terms: Mapping[str, Term]
    groups: Mapping[str, Group]

    def term(self, name: str) -> Term:
        """The term of that name; KeyError when there is none."""
        return self.terms[name]

    def group_of(self, name: str) -> Group | None:
        """The group of the term `name`, None for a term outside groups; KeyError for an unknown term."""
        group = self.terms[name].group_name
        return None if group is None else self.groups[group]

    def terms_of(self, group: str) -> tuple[Term, ...]:
        """The terms of one group, in the order of the files."""
        return tuple(term for term in self.terms.values() if term.group_name == group)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (64 hex digits) of the content, the same on every machine."""
        content = {
            "terms": {name: term.model_dump(mode="json") for name, term in self.terms.items()},
            "groups": {name: group.model_dump(mode="json") for name, group in self.groups.items()},
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Written[T: Term | Group]:
    """A definition and where it stands."""

    value: T
    document: Document
    at: tuple[str, int]

    def problem(self, message: str, remedy: str, key: str = "name") -> Problem:
        return self.document.problem((*self.at, key), message, remedy)


def load_vocabulary(pack: Pack) -> Vocabulary:
    """The vocabulary of a pack. A later layer replaces a term or group of the same name as a whole.

    Raises PackError with every problem found: broken files, doubled names, unknown groups, circular derivation.
    """
    terms: dict[str, _Written[Term]] = {}
    groups: dict[str, _Written[Group]] = {}
    problems: list[Problem] = []
    for documents in pack.by_layer(PATTERN):
        layer_terms: dict[str, _Written[Term]] = {}
        layer_groups: dict[str, _Written[Group]] = {}
        for document in documents:
            try:
                file = validate(VocabularyFile, document)
            except PackError as error:
                problems += error.problems
                continue
            for index, group in enumerate(file.groups):
                problems += _add(layer_groups, _Written(group, document, ("groups", index)), "group")
            for index, term in enumerate(file.terms):
                problems += _add(layer_terms, _Written(term, document, ("terms", index)), "term")
        terms |= layer_terms
        groups |= layer_groups
    if not problems:
        problems = [*_misplaced(terms, groups), *_circles(terms)]
    if problems:
        raise PackError(problems)
    return Vocabulary(
        MappingProxyType({name: written.value for name, written in terms.items()}),
        MappingProxyType({name: written.value for name, written in groups.items()}),
    )


def _add[T: Term | Group](known: dict[str, _Written[T]], written: _Written[T], what: str) -> list[Problem]:
    name = written.value.name
    if name in known:
        file, line = known[name].document.where((*known[name].at, "name"))
        return [
            written.problem(
                f'The {what} "{name}" is already in {file}:{line}', "Delete or rename one of them"
            )
        ]
    known[name] = written
    return []


def _misplaced(terms: Mapping[str, _Written[Term]], groups: Mapping[str, _Written[Group]]) -> list[Problem]:
    problems = [
        written.problem(f'"{written.value.name}" means something else in rules', "Choose another name")
        for written in _named(RESERVED, terms, groups)
    ]
    for name, written in terms.items():
        group = written.value.group_name
        if name in groups:
            problems.append(written.problem(f'"{name}" is also the name of a group', "Choose another name"))
        if group is not None and group not in groups:
            problems.append(
                written.problem(f'There is no group "{group}"', f"Add it to `groups` or rename {name}")
            )
        if (
            written.value.per is not None
            and group is not None
            and group in groups
            and groups[group].value.repeats
        ):
            problems.append(
                written.problem(
                    f'"{name}" is asked of each {group} and cannot be `per: procedure`', "Delete `per`", "per"
                )
            )
        if group is None and written.value.derive is None:
            problems.append(
                written.problem(f'"{name}" belongs to no group', f"Name it like applicant.{name}")
            )
    return problems


def _named(
    names: frozenset[str], terms: Mapping[str, _Written[Term]], groups: Mapping[str, _Written[Group]]
) -> list[_Written[Term] | _Written[Group]]:
    return [known[name] for known in (terms, groups) for name in sorted(names) if name in known]


def _circles(terms: Mapping[str, _Written[Term]]) -> list[Problem]:
    derived = {name: written for name, written in terms.items() if written.value.derive is not None}
    needs = {
        name: [n for n in names_in(written.value.derive or "") if n in derived]
        for name, written in derived.items()
    }
    problems: list[Problem] = []
    safe: set[str] = set()
    for start in derived:
        circle = _circle_from(start, needs, safe)
        if circle:
            text = " → ".join(circle)
            remedy = "Break the circle: derive one of them from other terms"
            problems.append(
                derived[circle[0]].problem(f"A derived term needs itself ({text})", remedy, "derive")
            )
            safe |= set(circle)
    return problems


def _circle_from(start: str, needs: Mapping[str, list[str]], safe: set[str]) -> list[str]:
    """A circle that can be reached from `start`, [] when there is none; terms found harmless go into `safe`."""
    path: list[str] = []
    waiting = [(start, iter(needs[start]))] if start not in safe else []
    path += [start] if waiting else []
    while waiting:
        name, rest = waiting[-1]
        following = next((n for n in rest if n not in safe), None)
        if following is None:
            safe.add(name)
            waiting.pop()
            path.pop()
        elif following in path:
            return [*path[path.index(following) :], following]
        else:
            waiting.append((following, iter(needs[following])))
            path.append(following)
    return []


def names_in(rule: str) -> list[str]:
    """The names a rule mentions (terms, groups, functions, keywords), without text in quotes."""
    return [match.group() for match in _NAME.finditer(_TEXT_LITERAL.sub("''", rule))]
