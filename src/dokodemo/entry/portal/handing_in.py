"""Handing in (提出): the check of all answers, the one act that submits, and throwing a draft away.

Owns the end of writing. Never submits what was refused on its page, and never twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dokodemo.administration.cases import actions, certifying, queries, together
from dokodemo.administration.cases.actions.submission import Incomplete
from dokodemo.administration.cases.logic import NotAllowed
from dokodemo.administration.cases.merging import JointForm
from dokodemo.administration.cases.models import Draft
from dokodemo.administration.eligibility import queries as eligibility
from dokodemo.administration.eligibility.logic import AmountResult
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.definitions import ProcedureDefinition
from dokodemo.entry.portal import joining
from dokodemo.entry.portal.summary import summary_pages
from dokodemo.entry.portal.visitors import needs_resident
from dokodemo.entry.portal.writing import (
    RETURN_TO_CHECK,
    Writing,
    check_url,
    closed_answer,
    page_url,
    tell,
    writing,
)
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.expressions import ExpressionError


@needs_resident
@require_http_methods(["GET", "POST"])
def check(request: Request, draft_id: UUID) -> HttpResponse:
    """Everything on one page before it is handed in; handing in twice gives the same receipt."""
    draft = queries.get_draft(request.actor, draft_id)
    if draft.closed_at is None:
        now = writing(draft)
        gap = now.unsettled()
        if gap is not None:
            tell(request, "portal.check.gap")
            return HttpResponseRedirect(page_url(draft_id, gap.index) + RETURN_TO_CHECK)
    elif request.method != "POST" or (not draft.handed_in and draft.correction is None):
        return closed_answer(request, draft) or HttpResponseRedirect(reverse("portal:my"))
    if request.method == "POST":
        try:
            received = _submit(request, draft)
        except Incomplete as incomplete:
            return HttpResponseRedirect(page_url(draft_id, incomplete.step.index) + RETURN_TO_CHECK)
        except NotAllowed as refusal:
            tell(request, refusal.code)
            return HttpResponseRedirect(_after_refusal(draft))
        return HttpResponseRedirect(received)
    return render(
        request,
        "portal/check.html",
        {
            "procedure": now.form,
            "draft": draft,
            "pages": summary_pages(request, now.form, draft),
            "offices": joining.offices(request, now),
            "at_counter": _at_counter(now),
            "amounts": _estimate(now),
            "steps": now.labels(request, None),
            "total": len(now.steps) + 1,
            "last": page_url(draft_id, now.steps[-1].index),
            "correction": draft.correction,
            "asked_rows": now.asked_rows(request),
        },
    )


def _after_refusal(draft: Draft) -> str:
    """Where a writer reads on: the case that a correction belongs to, or what is said of a procedure that ended."""
    if draft.closed_at is not None:
        return reverse("portal:case", args=[queries.case_of_draft(draft).pk])
    return (
        check_url(draft.pk)
        if together.is_joint(draft)
        else reverse("portal:procedure", args=[draft.procedure])
    )


def _submit(request: Request, draft: Draft) -> str:
    """Hand in what is written, of one kind or the other; the address of the receipt."""
    if together.is_joint(draft):
        bundle = actions.submit_together(actor=request.actor, draft_id=draft.pk)
        return reverse("portal:bundle_received", args=[bundle.pk])
    case = actions.submit(actor=request.actor, draft_id=draft.pk)
    return reverse("portal:received", args=[case.pk])


def _written(now: Writing) -> list[tuple[CompiledProcedure, Mapping[str, Any]]]:
    """The procedures on a form, each with its own answers."""
    if isinstance(now.form, JointForm):
        return [(part.procedure, part.view(now.answers)) for part in now.form.parts]
    return [(procedures.compiled_version(now.draft.version_id), now.answers)]


def _at_counter(now: Writing) -> list[ProcedureDefinition]:
    """The procedures on the form whose certificate this person is given at the counter alone; why is not said."""
    if now.draft.correction_id is not None:
        return []
    return [
        procedure.definition
        for procedure, _ in _written(now)
        if certifying.only_at_counter(now.draft.principal_id, procedure)
    ]


def _estimate(now: Writing) -> list[AmountResult]:
    """The amounts that follow from the answers as they stand; none that is not known or cannot be worked out."""
    found: list[AmountResult] = []
    for procedure, answers in _written(now):
        try:
            found += eligibility.assess(procedure, answers).amounts
        except ExpressionError:
            continue
    return [amount for amount in found if amount.value is not None]


@needs_resident
@require_http_methods(["GET", "POST"])
def discard(request: Request, draft_id: UUID) -> HttpResponse:
    """Ask once more, then throw a draft away."""
    draft = queries.get_draft(request.actor, draft_id)
    closed = closed_answer(request, draft)
    if closed is not None:
        return closed
    if request.method == "POST":
        actions.discard_draft(actor=request.actor, draft_id=draft_id)
        tell(request, "portal.discard.done")
        return HttpResponseRedirect(reverse("portal:my"))
    now = writing(draft)
    return render(
        request,
        "portal/discard.html",
        {"procedure": now.form, "draft": draft, "back": now.go_on()},
    )
