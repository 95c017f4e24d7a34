"""How far the standardised systems are (標準化対象20業務の移行): all of them with a picture, and one with its history.

Owns the screens. Never moves a system and names no vendor.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import boxes, pages
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.reform import show
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel.access import Forbidden
from dokodemo.kernel.ui import charts, texts
from dokodemo.kernel.ui.language import say_plain
from dokodemo.promotion.reform import actions, policies, queries
from dokodemo.promotion.reform.actions import Refused
from dokodemo.promotion.reform.logic import LONGEST_TEXT, STATES, UNSAID, Unfit, day_of, line_of
from dokodemo.promotion.reform.queries import SystemView

_COLUMNS = ("number", "system", "state", "planned_on", "moved_on", "reason", "blocked_by", "said_on")


@needs_staff
@require_safe
def systems(request: Request) -> HttpResponse:
    """Every system, and how many are in each state."""
    views = queries.systems(request.actor)
    counts = queries.by_state(views)
    points = [
        charts.Point(texts.plain(f"reform.state.{state}", request.lang), count)
        for state, count in counts.items()
    ]
    here = charts.frame(
        request,
        "systems",
        "reform.systems.drawn",
        "reform.systems.drawn_desc",
        "",
        moved=counts["moved"],
        all=len(views),
    )
    context = {
        "rows": views,
        "moved": counts["moved"],
        "all": len(views),
        "unsaid": counts[UNSAID],
        "chart": charts.bars(here, points, most=len(views)) if views else "",
        "keeps": policies.keeps_systems(request.actor),
    }
    return show(request, "office/reform_systems.html", context)


@needs_staff
@require_safe
def table(request: Request) -> HttpResponse:
    """Every system as CSV."""
    header = [texts.plain(f"reform.column.{name}", request.lang) for name in _COLUMNS]
    rows = [_cells(request, view) for view in queries.systems(request.actor)]
    return csv_response([header, *rows], "systems.csv", private=True)


def _cells(request: Request, view: SystemView) -> list[str]:
    return [
        str(view.number),
        say_plain(view.definition.title, request.lang),
        texts.plain(f"reform.state.{view.state}", request.lang),
        view.planned_on.isoformat() if view.planned_on else "",
        view.moved_on.isoformat() if view.moved_on else "",
        view.reason,
        view.blocked_by,
        view.at.date().isoformat() if view.at else "",
    ]


def _boxes(request: Request) -> list[Box]:
    states = tuple(
        (state, texts.t(f"reform.state.{state}", request.lang, furigana=request.furigana)) for state in STATES
    )
    return [
        Box("state", "reform.column.state", "choice", options=states),
        Box("reason", "reform.column.reason", hint="reform.form.reason_hint", longest=LONGEST_TEXT),
        Box("planned_on", "reform.column.planned_on", "date", longest=20),
        Box("moved_on", "reform.column.moved_on", "date", hint="reform.form.moved_on_hint", longest=20),
        Box(
            "blocked_by", "reform.column.blocked_by", hint="reform.form.blocked_by_hint", longest=LONGEST_TEXT
        ),
    ]


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def system(request: Request, code: str) -> HttpResponse:
    """One system: how far it is, what was said before, and saying it anew."""
    history = queries.system_history(request.actor, code)
    now, keeps = history[0], policies.keeps_systems(request.actor)
    if request.method == "POST" and not keeps:
        raise Forbidden
    wanted = _boxes(request)
    typed = _typed_of(now)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        typed = boxes.typed(request, wanted)
        values, wrong = _read(typed)
        if not wrong:
            try:
                changed = actions.record_system(
                    actor=request.actor, system=code, revision=pages.revision(request), **values
                )
            except Refused as refused:
                wrong = refused.wrong
            else:
                where = reverse("office:reform_system", args=[code])
                return HttpResponseRedirect(f"{where}?done={'saved' if changed else 'unchanged'}")
    filled = boxes.filled(wanted, typed, wrong)
    called = organisation.staff_names([one.by for one in history if one.by])
    context = {
        "view": now,
        "history": [(one, called.get(one.by, "") if one.by else "") for one in history if one.at],
        "keeps": keeps,
        "boxes": filled,
        "errors": boxes.errors(request, filled),
    }
    return show(request, "office/reform_system.html", context, status=422 if wrong else 200)


def _typed_of(view: SystemView) -> dict[str, str]:
    return {
        "state": view.state,
        "reason": view.reason,
        "planned_on": view.planned_on.isoformat() if view.planned_on else "",
        "moved_on": view.moved_on.isoformat() if view.moved_on else "",
        "blocked_by": view.blocked_by,
    }


def _read(typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    line = partial(line_of, longest=LONGEST_TEXT, fault="reform.fault.long", needed=False)
    day = partial(day_of, fault="reform.fault.day", needed=False)
    readers: dict[str, Any] = {"reason": line, "planned_on": day, "moved_on": day, "blocked_by": line}
    values: dict[str, Any] = {"state": typed.get("state", "")}
    wrong: dict[str, str] = {}
    for name, read in readers.items():
        try:
            values[name] = read(typed.get(name, ""))
        except Unfit as unfit:
            wrong[name] = str(unfit)
    return values, wrong
