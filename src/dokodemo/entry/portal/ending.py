"""How a plan ended, for residents and machines (計画の最終評価の公表): its page, CSV and JSON.

Owns the addresses. Shows what was closed, word for word, and nothing of a draft.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dokodemo.entry.ending import chart
from dokodemo.entry.server.as_of import AsOf, as_of, refused
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel.packs import LANGUAGES
from dokodemo.kernel.ui.language import say_plain
from dokodemo.promotion.closing import queries
from dokodemo.promotion.closing.queries import Final, RowView

COLUMNS = (
    "kind",
    "code",
    "title_ja",
    "title_en",
    "result",
    "rule",
    "judgement",
    "unit",
    "value",
    "from",
    "to",
    "vintage",
    "target",
    "target_year",
    "state",
    "direction",
    "sample",
    "words",
    "status",
    "answers",
    "low",
    "high",
)


def _final(code: str, day: AsOf) -> Final:
    found = queries.final(code, by=day.on)
    if found is None:
        raise Http404
    return found


@require_safe
def final(request: Request, code: str) -> HttpResponse:
    """The final evaluation of a plan: drawn, and in a table."""
    day = as_of(request)
    found = _final(code, day)
    context = {
        "final": found,
        "day": day,
        "chart": chart(request, found.tally),
        "summary": found.summary(request.lang),
    }
    return render(request, "portal/final.html", context, status=day.status)


@require_safe
def final_table(request: Request, code: str) -> HttpResponse:
    """Every row as CSV: codes of results and rules as in the guide, days as dates, empty for what there is none of."""
    day = as_of(request)
    if day.wrong:
        return refused(request, day)
    found = _final(code, day)
    return csv_response([COLUMNS, *(_columns(one) for one in found.rows)], f"plan-final-{code}.csv")


def _columns(one: RowView) -> list[Any]:
    facts = one.facts
    return [
        one.kind,
        one.code,
        say_plain(one.title, "ja"),
        say_plain(one.title, "en"),
        one.result,
        facts.get("why", ""),
        one.judgement,
        facts.get("unit", ""),
        "" if facts.get("value") is None else f"{facts['value']:.10g}",
        facts.get("from") or "",
        facts.get("to") or "",
        facts.get("vintage") or "",
        "" if facts.get("target") is None else f"{facts['target']:.10g}",
        facts.get("target_year", ""),
        facts.get("state") or "",
        facts.get("direction") or "",
        "sample" if facts.get("sample") else "",
        one.words,
        facts.get("status") or "",
        *("" if facts.get(name) is None else facts[name] for name in ("answers", "low", "high")),
    ]


@require_safe
def final_json(request: Request, code: str) -> HttpResponse:
    """The whole of it as JSON, with its digest."""
    day = as_of(request)
    if day.wrong:
        return refused(request, day, as_json=True)
    found = _final(code, day)
    closed = found.closed
    return JsonResponse(
        {
            "plan": code,
            "title": found.plan.title.model_dump(),
            "sample": found.plan.sample,
            "period": {"from": found.plan.period.from_.isoformat(), "to": found.plan.period.to.isoformat()},
            "closed_on": closed.on.isoformat(),
            "reason": closed.reason,
            "summary": {lang: closed.content["summary"].get(lang) or None for lang in LANGUAGES},
            "tally": found.tally,
            "open_reports": closed.content["open_reports"],
            "rows": closed.content["rows"],
            "digest": closed.digest,
        },
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
