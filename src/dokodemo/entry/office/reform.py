"""The city's internal tasks (業務改革): which could be lighter and why, one task with its history, and the results.

Owns the screens that look. Never adds measured hours to estimated ones: the reads of reform keep them apart.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import pages, tables
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import charts, texts
from dokodemo.promotion.reform import policies, queries, sheet
from dokodemo.promotion.reform.logic import FREED, MEASURES, Sum
from dokodemo.promotion.reform.queries import Filters, Record, Row

MEASURES_SHOWN = (*MEASURES, "core", "none")
DONE = ("added", "saved", "unchanged", "recorded", "withdrawn", "imported")


def section_names() -> dict[str, Text]:
    """Code → name of every section open today."""
    return {section.code: section.name for section in organisation.sections()}


def choices(request: Request, current: str) -> list[tuple[str, Text | str, bool]]:
    """The sections to choose from: code, name, whether it is chosen."""
    names = section_names()
    return [(code, names.get(code, code), code == current) for code in queries.sections(request.actor)]


def show(request: Request, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page under the tab of reform, with the news of the act that led to it."""
    done = "" if "page" in request.GET or status != 200 else request.GET.get("done", "")
    common = {
        "may_add": bool(policies.own_sections(request.actor)),
        "done": done if done in DONE else "",
        "done_numbers": {name: _number(request, name) for name in ("added", "changed", "unchanged")},
    }
    return pages.show(request, template, {**common, **context}, status=status, tab="reform")


def _number(request: Request, name: str) -> int:
    text = request.GET.get(name, "0")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _filters(request: Request) -> Filters:
    measure = request.GET.get("measure", "")
    return Filters(request.GET.get("section", "")[:60], measure if measure in MEASURES_SHOWN else "")


def _query(filters: Filters, **changes: str) -> str:
    wanted = {"section": filters.section, "measure": filters.measure, **changes}
    return urlencode({key: value for key, value in wanted.items() if value})


@needs_staff
@require_safe
def reform(request: Request) -> HttpResponse:
    """One page of tasks, the longest by hours a year first, with what could be lighter."""
    filters = _filters(request)
    listed = queries.listed(request.actor, filters, page=pages.page_number(request))
    names = section_names()
    context = {
        "filters": filters,
        "query": _query(filters),
        "sections": choices(request, filters.section),
        "measures": _measures(request, filters, listed.counts, listed.total),
        "page": listed.page,
        "rows": [(row, names.get(row.facts.section)) for row in listed.page],
        "hours": listed.hours,
        "samples": listed.samples,
        "chart": _candidates(request, listed.drawn),
    }
    return show(request, "office/reform.html", context)


def _measures(request: Request, filters: Filters, counts: dict[str, int], total: int) -> list[dict[str, Any]]:
    every = [("", "reform.measure.all", total)]
    every += [(name, f"reform.measure.{name}", counts[name]) for name in MEASURES_SHOWN]
    return [
        {
            "label": texts.t(key, request.lang, furigana=request.furigana),
            "count": f"{count:,}",
            "current": filters.measure == name,
            "href": f"?{_query(filters, measure=name)}",
        }
        for name, key, count in every
    ]


def _candidates(request: Request, drawn: list[Row]) -> SafeString:
    if not drawn:
        return SafeString("")
    points = [charts.Point(row.facts.title, float(row.facts.hours)) for row in drawn]
    here = charts.frame(
        request,
        "candidates",
        "reform.list.drawn",
        "reform.list.drawn_desc",
        texts.plain("reform.unit.hours", request.lang),
    )
    return charts.bars(here, points)


@needs_staff
@require_safe
def table(request: Request) -> HttpResponse:
    """The tasks of the choice as the table that the import takes back."""
    rows = queries.everything(request.actor, _filters(request))
    return tables.answer(sheet.write(row.facts for row in rows), "tasks.csv")


@needs_staff
@require_safe
def task(request: Request, code: str) -> HttpResponse:
    """One task: what it takes, what could be lighter, its reforms, its history."""
    detail = queries.get(request.actor, code)
    facts, names = detail.row.facts, section_names()
    people = [one.by for one in detail.changes if one.by] + [one.by for one in detail.records]
    called = organisation.staff_names(people)
    context = {
        "row": detail.row,
        "facts": facts,
        "section": names.get(facts.section),
        "records": [(one, called.get(one.by, "")) for one in detail.records],
        "history": [
            (one, called.get(one.by, "") if one.by else "", names.get(one.facts["section"]))
            for one in detail.changes
        ],
        "may_write": policies.may_write(request.actor, facts.section),
    }
    return show(request, "office/reform_task.html", context)


@needs_staff
@require_safe
def results(request: Request) -> HttpResponse:
    """What reforms came to: hours measured and hours estimated, side by side, and where they went."""
    section = request.GET.get("section", "")[:60]
    found = queries.results(request.actor, section, page=pages.page_number(request))
    names = section_names()
    kinds = [("measured", found.measured), ("estimated", found.estimated)]
    context = {
        "sections": choices(request, section),
        "section": section,
        "page": found.page,
        "rows": [(one, names.get(one.section)) for one in found.page],
        "kinds": [
            (kind, total, f"reform.results.{kind}", _freed(request, kind, total)) for kind, total in kinds
        ],
    }
    return show(request, "office/reform_results.html", context)


def _freed(request: Request, kind: str, total: Sum) -> SafeString:
    if not total.reforms:
        return SafeString("")
    points = [
        charts.Point(texts.plain(f"reform.freed.{name}", request.lang), float(total.freed[name]))
        for name in FREED
    ]
    points.append(charts.Point(texts.plain("reform.freed.unsaid", request.lang), float(total.unsaid)))
    here = charts.frame(
        request,
        f"freed-{kind}",
        f"reform.results.freed_{kind}",
        "reform.results.freed_desc",
        texts.plain("reform.unit.hours", request.lang),
    )
    return charts.bars(here, points)


_COLUMNS = (
    *("code", "title", "section", "day", "what", "before", "after", "cases", "build", "upkeep"),
    *("net", "measured", "freed_core", "freed_other", "freed_overtime"),
)


@needs_staff
@require_safe
def results_table(request: Request) -> HttpResponse:
    """Every reform of the choice as CSV."""
    records = queries.records(request.actor, request.GET.get("section", "")[:60])
    header = [texts.plain(f"reform.column.{name}", request.lang) for name in _COLUMNS]
    return csv_response([header, *(_cells(request, one) for one in records)], "reforms.csv", private=True)


def _cells(request: Request, one: Record) -> list[str]:
    kind = "measured" if one.measured else "estimated"
    numbers: list[Decimal] = [one.before, one.after]
    return [
        *(one.task, one.title, one.section, one.day.isoformat(), one.what),
        *(str(number) for number in numbers),
        *(str(one.cases), str(one.build), str(one.upkeep), str(one.saved.net)),
        texts.plain(f"reform.measured.{kind}", request.lang),
        *(str(one.saved.freed[name]) for name in FREED),
    ]
