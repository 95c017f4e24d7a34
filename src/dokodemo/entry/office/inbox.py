"""A section's work (受付箱): what is open, how near its limit, and what waits for me.

Owns the first page of the office and the list of cases. Never shows a case's answers.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dokodemo.administration.cases import queries
from dokodemo.administration.cases.models import State
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.organisation import queries as organisation
from dokodemo.city.parties.policies import keeps_register
from dokodemo.entry.office.visitors import needs_role, needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Role
from dokodemo.promotion.indicators import queries as indicators

REVIEWERS = (Role.CASEWORKER, Role.HEAD_OF_SECTION)


@needs_staff
@require_safe
def home(request: Request) -> HttpResponse:
    """What each role needs first."""
    actor = request.actor
    works = any(actor.has(role) for role in REVIEWERS)
    page = queries.inbox(actor) if works else None
    sections = {code: organisation.section(code) for code in sorted(actor.sections())}
    return render(
        request,
        "office/home.html",
        {
            "works": works,
            "counts": _counts(page.counts) if page else [],
            "urgent": _rows(page.cases[:10]) if page else [],
            "to_approve": queries.waiting_for_approval(actor),
            "sections": [section for section in sections.values() if section is not None],
            "keeps_register": keeps_register(actor),
            "readings": [
                reading
                for reading in (indicators.readings().values() if _sees_plan(actor) else [])
                if reading.ratio is not None
            ],
            "name": organisation.staff_name(actor.account_id) if actor.account_id else "",
            "administers": actor.has(Role.ADMINISTRATOR),
        },
    )


def _sees_plan(actor: Any) -> bool:
    return any(actor.has(role) for role in (Role.CIO, Role.DIGITAL_OFFICER, Role.ADMINISTRATOR))


def _counts(counts: Any) -> list[tuple[str, int]]:
    return [(state, counts.get(state, 0)) for state in queries.OPEN_STATES]


@needs_role(*REVIEWERS)
@require_safe
def inbox(request: Request) -> HttpResponse:
    """The cases of my sections, nearest limit first."""
    number = request.GET.get("number", "").strip()
    if number:
        found = queries.find_by_number(request.actor, number)
        if found is not None:
            return HttpResponseRedirect(reverse("office:case", args=[found.pk]))
    state = request.GET.get("state", "")
    if state not in State.values:
        state = ""
    chosen = request.GET.get("procedure", "")
    mine, closed = "mine" in request.GET, "closed" in request.GET
    text = request.GET.get("page", "1")
    page = max(1, min(int(text), 10_000)) if text.isdecimal() else 1
    listed = queries.inbox(request.actor, state=state, procedure=chosen, mine=mine, closed=closed, page=page)
    mine_sections = request.actor.sections()
    return render(
        request,
        "office/inbox.html",
        {
            "rows": _rows(listed.cases),
            "counts": _counts(listed.counts),
            "state": state,
            "procedure": chosen,
            "mine": mine,
            "closed": closed,
            "page": page,
            "more": listed.more,
            "number": number,
            "not_found": bool(number),
            "procedures": [
                p.definition for p in procedures.published() if p.definition.unit in mine_sections
            ],
        },
        status=404 if number else 200,
    )


def _rows(cases: list[Any]) -> list[dict[str, Any]]:
    today = calendar_jp.today()
    names = organisation.staff_names(case.assignee_id for case in cases if case.assignee_id)
    return [
        {
            "case": case,
            "title": procedures.compiled_version(case.version_id).definition.title,
            "due": _nearest(case),
            "left": (_nearest(case) - today).days if _nearest(case) else None,
            "waiting": case.state == State.CORRECTION_REQUESTED,
            "assignee": names.get(case.assignee_id, ""),
        }
        for case in cases
    ]


def _nearest(case: Any) -> Any:
    """The nearer of standard period and statutory limit."""
    days = [day for day in (case.due_on, case.limit_on) if day is not None]
    return min(days) if days else None
