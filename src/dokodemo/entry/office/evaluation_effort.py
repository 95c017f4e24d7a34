"""Effort saved (削減時間): records of tasks, their hours, and two totals that are never added up.

Owns the screens. Never computes hours: `savings` does.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokodemo.entry.office import evaluation_words as words
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Forbidden, NotFound
from dokodemo.kernel.ui import charts, texts
from dokodemo.promotion.evaluation import actions, policies, queries
from dokodemo.promotion.evaluation.asking import told
from dokodemo.promotion.evaluation.queries import EffortRow
from dokodemo.promotion.evaluation.reading import Fault, Refused
from dokodemo.promotion.evaluation.savings import BASES
from dokodemo.promotion.plan import queries as plans

_BOXES = (
    *("task", "measure", "first", "last", "before", "before_basis", "after", "after_basis"),
    *("cases", "build", "upkeep"),
)
_DRAWN = 10


@needs_staff
@require_safe
def effort(request: Request) -> HttpResponse:
    """The two totals and the records, the newest first."""
    page, rows = queries.efforts(request.actor, page=pages.page_number(request))
    names, hours = words.measure_names(request), words.t(request, "effort.hours")
    totals = queries.effort_totals(request.actor)
    context = {
        **words.frame(request, "evaluation_effort"),
        "page": page,
        "totals": [
            {
                "name": words.t(request, f"effort.total_{basis}"),
                "hours": words.quantity(request, float(totals[basis].hours), hours),
                "tasks": words.t(request, "effort.tasks", count=totals[basis].tasks),
            }
            for basis in BASES
        ],
        "chart": _chart(request, rows),
        "rows": [
            {
                "row": row,
                "measure": names.get(row.measure, row.measure),
                "first": words.month(request, row.first),
                "last": words.month(request, row.last),
                "before": words.number(float(row.effort.before)),
                "after": words.number(float(row.effort.after)),
                "cases": f"{row.effort.cases:,}",
                "cost": words.number(float(row.effort.build + row.effort.upkeep)),
                "hours": words.quantity(request, float(row.effort.hours), hours),
                "before_basis": words.t(request, f"effort.{row.effort.before_basis}"),
                "after_basis": words.t(request, f"effort.{row.effort.after_basis}"),
                "basis": words.t(request, f"effort.{row.effort.basis}"),
            }
            for row in rows
        ],
        "done": request.GET.get("done", ""),
    }
    return pages.show(request, "office/evaluation_effort.html", context)


def _chart(request: Request, rows: list[EffortRow]) -> SafeString:
    drawn = [row for row in rows if not row.withdrawn][:_DRAWN]
    if not drawn:
        return SafeString("")
    unit = texts.plain("evaluation.effort.hours", request.lang)
    points = [
        charts.Point(
            f"{row.task} ({texts.plain(f'evaluation.effort.{row.effort.basis}', request.lang)})",
            max(0.0, float(row.effort.hours)),
            f"{words.number(float(row.effort.hours))}{unit}",
        )
        for row in drawn
    ]
    frame = charts.frame(request, "effort", "evaluation.effort.chart", "evaluation.effort.chart_desc", unit)
    return charts.bars(frame, points)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Record a task; what is wrong stands beside its box, and what was typed stays."""
    if not policies.may_look(request.actor):
        raise NotFound
    if not policies.may_write(request.actor):
        raise Forbidden
    if request.method != "POST":
        return _form(request, {}, ())
    given = words.typed(request, _BOXES, {})
    try:
        actions.keep_effort(actor=request.actor, told=told(given))
    except Refused as refused:
        return _form(request, given, refused.faults)
    return HttpResponseRedirect(f"{reverse('office:evaluation_effort')}?done=kept")


def _form(request: Request, given: dict[str, str], faults: tuple[Fault, ...]) -> HttpResponse:
    beside, summary = words.wrongs(request, faults)
    bases: list[tuple[str, Any]] = [(basis, words.t(request, f"effort.{basis}")) for basis in BASES]
    context = {
        **words.frame(request, "evaluation_effort"),
        "given": given,
        "wrong": beside,
        "errors": summary,
        "measures": plans.plan().measures,
        "bases": bases,
    }
    return pages.show(request, "office/evaluation_effort_new.html", context, status=422 if faults else 200)


@needs_staff
@require_POST
def withdraw(request: Request, record_id: UUID) -> HttpResponse:
    """Take a record out of the totals."""
    actions.withdraw_effort(actor=request.actor, record_id=record_id)
    return HttpResponseRedirect(f"{reverse('office:evaluation_effort')}?done=withdrawn")
