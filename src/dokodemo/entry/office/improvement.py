"""The cycle of the plan (図3 DX の好循環) and its issues (課題) for staff: drawn with its counts, each leading to its list.

Owns the screens that look. Never counts and never decides whose words are shown: the reads of improvement do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.once import once
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import charts, texts
from dokodemo.kernel.ui.language import say_plain
from dokodemo.promotion.improvement import cycle as cycles
from dokodemo.promotion.improvement import effects, policies, queries
from dokodemo.promotion.improvement.cycle import Cycle
from dokodemo.promotion.improvement.effects import Effect
from dokodemo.promotion.improvement.logic import STAGES, STATES, Value
from dokodemo.promotion.improvement.queries import Filters
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.plan import queries as plans

TAB = "improvement"
_COLUMNS = (
    "issue",
    "title",
    "measure",
    "section",
    "state",
    "sources",
    "counts",
    "indicator",
    "before",
    "before_on",
    "after",
    "after_on",
    "action",
    "raised",
)


def drawn(request: Request, found: Cycle) -> SafeString:
    """The cycle with its counts."""
    frame = charts.frame(
        request, "cycle", "improvement.cycle.chart", "improvement.cycle.chart_desc", **found.counts
    )
    points = [
        charts.Point(texts.plain(f"improvement.stage.{stage}", request.lang), count)
        for stage, count in found.counts.items()
    ]
    return charts.turning(frame, points)


@needs_staff
@require_safe
def cycle(request: Request) -> HttpResponse:
    """The cycle of this fiscal year; every count leads to what it counts."""
    if not policies.may_read(request.actor):
        raise NotFound
    with once():
        found, waiting = cycles.cycle(), len(queries.proposals(request.actor))
    lists = reverse("office:improvement_issues")
    context = {
        "year": found.fiscal_year,
        "chart": drawn(request, found),
        "waiting": waiting,
        "stages": [
            (
                stage,
                count,
                reverse("office:improvement_findings") if stage == "seen" else f"{lists}?stage={stage}",
            )
            for stage, count in found.counts.items()
        ],
    }
    return pages.show(request, "office/improvement/cycle.html", context, tab=TAB)


def measure_names() -> dict[str, Text]:
    """Code → title of every measure of the plan."""
    return {one.code: one.title for one in plans.plan().measures}


def section_names() -> dict[str, Text]:
    """Code → name of every section open today."""
    return {one.code: one.name for one in organisation.sections()}


def _choice(request: Request) -> tuple[Filters, str]:
    """The choice in the address: filters, and a stage of the cycle."""
    given = request.GET.get
    state, measure, section, stage = (
        given(name, "")[:60] for name in ("state", "measure", "section", "stage")
    )
    filters = Filters(
        state if state in STATES else "",
        measure if measure in measure_names() else "",
        section if section in section_names() else "",
    )
    return filters, stage if stage in STAGES[1:] else ""


def _only(stage: str) -> frozenset[UUID] | None:
    return cycles.cycle().reached[stage] if stage else None


@needs_staff
@require_safe
def issues(request: Request) -> HttpResponse:
    """One page of issues, the latest changed first."""
    filters, stage = _choice(request)
    page = queries.listed(request.actor, filters, only=_only(stage), page=pages.page_number(request))
    rows = list(page)
    names, sections, found = measure_names(), section_names(), effects.effects(rows)
    wanted = {**vars(filters), "stage": stage}
    context = {
        "filters": filters,
        "stage": stage,
        "query": urlencode({key: value for key, value in wanted.items() if value}),
        "page": page,
        "rows": [
            {
                "issue": one,
                "measure": names.get(one.measure, one.measure),
                "section": sections.get(one.section, one.section),
                "effect": shown(request, found.get(str(one.pk))),
                "grounds": len(one.evidence.all()),
            }
            for one in rows
        ],
        "states": STATES,
        "measures": names.items(),
        "sections": sections.items(),
    }
    return pages.show(request, "office/improvement/issues.html", context, tab=TAB)


def shown(request: Request, effect: Effect | None) -> Mapping[str, Any] | None:
    """An effect as pages show it: both values with their unit, empty for one nobody measured."""
    if effect is None:
        return None
    code = effect.indicator.unit
    unit = "%" if code == "percent" else texts.plain(f"portal.plan.unit_{code}", request.lang)
    return {
        "title": effect.indicator.title,
        "code": effect.indicator.code,
        "before": _value(effect.before, unit),
        "before_on": effect.before.on if effect.before is not None else None,
        "after": _value(effect.after, unit),
        "after_on": effect.after.on if effect.after is not None else None,
        "moved": {True: "moved", False: "not_moved", None: ""}[effect.moved],
    }


def _value(value: Value | None, unit: str) -> str:
    return charts.number(float(value.value), unit) if value is not None else ""


@needs_staff
@require_safe
def table(request: Request) -> HttpResponse:
    """The issues of the choice as CSV: codes and counts, and what staff wrote as their title."""
    filters, stage = _choice(request)
    rows = queries.everything(request.actor, filters, only=_only(stage))
    found = effects.effects(rows)
    lines: list[list[str]] = [list(_COLUMNS)]
    for one in rows:
        grounds = list(one.evidence.all())
        counts = [queries.Ground(ground, None).then for ground in grounds]
        effect = found.get(str(one.pk))
        before, after = (effect.before, effect.after) if effect is not None else (None, None)
        cells = [
            str(one.pk),
            one.title,
            one.measure,
            one.section,
            one.state,
            " ".join(ground.source for ground in grounds),
            " ".join("<3" if count is None else str(count) for count in counts),
            one.indicator,
            *_of(before),
            *_of(after),
            one.action,
            calendar_jp.jst_day(one.raised_at).isoformat(),
        ]
        lines.append(cells)
    return csv_response(lines, "issues.csv", private=True)


def _of(value: Value | None) -> tuple[str, str]:
    return (f"{value.value.normalize():f}", value.on.isoformat()) if value is not None else ("", "")


def options(request: Request, names: Mapping[str, Text]) -> tuple[tuple[str, Any], ...]:
    """What may be chosen, in the reader's language."""
    return tuple((code, say_plain(name, request.lang)) for code, name in names.items())


def indicator_names() -> dict[str, Text]:
    """Code → title of every indicator of the plan."""
    return indicators.titles()
