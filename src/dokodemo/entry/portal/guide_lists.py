"""Lists kept on one's page (保存した案内): shown, and deleted.

Owns the pages of saved lists. Never shows another's.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dokodemo.administration.guidance import actions, queries
from dokodemo.administration.guidance.logic import TOGETHER
from dokodemo.administration.procedures import queries as procedures
from dokodemo.entry.portal.guide_result import online
from dokodemo.entry.portal.visitors import needs_resident
from dokodemo.entry.portal.writing import tell
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp


@needs_resident
@require_safe
def saved(request: Request, list_id: UUID) -> HttpResponse:
    """One list as it was saved; what is no longer offered says so."""
    row = queries.my_list(request.actor, list_id)
    today = calendar_jp.today()
    offered = {one.slug: one.definition for one in procedures.published()}
    lines = [
        {
            "line": line,
            "procedure": offered.get(line.slug),
            "passed": line.until is not None and line.until < today,
        }
        for line in row.content.due
    ]
    events = {event.code for event in procedures.life_events()}
    again = events.issuperset(row.content.event.split(TOGETHER))
    return render(
        request,
        "portal/guide_list.html",
        {
            "row": row,
            "lines": lines,
            "together": online(offered[line.slug] for line in row.content.due if line.slug in offered),
            "open_lines": [
                {"line": line, "procedure": offered.get(line.slug)} for line in row.content.depends_on
            ],
            "again": again,
        },
    )


@needs_resident
@require_POST
def delete(request: Request, list_id: UUID) -> HttpResponse:
    """Delete a list for good."""
    actions.delete_list(actor=request.actor, list_id=list_id)
    tell(request, "guidance.deleted")
    return HttpResponseRedirect(reverse("portal:my"))
