"""Counting paper (紙・窓口の件数): the other half of K2's denominator, by month and procedure.

Owns one form. Never counts anything itself.
"""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dokodemo.administration.cases import actions, counts, worklist
from dokodemo.administration.cases.actions.review import BadRequest
from dokodemo.administration.cases.policies import REVIEWERS
from dokodemo.administration.procedures import queries as procedures
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp


@needs_role(*REVIEWERS)
@require_http_methods(["GET", "HEAD", "POST"])
def tally(request: Request) -> HttpResponse:
    """One row for each procedure of my sections, one month at a time."""
    month = _month(request.POST.get("month") or request.GET.get("month", ""))
    sections = worklist.my_sections(request.actor)
    mine = [p.definition for p in procedures.published() if p.definition.unit in sections]
    typed: dict[str, str] = {}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        typed = {definition.slug: request.POST.get(definition.slug, "").strip()[:20] for definition in mine}
        wrong = _save(request, typed, month)
        if not wrong:
            return HttpResponseRedirect(f"{reverse('office:tally')}?month={month:%Y-%m}&saved=1")
    known = counts.tallies(request.actor, month=month)
    context = {
        "month": month,
        "months": [(one, calendar_jp.month_label(one.year, one.month, request.lang)) for one in _months()],
        "month_label": calendar_jp.month_label(month.year, month.month, request.lang),
        "rows": [
            (
                definition,
                typed.get(definition.slug, known.get(definition.slug, "")),
                wrong.get(definition.slug),
            )
            for definition in mine
        ],
        "saved": "saved" in request.GET,
        "wrong": wrong,
        "errors": pages.errors(request, wrong.items()),
    }
    return pages.show(request, "office/tally.html", context, status=422 if wrong else 200)


def _save(request: Request, typed: dict[str, str], month: date) -> dict[str, str]:
    """Keep every number that can be kept; the others come back with what to do."""
    wrong = {}
    for slug, text in typed.items():
        if text == "":
            continue
        try:
            if not text.isdecimal():
                raise BadRequest(slug, "cases.tally.impossible_count")
            actions.tally_paper(actor=request.actor, slug=slug, month=month, cases=int(text))
        except BadRequest as refusal:
            wrong[slug] = refusal.code
    return wrong


def _months() -> list[date]:
    """This month and the eleven before, newest first."""
    first = calendar_jp.today().replace(day=1)
    months = []
    for _ in range(12):
        months.append(first)
        first = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    return months


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return calendar_jp.today().replace(day=1)
