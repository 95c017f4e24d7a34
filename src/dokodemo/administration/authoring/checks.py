"""What stands in the way of a proposal, and what should be mended (起案の検査).

Owns bringing all checks together: those of every pack, and those a writer needs besides. Never touches the database
except for what it is given. A problem stops publication; a hint stops nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from dokodemo.adapters.typeset import TypesetError
from dokodemo.administration.authoring import readability, reasoning
from dokodemo.administration.authoring.content import (
    LABEL,
    Content,
    examples_path,
    procedure_path,
    terms_path,
)
from dokodemo.administration.authoring.definitions import forbidden_questions
from dokodemo.administration.authoring.sample_letter import words_missing
from dokodemo.administration.authoring.wording import code_of
from dokodemo.administration.procedures.agreement import Surroundings, closest
from dokodemo.administration.procedures.checking import (
    check_derived_terms,
    check_procedure,
    compile_rules,
    read_surroundings,
    successor_exists,
)
from dokodemo.administration.procedures.compiled import CompiledProcedure, compile_file
from dokodemo.administration.procedures.definitions import ProcedureDefinition
from dokodemo.administration.procedures.letters_agree import refusals_say_why
from dokodemo.administration.procedures.reading import (
    ProcedureFile,
    as_examples,
    read_procedure,
    sections_answering,
)
from dokodemo.kernel.packs import Pack, PackError, Problem
from dokodemo.kernel.packs.located import Located
from dokodemo.kernel.vocabulary.loading import names_in

Place = tuple[str | int, ...]
# Where something is missing there is no line to look at: the key itself says the place.
_MISSING = re.compile(r'["`](\w+)["`] is missing')
_AT_THE_TOP = {name for name, field in ProcedureDefinition.model_fields.items() if field.is_required()} | {
    "approval"
}
_OTHERS: Mapping[str, tuple[str, str]] = {
    "measures": ("plan/plan.yaml", "measures"),
    "appeal": ("appeals.yaml", "classes"),
}


@dataclass(frozen=True)
class Found:
    """One finding: where (file, line and key path as far as known), what, and whether it stops publication.

    `code` is a key of the text catalogue with `params`; for a finding of the pack's own checks it is "" and `problem`
    speaks.
    """

    level: Literal["problem", "hint"]
    file: str
    line: int | None = None
    place: Place = ()
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    problem: Problem | None = None

    @property
    def part(self) -> str:
        """The page of the editor that mends it."""
        if "examples.yaml" in self.file:
            return "examples"
        if "/letters/" in self.file:
            return "letters"
        if "vocabulary/" in self.file:
            return "terms"
        return PARTS_OF_KEYS.get(str(self.place[0]) if self.place else "", "texts")


PARTS_OF_KEYS: Mapping[str, str] = {
    **dict.fromkeys(("title", "summary", "needs", "say", "say_en", "file_within"), "texts"),
    **dict.fromkeys(
        (
            "slug", "kind", "law", "legal_basis_kind", "unit", "life_events", "measures", "affairs", "appeal",
            "inventory", "identity", "who_may_file", "subject", "audience", "priority", "confirmed", "steps", "approval",
        ),
        "basis",
    ),
    **dict.fromkeys(
        ("fee", "standard_period", "statutory_limit", "online", "minutes", "performed"), "service"
    ),
    "eligible": "conditions",
    "amounts": "amounts",
    "deadlines": "deadlines",
    "form": "form",
    "evidence": "evidence",
    "outcome": "letters",
    "findings": "letters",
    "certificate": "letters",
    "ended": "ending",
    "examples": "examples",
}  # fmt: skip


@dataclass
class Report:
    """Everything found about a proposal, and the procedure ready for use when it can be read at all."""

    found: list[Found]
    file: ProcedureFile | None = None
    procedure: CompiledProcedure | None = None
    around: Surroundings | None = None

    @property
    def problems(self) -> list[Found]:
        """What stops publication."""
        return [one for one in self.found if one.level == "problem"]

    @property
    def hints(self) -> list[Found]:
        """What should be mended."""
        return [one for one in self.found if one.level == "hint"]


def check(content: Content, on: date) -> Report:
    """Everything `pack check` says of this procedure, and what the editor asks besides. Never raises PackError."""
    report = Report([])
    try:
        around = surroundings(content)
        report.around = around
        check_derived_terms(content.layered, around)
    except PackError as error:
        report.found += [_from_pack(problem, content) for problem in error.problems]
        return report
    report.found += _readable(content)
    report.found += _forbidden(content, around)
    report.found += _unused_terms(content)
    report.found += _known_elsewhere(content)
    try:
        document = content.layered.document(procedure_path(content.slug))
        if document is None:
            raise PackError(
                [
                    Problem(
                        procedure_path(content.slug), None, "Nothing is written yet", "Begin with the texts"
                    )
                ]
            )
        file = read_procedure(content.layered, document, sections_answering(content.layered))
    except PackError as error:
        report.found += [_from_pack(problem, content) for problem in error.problems]
        return report
    report.file = file
    findings = check_procedure(file, around)
    findings.problems += successor_exists(file, _slugs(content))
    findings.problems += refusals_say_why(file)
    report.found += [_from_pack(problem, content) for problem in findings.problems]
    # Kanji without a reading are named by our own check, text by text.
    report.found += [
        _from_pack(one, content, "hint") for one in findings.warnings if "kanji without" not in one.message
    ]
    if not findings.problems or all("examples.yaml" in one.file for one in findings.problems):
        report.procedure = compile_file(file, around.vocabulary, around.parameters)
        report.found += _letters_promised(content, file, report.procedure)
    report.found += _reasoned(file, around, on)
    return report


def surroundings(content: Content) -> Surroundings:
    """Vocabulary with the proposal's own terms, parameters, sections and life events. Raises PackError."""
    terms = next((text for path, text in content.files.items() if path.startswith("vocabulary/")), "")
    return _surroundings(content.pack, content.slug, terms)


@lru_cache(maxsize=16)
def _surroundings(pack: Pack, slug: str, terms: str) -> Surroundings:
    files = {f"vocabulary/office-{slug}.yaml": terms} if terms.strip() else {}
    return read_surroundings(pack.with_files(files, label="proposal") if files else pack)


def _from_pack(problem: Problem, content: Content, level: Literal["problem", "hint"] = "problem") -> Found:
    place: Place = ()
    if code_of(problem.message) == "procedures.problem.few_examples":
        place = ("examples",)
    elif problem.line is not None:
        for path in (procedure_path(content.slug), examples_path(content.slug), terms_path(content.slug)):
            if problem.file.endswith(f"/{path}"):
                place = _place_of_line(content, path, problem)
        missing = _MISSING.fullmatch(problem.message)
        if missing is not None:
            place = (missing[1],) if missing[1] in _AT_THE_TOP else (*place, missing[1])
    return Found(level, problem.file, problem.line, place, problem=problem)


def _place_of_line(content: Content, path: str, problem: Problem) -> Place:
    """The key path of what is written on the problem's line, else of what begins last before it."""
    documents = content.layered.all_layers(path)
    if path == procedure_path(content.slug):
        merged = content.layered.document(path)
        documents = [merged] if merged is not None else []
    starts = [
        (node.line, -len(place), place)
        for document in map(as_examples, documents)
        for place, node in _nodes(document.root, ())
        if node.file == problem.file and node.line <= (problem.line or 0)
    ]
    return max(starts, key=lambda one: one[:2])[2] if starts else ()


def _nodes(node: Located, place: Place) -> Iterator[tuple[Place, Located]]:
    """Everything below a node with its key path."""
    children: Iterable[tuple[str | int, Located]] = ()
    if isinstance(node.value, Mapping):
        children = node.value.items()
    elif isinstance(node.value, tuple):
        children = enumerate(node.value)
    for key, child in children:
        yield (*place, key), child
        yield from _nodes(child, (*place, key))


def _at(content: Content, place: Place) -> tuple[str, int | None]:
    document = content.layered.document(procedure_path(content.slug))
    return document.where(place) if document is not None else (procedure_path(content.slug), None)


def _own(
    content: Content, place: Place, code: str, level: Literal["problem", "hint"], params: Mapping[str, Any]
) -> Found:
    file, line = _at(content, place)
    return Found(level, file, line, place, f"authoring.check.{code}", params)


def _readable(content: Content) -> Iterator[Found]:
    for place, lang, text in readability.texts_in(content.data):
        if lang == "easy":
            try:
                for hint in readability.hints(text):
                    yield _own(content, place, hint.code, "hint", {"words": hint.words})
            except ValueError:
                yield _own(content, place, "ruby", "problem", {"words": text[:40]})
        elif lang == "ja":
            for sentence in readability.long_sentences(text):
                yield _own(content, place, "long_ja", "hint", {"words": f"{sentence[:30]}…"})


def _forbidden(content: Content, around: Surroundings) -> Iterator[Found]:
    listed = forbidden_questions(content.pack)
    for place, name in asked_terms(content.data):
        term = around.vocabulary.terms.get(name)
        label = term.label.ja if term is not None else ""
        for question in listed:
            if question.is_met(name, label):
                params = {"label": label or name, "say": question.say, "law": question.law}
                yield _own(content, place, "forbidden", "problem", params)
    for i, term_data in enumerate(content.additions["terms"]):
        label = str((term_data.get("label") or {}).get("ja", "")) if isinstance(term_data, dict) else ""
        for question in listed:
            if question.is_met(str(term_data.get("name", "")), label):
                path = next(path for path in content.files if path.startswith("vocabulary/"))
                params = {"label": label, "say": question.say, "law": question.law}
                yield Found(
                    "problem", f"proposal/{path}", None, ("terms", i), "authoring.check.forbidden", params
                )


def asked_terms(data: Mapping[str, Any]) -> list[tuple[Place, str]]:
    """The key path and term of every question and paper of a definition, complete or not."""
    found: list[tuple[Place, str]] = []
    for i, page in enumerate(_maps(data.get("form"))):
        for j, ask in enumerate(page.get("ask") or ()):
            name = ask.get("term") if isinstance(ask, dict) else ask
            found.append((("form", i, "ask", j), str(name)))
    for i, paper in enumerate(_maps(data.get("evidence"))):
        found.append((("evidence", i, "term"), str(paper.get("term"))))
    return found


def _maps(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _unused_terms(content: Content) -> Iterator[Found]:
    """Terms that the proposal adds and that nothing of it asks, tests or prints."""
    added = [term for term in content.additions["terms"] if isinstance(term, dict)]
    if not added:
        return
    rules = [str(term.get("derive") or "") for term in added] + _strings(content.data)
    letters = [text for path, text in content.files.items() if path.endswith(".typ")]
    used = {name for text in [*rules, *letters] for name in names_in(text)}
    used |= {name for text in letters for name in re.findall(r'"([a-z0-9_]+\.[a-z0-9_]+)"', text)}
    used |= {name for _, name in asked_terms(content.data)}
    path = next(path for path in content.files if path.startswith("vocabulary/"))
    for i, term in enumerate(added):
        name = str(term.get("name"))
        if name not in used:
            yield Found(
                "hint", f"proposal/{path}", None, ("terms", i), "authoring.check.unused", {"name": name}
            )


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for child in value.values() for text in _strings(child)]
    if isinstance(value, list):
        return [text for child in value for text in _strings(child)]
    return [value] if isinstance(value, str) else []


def _known_elsewhere(content: Content) -> Iterator[Found]:
    """Measures of the plan and classes of appeals, as their own files name them."""
    for key, (path, listed) in _OTHERS.items():
        document = content.pack.document(path)
        data = document.data.get(listed) if document is not None and isinstance(document.data, dict) else None
        codes = set(data) if isinstance(data, dict) else {one.get("code") for one in _maps(data)}
        if not codes:
            continue
        value = content.data.get(key)
        named = value if isinstance(value, list) else [value] if value else []
        for i, code in enumerate(named):
            if code not in codes:
                place: Place = (key, i) if isinstance(value, list) else (key,)
                near = closest(str(code), {str(one) for one in codes}, ", ".join(sorted(map(str, codes))))
                yield _own(content, place, f"unknown_{key}", "problem", {"code": code, "near": near})


def _letters_promised(content: Content, file: ProcedureFile, procedure: CompiledProcedure) -> Iterator[Found]:
    """Words that an example of the proposal's own expects in its letter and that cannot be found there."""
    for located in file.examples:
        if located.example.letter_contains and located.document.root.file.startswith(LABEL):
            try:
                lost = words_missing(content, procedure, located.example)
            except (PackError, KeyError, TypesetError):
                continue
            if lost:
                where, line = located.document.where(("examples", located.index, "letter_contains"))
                params = {"title": located.example.title, "words": "、".join(lost)}
                place: Place = ("examples", located.index, "letter_contains")
                yield Found("hint", where, line, place, "authoring.check.letter_lacks", params)


def _slugs(content: Content) -> set[str]:
    paths = [path for layer in content.layered.layers for path in layer.paths("procedures/*/procedure.yaml")]
    return {path.split("/")[1] for path in paths}


def _reasoned(file: ProcedureFile, around: Surroundings, on: date) -> Iterator[Found]:
    rules, broken = compile_rules(file, around)
    if broken:
        return
    conditions = [rules["eligible", i, "when"] for i in range(len(file.definition.eligible))]
    if not conditions:
        return
    reasoned = reasoning.reason(conditions, around.vocabulary, around.parameters, on)

    def found(i: int, code: str, level: Literal["problem", "hint"], **params: Any) -> Found:
        place: Place = ("eligible", i, "when")
        where, line = file.document.where(place)
        return Found(level, where, line, place, f"authoring.check.{code}", {"number": i + 1, **params})

    for i in reasoned.never:
        yield found(i, "never_true", "problem")
    for i in reasoned.always:
        yield found(i, "always_true", "hint")
    if reasoned.pair is not None:
        first, second = reasoned.pair
        yield found(second, "contradiction", "problem", other=first + 1)
    if not reasoned.together:
        yield found(0, "together", "problem")
