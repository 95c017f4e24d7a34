"""The headquarters on the wall of a meeting room, for staff (会議室の画面・職員用): reports filed, overdue, nobody's, next.

Owns the pages. Names things and sections, never a person: who is late is said to them, not to the room.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry import walls
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import charts, texts
from dokodemo.promotion.headquarters import policies
from dokodemo.promotion.headquarters import queries as headquarters
from dokodemo.promotion.headquarters.logic import Quarter, to_report
from dokodemo.promotion.headquarters.models import Meeting
from dokodemo.promotion.headquarters.words import quarter_words
from dokodemo.promotion.responsibility import due
from dokodemo.promotion.responsibility.queries import Matter

VIEW = "office:wall_part"
# More lines than these are too small to be read from the other end of a table.
MOST_LINES = 5


@dataclass(frozen=True)
class Line:
    """One thing in a list: what it is called (a text of the pack, or what staff wrote), its section, and a number of it."""

    number: int
    section: Text | None
    title: Text | None = None
    words: str = ""


@dataclass(frozen=True)
class Part:
    """One page. `kind`: reports, overdue, ownerless or meeting. `of`: what the number is out of; `more`: lines left out."""

    kind: str
    number: int = 0
    of: int | None = None
    quarter: str = ""
    day: date | None = None
    lines: tuple[Line, ...] = ()
    more: int = 0
    picture: str = ""
    meeting: Meeting | None = None


@needs_staff
@require_safe
def start(request: Request) -> HttpResponse:
    """The first page. Raises NotFound for who has no post."""
    if not policies.may_read(request.actor):
        raise NotFound
    return walls.start(request, VIEW)


@needs_staff
@require_safe
def wall(request: Request, part: int) -> HttpResponse:
    """Page by page, the next after some seconds; `?still=1` stands, `?lang=` chooses a language for a screen nobody touches."""
    walls.speak(request)
    response = walls.show(request, "office/wall.html", VIEW, _parts(request), part, {})
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _parts(request: Request) -> list[Part]:
    """The pages as they stand now. Raises NotFound for who has no post."""
    actor = request.actor
    attention = due.attention(actor)
    names = {one.code: one.name for one in organisation.sections()}
    late = [
        _line(names, one.due.matter, one.days) for one in sorted(attention.late, key=lambda one: -one.days)
    ]
    nobodys = [
        Line(sum(counts.values()), names.get(code), words=code) for code, counts in attention.ownerless
    ]
    return [
        _reports(request, to_report(calendar_jp.today())),
        _list("overdue", len(late), late),
        _list("ownerless", attention.without, nobodys),
        _meeting(actor),
    ]


def _line(names: dict[str, Text], matter: Matter, days: int) -> Line:
    return Line(days, names.get(matter.section), matter.title, matter.words or matter.code)


def _list(kind: str, number: int, lines: Iterable[Line]) -> Part:
    every = tuple(lines)
    return Part(kind, number, lines=every[:MOST_LINES], more=len(every[MOST_LINES:]))


def _reports(request: Request, quarter: Quarter) -> Part:
    rows = headquarters.quarter(request.actor, quarter)
    filed = sum(1 for one in rows if one.report is not None and one.report.filed_at is not None)
    frame = charts.frame(request, "reports", "office.wall.reports", "office.wall.reports_desc")
    label = texts.plain("office.wall.filed", request.lang)
    point = charts.Point(label, float(filed), f"{filed} / {len(rows)}")
    return Part(
        "reports",
        filed,
        len(rows),
        quarter=quarter_words(quarter, request.lang),
        day=quarter.due,
        picture=charts.bars(frame, [point], most=max(len(rows), 1)),
    )


def _meeting(actor: Actor) -> Part:
    today = calendar_jp.today()
    coming = [one for one in headquarters.meetings(actor) if one.held_at is None and one.on >= today]
    after = min(coming, key=lambda one: one.on, default=None)
    return Part(
        "meeting",
        len(headquarters.open_follow_ups(actor)),
        day=after.on if after is not None else None,
        meeting=after,
    )
