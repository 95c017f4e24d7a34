"""Sessions of courses (研修の開催): all of them, one with its seats, and who came.

Owns the screens. Never shows who is booked to anybody but those who keep the training: the reads decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import boxes, pages
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.training import show
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel.access import Forbidden, NotFound
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say_plain
from dokodemo.promotion.training import actions, policies, queries
from dokodemo.promotion.training.actions import Refused, SessionFacts

_COLUMNS = ("name", "state")


@needs_staff
@require_safe
def sessions(request: Request) -> HttpResponse:
    """A page of sessions, the newest first."""
    page, views = queries.sessions(request.actor, page=pages.page_number(request))
    return show(request, "office/training_sessions.html", {"page": page, "rows": views})


def _boxes(request: Request) -> list[Box]:
    courses = tuple(
        (course.code, say_plain(course.title, request.lang)) for course in queries.catalogue().courses
    )
    kinds = tuple(
        (kind, texts.t(f"training.held.{kind}", request.lang, furigana=request.furigana))
        for kind in ("place", "online")
    )
    return [
        Box("course", "training.column.course", "select", options=courses, longest=60),
        Box("day", "training.column.day", "date", longest=20),
        Box("starts", "training.column.starts", hint="training.form.time_hint", longest=8),
        Box("ends", "training.column.ends", hint="training.form.time_hint", longest=8),
        Box("held", "training.column.held", "choice", options=kinds, longest=8),
        Box("place", "training.column.place", hint="training.form.place_hint", longest=100),
        Box("seats", "training.column.seats", "number", longest=6),
    ]


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Announce a session."""
    _refuse_others(request)
    wanted = _boxes(request)
    typed: Mapping[str, str] = {"held": "place", "seats": "30"}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        typed = boxes.typed(request, wanted)
        facts, wrong = _read(typed)
        if facts is not None:
            try:
                made = actions.add_session(actor=request.actor, facts=facts)
            except Refused as refused:
                wrong = refused.wrong
            else:
                return _back(made, "added")
    filled = boxes.filled(wanted, typed, wrong)
    context = {"boxes": filled, "errors": boxes.errors(request, filled)}
    return show(request, "office/training_session_new.html", context, status=422 if wrong else 200)


def _refuse_others(request: Request) -> None:
    if not policies.keeps_training(request.actor):
        raise Forbidden if policies.takes_part(request.actor) else NotFound


def _read(typed: Mapping[str, str]) -> tuple[SessionFacts | None, dict[str, str]]:
    wrong: dict[str, str] = {}
    values: dict[str, Any] = {"course": typed.get("course", "")}
    readers: dict[str, tuple[Any, str]] = {
        "day": (lambda text: date.fromisoformat(text.strip().replace("/", "-")), "training.fault.day"),
        "starts": (_clock, "training.fault.time"),
        "ends": (_clock, "training.fault.time"),
        "place": (_place, "training.fault.place"),
        "seats": (_seats, "training.fault.seats"),
        "held": (lambda text: {"online": True, "place": False}[text], "training.fault.held_how"),
    }
    for name, (read, fault) in readers.items():
        try:
            values[name] = read(typed.get(name, ""))
        except (ValueError, KeyError):
            wrong[name] = fault
    if wrong:
        return None, wrong
    return SessionFacts(online=values.pop("held"), **values), {}


def _clock(text: str) -> time:
    hour, _, minute = text.strip().replace("：", ":").partition(":")
    return time(int(hour), int(minute))


def _place(text: str) -> str:
    line = " ".join(text.split())
    if not line or len(line) > 100:
        raise ValueError(line)
    return line


def _seats(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 10_000:
        raise ValueError(number)
    return number


def _back(session_id: UUID, done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('office:training_session', args=[session_id])}?done={done}")


@needs_staff
@require_safe
def session(request: Request, session_id: UUID) -> HttpResponse:
    """One session: when and where, my seat, and for those who keep the training who came."""
    return _show(request, session_id, {})


def _show(
    request: Request, session_id: UUID, wrong: Mapping[str, str], others: str = "", ticked: Any = None
) -> HttpResponse:
    view = queries.session(request.actor, session_id)
    people = queries.participants(request.actor, session_id)
    names = organisation.staff_names(account for account, _ in people)
    rows = [
        (
            account,
            names.get(account, "–"),
            state,
            account in ticked if ticked is not None else state == "attended",
        )
        for account, state in people
    ]
    context = {
        "view": view,
        "rows": rows,
        "others": others,
        "wrong": wrong,
        "errors": pages.errors(request, wrong.items()),
    }
    return show(request, "office/training_session.html", context, status=422 if wrong else 200)


@needs_staff
@require_safe
def session_table(request: Request, session_id: UUID) -> HttpResponse:
    """Who came to a session, as CSV."""
    _refuse_others(request)
    queries.session(request.actor, session_id)
    people = queries.participants(request.actor, session_id)
    names = organisation.staff_names(account for account, _ in people)
    header = [texts.plain(f"training.column.{name}", request.lang) for name in _COLUMNS]
    rows = [
        [names.get(account, ""), texts.plain(f"training.booking.{state}", request.lang)]
        for account, state in people
    ]
    return csv_response([header, *rows], "attendance.csv", private=True)


@needs_staff
@require_POST
def book(request: Request, session_id: UUID) -> HttpResponse:
    """Take a seat."""
    try:
        actions.book(actor=request.actor, session_id=session_id)
    except Refused as refused:
        return _show(request, session_id, refused.wrong)
    return _back(session_id, "booked")


@needs_staff
@require_POST
def leave(request: Request, session_id: UUID) -> HttpResponse:
    """Give the seat back."""
    actions.leave(actor=request.actor, session_id=session_id)
    return _back(session_id, "left")


@needs_staff
@require_POST
def cancel(request: Request, session_id: UUID) -> HttpResponse:
    """Call the session off."""
    try:
        actions.cancel_session(actor=request.actor, session_id=session_id)
    except Refused as refused:
        return _show(request, session_id, refused.wrong)
    return _back(session_id, "cancelled")


@needs_staff
@require_POST
def attendance(request: Request, session_id: UUID) -> HttpResponse:
    """Say who came."""
    others = request.POST.get("others", "")[:20_000]
    ticked = {UUID(text) for text in request.POST.getlist("present") if _is_uuid(text)}
    try:
        actions.mark_attendance(
            actor=request.actor, session_id=session_id, present=ticked, others=others.split()
        )
    except Refused as refused:
        return _show(request, session_id, refused.wrong, others, ticked)
    return _back(session_id, "marked")


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
