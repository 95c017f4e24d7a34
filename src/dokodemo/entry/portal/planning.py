"""The city's plan for residents (計画と進み具合): promises, what serves them, and the numbers as they stand.

Owns the public page. Never computes a number and never shows one without its numerator and denominator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.queries import SectionView
from dokodemo.entry.ending import chart
from dokodemo.entry.portal.measure_picture import picture
from dokodemo.entry.portal.plan_verdict import at_a_glance, roadmap, verdict
from dokodemo.entry.server.as_of import as_of
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.once import once
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import charts, texts
from dokodemo.promotion.closing import queries as endings
from dokodemo.promotion.headquarters import queries as headquarters
from dokodemo.promotion.indicators import going_online, withdrawals
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.definitions import Indicator, Value
from dokodemo.promotion.indicators.observing import Withdrawn
from dokodemo.promotion.indicators.queries import Past, Reading
from dokodemo.promotion.indicators.targeting import TargetReading, targets
from dokodemo.promotion.national import comparing
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.action_plan import Action
from dokodemo.promotion.plan.definitions import Measure, Plan
from dokodemo.promotion.surveys import queries as surveys

type Drawing = Callable[[], SafeString]


@dataclass(frozen=True)
class Picture:
    """A picture and everything it says: drawn where a template finds that it says something new."""

    said: tuple[object, ...]
    draw: Drawing


@dataclass(frozen=True)
class Drawn:
    """A target with its pictures."""

    target: TargetReading
    verdict: SafeString
    chart: Drawing
    over_time: Drawing
    planned: str
    recomputed: str

    @property
    def said(self) -> tuple[object, ...]:
        """Everything the card says; the verdict changes with the day, too."""
        return self.target, str(self.verdict)


@dataclass(frozen=True)
class Live:
    """A number counted from the records, with its parts as residents read them."""

    indicator: Indicator
    percent: float | None
    amount: Decimal | None
    numerator: str
    denominator: str
    missing: Text | None = None
    missing_key: str = ""
    withdrawn: Withdrawn | None = None
    # The months it was kept in by the day of the page, of an amount: a picture of the way so far.
    months: tuple[Past, ...] = ()
    over_time: Drawing | None = field(default=None, compare=False)

    @property
    def code_shown(self) -> str:
        """The code where the plan itself uses one (K1); names of our own stay inside."""
        return self.indicator.code if self.indicator.code[1:].isdigit() else ""


@require_safe
@once()
def plan(request: Request) -> HttpResponse:
    """Per measure: the promise, what serves it, and the numbers, drawn and in tables; as of today, or of the day in `?on=`."""
    day = as_of(request)
    on = day.on
    readings = withdrawals.told(indicators.readings(on=on), on=on)
    found = plans.plan(on)
    done, promised = doing(on), targets(readings, on=on)
    actions = _by_measure(done)
    aims = {one.target.indicator: one.target.target for one in promised}
    counted = [one for one in readings.values() if one.indicator.state == "works" and one.value is not None]
    return render(
        request,
        "portal/plan.html",
        {
            "plan": found,
            "day": day,
            "as_of": on,
            **_ending(request, found, on),
            "unconfirmed": 0 if day.past else _unconfirmed(),
            "glance": at_a_glance(promised, found.measures, done),
            "targets": [_drawn(request, target, on) for target in promised],
            "roadmap": roadmap(found, readings),
            "strategies": [
                (
                    strategy,
                    [
                        _measure(request, measure, readings, actions.get(measure.code, []), aims)
                        for measure in measures
                    ],
                )
                for strategy, measures in plans.by_strategy(found)
            ],
            "promises": Picture(
                tuple(one.state for one in found.measures), partial(promises, request, found.measures)
            ),
            "live": _lives(request, counted, on),
            "unmeasured": [_live(one) for one in readings.values() if one.value is None],
            "bars": _bars(request, [one for one in counted if one.percent is not None]),
            "surveys": surveys.published_surveys(),
            "compares": comparing.edition() is not None,
        },
        status=day.status,
    )


def _ending(request: Request, found: Plan, on: date) -> dict[str, Any]:
    """How the plan ended, where it has by that day, and the final evaluation of the one before it."""
    before = plans.predecessor(found)
    final = endings.final(found.code, by=on)
    return {
        "ended": on > found.period.to,
        "final": final,
        "final_chart": chart(request, final.tally) if final is not None else "",
        "final_summary": final.summary(request.lang) if final is not None else None,
        "before": endings.final(before.code, by=on) if before is not None else None,
    }


def _unconfirmed() -> int:
    """How many rows of the inventory nobody has confirmed yet: they are in no part of K1."""
    if not going_online.measured():
        return 0
    return going_online.online_kinds(calendar_jp.today()).count.beside["unknown"]


def _drawn(request: Request, target: TargetReading, on: date) -> Drawn:
    recomputed = target.recomputed.value if target.recomputed else None
    return Drawn(
        target,
        verdict(request, target, on),
        partial(road, request, target),
        partial(_over_time, request, target),
        charts.number(target.target.target.value),
        charts.number(recomputed) if recomputed is not None else "",
    )


def _live(reading: Reading, months: Sequence[Past] = (), over_time: Drawing | None = None) -> Live:
    ratio = reading.ratio
    return Live(
        reading.indicator,
        reading.percent,
        reading.amount.value if reading.amount is not None else None,
        f"{ratio.numerator:,}" if ratio else "–",
        f"{ratio.denominator:,}" if ratio else "–",
        reading.missing,
        reading.missing_key,
        reading.withdrawn,
        tuple(months),
        over_time,
    )


def _lives(request: Request, counted: Sequence[Reading], on: date) -> list[Live]:
    """What is counted now, an amount with its months: no bar shows what is a part of nothing."""
    amounts = {one.indicator.code: one for one in counted if one.amount is not None}
    kept = indicators.histories(amounts) if amounts else {}
    found = []
    for reading in counted:
        months = [past for past in kept.get(reading.indicator.code, ()) if past.counted.as_of <= on]
        found.append(_live(reading, months, partial(_amounts, request, reading, months) if months else None))
    return found


def _amounts(request: Request, reading: Reading, months: Sequence[Past]) -> SafeString:
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


@dataclass(frozen=True)
class Doing:
    """An action of this year as residents read it: who does it, and the state it was last reported in ("" for none).

    `version`: the adopted version that has it.
    """

    action: Action
    section: SectionView | None
    state: str
    version: UUID

    @property
    def said(self) -> tuple[object, ...]:
        """Everything that is said of it: a version never changes."""
        return self.version, self.action.code, self.section.name if self.section else None, self.state


def doing(on: date | None = None) -> list[Doing]:
    """The actions of the version in force on a day (today), with the states reported by then."""
    version = plans.in_force(on)
    if version is None:
        return []
    actions = plans.actions_of(version)
    states = headquarters.public_states([one.code for one in actions], on)
    sections = {one.code: one for one in organisation.sections()}
    return [Doing(one, sections.get(one.section), states.get(one.code, ""), version.pk) for one in actions]


def _measure(
    request: Request,
    measure: Measure,
    readings: dict[str, Reading],
    found: list[Doing],
    aims: Mapping[str, Value],
) -> dict[str, Any]:
    """A measure with what is done for it and what measures it; `said` is everything its card says.

    `picture` is drawn when it is asked for: a card that says the same again is not drawn anew.
    """
    served_by = tuple((p.slug, p.definition.title) for p in procedures.by_measure(measure.code))
    measured_by = [readings[code] for code in measure.indicators if code in readings]
    return {
        "measure": measure,
        "doing": found,
        "finished": sum(1 for one in found if one.state == "finished"),
        "procedures": served_by,
        "readings": [(one, aims.get(one.indicator.code)) for one in measured_by],
        "picture": partial(picture, request, f"measure-{measure.code}-picture", measured_by, found),
        "said": (
            measure,
            served_by,
            tuple(one.said for one in found),
            tuple(
                (
                    one.indicator.title,
                    one.indicator.unit,
                    one.ratio,
                    one.amount,
                    one.observed,
                    one.withdrawn,
                    repr(aims.get(one.indicator.code)),
                )
                for one in measured_by
            ),
        ),
    }


def _by_measure(actions: list[Doing]) -> dict[str, list[Doing]]:
    found: dict[str, list[Doing]] = {}
    for one in actions:
        for code in dict.fromkeys(one.action.measures):
            found.setdefault(code, []).append(one)
    return found


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


def _bars(request: Request, readings: Sequence[Reading]) -> Picture | None:
    points = tuple(
        charts.Point(one.indicator.title, one.percent, charts.number(one.percent or 0, "%"))
        for one in readings
    )

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


def _over_time(request: Request, found: TargetReading) -> SafeString:
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
