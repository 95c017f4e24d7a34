"""Who pushes the plan forward (推進体制): seats as of a day, the working groups, giving and ending a seat.

Owns the screens. Never decides whether somebody can sit: the actions of responsibility do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import boxes, pages
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.owners import PER_PAGE, TAB, account_of, choices_of, known_day, section_names, when
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, NotFound
from dokodemo.kernel.calendar_jp import ImpossibleDate
from dokodemo.kernel.packs import Text
from dokodemo.kernel.refusals import Refused
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say_plain
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.responsibility import actions, policies, seats
from dokodemo.promotion.responsibility.logic import OF_A_GROUP, OF_A_SECTION, SEATS, covers
from dokodemo.promotion.responsibility.seats import Held


@dataclass(frozen=True)
class Person:
    """Somebody in a seat, by name."""

    held: Held
    name: str


def _people(found: Sequence[Held]) -> list[Person]:
    names = organisation.staff_names({one.account for one in found})
    return [Person(one, names.get(one.account, "–")) for one in found]


@needs_staff
@require_safe
def owners_seats(request: Request) -> HttpResponse:
    """Who holds which seat on a day: the CIO and aides, every section's digital staff, the working groups."""
    asked = request.GET.get("on", "")[:40]
    read = known_day(asked)
    day, wrong = read or calendar_jp.today(), "" if read or not asked.strip() else "responsibility.fault.day"
    people = _people(seats.held_on(request.actor, day))
    measures = {one.code: one.title for one in plans.plan().measures}
    groups = [
        {
            "group": group,
            "measures": [(code, measures[code]) for code in group.measures if code in measures],
            "lead": _of(people, "group_lead", group.code),
            "members": _of(people, "group_member", group.code),
        }
        for group in seats.promotion().groups
        if covers((group.since, group.until), day)
    ]
    context = {
        "day": day,
        "asked": asked,
        "wrong": wrong,
        "errors": pages.errors(request, [("on", wrong)] if wrong else []),
        "city_wide": [(kind, _of(people, kind)) for kind in ("cio", "cio_aide")],
        "sections": [(one, _of(people, "digital_staff", one.code)) for one in organisation.sections(day)],
        "groups": groups,
        "gives": policies.may_seat(request.actor),
    }
    return pages.show(request, "office/owners/seats.html", context, status=422 if wrong else 200, tab=TAB)


def _of(people: Sequence[Person], kind: str, scope: str = "") -> list[Person]:
    return [one for one in people if (one.held.kind, one.held.scope) == (kind, scope)]


def _scope_names() -> dict[str, dict[str, Text]]:
    groups = {group.code: group.name for group in seats.promotion().groups}
    return dict.fromkeys(OF_A_SECTION, section_names()) | dict.fromkeys(OF_A_GROUP, groups)


@needs_staff
@require_safe
def owners_seats_table(request: Request) -> HttpResponse:
    """Every appointment there was, is and will be, as CSV."""
    people, scopes = _people(seats.history(request.actor)), _scope_names()
    header = [
        texts.plain(f"responsibility.seats.{name}", request.lang) for name in ("seat", "group", "holder")
    ]
    header[1] = f"{texts.plain('responsibility.column.section', request.lang)} / {header[1]}"
    header += [texts.plain(f"responsibility.seats.{name}", request.lang) for name in ("starts", "ends")]
    rows = [
        [
            texts.plain(f"responsibility.seat.{one.held.kind}", request.lang),
            say_plain(scopes.get(one.held.kind, {}).get(one.held.scope, one.held.scope), request.lang),
            one.name,
            str(one.held.starts_on),
            str(one.held.ends_on or ""),
        ]
        for one in people
    ]
    return csv_response([header, *rows], "seats.csv", private=True)


def _boxes(request: Request, day: date) -> list[Box]:
    lang = request.lang
    kinds = tuple((kind, texts.plain(f"responsibility.seat.{kind}", lang)) for kind in SEATS)
    sections = tuple((one.code, say_plain(one.name, lang)) for one in organisation.sections(day))
    groups = tuple((group.code, say_plain(group.name, lang)) for group in seats.promotion().groups)
    people = choices_of(organisation.staff_on(day))
    nothing = (("", "–"),)
    return [
        Box("seat", "responsibility.seats.seat", "choice", options=kinds, longest=20),
        Box(
            "section",
            "responsibility.column.section",
            "select",
            hint="responsibility.seats.section_hint",
            options=nothing + sections,
            longest=60,
        ),
        Box(
            "group",
            "responsibility.seats.group",
            "select",
            hint="responsibility.seats.group_hint",
            options=nothing + groups,
            longest=60,
        ),
        Box("person", "responsibility.seats.holder", "select", options=nothing + people, longest=40),
        Box("starts", "responsibility.seats.starts", hint="responsibility.day_hint", longest=40),
        Box("ends", "responsibility.seats.ends", hint="responsibility.one.until_hint", longest=40),
    ]


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def owners_seats_new(request: Request) -> HttpResponse:
    """Give a seat."""
    _refuse_others(request)
    typed: Mapping[str, str] = {"seat": "digital_staff", "starts": calendar_jp.today().isoformat()}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        typed = boxes.typed(request, _boxes(request, calendar_jp.today()))
        wrong = _give(request, typed)
        if not wrong:
            pages.tell(request, "responsibility.done.seated")
            return HttpResponseRedirect(reverse("office:owners_seats"))
    wanted = _boxes(request, known_day(typed.get("starts", "")) or calendar_jp.today())
    filled = boxes.filled(wanted, typed, wrong)
    context = {"boxes": filled, "errors": boxes.errors(request, filled)}
    return pages.show(request, "office/owners/seat_new.html", context, status=422 if wrong else 200, tab=TAB)


def _give(request: Request, typed: Mapping[str, str]) -> dict[str, str]:
    kind = typed["seat"]
    scope = typed["section"] if kind in OF_A_SECTION else typed["group"]
    try:
        ends = when(typed["ends"])
    except ImpossibleDate:
        return {"ends": "responsibility.fault.day"}
    try:
        actions.seat(
            actor=request.actor,
            kind=kind,
            scope=scope,
            account_id=account_of(typed["person"]),
            starts_on=known_day(typed["starts"]),
            ends_on=ends,
        )
    except Refused as refused:
        return refused.faults
    return {}


def _refuse_others(request: Request) -> None:
    if not policies.may_seat(request.actor):
        raise Forbidden if policies.may_read(request.actor) else NotFound


@needs_staff
@require_safe
def owners_seats_history(request: Request) -> HttpResponse:
    """Every appointment there was, is and will be."""
    people, scopes = _people(seats.history(request.actor)), _scope_names()
    page = Paginator(people, PER_PAGE).get_page(pages.page_number(request))
    context = {
        "page": page,
        "rows": [(one, scopes.get(one.held.kind, {}).get(one.held.scope, one.held.scope)) for one in page],
    }
    return pages.show(request, "office/owners/seats_history.html", context, tab=TAB)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def owners_seats_end(request: Request, seating_id: UUID) -> HttpResponse:
    """End an appointment with a day."""
    _refuse_others(request)
    found = next((one for one in seats.history(request.actor) if one.id == seating_id), None)
    if found is None:
        raise NotFound
    typed: Mapping[str, str] = {"ends": str(found.ends_on or calendar_jp.today())}
    wrong: dict[str, str] = {}
    wanted = [Box("ends", "responsibility.seats.ends", hint="responsibility.day_hint", longest=40)]
    if request.method == "POST":
        typed = boxes.typed(request, wanted)
        try:
            actions.unseat(actor=request.actor, seating_id=seating_id, last_day=known_day(typed["ends"]))
        except Refused as refused:
            wrong = refused.faults
        else:
            pages.tell(request, "responsibility.done.unseated")
            return HttpResponseRedirect(reverse("office:owners_seats"))
    filled = boxes.filled(wanted, typed, wrong)
    context: dict[str, Any] = {
        "person": _people([found])[0],
        "scope": _scope_names().get(found.kind, {}).get(found.scope, found.scope),
        "boxes": filled,
        "errors": boxes.errors(request, filled),
    }
    return pages.show(request, "office/owners/seat_end.html", context, status=422 if wrong else 200, tab=TAB)
