"""Whether the city keeps its promise (約束は守られているか), in sentences a resident reads in a minute.

Owns the words and the counts at the head of the plan's page. Never decides whether a target is reached: that is the targets' own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from dokodemo.entry.portal.doing import Doing
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui import charts, texts
from dokodemo.promotion.indicators.queries import Reading
from dokodemo.promotion.indicators.targeting import TargetReading
from dokodemo.promotion.plan.definitions import Measure, Plan

# A distance that would be shown as none is shown as the least that can be.
LEAST = 0.1


def at_a_glance(
    targets: Collection[TargetReading], measures: Collection[Measure], actions: Iterable[Doing]
) -> dict[str, dict[str, int]]:
    """How many targets are reached, measures work and actions are finished."""
    verdicts = Counter(one.verdict for one in targets)
    states = Counter(one.state for one in measures)
    said = [one.state for one in actions]
    return {
        "targets": {
            "count": len(targets),
            "reached": verdicts["reached"],
            "short": verdicts["short"],
            "unknown": len(targets) - verdicts["reached"] - verdicts["short"],
        },
        "measures": {
            "count": len(measures),
            "works": states["works"],
            "partly": states["partly"],
            "planned": states["planned"],
        },
        "actions": {
            "count": len(said),
            "finished": said.count("finished"),
            "under_way": sum(1 for state in said if state in ("started", "half")),
            "to_come": sum(1 for state in said if state in ("not_started", "studied")),
            "silent": said.count(""),
        },
    }


def verdict(request: Request, found: TargetReading, on: date) -> SafeString:
    """One target in a sentence: reached, how far it is, or why that is not known; and whether its year is over."""
    reading, target = found.reading, found.target.target
    gap = max(LEAST, abs(target.value - (reading.value or 0)))
    observed = reading.observed
    words = {
        "target": _amount(request, reading, target.value),
        "value": _amount(request, reading, reading.value),
        "gap": _gap(request, reading, gap),
        "low": charts.number(float(observed.low))
        if observed is not None and observed.low is not None
        else "",
        "high": charts.number(float(observed.high))
        if observed is not None and observed.high is not None
        else "",
    }
    key = f"portal.plan.verdict_{found.verdict}"
    said = texts.t(key, request.lang, furigana=request.furigana, **words)
    if on <= calendar_jp.fiscal_year_end(target.fiscal_year) or found.verdict == "reached":
        return said
    year = calendar_jp.fiscal_year_label(target.fiscal_year, request.lang)
    over = texts.t("portal.plan.verdict_over", request.lang, furigana=request.furigana, year=year)
    return SafeString(f"{said} {over}")


def _amount(request: Request, reading: Reading, value: float | None) -> SafeString:
    return _with_unit(request, value, f"portal.plan.unit_{reading.indicator.unit}")


def _gap(request: Request, reading: Reading, gap: float) -> SafeString:
    if reading.indicator.unit == "percent":
        return _with_unit(request, gap, "portal.plan.unit_points")
    return _amount(request, reading, gap)


def _with_unit(request: Request, value: float | None, unit: str) -> SafeString:
    return SafeString(charts.number(value) + texts.t(unit, request.lang, furigana=request.furigana))


def roadmap(plan: Plan, readings: Mapping[str, Reading]) -> Sequence[dict[str, Any]]:
    """The roadmap's lines with the measures they belong to and their numbers."""
    measures = {one.code: one for one in plan.measures}
    return [
        {
            "item": item,
            "measures": [measures[code] for code in item.measures if code in measures],
            "readings": [readings[code] for code in item.indicators if code in readings],
        }
        for item in plan.roadmap
    ]
