"""How each procedure serves people (手続ごとの四つの数字): take-up, completion, satisfaction, and the cost of a case.

Owns the screen and its table. Never counts: the cases do, and they hide what few people said; costs say what one costs.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from dokodemo.administration.cases.service import FEWEST, Service
from dokodemo.administration.procedures import queries as procedures
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import charts
from dokodemo.promotion.costs import queries as costs
from dokodemo.promotion.costs.policies import may_enter as may_enter_cost
from dokodemo.promotion.indicators import counted, policies

TAB = "indicators"
PAGE_SIZE = 50
YEARS_BACK = 5
DRAWN = 10
_COLUMNS = (
    "procedure",
    "cases",
    "online",
    "take_up",
    "begun",
    "handed_in",
    "completion",
    "asked",
    "satisfied",
    "completed",
    "cost_yen",
    "yen_per_case",
)


def year_asked(request: Request) -> int:
    """The fiscal year asked for; this one for anything else."""
    this = calendar_jp.fiscal_year(calendar_jp.today())
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else this
    return year if this - YEARS_BACK <= year <= this else this


def _found(request: Request) -> tuple[int, date, date, list[tuple[Text | str, Service]]]:
    """Procedures with something to count, most cases first, each with its title; one that is no more by its slug."""
    if not policies.may_read(request.actor):
        raise NotFound
    year = year_asked(request)
    since = calendar_jp.fiscal_year_start(year)
    until = min(calendar_jp.fiscal_year_end(year), calendar_jp.today())
    titles = {one.slug: one.title for one in procedures.published()}
    found = counted.services(since=since, until=until)
    for slug in costs.costs(year):
        found.setdefault(slug, Service(slug))
    ordered = sorted(found.values(), key=lambda one: (-one.total, one.slug))
    return year, since, until, [(titles.get(one.slug, one.slug), one) for one in ordered]


@needs_staff
@require_safe
def indicators_services(request: Request) -> HttpResponse:
    """One page of procedures with their four numbers."""
    year, since, until, rows = _found(request)
    this = calendar_jp.fiscal_year(calendar_jp.today())
    each = costs.costs(year)
    may_enter = {
        one.slug
        for one in procedures.published()
        if costs.is_over(year) and may_enter_cost(request.actor, one.definition.unit)
    }
    page = Paginator(rows, PAGE_SIZE).get_page(pages.page_number(request))
    context = {
        "year": year,
        "years": range(this, this - YEARS_BACK - 1, -1),
        "since": since,
        "until": until,
        "page": page,
        "rows": [(title, one, each.get(one.slug), one.slug in may_enter) for title, one in page.object_list],
        "over": costs.is_over(year),
        "fewest": FEWEST,
        "chart": _chart(request, rows[:DRAWN]),
    }
    return pages.show(request, "office/numbers/services.html", context, tab=TAB)


def _chart(request: Request, rows: list[tuple[Text | str, Service]]) -> SafeString:
    """How many of the forms begun were handed in, for the procedures with the most cases."""
    begun = [(title, one) for title, one in rows if one.begun]
    if not begun:
        return SafeString("")
    frame = charts.frame(request, "completion", "office.services.chart", "office.services.chart_desc", "%")
    return charts.bars(frame, [charts.Point(title, one.completion) for title, one in begun], most=100)


@needs_staff
@require_safe
def indicators_services_table(request: Request) -> HttpResponse:
    """The same as a table."""
    year, *_, rows = _found(request)
    each = costs.costs(year)
    lines: list[tuple[str | int, ...]] = [_COLUMNS]
    for _, one in rows:
        shares: list[Any] = [one.take_up, one.completion, one.satisfaction]
        take_up, completion, satisfied = ("" if share is None else f"{share:.1f}" for share in shares)
        asked = one.asked if one.asked >= FEWEST else ""
        shown = (one.begun, one.handed_in, completion, asked, satisfied)
        cost = each.get(one.slug)
        spent = (None, None, None) if cost is None else (cost.completed, cost.total, cost.each)
        cells = ("" if number is None else str(number) for number in spent)
        lines.append((one.slug, one.total, one.online, take_up, *shown, *cells))
    return csv_response(lines, "services.csv", private=True)
