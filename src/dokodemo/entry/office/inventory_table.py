"""The table of confirmations (確認表CSV): downloaded, filled in, taken in again.

Owns the way in and out. Never judges a line: the action does, and nothing is done by half.
"""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.administration.inventory import actions, queries, sheet
from dokodemo.entry.office import tables
from dokodemo.entry.office.inventory import filters_of, query_of, who
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request


@needs_staff
@require_safe
def download(request: Request) -> HttpResponse:
    """Every row of the choice as CSV."""
    return tables.answer(sheet.write(queries.everything(request.actor, filters_of(request))), "inventory.csv")


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request) -> HttpResponse:
    """Take a filled table in, or tell what is wrong in each line."""
    who(request)
    filters, told = filters_of(request), None
    if request.method == "POST":
        try:
            report = tables.take(request, lambda data: actions.confirm_file(actor=request.actor, data=data))
        except tables.Told as refused:
            told = refused
        else:
            done = {
                "done": "uploaded",
                "count": report.confirmed + report.assigned,
                "left": report.unchanged,
            }
            query = query_of(filters, **{key: str(value) for key, value in done.items()})
            return HttpResponseRedirect(f"{reverse('office:inventory')}?{query}")
    return tables.show(request, "office/inventory_upload.html", {"query": query_of(filters)}, told)
