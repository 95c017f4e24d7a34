"""Applying (申請): from choosing for whom to the receipt, one page at a time, every step saved.

Owns the pages between "apply" and "received". Never decides what is asked (that is the procedure's) and never writes a
table (that is cases').
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dokodemo.adapters.storage import StorageFull
from dokodemo.administration.cases import actions, flow, queries, uploads
from dokodemo.administration.cases.actions.submission import Incomplete
from dokodemo.administration.cases.models import Draft
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.city.parties import port
from dokodemo.entry.portal import forms
from dokodemo.entry.portal.summary import summary_pages
from dokodemo.entry.portal.visitors import needs_resident
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.ui.forms import FieldError
from dokodemo.kernel.ui.language import say


@needs_resident
@require_http_methods(["GET", "POST"])
def start(request: Request, slug: str) -> HttpResponse:
    """Choose for whom to apply; with one choice only, begin at once."""
    procedure = procedures.get_published(slug)
    if procedure.definition.online.state == "none":
        raise NotFound
    options = [
        option
        for option in port.capacities(request.actor)
        if option.covers(slug) and option.capacity.kind in (*procedure.definition.who_may_file, "unconfirmed")
    ]
    if request.method == "POST":
        chosen = _chosen(request.POST.get("for", ""), options)
        if chosen is not None:
            draft = actions.start_draft(actor=request.actor, slug=slug, capacity=chosen.capacity)
            return HttpResponseRedirect(_next_page(draft))
    waiting = {
        option.capacity: queries.open_draft(
            request.actor, slug=slug, principal_id=option.capacity.principal_id
        )
        for option in options
    }
    return render(
        request,
        "portal/start.html",
        {
            "procedure": procedure.definition,
            "options": [(number, option, waiting[option.capacity]) for number, option in enumerate(options)],
            "missing_choice": request.method == "POST",
        },
        status=422 if request.method == "POST" else 200,
    )


def _chosen(text: str, options: list[port.PersonOption]) -> port.PersonOption | None:
    if len(options) == 1:
        return options[0]
    return options[int(text)] if text.isdecimal() and int(text) < len(options) else None


@dataclass(frozen=True)
class _Writing:
    """A draft being written, with everything its pages need."""

    draft: Draft
    procedure: CompiledProcedure
    answers: dict[str, Any]
    steps: list[flow.Step]

    def position(self, index: int) -> int:
        """The place of a page among those asked now. Raises NotFound."""
        for place, step in enumerate(self.steps):
            if step.index == index:
                return place
        raise NotFound


def _writing(request: Request, draft_id: UUID) -> _Writing:
    draft = queries.get_open_draft(request.actor, draft_id)
    procedure = procedures.compiled_version(draft.version_id)
    answers = draft.content["values"]
    return _Writing(draft, procedure, answers, flow.steps(procedure, answers, on=calendar_jp.today()))


def _page_url(draft_id: UUID, index: int) -> str:
    return reverse("portal:page", args=[draft_id, index])


def _next_page(draft: Draft) -> str:
    """Where a writer goes on: the first page not yet seen, or the check when all were."""
    procedure = procedures.compiled_version(draft.version_id)
    for step in flow.steps(procedure, draft.content["values"], on=calendar_jp.today()):
        if step.index >= draft.pages_done:
            return _page_url(draft.pk, step.index)
    return reverse("portal:check", args=[draft.pk])


@needs_resident
def resume(request: Request, draft_id: UUID) -> HttpResponse:
    """Go on where the writer stopped."""
    return HttpResponseRedirect(_next_page(queries.get_open_draft(request.actor, draft_id)))


@needs_resident
@require_http_methods(["GET", "POST"])
def page(request: Request, draft_id: UUID, index: int) -> HttpResponse:
    """One page of questions: shown with everything known and typed, read, saved, and on to the next."""
    writing = _writing(request, draft_id)
    if request.method == "POST":
        return _save(request, writing, index)
    kept = writing.draft.content["unaccepted"].get(str(index), {})
    return _show(request, writing, index, raw=kept.get("raw", {}), errors=_errors(kept.get("errors", {})))


def _errors(kept: dict[str, Any]) -> dict[str, FieldError]:
    return {base: FieldError(code, params, part) for base, (code, params, part) in kept.items()}


def _attached(writing: _Writing) -> dict[str, list[dict[str, Any]]]:
    return {
        name: value
        for name, value in writing.answers.items()
        if isinstance(value, list) and value and isinstance(value[0], dict) and "attachment" in value[0]
    }


def _show(
    request: Request,
    writing: _Writing,
    index: int,
    *,
    raw: dict[str, str],
    errors: dict[str, FieldError],
    status: int = 200,
) -> HttpResponse:
    place = writing.position(index)
    step = writing.steps[place]
    compiled = forms.pages(writing.draft.version_id)[index]
    released = forms.known(writing.draft.content["released"])
    questions = compiled.render(
        request.lang,
        values=writing.answers,
        raw=raw,
        errors=errors,
        prefills=released,
        attached=_attached(writing),
        known=writing.answers,
        furigana=request.furigana,
    )
    back = _page_url(writing.draft.pk, writing.steps[place - 1].index) if place else None
    correction = writing.draft.correction
    return render(
        request,
        "portal/page.html",
        {
            "procedure": writing.procedure.definition,
            "draft": writing.draft,
            "step": step,
            "steps": _step_labels(request, writing, place),
            "current": place + 1,
            "total": len(writing.steps) + 1,
            "questions": questions,
            "error_list": compiled.error_list(errors, request.lang, furigana=request.furigana),
            "back": back,
            "correction": correction,
        },
        status=status,
    )


def _step_labels(request: Request, writing: _Writing, place: int) -> list[dict[str, Any]]:
    return [
        {
            "label": say(step.page.title, request.lang, furigana=request.furigana),
            "state": "done" if number < place else "current" if number == place else "todo",
            "href": _page_url(writing.draft.pk, step.index) if number < place else None,
        }
        for number, step in enumerate(writing.steps)
    ]


def _save(request: Request, writing: _Writing, index: int) -> HttpResponse:
    place = writing.position(index)
    compiled = forms.pages(writing.draft.version_id)[index]
    refused = _receive_files(request, writing.draft, compiled.file_ids(request.POST))
    if refused is not None or compiled.file_questions:
        writing = _writing(request, writing.draft.pk)
    result = compiled.clean(
        request.POST,
        prefills=forms.known(writing.draft.content["released"]),
        attached=_attached(writing),
        known=writing.answers,
    )
    for _, attachment in result.removed:
        actions.remove_attachment(
            actor=request.actor, draft_id=writing.draft.pk, attachment_id=UUID(attachment)
        )
    errors = {**({} if result.stay else result.errors), **(refused or {})}
    unaccepted = None
    if errors or result.stay:
        kept = {base: [error.code, dict(error.params), error.part] for base, error in errors.items()}
        unaccepted = {"raw": result.raw, "errors": kept}
    values = {name: value for name, value in result.values.items() if name not in _file_terms(writing, index)}
    actions.save_page(
        actor=request.actor,
        draft_id=writing.draft.pk,
        index=index,
        values=values,
        unaccepted=unaccepted,
        done=not errors and not result.stay,
    )
    if errors or result.stay:
        again = _writing(request, writing.draft.pk)
        return _show(request, again, index, raw=result.raw, errors=errors, status=422 if errors else 200)
    after = _writing(request, writing.draft.pk)
    following = next((step for step in after.steps if step.index > index), None)
    if "return" in request.GET or following is None or place + 1 >= len(after.steps):
        return HttpResponseRedirect(reverse("portal:check", args=[writing.draft.pk]))
    return HttpResponseRedirect(_page_url(writing.draft.pk, following.index))


def _file_terms(writing: _Writing, index: int) -> set[str]:
    """Files are answers of their own: the action that keeps them has already written them into the draft."""
    return {q.term.name for q in writing.procedure.pages[index].questions if q.term.type == "file"}


def _receive_files(request: Request, draft: Draft, names: list[str]) -> dict[str, FieldError] | None:
    """Keep every uploaded file; what cannot be taken is said next to its box. None when nothing was uploaded."""
    errors: dict[str, FieldError] = {}
    received = False
    for name in names:
        for upload in request.FILES.getlist(name):
            received = True
            try:
                if (upload.size or 0) > uploads.MAX_BYTES:
                    raise uploads.Unacceptable("cases.file.too_large")
                actions.attach(
                    actor=request.actor,
                    draft_id=draft.pk,
                    term=name,
                    name=upload.name or "",
                    data=upload.read(),
                )
            except uploads.Unacceptable as refusal:
                errors[name] = FieldError(refusal.code)
            except StorageFull:
                errors[name] = FieldError("cases.file.full")
    return errors if received else None


@needs_resident
@require_http_methods(["GET", "POST"])
def check(request: Request, draft_id: UUID) -> HttpResponse:
    """Everything on one page before it is handed in; handing in twice gives the same receipt."""
    draft = queries.get_draft(request.actor, draft_id)
    if request.method == "POST":
        try:
            case = actions.submit(actor=request.actor, draft_id=draft_id)
        except Incomplete as incomplete:
            return HttpResponseRedirect(_page_url(draft_id, incomplete.step.index))
        return HttpResponseRedirect(reverse("portal:received", args=[case.pk]))
    if draft.closed_at is not None:
        case = draft.case or queries.case_of_correction(draft)
        return HttpResponseRedirect(reverse("portal:received", args=[case.pk]))
    writing = _writing(request, draft_id)
    gap = flow.first_incomplete(writing.procedure, writing.answers, on=calendar_jp.today())
    if gap is not None:
        return HttpResponseRedirect(_page_url(draft_id, gap.index))
    return render(
        request,
        "portal/check.html",
        {
            "procedure": writing.procedure.definition,
            "draft": draft,
            "pages": summary_pages(request, writing.procedure, draft),
            "steps": _step_labels(request, writing, len(writing.steps)),
            "total": len(writing.steps) + 1,
            "last": _page_url(draft_id, writing.steps[-1].index),
            "correction": draft.correction,
        },
    )


@needs_resident
@require_POST
def discard(request: Request, draft_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    actions.discard_draft(actor=request.actor, draft_id=draft_id)
    return HttpResponseRedirect(reverse("portal:my"))
