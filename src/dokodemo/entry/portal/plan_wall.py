"""The plan on the wall of a meeting room (会議室の画面): one thing a page, big, turning by itself until somebody stops it.

Owns the pages. Shows what `/plan` shows and, where the city's pack says so, the next meeting and how much is overdue; never a
person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from dokodemo.entry import walls
from dokodemo.entry.portal.plan_pictures import promises, road
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import charts
from dokodemo.promotion.headquarters import queries as headquarters
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators import withdrawals
from dokodemo.promotion.indicators.observing import Withdrawn
from dokodemo.promotion.indicators.queries import Reading
from dokodemo.promotion.indicators.targeting import TargetReading, targets
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.responsibility import due

# Numbers that the plan itself names by a short code stand on the wall; more than two are too many for one page.
_OF_THE_PLAN = re.compile(r"K\d+")
MOST_NUMBERS = 2
VIEW = "portal:plan_wall_part"


@dataclass(frozen=True)
class Big:
    """A number written big: what it is, its value ("" for 未計測) with its unit, and of how many."""

    title: Text
    value: str
    unit: str = ""
    parts: tuple[str, str] | None = None


@dataclass(frozen=True)
class Part:
    """One page of the wall. `kind`: promise, target, numbers or headquarters."""

    kind: str
    title: Text | None = None
    picture: SafeString | str = ""
    big: list[Big] = field(default_factory=list)
    meeting: date | None = None
    overdue: int | None = None
    withdrawn: Withdrawn | None = None

    @property
    def alone(self) -> bool:
        """Whether the picture draws one number only, and so has the room of two."""
        return sum(one.value != "" for one in self.big) == 1


@require_safe
def start(request: Request) -> HttpResponse:
    """The first part: each page of the wall has one address."""
    return walls.start(request, VIEW)


@require_safe
def wall(request: Request, part: int) -> HttpResponse:
    """Part by part, the next after some seconds; `?still=1` stands, `?lang=` chooses a language for a screen nobody touches."""
    walls.speak(request)
    response = walls.show(request, "portal/plan_wall.html", VIEW, _parts(request), part, {})
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _parts(request: Request) -> list[Part]:
    """The pages of the wall as they stand now."""
    readings = withdrawals.told(indicators.readings())
    found = [Part("promise", picture=promises(request, plans.plan().measures))]
    found += [_target(request, one) for one in targets(readings)]
    named = [one for code, one in sorted(readings.items()) if _OF_THE_PLAN.fullmatch(code)][:MOST_NUMBERS]
    if named:
        found.append(Part("numbers", big=[_big(one) for one in named], picture=_bars(request, named)))
    meeting, overdue = headquarters.public_next_meeting(), due.public_overdue()
    if meeting is not None or overdue is not None:
        found.append(Part("headquarters", meeting=meeting, overdue=overdue))
    return found


def _target(request: Request, target: TargetReading) -> Part:
    reading = target.reading
    picture, big = road(request, target), [_big(reading)]
    return Part("target", reading.indicator.title, picture, big, withdrawn=reading.withdrawn)


def _big(reading: Reading) -> Big:
    percent = reading.indicator.unit == "percent"
    return Big(
        reading.indicator.title,
        charts.number(reading.value) if reading.value is not None else "",
        "%" if percent else reading.indicator.unit,
        (f"{reading.ratio.numerator:,}", f"{reading.ratio.denominator:,}") if reading.ratio else None,
    )


def _bars(request: Request, readings: list[Reading]) -> SafeString | str:
    known = [one for one in readings if one.percent is not None]
    if not known:
        return ""
    points = [
        charts.Point(one.indicator.title, one.percent, charts.number(one.percent, "%")) for one in known
    ]
    frame = charts.frame(request, "numbers", "portal.plan.live", "portal.plan.live_desc", "%")
    return charts.bars(frame, points, most=100)
