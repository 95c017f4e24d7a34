"""Does a letter read what it is given, and print what the law asks of it? (通知書と定義の整合)

Owns what is asked of the source of letters: no name of a decision or a finding that is never given, every required finding
printed, and of a refusal, whole or in part, its reasons and the appeal notice (行政手続法8条, 行政不服審査法82条). Never judges
words, and never issues anything.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from dokodemo.adapters.typeset import Template, TypesetError, typeset
from dokodemo.administration.procedures.agreement import Surroundings, at, closest
from dokodemo.administration.procedures.reading import ProcedureFile, reached
from dokodemo.kernel.packs import Problem

DECISION = ("kind", "text", "conditions")
# 行政手続法8条: what is refused in whole or in part carries reasons.
REFUSALS = ("refused", "partially_approved")
_COMMENT = re.compile(r"(?<!:)//[^\n]*|/\*.*?\*/", re.DOTALL)
_FINDING = re.compile(r'\bfinding\(\s*"([^"]*)"')
_ROWS = re.compile(r"\bfinding-rows\(")
_READ = (
    re.compile(r'\bpick\(\s*data\s*,\s*"(decision|findings)"\s*,\s*"([^"]*)"'),
    re.compile(r"\bdata\.(decision|findings)\.(?!at\b|values\b|keys\b|pairs\b|len\b)([a-z][a-z0-9_-]*)"),
    re.compile(r'\.at\(\s*"(decision|findings)"[^()]*(?:\(:\))?\s*\)\.at\(\s*"([^"]*)"'),
    re.compile(r'\bdata\.(decision|findings)\.at\(\s*"([^"]*)"'),
    re.compile(r'\bvalue\(\s*"(decision|findings)\.([^"]*)"'),
)
_OWN_NOTICE = re.compile("審査請求")
_DAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def letters_read_what_is_given(file: ProcedureFile, _: Surroundings) -> Iterator[Problem]:
    """A name that nobody ever gives would leave its line out of every letter, unseen."""
    for outcome, path, source in _letters(file):
        given = {
            "decision": set(DECISION),
            "findings": {one.name for one in file.definition.findings if outcome in one.asked_on}
            | _of_same_letter(file, path),
        }
        for kind, name in sorted(names_read(source)):
            if name not in given[kind]:
                message = f'The letter "{path}" reads "{kind}.{name}", which is never given'
                known = ", ".join(sorted(given[kind])) or "none"
                yield at(
                    file, ("outcome", outcome), message, closest(name, given[kind], f"Given are: {known}")
                )


def required_findings_are_printed(file: ProcedureFile, _: Surroundings) -> Iterator[Problem]:
    """What a decision must find is what its letter is for."""
    for outcome, path, source in _letters(file):
        if _ROWS.search(source):
            continue
        read = {name for kind, name in names_read(source) if kind == "findings"}
        for i, one in enumerate(file.definition.findings):
            if outcome in one.required_on and one.name not in read:
                message = f'The letter "{path}" does not print the finding "{one.name}"'
                remedy = f'Write #finding("{one.name}") in the letter, or ..finding-rows() in a table'
                yield at(file, ("findings", i, "name"), message, remedy)


def findings_fit(file: ProcedureFile, _: Surroundings) -> Iterator[Problem]:
    """Each finding is told apart by its name, belongs to an outcome that has a letter, and follows one of its own kind."""
    letters = file.definition.outcome.letters()
    before: dict[str, str] = {}
    for i, one in enumerate(file.definition.findings):
        if one.name in before:
            yield at(file, ("findings", i, "name"), f'The finding "{one.name}" is there twice', "Rename one")
        for outcome in one.asked_on:
            if outcome not in letters:
                message = f'The finding "{one.name}" belongs to "{outcome}", which has no letter'
                yield at(file, ("findings", i), message, f"Choose one of: {', '.join(letters)}")
        if one.not_before is not None and before.get(one.not_before) != one.type:
            message = f'"{one.name}" cannot follow "{one.not_before}"'
            remedy = "Name a finding of the same type that stands above it"
            yield at(file, ("findings", i, "not_before"), message, remedy)
        before[one.name] = one.type


LETTER_CHECKS = (findings_fit, letters_read_what_is_given, required_findings_are_printed)


def names_read(source: str) -> set[tuple[str, str]]:
    """What a source reads of the decision and of its findings: pairs like ("decision", "text")."""
    text = _COMMENT.sub("", source)
    found = {("findings", name) for name in _FINDING.findall(text)}
    return found | {(kind, name) for pattern in _READ for kind, name in pattern.findall(text)}


def refusals_say_why(file: ProcedureFile) -> Iterator[Problem]:
    """Sets each letter of a refusal with other reasons and another notice: what does not change it is not printed."""
    for outcome, path, _ in _letters(file):
        if outcome not in REFUSALS:
            continue
        place = f"{file.folder}/{path}" if f"{file.folder}/{path}" in file.letters else path
        sources = tuple((name, file.letters[name]) for name in sorted(reached(place, file.letters)))
        for message, remedy in _not_printed(place, sources):
            yield at(file, ("outcome", outcome), message.format(path=path), remedy)


@lru_cache(maxsize=256)
def _not_printed(path: str, sources: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """What a letter keeps to itself, as message and remedy."""
    template = Template(path, dict(sources))
    try:
        whole, others = _made(template), {key: _made(template, **change) for key, change in _CHANGED.items()}
        silent = {key for key, made in others.items() if made == whole}
        # A letter may have a notice of its own for some cases; then only whether there is one changes it.
        own = any(_OWN_NOTICE.search(_COMMENT.sub("", text)) for _, text in sources)
        if "appeal" in silent and own and _made(template, appeal=[]) != whole:
            silent.discard("appeal")
    except TypesetError as fault:
        message = str(fault).replace("{", "{{").replace("}", "}}")
        return ((f'The letter "{{path}}" cannot be set: {message}', "Correct the letter"),)
    found = []
    if silent & {"rules", "words"}:
        found.append(
            ('The letter "{path}" refuses without printing the reasons', "Write #reasons() in the letter")
        )
    if "appeal" in silent:
        message = 'The letter "{path}" refuses without the notice on appeals'
        found.append((message, "Write `with-appeal: true` or #appeal() in the letter"))
    return tuple(found)


_RULE = {"say": "要件一", "article": "第一条"}
_WORDS = {"say": "理由一", "article": None}
_CHANGED: Mapping[str, Mapping[str, Any]] = {
    "rules": {"reasons": [{"say": "条件二", "article": "第二条"}, _WORDS]},
    "words": {"reasons": [_RULE, {"say": "事情二", "article": None}]},
    "appeal": {"appeal": ["教示二"]},
}


def _made(template: Template, **change: Any) -> bytes:
    data: dict[str, Any] = {
        "lang": "ja",
        "number": "1",
        "issued_on": "令和8年11月23日",
        "title": "通知書",
        "sample": False,
        "unconfirmed": False,
        "city": {"name": "見本市", "mayor": "見本市長"},
        "addressee": {"name": "見本　花子", "address": None, "honorific": "様"},
        "case": {"number": "1", "procedure": "手続", "arrived_on": "令和8年11月20日", "law": "法"},
        "terms": {},
        "groups": {},
        "reasons": [_RULE, _WORDS],
        "decision": {"kind": "refused", "text": "認定（承認）しません", "conditions": []},
        "findings": {},
        "appeal": ["教示一"],
        "amounts": {},
        "fee": None,
    }
    return typeset(template, data | change, created=_DAY).pdf


def _letters(file: ProcedureFile) -> Iterator[tuple[str, str, str]]:
    """Outcome, path as the definition has it, and source with all it imports but the shared parts, of each letter."""
    for outcome, path in file.definition.outcome.letters().items():
        beside = f"{file.folder}/{path}"
        place = beside if beside in file.letters else path
        if place in file.letters:
            texts = [file.letters[name] for name in reached(place, file.letters) if not _is_shared(name)]
            yield outcome, path, "\n".join(texts)


def _is_shared(path: str) -> bool:
    """Parts (`_letter.typ`) offer functions; only a letter that calls them reads anything."""
    return path.rpartition("/")[2].startswith("_")


def _of_same_letter(file: ProcedureFile, path: str) -> set[str]:
    """Findings that another outcome gives to the same letter."""
    outcomes = {outcome for outcome, other in file.definition.outcome.letters().items() if other == path}
    return {one.name for one in file.definition.findings if outcomes & set(one.asked_on)}
