"""Applying (申請): from choosing for whom to the last page of questions, one page at a time, every step saved.

Owns the pages between "apply" and the check. Never decides what is asked (that is the procedure's) and never writes a
table (that is cases').
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.adapters.storage import StorageFull
from dokodemo.administration.cases import actions, flow, queries, together, uploads
from dokodemo.administration.cases.models import Draft
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.parties import port
from dokodemo.entry.portal import forms, persons
from dokodemo.entry.portal.summary import users_of
from dokodemo.entry.portal.visitors import needs_resident
from dokodemo.entry.portal.writing import Writing, check_url, closed_answer, page_url, tell, writing
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.forms import FieldError


@needs_resident
@require_http_methods(["GET", "POST"])
def start(request: Request, slug: str) -> HttpResponse:
    """Choose for whom to apply; with one choice only, say what will be there and begin."""
    try:
        procedure = procedures.get_published(slug)
    except NotFound:
        # Its page says that it has ended and where to go; unknown to the city, it is unknown here too.
        procedures.get_ended(slug)
        return HttpResponseRedirect(reverse("portal:procedure", args=[slug]))
    if procedure.definition.online.state == "none":
        raise NotFound
    options = [
        option
        for option in port.capacities(request.actor)
        if option.covers(slug) and option.capacity.kind in (*procedure.definition.who_may_file, "unconfirmed")
    ]
    error = ""
    if request.method == "POST":
        posted = request.POST.get(persons.FIELD, "")
        chosen = persons.chosen(posted, options)
        if chosen is not None:
            draft = actions.start_draft(actor=request.actor, slug=slug, capacity=chosen.capacity)
            return HttpResponseRedirect(writing(draft).go_on())
        error = persons.wrong(posted)
    capacities = [option.capacity for option in options]
    waiting = queries.open_drafts(request.actor, slug=slug, capacities=capacities)
    return render(
        request,
        "portal/start.html",
        {
            "procedure": procedure.definition,
            "options": [
                (persons.value(option.capacity), option, waiting.get(option.capacity)) for option in options
            ],
            "joint": [
                (draft, together.form_of(draft).title)
                for draft in together.joint_drafts_with(request.actor, slug)
                if together.capacity_of(draft) in capacities
            ],
            "for_others": set(procedure.definition.who_may_file) != {"self"},
            "error": error,
            "errors": [
                {
                    "href": f"#{persons.ANCHOR}",
                    "message": texts.t(error, request.lang, furigana=request.furigana),
                }
            ]
            if error
            else [],
        },
        status=422 if error else 200,
    )


@needs_resident
@require_safe
def resume(request: Request, draft_id: UUID) -> HttpResponse:
    """Go on where the writer stopped."""
    draft = queries.get_draft(request.actor, draft_id)
    return closed_answer(request, draft) or HttpResponseRedirect(writing(draft).go_on())


@needs_resident
@require_http_methods(["GET", "POST"])
def page(request: Request, draft_id: UUID, index: int) -> HttpResponse:
    """One page of questions: shown with everything known and typed, read, saved, and on to the next."""
    draft = queries.get_draft(request.actor, draft_id)
    closed = closed_answer(request, draft)
    if closed is not None:
        return closed
    now = writing(draft)
    if index >= len(now.form.pages):
        raise NotFound
    if now.position(index) is None:
        tell(request, "portal.page.not_asked")
        return HttpResponseRedirect(now.go_on())
    if request.method == "POST":
        return _save(request, now, index)
    kept = now.typed_on(index)
    return _show(request, now, index, raw=kept.get("raw", {}), errors=_errors(kept.get("errors", {})))


def _errors(kept: dict[str, Any]) -> dict[str, FieldError]:
    return {base: FieldError(code, params, part) for base, (code, params, part) in kept.items()}


def _attached(now: Writing) -> dict[str, list[dict[str, Any]]]:
    return {
        name: value
        for name, value in now.answers.items()
        if isinstance(value, list) and value and isinstance(value[0], dict) and "attachment" in value[0]
    }


def _show(
    request: Request,
    now: Writing,
    index: int,
    *,
    raw: dict[str, str],
    errors: dict[str, FieldError],
    revealed: bool = False,
    status: int = 200,
) -> HttpResponse:
    place = now.position(index)
    assert place is not None
    compiled = forms.pages(now.draft)[index]
    questions = compiled.render(
        request.lang,
        values=now.answers,
        raw=raw,
        errors=errors,
        prefills=forms.known(now.draft.content["released"]),
        attached=_attached(now),
        known=now.answers,
        asked=now.asked(),
        furigana=request.furigana,
    )
    back = page_url(now.draft.pk, now.steps[place - 1].index) if place else None
    return render(
        request,
        "portal/page.html",
        {
            "procedure": now.form,
            "users": users_of(request, now.form, _users(now.steps[place]), key="portal.together.asked_for"),
            "draft": now.draft,
            "step": now.steps[place],
            "steps": now.labels(request, index),
            "current": place + 1,
            "total": len(now.steps) + 1,
            "questions": questions,
            "files": bool(compiled.file_questions),
            "error_list": compiled.error_list(errors, request.lang, furigana=request.furigana),
            "revealed": revealed,
            "back": check_url(now.draft.pk) if _to_check(request) else back,
            "correction": now.draft.correction,
            "asked_rows": now.asked_rows(request),
            "switch_form": "apply",
        },
        status=status,
    )


def _users(step: flow.Step) -> list[str]:
    """The procedures that get an answer of this page, each once."""
    return list(dict.fromkeys(slug for question in step.questions for slug in question.users))


def _to_check(request: Request) -> bool:
    return request.GET.get("return") == "check"


def _save(request: Request, now: Writing, index: int) -> HttpResponse:
    compiled = forms.pages(now.draft)[index]
    draft_id = now.draft.pk
    refused = _receive_files(request, now.draft, compiled.file_ids(request.POST))
    if compiled.file_questions:
        now = writing(queries.get_open_draft(request.actor, draft_id))
    result = compiled.clean(
        request.POST,
        prefills=forms.known(now.draft.content["released"]),
        attached=_attached(now),
        known=now.answers,
    )
    for _, attachment in result.removed:
        actions.remove_attachment(actor=request.actor, draft_id=draft_id, attachment_id=_uuid(attachment))
    errors = {**(_said_before(request, now, index) if result.stay else result.errors), **refused}
    leaves = "_save" in request.POST and not refused
    files = {question.term.name for question in compiled.file_questions}
    kept = actions.save_page(
        actor=request.actor,
        draft_id=draft_id,
        index=index,
        values={name: value for name, value in result.values.items() if name not in files},
        # Kept even when all is well: what a person typed comes back as typed, not as we would write it.
        unaccepted={
            "raw": result.raw,
            "errors": {base: [error.code, dict(error.params), error.part] for base, error in errors.items()},
            "settled": result.ok and not errors,
        },
        done=not errors and not result.stay and not leaves,
    )
    if leaves:
        tell(request, "portal.page.kept")
        return HttpResponseRedirect(reverse("portal:my"))
    after = writing(kept)
    if errors or result.stay:
        return _show(
            request,
            after,
            index,
            raw=result.raw,
            errors=errors,
            revealed=result.revealed,
            status=422 if errors else 200,
        )
    return HttpResponseRedirect(after.after(index, to_check=_to_check(request)))


def _said_before(request: Request, now: Writing, index: int) -> dict[str, FieldError]:
    """The errors a page showed, for the same page in another language; any other button begins without them."""
    if "_language" in request.POST or "_furigana" in request.POST:
        return _errors(now.typed_on(index).get("errors", {}))
    return {}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _receive_files(request: Request, draft: Draft, names: list[str]) -> dict[str, FieldError]:
    """Keep every uploaded file; what cannot be taken is said next to its box."""
    errors: dict[str, FieldError] = {}
    for name in names:
        for upload in request.FILES.getlist(name):
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
    return errors
