"""The city's plan for residents (計画と進み具合): promises, what serves them, and the numbers as they stand.

Owns the public page. Never computes a number and never shows one without its numerator and denominator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from dokodemo.administration.procedures import queries as procedures
from dokodemo.entry.ending import chart
from dokodemo.entry.portal.doing import Doing, doing
from dokodemo.entry.portal.measure_picture import picture
from dokodemo.entry.portal.plan_pictures import Drawing, Picture, amounts, over_time, promises, road, shares
from dokodemo.entry.portal.plan_verdict import at_a_glance, roadmap, verdict
from dokodemo.entry.server.as_of import as_of
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.once import once
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import charts
from dokodemo.promotion.closing import queries as endings
from dokodemo.promotion.indicators import going_online, withdrawals
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.definitions import Indicator, Value
from dokodemo.promotion.indicators.months import Past, histories
from dokodemo.promotion.indicators.observing import Withdrawn
from dokodemo.promotion.indicators.queries import Reading
from dokodemo.promotion.indicators.targeting import TargetReading, targets
from dokodemo.promotion.national import comparing
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.definitions import Measure, Plan
from dokodemo.promotion.surveys import queries as surveys


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
            "roadmap": (road_ahead := roadmap(found, readings)),
            # A plan is all its words; of the numbers beside the roadmap the values may be others.
            "roadmap_said": (found, tuple(one.value for row in road_ahead for one in row["readings"])),
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
            "bars": shares(request, [one for one in counted if one.percent is not None]),
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
        partial(over_time, request, target),
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
    in_amounts = {one.indicator.code: one for one in counted if one.amount is not None}
    kept = histories(in_amounts) if in_amounts else {}
    found = []
    for reading in counted:
        months = [past for past in kept.get(reading.indicator.code, ()) if past.counted.as_of <= on]
        found.append(_live(reading, months, partial(amounts, request, reading, months) if months else None))
    return found


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
                    aims.get(one.indicator.code),
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
