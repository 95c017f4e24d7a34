"""The end of a plan for staff (計画の終了): its final evaluation, row by row, and what was closed and passed on.

Owns the screens. What stands against closing, who may write and who closes is decided by the domain's own rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.ending import chart
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.as_of import as_of
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden
from dokodemo.kernel.calendar_jp import ImpossibleDate
from dokodemo.kernel.packs import LANGUAGES
from dokodemo.kernel.refusals import ChangedMeanwhile, Refused
from dokodemo.promotion.closing import actions, paper, policies, queries
from dokodemo.promotion.closing.logic import ACTION, CHOICES, KINDS, RESULTS
from dokodemo.promotion.closing.models import FinalEvaluation, FinalRow
from dokodemo.promotion.closing.queries import RowView
from dokodemo.promotion.plan.models import ActionPlan

TAB = "closing"


@needs_staff
@require_safe
def closing(request: Request) -> HttpResponse:
    """The plan that is closed next with its evaluation, the plans that were closed by a day, and what waits for a successor."""
    return _overview(request)


def _overview(
    request: Request,
    *,
    faults: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, day = request.actor, as_of(request)
    plan = queries.to_close(calendar_jp.today())
    evaluation = queries.being_prepared(actor, plan) if plan is not None else None
    wrong = dict(faults or {}) | ({"on-day": day.wrong} if day.wrong else {})
    finals = [
        one for one in queries.finals() if not day.past or calendar_jp.jst_day(one.closed.closed_at) <= day.on
    ]
    context: dict[str, Any] = {
        "day": day,
        "plan": plan,
        "evaluation": evaluation,
        "prepares": policies.may_prepare(actor),
        "closes": policies.may_close(actor),
        "too_early": plan is not None and calendar_jp.today() < plan.period.to,
        "finals": finals,
        "waiting": [
            (one.plan, passed.row)
            for one in finals
            for passed in queries.passed_on(one)
            if passed.went_to is None
        ],
        "wrong": wrong,
        "typed": typed or {},
        "errors": pages.errors(request, wrong.items()),
    }
    if evaluation is not None:
        context |= _evaluated(request, evaluation, typed or {})
    return pages.show(
        request, "office/closing/overview.html", context, status=day.status if day.wrong else status, tab=TAB
    )


def _evaluated(request: Request, evaluation: FinalEvaluation, typed: Mapping[str, str]) -> dict[str, Any]:
    """What stands on the page of an evaluation being prepared."""
    rows = queries.rows_of(evaluation)
    return {
        "groups": [(kind, [one for one in rows if one.kind == kind]) for kind in KINDS],
        "standing": queries.standing(evaluation),
        "chart": chart(request, queries.tally(rows)),
        "summaries": [
            (lang, typed.get(f"summary-{lang}", evaluation.summary.get(lang, ""))) for lang in LANGUAGES
        ],
    }


@needs_staff
@require_POST
def closing_begin(request: Request) -> HttpResponse:
    """Begin the final evaluation of the plan that is closed next."""
    try:
        actions.prepare(actor=request.actor)
    except Refused as refused:
        return _overview(request, faults=refused.faults, status=422)
    return HttpResponseRedirect(reverse("office:closing"))


@needs_staff
@require_POST
def closing_act(request: Request, evaluation_id: UUID) -> HttpResponse:
    """Something done with an evaluation: read again, its summary kept, the plan closed."""
    post, actor = request.POST, request.actor
    act = post.get("act", "")
    if act == "close":
        return _close(request, evaluation_id)
    typed = {f"summary-{lang}": post.get(f"summary-{lang}", "") for lang in LANGUAGES}
    queries.get_evaluation(actor, evaluation_id)
    try:
        if act == "read":
            actions.read_again(actor=actor, evaluation_id=evaluation_id)
        elif act == "summary":
            actions.keep_summary(
                actor=actor,
                evaluation_id=evaluation_id,
                revision=pages.revision(request),
                said={lang: typed[f"summary-{lang}"] for lang in LANGUAGES},
            )
        else:
            raise Refused({"rows": "plan.fault.no_act"})
    except ChangedMeanwhile:
        return _overview(request, faults={"summary-ja": "plan.fault.meanwhile"}, typed=typed, status=409)
    except Refused as refused:
        return _overview(request, faults=refused.faults, typed=typed, status=422)
    pages.tell(request, f"closing.done.{act}")
    return HttpResponseRedirect(reverse("office:closing"))


def _close(request: Request, evaluation_id: UUID) -> HttpResponse:
    post = request.POST
    typed = {name: post.get(name, "") for name in ("on", "reason", "despite_open")}
    try:
        on = calendar_jp.parse_date(typed["on"])
    except ImpossibleDate:
        on = None
    try:
        done = actions.close(
            actor=request.actor,
            evaluation_id=evaluation_id,
            revision=pages.revision(request),
            on=on,
            reason=typed["reason"],
            despite_open=bool(typed["despite_open"]),
        )
    except ChangedMeanwhile:
        return _overview(request, faults={"rows": "plan.fault.meanwhile"}, typed=typed, status=409)
    except Refused as refused:
        # The summary stands in its own form: what is wrong with it leads there.
        faults = {"summary-ja" if box == "summary" else box: code for box, code in refused.faults.items()}
        return _overview(request, faults=faults, typed=typed, status=422)
    pages.tell(request, "closing.done.close")
    return HttpResponseRedirect(reverse("office:closing_plan", args=[done.plan]))


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def closing_row(request: Request, evaluation_id: UUID, row_id: UUID) -> HttpResponse:
    """One row: what the records say, how it is judged and what was learned."""
    row = queries.get_row(request.actor, evaluation_id, row_id)
    if not policies.may_prepare(request.actor):
        raise Forbidden
    typed: dict[str, str] = {}
    faults: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("judgement", "words")}
        try:
            actions.keep_row(
                actor=request.actor,
                evaluation_id=evaluation_id,
                row_id=row_id,
                revision=pages.revision(request),
                judgement=typed["judgement"],
                words=typed["words"],
            )
        except ChangedMeanwhile:
            faults, status = {"words": "plan.fault.meanwhile"}, 409
            row = queries.get_row(request.actor, evaluation_id, row_id)
        except Refused as refused:
            faults, status = refused.faults, 422
        else:
            pages.tell(request, "closing.done.row")
            return HttpResponseRedirect(_next(request, row))
    view = _view(row)
    context = {
        "row": view,
        "section": organisation.section(str(row.facts["section"])) if row.kind == ACTION else None,
        "evaluation": row.evaluation,
        "options": CHOICES if row.kind == ACTION else RESULTS,
        "prefix": "closing.choice." if row.kind == ACTION else "closing.result.",
        "values": {"judgement": row.judgement, "words": row.words} | typed,
        # Somebody else's words stand beside what was typed, so that neither is lost.
        "theirs": view if status == 409 else None,
        "wrong": faults,
        "errors": pages.errors(request, faults.items()),
    }
    return pages.show(request, "office/closing/row.html", context, status=status, tab=TAB)


def _view(row: FinalRow) -> RowView:
    return RowView(row.kind, row.code, row.facts, row.judgement, row.words, row.pk, row.revision)


def _next(request: Request, row: FinalRow) -> str:
    """The next row that wants a judgement where that was asked for, else the list at this one."""
    if "next" in request.POST:
        rows = [one for one in queries.rows_of(row.evaluation) if one.open and one.id != row.pk]
        if rows:
            return reverse("office:closing_row", args=[row.evaluation_id, rows[0].id])
    return f"{reverse('office:closing')}#row-{row.pk}"


@needs_staff
@require_safe
def closing_plan(request: Request, code: str) -> HttpResponse:
    """A closed plan: its final evaluation as it was, and where what it passed on went."""
    found = queries.get_final(request.actor, code)
    went = {one.row.code: one.went_to for one in queries.passed_on(found)}
    context = {
        "final": found,
        "by": organisation.staff_name(found.closed.closed_by),
        "chart": chart(request, found.tally),
        "summary": found.summary(request.lang),
        "actions": [(one, went.get(one.code)) for one in found.actions],
        "versions": {one.pk for one in went.values() if isinstance(one, ActionPlan)},
    }
    return pages.show(request, "office/closing/plan.html", context, tab=TAB)


@needs_staff
@require_safe
def closing_paper(request: Request, code: str) -> HttpResponse:
    """The final evaluation of a closed plan as PDF."""
    found = queries.get_final(request.actor, code)
    content = paper.as_pdf(paper.content(found))
    actions.paper_made(actor=request.actor, plan=code, content=content)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="final-{code}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
