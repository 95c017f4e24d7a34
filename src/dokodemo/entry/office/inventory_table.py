"""The table of confirmations (確認表CSV): downloaded, filled in, taken in again.

Owns the way in and out. Never judges a line: the action does, and nothing is done by half.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.administration.inventory import actions, queries, sheet
from dokodemo.entry.office import pages
from dokodemo.entry.office.inventory import filters_of, query_of, who
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.tables import TableRefused
from dokodemo.kernel.ui import texts

LARGEST = 10 * 1024 * 1024  # bytes


@needs_staff
@require_safe
def download(request: Request) -> HttpResponse:
    """Every row of the choice as CSV."""
    data = sheet.write(queries.everything(request.actor, filters_of(request)))
    response = HttpResponse(data, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="inventory.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request) -> HttpResponse:
    """Take a filled table in, or tell what is wrong in each line."""
    who(request)
    filters = filters_of(request)
    if request.method != "POST":
        return _show(request, [], 0)
    file = request.FILES.get("table")
    if file is None or not file.size:
        return _show(request, [{"line": "", "column": "", "message": "office.inventory.no_file"}], 1)
    if file.size > LARGEST:
        return _show(request, [{"line": "", "column": "", "message": "office.inventory.too_large"}], 1)
    try:
        report = actions.confirm_file(actor=request.actor, data=file.read())
    except TableRefused as refused:
        problems = [
            {"line": p.line, "column": p.column, "message": p.message, "found": refused.encoding}
            for p in refused.problems
        ]
        return _show(request, problems, refused.total)
    done = {"done": "uploaded", "count": report.confirmed + report.assigned, "left": report.unchanged}
    query = query_of(filters, **{key: str(value) for key, value in done.items()})
    return HttpResponseRedirect(f"{reverse('office:inventory')}?{query}")


def _show(request: Request, problems: list[dict[str, Any]], total: int) -> HttpResponse:
    told = [
        {
            **problem,
            "message": texts.t(
                problem["message"], request.lang, furigana=request.furigana, **_found(problem)
            ),
        }
        for problem in problems
    ]
    context = {
        "problems": told,
        "total": total,
        "more": total - len(told),
        "query": query_of(filters_of(request)),
        "errors": [
            {"href": "#table", "message": texts.t("office.inventory.refused", request.lang, count=total)}
        ]
        if told
        else [],
    }
    return pages.show(request, "office/inventory_upload.html", context, status=422 if told else 200)


def _found(problem: dict[str, Any]) -> dict[str, str]:
    return {"found": str(problem["found"])} if problem.get("found") else {}
