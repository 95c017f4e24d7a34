"""The whole plan for machines (計画のすべてのデータ): promises, targets, the cycle and every value so far, as JSON and CSV.

Owns the addresses. Never shows more than the plan's pages do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Any

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from dokodemo.administration.procedures import queries as procedures
from dokodemo.entry.portal.doing import Doing, doing
from dokodemo.entry.server.as_of import as_of, refused
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response, csv_stream
from dokodemo.kernel.ui.language import say_plain
from dokodemo.promotion.improvement import cycle as cycles
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.definitions import Observed
from dokodemo.promotion.indicators.logic import recompute
from dokodemo.promotion.indicators.months import Past, histories
from dokodemo.promotion.indicators.targeting import targets_of
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.definitions import Measure, Plan

MEASURE_COLUMNS = (
    "code",
    "strategy",
    "number",
    "title_ja",
    "title_en",
    "promise_ja",
    "promise_en",
    "state",
    "indicators",
    "procedures",
    "actions",
    "actions_finished",
)
TARGET_COLUMNS = (
    "indicator",
    "strategy",
    "unit",
    "baseline",
    "baseline_year",
    "target",
    "target_year",
    "recomputed",
    "rationale_ja",
    "rationale_en",
)
HISTORY_COLUMNS = (
    "indicator",
    "from",
    "to",
    "value",
    "numerator",
    "denominator",
    "counted",
    "status",
    "vintage",
    "published_on",
    "source",
)
CYCLE_COLUMNS = ("fiscal_year", "stage", "count")


@require_safe
def whole(request: Request) -> HttpResponse:
    """The plan with its promises, targets and cycle, as of today or of the day in `?on=`; the numbers lie beside it."""
    day = as_of(request)
    if day.wrong:
        return refused(request, day, as_json=True)
    found = plans.plan(day.on)
    done = doing(day.on)
    said: dict[str, Any] = {
        **found.model_dump(mode="json", by_alias=True, exclude={"measures"}),
        "as_of": day.on.isoformat(),
        "measures": [_measure(one, done) for one in found.measures],
        "targets": list(_targets(found)),
        "cycle": None if day.past else _cycle(),
    }
    return _json(said)


def _json(said: dict[str, Any]) -> JsonResponse:
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False})


def _measure(measure: Measure, done: list[Doing]) -> dict[str, Any]:
    own = [one for one in done if measure.code in one.action.measures]
    return {
        **measure.model_dump(mode="json", by_alias=True, exclude={"place"}),
        "procedures": [one.slug for one in procedures.by_measure(measure.code)],
        "actions": [one.action.code for one in own],
        "actions_finished": sum(one.state == "finished" for one in own),
    }


def _targets(plan: Plan) -> Iterator[dict[str, Any]]:
    known = indicators.definitions()
    for one in targets_of(plan):
        again = recompute(one)
        yield {
            **one.model_dump(mode="json", by_alias=True, exclude={"plan"}),
            "unit": known[one.indicator].unit,
            "recomputed": again.value if again is not None else None,
        }


def _cycle() -> dict[str, Any]:
    found = cycles.cycle()
    return {"fiscal_year": found.fiscal_year, **found.counts}


@require_safe
def measures(request: Request) -> HttpResponse:
    """One row a measure; several codes in a cell are parted by a space."""
    day = as_of(request)
    if day.wrong:
        return refused(request, day)
    done = doing(day.on)
    rows = []
    for one in plans.plan(day.on).measures:
        said = _measure(one, done)
        rows.append(
            [
                one.code,
                one.strategy,
                one.number,
                one.title.ja,
                say_plain(one.title, "en"),
                one.promise.ja,
                say_plain(one.promise, "en"),
                one.state,
                *(" ".join(said[key]) for key in ("indicators", "procedures", "actions")),
                said["actions_finished"],
            ]
        )
    return csv_response([MEASURE_COLUMNS, *rows], "plan-measures.csv")


@require_safe
def target_table(request: Request) -> HttpResponse:
    """One row a target, in its indicator's unit, with what its inputs give now."""
    day = as_of(request)
    if day.wrong:
        return refused(request, day)
    known = indicators.definitions()
    rows = []
    for one in targets_of(plans.plan(day.on)):
        again, start = recompute(one), one.baseline
        rows.append(
            [
                one.indicator,
                one.strategy,
                known[one.indicator].unit,
                *(("", "") if start is None else (f"{start.value:.10g}", start.fiscal_year)),
                f"{one.target.value:.10g}",
                one.target.fiscal_year,
                "" if again is None else again.value,
                one.rationale.ja,
                say_plain(one.rationale, "en"),
            ]
        )
    return csv_response([TARGET_COLUMNS, *rows], "plan-targets.csv")


@require_safe
def cycle_table(request: Request) -> HttpResponse:
    """How often the cycle turned this fiscal year, stage by stage."""
    found = cycles.cycle()
    rows = [(found.fiscal_year, stage, count) for stage, count in found.counts.items()]
    return csv_response([CYCLE_COLUMNS, *rows], "plan-cycle.csv")


@require_safe
def history_table(request: Request) -> HttpResponse | StreamingHttpResponse:
    """Every value that was kept: of each month what was counted, and every observed one in each of its vintages."""
    day = as_of(request)
    if day.wrong:
        return refused(request, day)
    rows = (["" if one[key] is None else one[key] for key in HISTORY_COLUMNS] for one in _history(day.on))
    return csv_stream(chain([HISTORY_COLUMNS], rows), "plan-history.csv")


@require_safe
def history(request: Request) -> HttpResponse | StreamingHttpResponse:
    """The same as JSON."""
    day = as_of(request)
    if day.wrong:
        return refused(request, day, as_json=True)
    return StreamingHttpResponse(_as_json(day.on), content_type="application/json")


def _as_json(on: date) -> Iterator[str]:
    """The values one after another: a plan of many years has more than memory should hold."""
    yield f'{{"as_of": "{on.isoformat()}", "values": ['
    for number, one in enumerate(_history(on)):
        yield (",\n" if number else "\n") + json.dumps(one, ensure_ascii=False)
    yield "\n]}\n"


def _history(on: date) -> Iterator[dict[str, Any]]:
    known = indicators.definitions()
    counted = histories([code for code, one in known.items() if one.state != "entered"])
    for code in known:
        for past in counted.get(code, ()):
            if past.counted.as_of <= on:
                yield _of_month(code, past)
        for one in indicators.observed(code, on=on):
            yield _of_period(one)


def _of_month(code: str, past: Past) -> dict[str, Any]:
    """A counted value stands for its month, as it was first read in it."""
    ratio = past.ratio
    return {
        "indicator": code,
        "from": past.month.isoformat(),
        "to": past.counted.as_of.isoformat(),
        "value": None if past.value is None else f"{past.value:.10g}",
        "numerator": ratio.numerator if ratio is not None else None,
        "denominator": ratio.denominator if ratio is not None else None,
        "counted": "counted",
        **dict.fromkeys(("status", "vintage", "published_on", "source")),
    }


def _of_period(one: Observed) -> dict[str, Any]:
    return {
        "indicator": one.indicator,
        "from": one.from_.isoformat(),
        "to": one.to.isoformat(),
        "value": f"{one.value:f}",
        "numerator": one.numerator,
        "denominator": one.denominator,
        "counted": "observed",
        "status": one.status,
        "vintage": one.vintage,
        "published_on": one.published_on.isoformat(),
        "source": one.source,
    }
