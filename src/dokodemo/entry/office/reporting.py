"""Quarterly reports for staff (四半期の報告): the quarter at a glance, one report, and its second assessment.

Owns the screens. What may be reported, by whom, and what is late is decided by the headquarters' own rules.
"""

from __future__ import annotations

from collections import Counter

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.as_of import as_of
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden
from dokodemo.kernel.refusals import ChangedMeanwhile, Refused
from dokodemo.kernel.ui import charts, texts
from dokodemo.promotion.headquarters import actions, policies, queries
from dokodemo.promotion.headquarters.actions import WORDS
from dokodemo.promotion.headquarters.logic import DIRECTIONS, GRADES, STATES, Quarter
from dokodemo.promotion.headquarters.models import Report
from dokodemo.promotion.headquarters.prefill import prefilled
from dokodemo.promotion.headquarters.words import quarter_words
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.plan.action_plan import Action

TAB = "reports"
PAGE_SIZE = 50
_SAID = ("state", "grade", "direction", *WORDS)


def quarter_code(quarter: Quarter) -> str:
    """A quarter as an address carries it."""
    return f"{quarter.fiscal_year}-{quarter.number}"


@needs_staff
@require_safe
def reports(request: Request) -> HttpResponse:
    """A page of the actions of a quarter with their reports, now or on a past day; all of them drawn by state."""
    day, today = as_of(request), calendar_jp.today()
    quarter = queries.parse_quarter(request.GET.get("quarter", ""), day.on)
    rows = queries.quarter(request.actor, quarter, on=day.on)
    sections = {one.code: one for one in organisation.sections()}
    page = Paginator(rows, PAGE_SIZE).get_page(pages.page_number(request))
    shown = list(page.object_list)
    mine = policies.reporting_sections(request.actor, {row.action.section for row in shown})
    context = {
        "page": page,
        "day": day,
        "errors": pages.errors(request, [("on", day.wrong)] if day.wrong else []),
        "quarter": quarter,
        "code": quarter_code(quarter),
        "quarter_words": quarter_words(quarter, request.lang),
        "earlier": quarter_code(quarter.before),
        "later": quarter_code(quarter.next) if quarter.next.first <= today else "",
        "late": sum(1 for row in rows if row.late),
        "rows": [
            {
                "row": row,
                "section": sections.get(row.action.section),
                "mine": row.action.section in mine,
            }
            for row in shown
        ],
        "chart": _chart(request, quarter, rows),
    }
    return pages.show(request, "office/reports/list.html", context, status=day.status, tab=TAB)


def _chart(request: Request, quarter: Quarter, rows: list[queries.Row]) -> SafeString:
    """How many actions are in each state; what did not report stands apart."""
    if not rows:
        return SafeString("")
    filed = Counter(
        row.report.state if row.report is not None and row.report.filed_at is not None else "" for row in rows
    )
    words = quarter_words(quarter, request.lang)
    frame = charts.frame(
        request,
        "report-states",
        "headquarters.reports.chart",
        "headquarters.reports.chart_desc",
        quarter=words,
    )
    points = [
        charts.Point(
            texts.plain(f"headquarters.state.{state}", request.lang),
            filed[state],
            _actions(request, filed[state]),
        )
        for state in STATES
    ]
    missing = texts.plain("headquarters.reports.no_report", request.lang)
    points.append(charts.Point(missing, filed[""], _actions(request, filed[""])))
    return charts.bars(frame, points, most=len(rows))


def _actions(request: Request, count: int) -> str:
    return texts.plain("headquarters.reports.count", request.lang, count=count)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def reports_one(request: Request, quarter: str, code: str) -> HttpResponse:
    """One report: written by the section, filed by its head, assessed a second time."""
    of = queries.parse_quarter(quarter, calendar_jp.today())
    if quarter_code(of) != quarter:
        return HttpResponseRedirect(reverse("office:reports"))
    action = queries.get_action(request.actor, of, code)
    report = queries.report_on(of, code)
    typed: dict[str, str] = {}
    faults: dict[str, str] = {}
    status = 422
    if request.method == "POST":
        assesses = "assess" in request.POST
        names = ("second_grade", "second_direction", "words") if assesses else _SAID
        typed = {name: request.POST.get(name, "") for name in names}
        try:
            if assesses:
                return _assess(request, of, report, typed)
            return _keep(request, of, action, typed)
        except ChangedMeanwhile:
            faults, status = {"state": "headquarters.fault.meanwhile"}, 409
            report = queries.report_on(of, code)
        except Refused as refused:
            renamed = {"grade": "second_grade", "direction": "second_direction"} if assesses else {}
            faults = {renamed.get(box, box): words for box, words in refused.faults.items()}
    return _show(request, of, action, report, typed, faults, status if faults else 200)


def _keep(request: Request, quarter: Quarter, action: Action, typed: dict[str, str]) -> HttpResponse:
    file = "file" in request.POST
    actions.keep_report(
        actor=request.actor,
        quarter=quarter,
        action=action.code,
        revision=pages.revision(request),
        said=typed,
        file=file,
    )
    pages.tell(request, "headquarters.done.filed" if file else "headquarters.done.kept")
    if file:
        return HttpResponseRedirect(f"{reverse('office:reports')}?quarter={quarter_code(quarter)}")
    return HttpResponseRedirect(reverse("office:reports_one", args=[quarter_code(quarter), action.code]))


def _assess(request: Request, quarter: Quarter, report: Report | None, typed: dict[str, str]) -> HttpResponse:
    if report is None:
        raise Forbidden
    actions.assess(
        actor=request.actor,
        report_id=report.pk,
        grade=typed["second_grade"],
        direction=typed["second_direction"],
        words=typed["words"],
    )
    pages.tell(request, "headquarters.done.assessed")
    return HttpResponseRedirect(reverse("office:reports_one", args=[quarter_code(quarter), report.action]))


def _show(
    request: Request,
    quarter: Quarter,
    action: Action,
    report: Report | None,
    typed: dict[str, str],
    faults: dict[str, str],
    status: int,
) -> HttpResponse:
    actor = request.actor
    before = queries.report_on(quarter.before, action.code)
    filed = report is not None and report.filed_at is not None
    # A new report begins where the last one ended.
    start = report or before
    values = {name: getattr(report, name) if report is not None else "" for name in _SAID}
    values["state"] = start.state if start is not None else ""
    writes = not filed and policies.may_report(actor, action.section)
    drafted = prefilled(action, quarter) if report is None and writes else {}
    values |= drafted
    if report is not None:
        values |= {
            "second_grade": report.second_grade,
            "second_direction": report.second_direction,
            "words": report.second_words,
        }
    titles = indicators.titles()
    numbers = report.numbers if filed and report is not None else queries.numbers_now(action)
    context = {
        "quarter": quarter,
        "code": quarter_code(quarter),
        "quarter_words": quarter_words(quarter, request.lang),
        "action": action,
        "section": organisation.section(action.section),
        "report": report,
        "filed": filed,
        "before": before if before is not None and before.filed_at is not None else None,
        "numbers": [(titles.get(one["code"]), one) for one in numbers],
        "writes": writes,
        "drafted": bool(drafted) and not typed,
        "this_quarter": {one.due for one in action.tasks if quarter.first <= one.due <= quarter.last},
        "files": policies.may_file(actor, action.section),
        "assesses": filed and policies.may_assess(actor),
        "values": values | typed,
        "wrong": faults,
        "errors": pages.errors(request, faults.items()),
        "states": STATES,
        "grades": GRADES,
        "directions": DIRECTIONS,
    }
    return pages.show(request, "office/reports/one.html", context, status=status, tab=TAB)
