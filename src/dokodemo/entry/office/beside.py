"""Answers beside the register (突合): each question with what was answered, what the register says, and how they differ.

Owns the words of the comparison. Never shows what locates a protected person to a clerk who may not see it (秘匿).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from dokodemo.administration.cases import flow, hiding, queries
from dokodemo.administration.cases.models import Case
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.city.parties import queries as parties
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say
from dokodemo.kernel.vocabulary import Term, TermType, values

# A register without these knows nothing of them: that is no contradiction.
_MAY_BE_ABSENT = frozenset({"postal_code", "family_kana", "given_kana"})


@dataclass(frozen=True)
class Line:
    """One question: what was answered, what the register says, whether and in which parts the two differ.

    `askable` says that the register could know it at all, `known` that it does for this person.
    """

    place: str
    label: SafeString
    answer: str
    files: list[dict[str, Any]]
    register: str
    known: bool
    askable: bool
    differs: bool
    parts: list[str]
    masked: bool


@dataclass(frozen=True)
class Block:
    """The lines of one page of the form, or of one member of a repeating group."""

    title: SafeString
    lines: list[Line]


@dataclass(frozen=True)
class Change:
    """An answer that a correction changed."""

    label: SafeString
    before: str
    now: str


@dataclass(frozen=True)
class Comparison:
    """All answers of a case as this clerk sees them."""

    blocks: list[Block]
    hidden: bool
    changes: list[Change] = field(default_factory=list)

    @property
    def differing(self) -> int:
        """How many answers are not what the register says."""
        return sum(line.differs for block in self.blocks for line in block.lines)

    def labels(self) -> dict[str, SafeString]:
        """The label of each place, with its member's."""
        found: dict[str, SafeString] = {}
        for block in self.blocks:
            for line in block.lines:
                member = flow.MEMBER.fullmatch(line.place)
                found[line.place] = format_html("{}：{}", block.title, line.label) if member else line.label
        return found


def comparison(request: Request, case: Case, procedure: CompiledProcedure) -> Comparison:
    """The answers of a case beside the register; the look at the register is recorded by its owner."""
    hides = hiding.hides_places(request.actor, case)
    hidden = hiding.locating_terms(procedure) if hides else frozenset()
    register = _register(request, case, procedure)
    blocks = [
        Block(
            title,
            [_line(request, term, place, value, register.get(place), hidden) for term, place, value in asked],
        )
        for title, asked in _pages(request, case, procedure)
    ]
    return Comparison(blocks, hides, _changes(request, case, procedure, hidden))


type _Asked = list[tuple[Term, str, Any]]


def _pages(request: Request, case: Case, procedure: CompiledProcedure) -> Iterator[tuple[SafeString, _Asked]]:
    answers = case.answers
    for step in flow.steps(procedure, answers, on=calendar_jp.today()):
        title = say(step.page.title, request.lang, furigana=request.furigana)
        group = step.page.group
        if group is None or not group.repeats:
            terms = [question.term for question in step.questions]
            yield title, [(term, term.name, answers.get(term.name)) for term in terms]
            continue
        item = say(group.item or group.label, request.lang, furigana=request.furigana)
        for number, member, questions in flow.each_member(step, answers):
            here = [question.term for question in questions]
            yield (
                format_html("{} {}", item, number + 1),
                [(t, f"{group.name}-{number}.{t.field}", member.get(t.field)) for t in here],
            )


def _register(request: Request, case: Case, procedure: CompiledProcedure) -> Mapping[str, Any]:
    if case.subject_id is None:
        return {}
    terms = [q.term for page in procedure.pages for q in page.questions if q.term.register is not None]
    found = parties.compare(
        request.actor,
        case.subject_id,
        terms=terms,
        purpose=case.procedure,
        section=case.section,
        case_id=case.pk,
    )
    return flow.places(found)


def filer(request: Request, case: Case) -> parties.NamedPerson | None:
    """Who the sign-in that filed a case is; None when it is nobody now. The look is recorded by its owner."""
    if case.owner_id is None:
        return None
    return parties.person_of_case(
        request.actor, case.owner_id, purpose=case.procedure, section=case.section, case_id=case.pk
    )


def _line(request: Request, term: Term, place: str, value: Any, held: Any, hidden: frozenset[str]) -> Line:
    masked = term.name in hidden or bool(held is not None and held.masked)
    known = held is not None and not masked and held.value is not None
    files = value if term.type == TermType.FILE and isinstance(value, list) else []
    compared = known and value is not None
    parts = different_parts(term, value, held.value) if compared else []
    return Line(
        place=place,
        label=say(term.label, request.lang, furigana=request.furigana),
        answer="" if masked or files else values.show(term, value, request.lang),
        files=[] if masked else files,
        register=values.show(term, held.value, request.lang) if known else "",
        known=known,
        askable=term.register is not None,
        differs=bool(compared and (parts or differs(term, value, held.value))),
        parts=[texts.plain(f"ui.part.{part}", request.lang) for part in parts],
        masked=masked,
    )


def differs(term: Term, answer: Any, held: Any) -> bool:
    """Whether a value in one piece is another one; telephone numbers are the same however they are grouped."""
    if isinstance(answer, dict):
        return False
    if term.type == TermType.PHONE:
        return _digits(answer) != _digits(held)
    return bool(answer != held)


def _digits(number: Any) -> str:
    return "".join(filter(str.isdigit, str(number)))


def different_parts(term: Term, answer: Any, held: Any) -> list[str]:
    """The parts of a composite value (name, address, account) in which two differ; empty for anything else."""
    if not isinstance(answer, dict) or not isinstance(held, dict):
        return []
    differing = []
    for part in values.parts(term):
        one, other = (answer.get(part) or "").strip(), (held.get(part) or "").strip()
        if one != other and not (part in _MAY_BE_ABSENT and not other):
            differing.append(part)
    return differing


def _changes(
    request: Request, case: Case, procedure: CompiledProcedure, hidden: frozenset[str]
) -> list[Change]:
    """What the last correction changed, in words."""
    found = []
    for difference in queries.earlier_answers(case):
        member = flow.MEMBER.fullmatch(difference.place)
        name = f"{member['group']}.{member['field']}" if member else difference.place
        term = procedure.vocabulary.terms.get(name)
        if term is None:
            continue
        label = say(term.label, request.lang, furigana=request.furigana)
        if member:
            label = format_html("{} {}", label, int(member["place"]) + 1)
        if name in hidden:
            withheld = texts.plain("office.case.masked", request.lang)
            found.append(Change(label, withheld, withheld))
            continue
        before, now = (
            values.show(term, value, request.lang) for value in (difference.register, difference.answer)
        )
        found.append(Change(label, before, now))
    return found
