"""Appointing somebody and ending an appointment, for the administrator (発令・発令の終わり).

Owns the screens. Whether it can be is decided by the actions of the organisation; what ends with it is only shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dokodemo.city.organisation import actions
from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.logic import LONGEST_NAME
from dokodemo.city.organisation.queries import HolderView
from dokodemo.entry.office import boxes, pages
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.staffing import title_of
from dokodemo.entry.office.staffing_people import member
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Grant, NotFound, Role
from dokodemo.kernel.calendar_jp import ImpossibleDate
from dokodemo.kernel.refusals import Refused
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say_plain
from dokodemo.promotion.responsibility import policies, queries, seats


def _day(typed: Mapping[str, str], box: str) -> date:
    """The day of a box. Raises Refused."""
    try:
        return calendar_jp.parse_date(typed[box])
    except ImpossibleDate:
        raise Refused({box: "organisation.fault.day"}) from None


def _boxes(request: Request, starts: str = "") -> list[Box]:
    """The boxes of an appointment; the sections are those of its first day as far as it is known."""
    nothing = (("", "–"),)
    try:
        day = _day({"starts": starts}, "starts")
    except Refused:
        day = calendar_jp.today()
    sections = tuple((one.code, say_plain(one.name, request.lang)) for one in organisation.sections(day))
    roles = tuple((role.value, texts.plain(f"office.role.{role}", request.lang)) for role in Role)
    return [
        Box("section", "office.admin.unit", "select", options=nothing + sections, longest=LONGEST_NAME),
        Box("role", "office.admin.role", "select", options=nothing + roles, longest=30),
        Box("title", "office.staff.own_title", hint="office.staff.own_title_hint", longest=LONGEST_NAME),
        Box("starts", "office.staff.starts", hint="office.staff.day_hint", longest=40),
        Box("ends", "office.staff.ends", hint="office.staff.until_hint", longest=40),
    ]


@needs_role(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_appoint(request: Request, account_id: UUID) -> HttpResponse:
    """Appoint somebody to a post, from a day, until a day or further notice."""
    found = member(account_id)
    wanted = _boxes(request)
    typed: Mapping[str, str] = {"starts": calendar_jp.today().isoformat()}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        typed = boxes.typed(request, wanted)
        wrong = _appoint(request, account_id, typed)
        if not wrong:
            pages.tell(request, "office.done.appointed", name=found.name)
            return HttpResponseRedirect(reverse("office:staff_person", args=[account_id]))
    filled = boxes.filled(_boxes(request, typed["starts"]), typed, wrong)
    context = {"person": found, "boxes": filled, "errors": boxes.errors(request, filled)}
    return pages.show(request, "office/staff/appoint.html", context, status=422 if wrong else 200)


def _appoint(request: Request, account_id: UUID, typed: Mapping[str, str]) -> dict[str, str]:
    role = next((one for one in Role if one.value == typed["role"]), None)
    wrong = {} if role is not None else {"role": "organisation.fault.role"}
    days: dict[str, date | None] = {"starts": None, "ends": None}
    for box in days:
        if box == "starts" or typed[box].strip():
            try:
                days[box] = _day(typed, box)
            except Refused as refused:
                wrong |= refused.faults
    if not typed["section"]:
        wrong["section"] = "organisation.fault.section"
    starts, ends = days["starts"], days["ends"]
    if starts is not None and ends is not None and ends < starts:
        wrong["ends"] = "organisation.fault.days"
    if wrong or role is None or starts is None:
        return wrong
    try:
        actions.appoint(
            actor=request.actor,
            account_id=account_id,
            section_code=typed["section"],
            role=role,
            starts_on=starts,
            ends_on=ends,
            title=typed["title"],
        )
    except Refused as refused:
        return refused.faults
    return {}


@needs_role(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_end(request: Request, appointment_id: UUID) -> HttpResponse:
    """End an appointment with a day: first a look at what ends with it, then in one action."""
    post = organisation.appointment(appointment_id)
    if post is None:
        raise NotFound
    wanted = [Box("ends", "office.staff.last_day", hint="office.staff.day_hint", longest=40)]
    typed: Mapping[str, str] = {"ends": str(post.ends_on or max(post.starts_on, calendar_jp.today()))}
    wrong: dict[str, str] = {}
    act = request.POST.get("act", "")
    if request.method == "POST":
        typed = boxes.typed(request, wanted)
        perform = actions.end_appointment if act == "do" else actions.check_ending
        try:
            day = _day(typed, "ends")
            if act != "change":
                perform(actor=request.actor, appointment_id=appointment_id, last_day=day)
        except Refused as refused:
            wrong = refused.faults
        else:
            if act == "do":
                return _ended(request, post)
            if act != "change":
                return _look(request, post, day)
    filled = boxes.filled(wanted, typed, wrong)
    context = {**_words(request, post), "boxes": filled, "errors": boxes.errors(request, filled)}
    return pages.show(request, "office/staff/end.html", context, status=422 if wrong else 200)


def _words(request: Request, post: HolderView) -> dict[str, Any]:
    section = organisation.section(post.section)
    return {
        "person": member(post.account_id),
        "post": post,
        "post_title": title_of(request, post),
        "section": section.name if section is not None else post.section,
    }


def _ended(request: Request, post: HolderView) -> HttpResponse:
    pages.tell(request, "office.done.post_ended", name=organisation.staff_name(post.account_id))
    # Whoever ended their own post with a day gone by opens this page no longer.
    now = organisation.staff_grants(account_id=request.actor.account, on=calendar_jp.today())
    if any(grant.role == Role.ADMINISTRATOR for grant in now):
        return HttpResponseRedirect(reverse("office:staff_person", args=[post.account_id]))
    return HttpResponseRedirect(reverse("office:home"))


def _look(request: Request, post: HolderView, day: date) -> HttpResponse:
    """What the person answers for and sits in only through this post, and who passes it on."""
    after = day if day == date.max else day + timedelta(days=1)
    kept = organisation.staff_grants(account_id=post.account_id, on=after) - {Grant(post.section, post.role)}
    stays = any(grant.section == post.section for grant in kept)
    carried = [] if stays else queries.carried_by(post.account_id, sections=[post.section])
    held = [one for one in seats.held_on(request.actor, after) if one.account == post.account_id]
    context = {
        **_words(request, post),
        "day": day,
        "matters": [one.matter for one in carried],
        "seats": [one.kind for one in held if not seats.rests_on(one.kind, one.scope, kept)],
        "nothing_left": not kept,
        "own": post.account_id == request.actor.account_id and post.role == Role.ADMINISTRATOR,
        "hands_over": bool(policies.may_assign_in(request.actor, [post.section])),
    }
    return pages.show(request, "office/staff/end_look.html", context)
