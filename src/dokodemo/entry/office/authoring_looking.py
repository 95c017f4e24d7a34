"""Looking at a proposal (起案の確認): its checks, its form as people will see it, what it changes, its files.

Owns pages that change nothing.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from dokodemo.adapters.typeset import TypesetError
from dokodemo.administration.authoring import differences, exchange, policies, queries, wording
from dokodemo.administration.authoring.checks import check
from dokodemo.administration.authoring.sample_letter import sample_pdf
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure, compile_file
from dokodemo.entry.office import authoring_frame as frames
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.portal import forms
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import NotFound

FRAMING: dict[str, Any] = {**settings.SECURE_CSP, "frame-src": [CSP.SELF]}
FRAMED: dict[str, Any] = {**settings.SECURE_CSP, "frame-ancestors": [CSP.SELF]}


@needs_role(*policies.EDITORS)
@require_safe
def proposal_checks(request: Request, proposal_id: UUID) -> HttpResponse:
    """Everything that stands in the way, and what should be mended."""
    one = queries.get(request.actor, proposal_id)
    content = queries.content_of(one)
    report = check(content, calendar_jp.today())
    context = {
        **frames.frame(request, one, content, report, "checks"),
        "problems": [frames.finding(request, one, found, report.around) for found in report.problems],
        "hints": [frames.finding(request, one, found, report.around) for found in report.hints],
        "examples": len(content.examples) + content.examples_below,
    }
    return pages.show(request, "office/editor/checks.html", context)


@csp_override(FRAMING)
@needs_role(*policies.EDITORS)
@require_safe
def proposal_preview(request: Request, proposal_id: UUID) -> HttpResponse:
    """The pages of the form beside each other, on a telephone and on a desk."""
    one = queries.get(request.actor, proposal_id)
    content = queries.content_of(one)
    report = check(content, calendar_jp.today())
    form = report.procedure.pages if report.procedure else ()
    number = _number(request, len(form))
    context = {
        **frames.frame(request, one, content, report, "preview"),
        "form": [(i, page.title) for i, page in enumerate(form)],
        "here": number,
        "frame": reverse("office:proposal_page", args=[one.pk, number]) if form else "",
    }
    return pages.show(request, "office/editor/preview.html", context)


def _number(request: Request, most: int) -> int:
    text = request.GET.get("form", "0")
    return min(int(text), max(0, most - 1)) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


@csp_override(FRAMED)
@xframe_options_sameorigin
@needs_role(*policies.EDITORS)
@require_safe
def proposal_page(request: Request, proposal_id: UUID, index: int) -> HttpResponse:
    """One page of the form as residents will see it; nothing can be sent from it."""
    one = queries.get(request.actor, proposal_id)
    report = check(queries.content_of(one), calendar_jp.today())
    if report.procedure is None or index >= len(report.procedure.pages):
        raise NotFound
    page = report.procedure.pages[index]
    questions = forms.compiled(page).render(request.lang, furigana=request.furigana)
    context = {"page": page, "procedure": report.procedure.definition, "questions": questions}
    response = render(request, "office/editor/page.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@needs_role(*policies.EDITORS)
@require_safe
def proposal_difference(request: Request, proposal_id: UUID) -> HttpResponse:
    """What changes against the version in force, field by field."""
    one = queries.get(request.actor, proposal_id)
    content = queries.content_of(one)
    report = check(content, calendar_jp.today())
    before: CompiledProcedure | None
    try:
        before = procedures.get_published(one.slug)
    except NotFound:
        before = next((p for p in queries.ended(request.actor) if p.slug == one.slug), None)
    rows = []
    if before is not None and report.file is not None:
        old = before.definition.model_dump(mode="json", exclude_defaults=True)
        new = report.file.definition.model_dump(mode="json", exclude_defaults=True)
        rows = differences.differences(old, new)
    letters = []
    if before is not None and report.file is not None:
        now = report.file.letters
        letters = sorted(p for p in {*before.letters, *now} if before.letters.get(p) != now.get(p))
    context = {
        **frames.frame(request, one, content, report, "difference"),
        "before": before,
        "readable": report.file is not None,
        "rows": [
            (
                wording.place(row.place, request.lang),
                differences.in_words(row.before),
                differences.in_words(row.after),
            )
            for row in rows
        ],
        "letters": letters,
        "moved_on": bool(before and one.based_on_id and before.version_id != one.based_on_id),
    }
    return pages.show(request, "office/editor/difference.html", context)


@needs_role(*policies.EDITORS)
@require_safe
def proposal_export(request: Request, proposal_id: UUID) -> HttpResponse:
    """The proposal's files as a zip archive of pack files."""
    one = queries.get(request.actor, proposal_id)
    response = HttpResponse(exchange.packed(one.files), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{one.slug}.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@csp_override(FRAMED)
@xframe_options_sameorigin
@needs_role(*policies.EDITORS)
@require_safe
def proposal_letter(request: Request, proposal_id: UUID, outcome: str) -> HttpResponse:
    """A letter of the proposal as PDF, set with made-up facts."""
    one = queries.get(request.actor, proposal_id)
    content = queries.content_of(one)
    report = check(content, calendar_jp.today())
    name = (content.data.get("outcome") or {}).get(outcome)
    if report.file is None or report.around is None or not isinstance(name, str):
        raise NotFound
    procedure = compile_file(report.file, report.around.vocabulary, report.around.parameters)
    try:
        pdf = sample_pdf(content, procedure, name, outcome)
    except (TypesetError, KeyError) as fault:
        return HttpResponse(f"{fault}\n", content_type="text/plain; charset=utf-8", status=422)
    response = HttpResponse(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{one.slug}-{outcome}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
