"""The plan's numbers for staff (指標): what each is and whose, what is due, entering values with their proof, and tables.

Owns the screens. Never computes a number and never decides what can be: that is the indicators' own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe
from pydantic import ValidationError

from dokodemo.administration.authoring import wording
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.as_of import AsOf, as_of
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_stream
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, NotFound
from dokodemo.kernel.calendar_jp import ImpossibleDate
from dokodemo.kernel.packs import Problem
from dokodemo.kernel.tables import TableRefused
from dokodemo.kernel.ui import charts, texts
from dokodemo.promotion.indicators import actions, observing, policies, queries, withdrawals
from dokodemo.promotion.indicators.actions import Impossible
from dokodemo.promotion.indicators.definitions import OUTCOMES, STATUSES, Indicator, Observed
from dokodemo.promotion.indicators.models import Observation
from dokodemo.promotion.indicators.months import Past, history
from dokodemo.promotion.indicators.observation_table import COLUMNS, NEEDED, cells_of, message_of
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.definitions import Measure, Plan

TAB = "indicators"
PAGE_SIZE = 50
MOST_BYTES = 20 * 1024 * 1024
# The boxes of the form, in their order; days may be typed in either calendar.
BOXES = tuple(name for name in COLUMNS if name not in ("indicator", "unit", "survey", "wave"))
_FIGURES = frozenset({"value", "numerator", "denominator", "answers", "low", "high"})
_DAYS = frozenset({"from", "to", "published_on"})
_NEEDED = frozenset({*NEEDED, "status"})


@needs_staff
@require_safe
def indicators(request: Request) -> HttpResponse:
    """A page of indicators with their values now or on a past day, whose they are and what is due; measures without outcome."""
    if not policies.may_read(request.actor):
        raise NotFound
    sections = {one.code: one for one in organisation.sections()}
    today, day = calendar_jp.today(), as_of(request)
    late = set() if day.past else set(queries.due(today))
    page = Paginator(list(queries.definitions()), PAGE_SIZE).get_page(pages.page_number(request))
    rows = [
        {
            "reading": reading,
            "section": sections.get(reading.indicator.owner),
            "due": observing.last_period(reading.indicator, today) if code in late else None,
        }
        for code, reading in withdrawals.told(
            queries.readings(list(page.object_list), on=day.on), on=day.on
        ).items()
    ]
    context = {
        "page": page,
        "day": day,
        "errors": pages.errors(request, [("on", day.wrong)] if day.wrong else []),
        "rows": rows,
        "late": len(late),
        "weak": _without_outcome(
            plans.plan(day.on), {code: one.kind for code, one in queries.definitions().items()}
        ),
        "tables": policies.may_enter_tables(request.actor),
    }
    return pages.show(request, "office/numbers/list.html", context, status=day.status, tab=TAB)


def _without_outcome(plan: Plan, kinds: Mapping[str, str]) -> list[Any]:
    """Measures that only count what was done: no outcome shows whether it helps anybody."""
    return [
        measure
        for measure in plan.measures
        if not any(kinds.get(code) in OUTCOMES for code in measure.indicators)
    ]


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def indicators_one(request: Request, code: str) -> HttpResponse:
    """One indicator: what it means, its values, and the form where values are entered."""
    if not policies.may_read(request.actor):
        raise NotFound
    indicator = queries.definitions().get(code)
    if indicator is None:
        raise NotFound
    may_enter = indicator.state == "entered" and policies.may_enter(request.actor, indicator)
    typed: dict[str, str] = {"status": "final"}
    errors: dict[str, SafeString] = {}
    if request.method == "POST":
        if not may_enter:
            raise Forbidden
        typed = {box: request.POST.get(box, "").strip()[:2000] for box in BOXES}
        observed, errors = _read(request, indicator, typed)
        if observed is not None:
            try:
                actions.observe(actor=request.actor, observed=observed)
            except Impossible as impossible:
                errors = {key: _said(request, message, remedy) for key, message, remedy in impossible.faults}
            else:
                pages.tell(request, "office.numbers.entered")
                return HttpResponseRedirect(reverse("office:indicators_one", args=[code]))
    day = as_of(request)
    reading = withdrawals.told(queries.readings([code], on=day.on), on=day.on)[code]
    months = tuple(past for past in history(code) if past.counted.as_of <= day.on)
    listed = [{"href": f"#{box}", "message": words} for box, words in errors.items()]
    if day.wrong:
        listed += pages.errors(request, [("on", day.wrong)])
    context = {
        "indicator": indicator,
        "day": day,
        "reading": reading,
        "section": organisation.section(indicator.owner),
        "about": _measure(indicator),
        "months": months,
        "chart": _chart(request, indicator, months, day.on),
        **_entries(request, code, day),
        "may_enter": may_enter and not day.past,
        "typed": typed,
        "wrong": errors,
        "statuses": STATUSES,
        "errors": listed,
    }
    return pages.show(request, "office/numbers/one.html", context, status=422 if listed else 200, tab=TAB)


def _measure(indicator: Indicator) -> Measure | None:
    """The measure whose procedures alone the indicator's query counts, if it does."""
    code = indicator.query.measure if indicator.query is not None else None
    return next((one for plan in plans.plans() for one in plan.measures if one.code == code), None)


def _known(entries: QuerySet[Observation], day: AsOf) -> QuerySet[Observation]:
    """Of what was entered for an indicator, what had been published by the day that is looked at."""
    return entries.filter(published_on__lte=day.on) if day.past else entries


def _entries(request: Request, code: str, day: AsOf) -> dict[str, Any]:
    """A page of what was entered for an indicator, the newest first: whether it counts, by whom it was entered or withdrawn."""
    every = _known(queries.entries(request.actor, code), day)
    page = Paginator(every, PAGE_SIZE).get_page(pages.page_number(request))
    rows = list(page)
    gone = {
        row.pk: row.withdrawal
        for row in rows
        if hasattr(row, "withdrawal") and row.withdrawal.withdrawn_on <= day.on
    }
    people = {row.entered_by for row in rows} | {one.withdrawn_by for one in gone.values()}
    names = organisation.staff_names({one for one in people if one})
    counting = _counting(every) - gone.keys()
    return {
        "page": page,
        "entries": [
            {
                "row": row,
                "name": names.get(row.entered_by, "") if row.entered_by else "",
                "counts": row.pk in counting,
                "gone": gone.get(row.pk),
                "by": names.get(gone[row.pk].withdrawn_by or row.pk, "") if row.pk in gone else "",
            }
            for row in rows
        ],
    }


def _counting(entries: QuerySet[Observation]) -> set[UUID]:
    """Of entries, newest first, those that were not corrected: an older page is corrected by a newer one."""
    newest: dict[tuple[date, date, str], UUID] = {}
    for pk, first, last, vintage in entries.values_list("pk", "period_from", "period_to", "vintage"):
        newest.setdefault((first, last, vintage), pk)
    return set(newest.values())


def _read(
    request: Request, indicator: Indicator, typed: Mapping[str, str]
) -> tuple[Observed | None, dict[str, SafeString]]:
    """What was typed as an observed value, or what is wrong box by box."""
    errors: dict[str, SafeString] = {}
    data: dict[str, Any] = {"indicator": indicator.code}
    for box, text in typed.items():
        if not text:
            if box in _NEEDED:
                errors[box] = _text(request, "authoring.box.empty")
            continue
        if box in _DAYS:
            try:
                data[box] = calendar_jp.parse_date(text)
            except ImpossibleDate:
                errors[box] = _said(request, "This is not a day", "")
        else:
            data[box] = _digits(text) if box in _FIGURES else text
    if errors:
        return None, errors
    try:
        return Observed.model_validate(data), {}
    except ValidationError as error:
        return None, {
            box: _said(request, message_of(box), "") for box in (str(one["loc"][0]) for one in error.errors())
        }


def _digits(text: str) -> str:
    return text.translate(str.maketrans("０１２３４５６７８９．，", "0123456789.,")).replace(",", "")


def _said(request: Request, message: str, remedy: str) -> SafeString:
    """What the rules say of a value, in the reader's language."""
    problem = Problem("", None, message.rstrip("."), remedy.rstrip("."))
    return SafeString(wording.words(problem, request.lang, furigana=request.furigana))


def _text(request: Request, key: str) -> SafeString:
    return texts.t(key, request.lang, furigana=request.furigana)


def _chart(request: Request, indicator: Indicator, months: Sequence[Past], on: date) -> SafeString:
    """The months kept, or the observed values that compare with the last; empty while there are fewer than two."""
    points = charts.by_month([(past.month, past.value) for past in months])
    if indicator.state == "entered":
        values = observing.in_line(queries.observed(indicator.code, on=on))
        points = charts.by_month([(one.to, float(one.value)) for one in values])
    if len(points) < 2:
        return SafeString("")
    name = indicator.title.get(request.lang)
    frame = charts.frame(
        request,
        f"indicator-{indicator.code.lower().replace('_', '-')}",
        "office.numbers.chart",
        "office.numbers.chart_desc",
        "%" if indicator.unit == "percent" else "",
        name=name,
    )
    return charts.line(frame, points)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def indicators_upload(request: Request) -> HttpResponse:
    """Values as a CSV file: all of it is taken in, or nothing with a report by line."""
    if not policies.may_enter_tables(request.actor):
        raise Forbidden
    problems: list[dict[str, Any]] = []
    total, wrong = 0, ""
    if request.method == "POST":
        file = request.FILES.get("table")
        if file is None:
            wrong = "office.numbers.no_file"
        elif (file.size or 0) > MOST_BYTES:
            wrong = "office.numbers.large_file"
        else:
            try:
                new = actions.take_table(actor=request.actor, data=file.read())
            except TableRefused as refused:
                total = refused.total
                problems = [
                    {
                        "line": one.line,
                        "column": one.column,
                        "message": _said(request, one.message, one.remedy),
                    }
                    for one in refused.problems
                ]
            else:
                pages.tell(request, "office.numbers.taken", count=new)
                return HttpResponseRedirect(reverse("office:indicators"))
    context = {
        "columns": COLUMNS,
        "problems": problems,
        "total": total,
        "wrong": wrong,
        "errors": pages.errors(
            request, [("table", wrong or "office.numbers.refused")] if wrong or problems else []
        ),
    }
    return pages.show(
        request, "office/numbers/upload.html", context, status=422 if wrong or problems else 200, tab=TAB
    )


@needs_staff
@require_safe
def indicators_table(request: Request) -> StreamingHttpResponse:
    """All observed values that count, as the file that can be sent back; read one indicator at a time while it leaves."""
    if not policies.may_read(request.actor):
        raise NotFound
    units = {code: one.unit for code, one in queries.definitions().items()}
    cells = (cells_of(one, units[one.indicator]) for one in queries.all_kept(units))
    return csv_stream(chain([COLUMNS], cells), "observations.csv", private=True)
