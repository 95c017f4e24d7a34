"""The pictures of the plan's page (計画の図): promises kept, the way to each target, numbers over time.

Owns what is drawn and in which words. Never computes a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui import charts, texts
from dokodemo.promotion.indicators.months import Past
from dokodemo.promotion.indicators.queries import Reading
from dokodemo.promotion.indicators.targeting import TargetReading
from dokodemo.promotion.plan.definitions import Measure

type Drawing = Callable[[], SafeString]


@dataclass(frozen=True)
class Picture:
    """A picture and everything it says: drawn where a template finds that it says something new."""

    said: tuple[object, ...]
    draw: Drawing


def promises(request: Request, measures: Sequence[Measure]) -> SafeString:
    """How many of the plan's measures are kept already, in part, or not yet."""
    states = Counter[str](one.state for one in measures)
    points = [
        charts.Point(
            texts.plain(f"portal.plan.state_{state}", request.lang),
            states[state],
            texts.plain("portal.plan.measures_count", request.lang, count=states[state]),
        )
        for state in ("works", "partly", "planned")
    ]
    frame = charts.frame(
        request,
        "promises",
        "portal.plan.promises_chart",
        "portal.plan.promises_desc",
        count=str(len(measures)),
    )
    return charts.bars(frame, points, most=len(measures))


def share_points(readings: Iterable[Reading]) -> tuple[charts.Point, ...]:
    """Numbers in percent, each under its title."""
    return tuple(
        charts.Point(one.indicator.title, one.percent, charts.number(one.percent, "%")) for one in readings
    )


def shares(request: Request, readings: Sequence[Reading]) -> Picture | None:
    """Every number in percent as a bar; nothing while there is none."""
    points = share_points(readings)

    def draw() -> SafeString:
        frame = charts.frame(request, "live", "portal.plan.live", "portal.plan.live_desc", "%")
        return charts.bars(frame, points, most=100)

    return Picture(points, draw) if points else None


def road(request: Request, found: TargetReading) -> SafeString:
    """The way from a target's baseline to its value, and where it stands now."""
    target = found.target
    # Two values of a long unit would run into each other under a narrow picture: such a unit stands in the heading.
    unit = "%" if found.reading.indicator.unit == "percent" else ""
    start = target.baseline
    frame = charts.frame(
        request,
        f"target-{target.indicator.lower().replace('_', '-')}",
        "portal.plan.road",
        "portal.plan.road_desc",
        unit,
        name=found.reading.indicator.title.get(request.lang),
    )

    def point(key: str, value: float | None, year: int | None) -> charts.Point:
        label = texts.plain(key, request.lang)
        words = f"{label} {_year(request, year)}" if year else label
        shown = texts.plain("portal.plan.unmeasured", request.lang) if value is None else None
        return charts.Point(words, value, shown)

    return charts.road(
        frame,
        start=point(
            "portal.plan.baseline", start.value if start else None, start.fiscal_year if start else None
        ),
        now=point("portal.plan.now", found.reading.value, _observed_year(found.reading)),
        target=point("portal.plan.target", target.target.value, target.target.fiscal_year),
    )


def _observed_year(reading: Reading) -> int | None:
    """The fiscal year a value observed elsewhere is of; what is counted is of today."""
    return calendar_jp.fiscal_year(reading.observed.to) if reading.observed is not None else None


def over_time(request: Request, found: TargetReading) -> SafeString:
    """The road so far: baseline, each kept month, now; or each wave of a survey. Empty while there is nothing but now."""
    if len(found.waves) > 1:
        return _wave_by_wave(request, found)
    if not found.history:
        return SafeString("")
    target, baseline = found.target, found.target.baseline
    name = found.reading.indicator.title.get(request.lang)
    frame = charts.frame(
        request,
        f"months-{target.indicator.lower().replace('_', '-')}",
        "portal.plan.over_time",
        "portal.plan.over_time_desc",
        "%" if found.reading.indicator.unit == "percent" else "",
        name=name,
    )
    points = []
    if baseline is not None:
        points.append(charts.Point(_year(request, baseline.fiscal_year), baseline.value))
    points += [*_by_month(found.history), _now(request, found.reading)]
    return charts.line(frame, points, target=target.target.value)


def _wave_by_wave(request: Request, found: TargetReading) -> SafeString:
    frame = charts.frame(
        request,
        f"waves-{found.target.indicator.lower().replace('_', '-')}",
        "portal.plan.waves",
        "portal.plan.waves_desc",
        "%",
        name=found.reading.indicator.title.get(request.lang),
    )
    points = charts.by_month([(one.to, float(one.value)) for one in found.waves])
    return charts.line(frame, points, target=found.target.target.value)


def _year(request: Request, year: int) -> str:
    # The words stand at both ends of a narrow picture.
    return f"FY{year}" if request.lang == "en" else calendar_jp.fiscal_year_label(year, request.lang)


def amounts(request: Request, reading: Reading, months: Sequence[Past]) -> SafeString:
    """An amount over the months it was kept in, and now."""
    frame = charts.frame(
        request,
        f"amounts-{reading.indicator.code.lower().replace('_', '-')}",
        "portal.plan.over_time",
        "portal.plan.amount_over_time_desc",
        name=reading.indicator.title.get(request.lang),
    )
    return charts.line(frame, [*_by_month(months), _now(request, reading)])


def _by_month(months: Sequence[Past]) -> list[charts.Point]:
    return charts.by_month([(past.month, past.value) for past in months])


def _now(request: Request, reading: Reading) -> charts.Point:
    return charts.Point(texts.plain("portal.plan.now", request.lang), reading.value)
