"""One case on a clerk's desk (審査画面): answers beside the register, the rules, the papers, the talk.

Owns what a clerk sees. Never decides and never shows an address that is kept from this clerk (秘匿).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dokodemo.administration.cases import flow, logic, policies, queries
from dokodemo.administration.cases.actions.review import record_view
from dokodemo.administration.cases.letters import document_subject
from dokodemo.administration.cases.models import Case
from dokodemo.administration.certificates import actions as certificate_actions
from dokodemo.administration.certificates import queries as certificates
from dokodemo.administration.eligibility import queries as eligibility
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.city.organisation import queries as organisation
from dokodemo.city.parties import queries as parties
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.portal.following import download
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say
from dokodemo.kernel.vocabulary import values


@dataclass(frozen=True)
class Line:
    """One question: what was answered, what the register says, and whether the two differ."""

    place: str
    label: Any
    answer: str
    files: list[dict[str, Any]]
    register: str
    differs: bool
    masked: bool


@needs_staff
@require_safe
def case(request: Request, case_id: UUID) -> HttpResponse:
    """Everything a decision needs, on one page."""
    found = queries.get_case_for_review(request.actor, case_id)
    record_view(actor=request.actor, case=found)
    return show(request, found)


def show(request: Request, found: Case, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The case page; `extra` holds a form that came back with its error and what was typed."""
    procedure = procedures.compiled_version(found.version_id)
    log = events.of_object("case", found.pk)
    names = organisation.staff_names(
        _account(event.actor) for event in log if event.actor.startswith("account:")
    )
    return render(
        request,
        "office/case.html",
        {
            "case": found,
            "procedure": procedure.definition,
            "clock": queries.clock_of(found, procedure),
            "blocks": _blocks(request, found, procedure),
            "assessment": eligibility.assess(procedure, found.answers),
            "messages_of_case": queries.messages_of(found),
            "notes": queries.notes_of(found),
            "decisions": queries.decisions_of(found),
            "standing": queries.standing_decision(found),
            "corrections": list(found.corrections.all()),
            "letters": certificates.for_case(request.actor, found.pk),
            "log": [_entry(request, event, names) for event in log],
            "acts": logic.allowed_acts(found.kind, found.state),
            "approves": policies.approves(request.actor, found),
            "own_proposal": _own(request, found),
            "others": queries.same_matter(found),
            "earlier": queries.earlier_answers(found),
            "can_extend": _can_extend(found, procedure),
            "assignee": organisation.staff_name(found.assignee_id) if found.assignee_id else "",
            **extra,
        },
        status=status,
    )


def _account(ref: str) -> UUID:
    return UUID(ref.removeprefix("account:"))


def _own(request: Request, found: Case) -> bool:
    standing = queries.standing_decision(found)
    return standing is not None and standing.proposed_by_id == request.actor.account_id


def _can_extend(found: Case, procedure: CompiledProcedure) -> bool:
    limit = procedure.definition.statutory_limit
    return found.open and not found.extended and limit is not None and limit.extension_days is not None


def _entry(request: Request, event: Any, names: dict[UUID, str]) -> dict[str, Any]:
    who = names.get(_account(event.actor), "") if event.actor.startswith("account:") else ""
    return {
        "at": event.at,
        "title": texts.t(
            f"office.log.{event.verb.removeprefix('cases.')}", request.lang, furigana=request.furigana
        ),
        "text": who,
        "state": "done",
    }


def _blocks(request: Request, found: Case, procedure: CompiledProcedure) -> list[tuple[Any, list[Line]]]:
    """The answers by page beside the register's values, differences marked (突合)."""
    register = _register(request, found, procedure)
    hidden = queries.hides_addresses(request.actor, found)
    blocks: list[tuple[Any, list[Line]]] = []
    for step in flow.steps(procedure, found.answers, on=calendar_jp.today()):
        title = say(step.page.title, request.lang, furigana=request.furigana)
        group = step.page.group
        if group is None or not group.repeats:
            lines = [
                _line(request, q.term, q.term.name, found.answers.get(q.term.name), register, hidden)
                for q in step.questions
            ]
            blocks.append((title, lines))
            continue
        for number, member in enumerate(found.answers.get(group.name) or []):
            lines = [
                _line(
                    request,
                    q.term,
                    f"{group.name}-{number}.{q.term.field}",
                    member.get(q.term.field),
                    register,
                    hidden,
                )
                for q in step.questions
            ]
            blocks.append((f"{title} {number + 1}", lines))
    return blocks


def _register(request: Request, found: Case, procedure: CompiledProcedure) -> dict[str, Any]:
    if found.subject_id is None:
        return {}
    terms = [q.term for page in procedure.pages for q in page.questions if q.term.register is not None]
    return flow.places(
        parties.compare(
            request.actor, found.subject_id, terms=terms, purpose=found.procedure, section=found.section
        )
    )


def _line(
    request: Request, term: Any, place: str, value: Any, register: dict[str, Any], hidden: bool
) -> Line:
    known = register.get(place)
    masked = (hidden and term.type == "address") or bool(known is not None and known.masked)
    files = value if term.type == "file" and isinstance(value, list) else []
    answer = "" if value is None or files else values.show(term, value, request.lang)
    says = values.show(term, known.value, request.lang) if known is not None and not known.masked else ""
    return Line(
        place=place,
        label=say(term.label, request.lang, furigana=request.furigana),
        answer="" if masked else answer,
        files=files,
        register="" if masked else says,
        differs=known is not None and not known.masked and value is not None and value != known.value,
        masked=masked,
    )


@needs_staff
@require_safe
def attachment(request: Request, attachment_id: UUID) -> HttpResponse:
    """A paper of a case; each opening is recorded."""
    found = queries.get_attachment(request.actor, attachment_id)
    content = queries.content_of(found)
    record_view(actor=request.actor, case=found.case, attachment_id=found.pk)
    return download(content, name=found.name, media_type=found.media_type)


@needs_staff
@require_safe
def letter(request: Request, case_id: UUID, document_id: UUID) -> HttpResponse:
    """The signed letter of a case of my section."""
    found = queries.get_case_for_review(request.actor, case_id)
    opened = certificates.open_document(
        request.actor, document_id, case_id=found.pk, subject_id=document_subject(found)
    )
    certificate_actions.record_download(actor=request.actor, document_id=document_id)
    return download(opened.content, name=opened.file_name, media_type=opened.media_type)
