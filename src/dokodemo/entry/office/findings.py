"""What people search for and do not find (探されて見つからない言葉): the list, one finding, and its answers.

Owns the screens. Never shows words too few people searched: the reads of findings decide.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from dokodemo.administration.authoring.policies import may_write
from dokodemo.administration.findings import actions, policies, queries
from dokodemo.administration.findings.definitions import findings_of
from dokodemo.administration.findings.queries import PERIODS, STATES, Detail, Filters, Row
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.ui import charts, texts

_COLUMNS = ("words", "times", "told", "days", "first", "last", "state", "procedure", "answered")


def _filters(request: Request) -> Filters:
    """The choice in the address."""
    state, days = request.GET.get("state", ""), request.GET.get("days", "")
    known = {str(period): period for period in PERIODS}
    return Filters(state if state in STATES else "", known.get(days, Filters.days))


def _query(filters: Filters, **changes: str) -> str:
    wanted = {"state": filters.state, "days": str(filters.days), **changes}
    return urlencode({key: value for key, value in wanted.items() if value})


@needs_staff
@require_safe
def findings(request: Request) -> HttpResponse:
    """One page of words, the most frequent first, with a picture of the ten most frequent."""
    filters = _filters(request)
    listed = queries.listed(request.actor, filters, page=pages.page_number(request))
    rules, searched = findings_of(settings.DOKODEMO_PACK), queries.lately(filters.days)
    context = {
        "filters": filters,
        "query": _query(filters),
        "periods": PERIODS,
        "tabs": _tabs(request, filters, listed.counts, listed.total),
        "page": listed.page,
        "rows": listed.rows,
        "chart": _chart(request, listed.drawn),
        "searched": searched,
        "share": f"{100 * searched.found / searched.all:.1f}" if searched.all else "",
        "rules": rules,
    }
    return pages.show(request, "office/findings.html", context)


def _tabs(request: Request, filters: Filters, counts: dict[str, int], total: int) -> list[dict[str, Any]]:
    every = [("", "office.findings.every", total)]
    every += [(state, f"office.findings.state_{state}", counts[state]) for state in STATES]
    return [
        {
            "label": texts.t(key, request.lang, furigana=request.furigana),
            "count": f"{count:,}",
            "current": filters.state == state,
            "href": f"?{_query(filters, state=state)}",
        }
        for state, key, count in every
    ]


def _chart(request: Request, rows: list[Row]) -> SafeString:
    if not rows:
        return SafeString("")
    points = [charts.Point(row.words or _no_words(request), row.times) for row in rows]
    return charts.bars(_frame(request, "most", "office.findings.drawn", "office.findings.drawn_desc"), points)


def _no_words(request: Request) -> str:
    return texts.plain("office.findings.no_words", request.lang)


def _frame(request: Request, name: str, title: str, desc: str) -> charts.Frame:
    return charts.frame(request, name, title, desc, texts.plain("office.findings.unit", request.lang))


@needs_staff
@require_safe
def table(request: Request) -> HttpResponse:
    """The words of the choice as CSV."""
    rows = queries.everything(request.actor, _filters(request))
    header = [texts.plain(f"office.findings.column_{name}", request.lang) for name in _COLUMNS]
    states = {
        state: texts.plain(f"office.findings.state_{state}", request.lang)
        for state in STATES
        if state != "again"
    }
    return csv_response(queries.as_table(rows, header, states), "findings.csv", private=True)


@needs_staff
@require_safe
def finding(request: Request, finding_id: UUID) -> HttpResponse:
    """One finding: months, questions, and the ways to answer it."""
    return _show(request, finding_id)


def _show(request: Request, finding_id: UUID, wrong: str = "", typed: str = "") -> HttpResponse:
    detail = queries.get(request.actor, finding_id)
    definition = _definition(detail.row.procedure)
    context = {
        "row": detail.row,
        "detail": detail,
        "chart": _months(request, detail),
        "may_answer": policies.may_answer(request.actor),
        "procedure": definition,
        "may_edit": definition is not None and may_write(request.actor, definition.unit),
        "section": organisation.section(definition.unit) if definition is not None else None,
        "procedures": [one.definition for one in procedures.published()],
        "typed": typed or detail.row.procedure,
        "wrong": wrong,
        "done": request.GET.get("done", "") if not wrong else "",
        "errors": pages.errors(request, [("procedure", wrong)]) if wrong else [],
    }
    return pages.show(request, "office/finding.html", context, status=422 if wrong else 200)


def _definition(slug: str) -> Any:
    try:
        return procedures.get_published(slug).definition if slug else None
    except NotFound:
        return None


def _months(request: Request, detail: Detail) -> SafeString:
    if not detail.months:
        return SafeString("")
    points = [charts.Point(_month(month), times) for month, times in detail.months]
    frame = _frame(request, "months", "office.findings.months", "office.findings.months_desc")
    return charts.bars(frame, points)


def _month(first: date) -> str:
    return f"{first.year}/{first.month}"


@needs_staff
@require_POST
def answer(request: Request, finding_id: UUID) -> HttpResponse:
    """Say what became of it."""
    said, slug = request.POST.get("answer", ""), request.POST.get("procedure", "")[:60]
    try:
        actions.answer(actor=request.actor, finding_id=finding_id, answer=said, procedure=slug)
    except actions.BadAnswer as refused:
        return _show(request, finding_id, str(refused), slug)
    return _back(finding_id, "answered")


@needs_staff
@require_POST
def reopen(request: Request, finding_id: UUID) -> HttpResponse:
    """Take the answer back."""
    actions.reopen(actor=request.actor, finding_id=finding_id)
    return _back(finding_id, "reopened")


def _back(finding_id: UUID, done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('office:finding', args=[finding_id])}?done={done}")
