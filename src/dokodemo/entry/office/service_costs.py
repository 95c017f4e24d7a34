"""What a procedure cost in a year (手続の費用): the form of its section, and everything that was entered.

Owns the screen. Never computes: the rules of costs do.
"""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import boxes, pages
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.service_numbers import TAB, year_asked
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Forbidden
from dokodemo.kernel.refusals import Refused
from dokodemo.promotion.costs import actions, logic, policies, queries

_BOXES = (
    Box("staff_minutes", "costs.box.staff_minutes", "number", "costs.box.staff_minutes_hint", longest=20),
    Box("system_yen", "costs.box.system_yen", "number", longest=20),
    Box("postage_yen", "costs.box.postage_yen", "number", longest=20),
    Box("evidence", "costs.box.evidence", "area", longest=logic.LONGEST_EVIDENCE),
)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def indicators_cost(request: Request, slug: str) -> HttpResponse:
    """Enter what a procedure cost in a year that is over; below stands what was entered before."""
    procedure, year = queries.get_procedure(request.actor, slug), year_asked(request)
    if not policies.may_enter(request.actor, procedure.definition.unit):
        raise Forbidden
    rows = queries.history(request.actor, slug, year)
    last = rows[0] if rows else None
    typed = {box.name: str(getattr(last, box.name)) if last is not None else "" for box in _BOXES}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        typed = boxes.typed(request, _BOXES)
        try:
            actions.enter(actor=request.actor, procedure=slug, fiscal_year=year, said=typed)
        except Refused as refused:
            wrong = refused.faults
        else:
            pages.tell(request, "costs.done")
            return HttpResponseRedirect(f"{reverse('office:indicators_services')}?year={year}")
    filled = boxes.filled(_BOXES, typed, wrong)
    names = organisation.staff_names({one.entered_by for one in rows})
    context = {
        "procedure": procedure,
        "year": year,
        "over": queries.is_over(year),
        "rate": queries.rate(year),
        "boxes": filled,
        "errors": boxes.errors(request, filled),
        "rows": [(one, names.get(one.entered_by, "")) for one in rows],
    }
    return pages.show(request, "office/numbers/cost.html", context, status=422 if wrong else 200, tab=TAB)
