"""Evaluation of effects (効果検証): the list, asking, one evaluation with its picture, making it final, downloads.

Owns the screens. Never estimates: the job does, and what it found is read here.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokodemo.entry.office import evaluation_words as words
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, NotFound
from dokodemo.kernel.ui import charts, texts
from dokodemo.kernel.ui.language import say, say_plain
from dokodemo.promotion.evaluation import actions, policies, queries
from dokodemo.promotion.evaluation.asking import question, usable_indicators
from dokodemo.promotion.evaluation.queries import Detail, Row
from dokodemo.promotion.evaluation.reading import LARGEST, Fault, Refused, text_of
from dokodemo.promotion.evaluation.series import LEAST_AFTER, LEAST_BEFORE, UNITS, compared, over_days
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.plan import queries as plans

_BOXES = ("title", "measure", "source", "unit", "table", "change", "happened")
_LATE = timedelta(minutes=10)  # after which a job is not waited for any more
_LONGEST = {"table": LARGEST, "happened": 20_000}


def _verdict(row: Row) -> str:
    """The word a list has for it."""
    if row.result is None:
        return "waiting"
    return row.result.end.verdict if row.result.end is not None else "none"


@needs_staff
@require_safe
def evaluations(request: Request) -> HttpResponse:
    """The evaluations, the newest first."""
    page, rows = queries.listed(request.actor, page=pages.page_number(request))
    names = words.measure_names(request)
    context = {
        **words.frame(request, "evaluation"),
        "page": page,
        "rows": [
            {
                "row": row,
                "measure": names.get(row.measure, row.measure),
                "change": words.month(request, row.change),
                "verdict": words.t(request, f"verdict.{_verdict(row)}"),
            }
            for row in rows
        ],
    }
    return pages.show(request, "office/evaluation.html", context)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Ask for an evaluation; what is wrong stands beside its box, and what was typed stays."""
    if not policies.may_look(request.actor):
        raise NotFound
    if not policies.may_write(request.actor):
        raise Forbidden
    if request.method != "POST":
        return _form(request, _begun(request), ())
    given = words.typed(request, _BOXES, _LONGEST)
    file = request.FILES.get("file")
    try:
        if file is not None and file.size:
            if file.size > LARGEST:
                raise Refused([Fault("file", "evaluation.csv.large", {"kilobytes": LARGEST // 1000})])
            given["table"], given["source"] = text_of(file.read(), "file"), "table"
        made = actions.submit(actor=request.actor, question=question(given))
    except Refused as refused:
        return _form(request, given, refused.faults)
    return HttpResponseRedirect(f"{reverse('office:evaluation_one', args=[made])}?done=kept")


def _begun(request: Request) -> dict[str, str]:
    """An empty form, or another evaluation's question to ask again: what was asked never changes, so a look again is new."""
    try:
        return queries.boxes_of(queries.get(request.actor, UUID(request.GET["from"])))
    except (KeyError, ValueError, NotFound):
        return {"source": "table", "unit": "cases"}


def _form(request: Request, given: dict[str, str], faults: tuple[Fault, ...]) -> HttpResponse:
    beside, summary = words.wrongs(request, faults)
    known = indicators.definitions()
    context = {
        **words.frame(request, "evaluation"),
        "given": given,
        "wrong": beside,
        "errors": summary,
        "measures": plans.plan().measures,
        "sources": [
            (
                code,
                texts.plain(
                    "evaluation.new.source_indicator",
                    request.lang,
                    title=say_plain(known[code].title, request.lang),
                    months=len(series),
                ),
            )
            for code, series in usable_indicators()
        ],
        "units": [(unit, texts.plain(f"evaluation.choose.{unit}", request.lang)) for unit in UNITS],
        "least_before": LEAST_BEFORE,
        "least_after": LEAST_AFTER,
    }
    return pages.show(request, "office/evaluation_new.html", context, status=422 if faults else 200)


@needs_staff
@require_safe
def one(request: Request, evaluation_id: UUID) -> HttpResponse:
    """One evaluation: sentence, picture, estimates, months, what else happened, method."""
    return _show(request, evaluation_id)


def _show(request: Request, evaluation_id: UUID, *, refused: str = "") -> HttpResponse:
    detail = queries.get(request.actor, evaluation_id)
    row, result = detail.row, detail.row.result
    series = tuple(month.point for month in detail.months)
    known = indicators.definitions()
    source = (
        say(known[row.indicator].title, request.lang, furigana=request.furigana)
        if row.indicator in known
        else words.t(request, "one.table")
    )
    unit = _unit(request, detail)
    context = {
        **words.frame(request, "evaluation"),
        "detail": detail,
        "row": row,
        "result": result,
        "measure": words.measure_names(request).get(row.measure, row.measure),
        "source": source,
        "change": words.month(request, row.change),
        "happened": [(words.month(request, month), what) for month, what in detail.happened],
        "said": _said(request, detail),
        "means": _means(request, detail, unit),
        "lacks": [
            words.t(request, f"lacks.{reason}", **_least(reason))
            for reason in (result.lacks if result else ())
        ],
        "estimates": _estimates(request, detail),
        "chart": _chart(request, detail),
        "months": _months(request, detail),
        "unit": unit,
        "compared": compared(series),
        "over_days": over_days(series),
        "method": words.t(request, f"one.model_{result.model}") if result and result.model else "",
        "season": words.t(request, f"one.season_{result.season}") if result and result.season else "",
        "together": words.number(result.together) if result and result.together is not None else "",
        "dispersion": words.number(result.dispersion) if result and result.dispersion is not None else "",
        "versions": ", ".join(f"{name} {version}" for name, version in result.versions.items())
        if result
        else "",
        "done": request.GET.get("done", "") if not refused else "",
        "errors": pages.errors(request, [("publish", refused)]) if refused else [],
    }
    return pages.show(request, "office/evaluation_one.html", context, status=409 if refused else 200)


def _least(reason: str) -> dict[str, int]:
    return {"before": {"least": LEAST_BEFORE}, "after": {"least": LEAST_AFTER}}.get(reason, {})


def _unit(request: Request, detail: Detail) -> SafeString:
    """The unit of what is looked at: a difference of counts is per working day where the days are known."""
    series = tuple(month.point for month in detail.months)
    if not compared(series):
        return words.t(request, f"unit.{detail.row.unit}")
    unit = _of_a_difference(request, detail)
    return words.t(request, "unit.a_day", unit=unit) if over_days(series) else unit


def _of_a_difference(request: Request, detail: Detail) -> SafeString:
    """Two percentages differ by percentage points, not by a percentage."""
    unit = detail.row.unit
    return words.t(request, f"unit.{'percentage_points' if unit == 'percent' else unit}")


def _change_unit(request: Request, detail: Detail) -> SafeString:
    result = detail.row.result
    if result and result.percent:
        return words.t(request, "unit.percent")
    return _of_a_difference(request, detail) if detail.row.unit == "percent" else _unit(request, detail)


def _said(request: Request, detail: Detail) -> SafeString:
    """The one sentence. Without an estimate it says so, and only so."""
    result = detail.row.result
    if result is None:
        late = calendar_jp.now() - detail.row.at > _LATE
        return words.t(request, "said.late" if late else "said.waiting")
    if result.end is None:
        return words.t(request, "said.none")
    unit = _change_unit(request, detail)
    numbers = {
        name: words.quantity(request, value, unit, sign=True)
        for name, value in (("value", result.end.value), ("low", result.end.low), ("high", result.end.high))
    }
    return words.t(
        request, f"said.{result.end.verdict}", month=words.month(request, detail.row.last), **numbers
    )


def _means(request: Request, detail: Detail, unit: SafeString) -> SafeString:
    result = detail.row.result
    if result is None:
        return SafeString("")
    return words.t(
        request,
        "said.means",
        before=words.quantity(request, result.mean_before, unit),
        after=words.quantity(request, result.mean_after, unit),
        before_months=result.before,
        after_months=result.after,
    )


def _estimates(request: Request, detail: Detail) -> list[dict[str, Any]]:
    result = detail.row.result
    if result is None or result.end is None:
        return []
    unit, last = _change_unit(request, detail), words.month(request, detail.row.last)
    return [
        {
            "name": words.t(request, f"one.{name}", **({"month": last} if name == "end" else {})),
            "value": words.quantity(request, found.value, unit, sign=True),
            "low": words.quantity(request, found.low, unit, sign=True),
            "high": words.quantity(request, found.high, unit, sign=True),
            "verdict": words.t(request, f"verdict.{found.verdict}"),
        }
        for name, found in (("level", result.level), ("slope", result.slope), ("end", result.end))
        if found is not None
    ]


def _months(request: Request, detail: Detail) -> list[dict[str, Any]]:
    return [
        {
            "name": words.month(request, month.point.month),
            "value": words.number(month.point.value),
            "days": month.point.days,
            "comparison": words.number(month.point.comparison) if month.point.comparison is not None else "",
            "seen": words.number(month.seen),
            "fitted": words.number(month.fitted) if month.fitted is not None else "",
            "untouched": words.number(month.counterfactual) if month.counterfactual is not None else "",
            "after": month.after,
        }
        for month in detail.months
    ]


def _chart(request: Request, detail: Detail) -> SafeString:
    months, result = detail.months, detail.row.result
    frame = charts.Frame(
        name="series",
        title=texts.plain(f"evaluation.one.{_chart_title(detail)}", request.lang),
        desc=_plain_words(_said(request, detail)),
        unit=_plain_words(_unit(request, detail)),
        lang=request.lang,
        furigana=request.furigana,
    )
    points = [charts.Point(f"{m.point.month:%Y-%m}", m.seen, words.number(m.seen)) for m in months]
    beside = charts.Interrupted(
        fitted=result.fitted if result else (),
        counterfactual=result.counterfactual if result else (),
        change=result.before if result else sum(not month.after for month in months),
        changed=texts.plain("evaluation.one.changed", request.lang),
        names=(
            texts.plain("evaluation.one.seen", request.lang),
            texts.plain("evaluation.one.fitted", request.lang),
            texts.plain("evaluation.one.untouched", request.lang),
        ),
    )
    return charts.interrupted(frame, points, beside)


def _chart_title(detail: Detail) -> str:
    if detail.months[0].point.comparison is not None:
        return "chart_difference"
    return "chart" if detail.row.result and detail.row.result.fitted else "chart_seen"


def _plain_words(html: SafeString) -> str:
    """A sentence without markup and readings, for the picture's description."""
    return unescape(re.sub(r"<rt>.*?</rt>|<rp>.*?</rp>|<[^>]*>", "", html))


@needs_staff
@require_POST
def publish(request: Request, evaluation_id: UUID) -> HttpResponse:
    """Make an evaluation final."""
    try:
        actions.publish(actor=request.actor, evaluation_id=evaluation_id)
    except actions.NotYet:
        return _show(request, evaluation_id, refused="evaluation.one.not_yet")
    return HttpResponseRedirect(f"{reverse('office:evaluation_one', args=[evaluation_id])}?done=final")


@needs_staff
@require_safe
def table(request: Request, evaluation_id: UUID) -> HttpResponse:
    """The months of one evaluation as CSV."""
    lines = queries.as_table(queries.get(request.actor, evaluation_id))
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    # The mark at the beginning tells spreadsheets that this is UTF-8.
    response = HttpResponse(b"\xef\xbb\xbf" + out.getvalue().encode(), content_type="text/csv; charset=utf-8")
    return _download(response, "evaluation.csv")


@needs_staff
@require_safe
def as_json(request: Request, evaluation_id: UUID) -> HttpResponse:
    """One evaluation as JSON, with its method and versions."""
    found = queries.as_json(queries.get(request.actor, evaluation_id))
    return _download(
        JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 1}), "evaluation.json"
    )


def _download(response: HttpResponse, name: str) -> HttpResponse:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
