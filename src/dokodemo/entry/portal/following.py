"""Following one's applications (申請の確認): my page, a case with its timeline, messages, corrections, letters.

Owns what a person sees of a case. Never shows another's, and never decides anything.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokodemo.administration.cases import actions, logic, policies, progress, queries, together
from dokodemo.administration.cases.actions.review import BadRequest
from dokodemo.administration.cases.letters import document_subject
from dokodemo.administration.cases.models import Case
from dokodemo.administration.certificates import actions as certificate_actions
from dokodemo.administration.certificates import queries as certificates
from dokodemo.administration.certificates.events import DOWNLOADED
from dokodemo.administration.certificates.events import OBJECT as DOCUMENT
from dokodemo.administration.certificates.queries import DocumentFacts
from dokodemo.administration.eligibility import queries as eligibility
from dokodemo.administration.guidance import queries as guidance
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.definitions import ProcedureDefinition
from dokodemo.administration.procedures.found import told
from dokodemo.entry.portal import linking
from dokodemo.entry.portal.joining import of_bundle
from dokodemo.entry.portal.offers import cards
from dokodemo.entry.portal.summary import asked_rows, case_blocks
from dokodemo.entry.portal.visitors import needs_resident
from dokodemo.entry.portal.writing import tell
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.crypto import new_id
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import texts


def _page(request: Request) -> int:
    text = request.GET.get("page", "1")
    return max(1, min(int(text[:9]), 10_000)) if text.isdecimal() else 1


@needs_resident
@require_safe
def my(request: Request) -> HttpResponse:
    """Everything one has begun and handed in."""
    page = _page(request)
    found, more = queries.my_cases(request.actor, page=page)
    waiting, unread = queries.to_do(request.actor)
    return render(
        request,
        "portal/my.html",
        {
            "link": linking.unlinked(request),
            "drafts": [(draft, together.form_of(draft)) for draft in queries.my_drafts(request.actor)],
            "cases": _bundled(request, found),
            "lists": guidance.my_lists(request.actor),
            "waiting": waiting,
            "unread": unread,
            "offers": cards(request),
            "opted_out": eligibility.has_opted_out(request.actor),
            "page": page,
            "more": more,
        },
    )


type _Entry = tuple[Case, ProcedureDefinition, bool]


def _bundled(request: Request, found: list[Case]) -> list[tuple[UUID | None, list[_Entry]]]:
    """The cases in their order, those of one bundle side by side; each with its procedure and whether a letter is new."""
    entries: list[tuple[UUID | None, list[_Entry]]] = []
    for case in found:
        told = case.notified_at is not None or case.extended
        new_letter = told and any(is_new for _, is_new in _letters(request, case))
        entry = (case, procedures.compiled_version(case.version_id).definition, new_letter)
        if case.bundle_id is not None and entries and entries[-1][0] == case.bundle_id:
            entries[-1][1].append(entry)
        else:
            entries.append((case.bundle_id, [entry]))
    return entries


@needs_resident
@require_safe
def received(request: Request, case_id: UUID) -> HttpResponse:
    """The receipt: the number, what happens next, and by when."""
    case = queries.get_case(request.actor, case_id)
    procedure = procedures.compiled_version(case.version_id)
    return render(
        request,
        "portal/received.html",
        {
            "case": case,
            "procedure": procedure.definition,
            "clock": queries.clock_of(case, procedure),
            "fee_left": queries.fee_left(case),
        },
    )


@needs_resident
@require_safe
def case(request: Request, case_id: UUID) -> HttpResponse:
    """One case: where it stands, what was said, what was answered, and the letters."""
    found = queries.get_case(request.actor, case_id)
    response = _show(request, found)
    if any(message.from_staff and message.read_at is None for message in queries.messages_of(found)):
        actions.read_messages(actor=request.actor, case_id=case_id)
    return response


def _show(
    request: Request, found: Case, *, error: str = "", field: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    procedure = procedures.compiled_version(found.version_id)
    left = queries.fee_left(found)
    correction = queries.open_correction(found) if found.state == "correction_requested" else None
    return render(
        request,
        "portal/case.html",
        {
            "case": found,
            "procedure": procedure.definition,
            "clock": queries.clock_of(found, procedure),
            "found": _findings(request, found, procedure),
            "fee_left": left,
            "fee_back": max(-left, 0),
            "timeline": _timeline(request, found),
            "blocks": case_blocks(request, procedure, found),
            "together": of_bundle(request, found.bundle_id, but=found.pk),
            "messages_of_case": queries.messages_of(found),
            "correction": correction,
            "asked_rows": asked_rows(request, procedure, found.answers, correction.terms)
            if correction
            else [],
            "letters": _letters(request, found),
            "acts": policies.acts_as_party(request.actor, found),
            "may_withdraw": "withdraw" in logic.allowed_acts(found.kind, found.state),
            "ask_satisfaction": found.satisfaction is None and found.owner_id == request.actor.account_id,
            "error": error,
            "errors": [
                {
                    "href": f"#{field or 'main'}",
                    "message": texts.t(error, request.lang, furigana=request.furigana),
                }
            ]
            if error
            else [],
            "wrong": field,
            "typed": typed,
            "once": new_id(),
            "typed_form": "message-form" if policies.acts_as_party(request.actor, found) else "",
            "typed_page": reverse("portal:case", args=[found.pk]),
        },
        status=status,
    )


def _findings(request: Request, found: Case, procedure: CompiledProcedure) -> list[tuple[Text, str]]:
    """What the decision found, once it is effective: label and text."""
    if not found.outcome:
        return []
    decision = queries.standing_decision(found)
    return told(procedure.definition.findings, decision.findings if decision else None, request.lang)


def _letters(request: Request, found: Case) -> list[tuple[DocumentFacts, bool]]:
    """The letters, each with whether the person has yet to fetch it (新着)."""

    def fetched(letter: DocumentFacts) -> bool:
        return events.happened(
            DOWNLOADED, actor=request.actor, object=(DOCUMENT, letter.id), since=found.arrived_at
        )

    return [
        (letter, not fetched(letter) and letter.revoked_on is None)
        for letter in certificates.for_case(request.actor, found.pk)
    ]


def _new_day(request: Request, moment: progress.Milestone) -> str:
    if moment.day is None or moment.is_step:
        return ""
    day = calendar_jp.to_wareki(moment.day, request.lang)
    return texts.t("portal.timeline.new_day", request.lang, furigana=request.furigana, day=day)


def _timeline(request: Request, found: Case) -> list[dict[str, object]]:
    """What happened; a step of the examination stands at the day on which it was done, an extension tells its new day."""
    return [
        {
            "at": None if moment.is_step else moment.at,
            "day": moment.day,
            "title": texts.t(f"portal.timeline.{moment.name}", request.lang, furigana=request.furigana),
            "text": _new_day(request, moment),
            "state": "done",
        }
        for moment in progress.milestones(found)
    ]


@needs_resident
@require_POST
def message(request: Request, case_id: UUID) -> HttpResponse:
    """Write to the section."""
    body = request.POST.get("body", "")
    try:
        actions.send_message(
            actor=request.actor, case_id=case_id, body=body, once=_once(request.POST.get("once", ""))
        )
    except BadRequest as refusal:
        found = queries.get_case(request.actor, case_id)
        return _show(request, found, error=refusal.code, field="body", typed=body, status=422)
    tell(request, "portal.case.sent")
    return HttpResponseRedirect(f"{reverse('portal:case', args=[case_id])}#messages")


def _once(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@needs_resident
@require_POST
def correct(request: Request, case_id: UUID) -> HttpResponse:
    """Open the answers for the correction that was asked for."""
    try:
        draft = actions.begin_correction(actor=request.actor, case_id=case_id)
    except logic.NotAllowed as refusal:
        return _show(request, queries.get_case(request.actor, case_id), error=refusal.code, status=409)
    return HttpResponseRedirect(reverse("portal:resume", args=[draft.pk]))


@needs_resident
@require_http_methods(["GET", "POST"])
def withdraw(request: Request, case_id: UUID) -> HttpResponse:
    """Ask once more, then take the application back."""
    found = queries.get_case(request.actor, case_id)
    if not policies.acts_as_party(request.actor, found):
        raise NotFound
    if request.method == "POST":
        try:
            actions.withdraw(actor=request.actor, case_id=case_id)
        except logic.NotAllowed as refusal:
            return _show(request, found, error=refusal.code, status=409)
        tell(request, "portal.withdraw.done")
        return HttpResponseRedirect(reverse("portal:case", args=[case_id]))
    definition = procedures.compiled_version(found.version_id).definition
    return render(request, "portal/withdraw.html", {"case": found, "procedure": definition})


@needs_resident
@require_POST
def satisfaction(request: Request, case_id: UUID) -> HttpResponse:
    """Keep how easy it was, in one tap."""
    points = request.POST.get("points", "")
    try:
        actions.give_satisfaction(
            actor=request.actor, case_id=case_id, points=int(points) if points.isdecimal() else 0
        )
    except BadRequest as refusal:
        return _show(request, queries.get_case(request.actor, case_id), error=refusal.code, status=422)
    tell(request, "portal.satisfaction.thanks")
    return HttpResponseRedirect(reverse("portal:case", args=[case_id]))


@needs_resident
@require_safe
def attachment(request: Request, attachment_id: UUID) -> HttpResponse:
    """One's own file, as it was kept."""
    found = queries.get_attachment(request.actor, attachment_id)
    return download(queries.content_of(found), name=found.name, media_type=found.media_type)


@needs_resident
@require_safe
def letter(request: Request, case_id: UUID, document_id: UUID) -> HttpResponse:
    """A signed letter, released only for the case and the person it was made for."""
    found = queries.get_case(request.actor, case_id)
    opened = certificates.open_document(
        request.actor, document_id, case_id=found.pk, subject_id=document_subject(found)
    )
    certificate_actions.record_download(actor=request.actor, document_id=document_id)
    return download(opened.content, name=opened.file_name, media_type=opened.media_type)


def download(content: bytes, *, name: str, media_type: str) -> HttpResponse:
    """Bytes to keep: never guessed at and never shown inside a page by the browser."""
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or ""
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
