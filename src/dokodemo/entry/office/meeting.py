"""Meetings of the headquarters (本部会議): called, prepared with one press, decided, followed up.

Owns the screens. Never keeps papers: they are made from the records each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.as_of import AsOf, as_of
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, NotFound
from dokodemo.kernel.calendar_jp import ImpossibleDate
from dokodemo.kernel.refusals import Refused
from dokodemo.promotion.headquarters import actions, packet, policies, queries
from dokodemo.promotion.headquarters.models import FollowUp, Meeting
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.responsibility import queries as responsibility
from dokodemo.promotion.responsibility.queries import Matter

TAB = "meetings"


@needs_staff
@require_safe
def meetings(request: Request) -> HttpResponse:
    """The meetings, and what is still open after their decisions, now or on a past day."""
    day = as_of(request)
    context = {
        "day": day,
        "errors": pages.errors(request, [("on", day.wrong)] if day.wrong else []),
        "meetings": queries.meetings(request.actor, on=day.on),
        "follow_ups": _follow_ups(request, day),
        "calls": policies.may_call(request.actor),
    }
    return pages.show(request, "office/meetings/list.html", context, status=day.status, tab=TAB)


def _follow_ups(request: Request, day: AsOf) -> list[dict[str, Any]]:
    sections = {one.code: one for one in organisation.sections()}
    found = queries.open_follow_ups(request.actor, on=day.on)
    owners = _owners(found, day.on)
    return [
        {
            "one": one,
            "section": sections.get(one.section),
            "owner": owners.get(one.pk, ""),
            "late": one.due < day.on,
            "finishes": not day.past and policies.may_report(request.actor, one.section),
        }
        for one in found
    ]


def _owners(follow_ups: Sequence[FollowUp], on: date | None = None) -> dict[UUID, str]:
    """Who answers for each follow-up on a day (today), by its identifier; none for one that nobody does."""
    things = [Matter("follow_up", str(one.pk), one.section, words=one.words) for one in follow_ups]
    if not things:
        return {}
    standings = responsibility.standings(on or calendar_jp.today(), things)
    accounts = {UUID(one.matter.code): one.account for one in standings if one.account is not None}
    names = organisation.staff_names(set(accounts.values()))
    return {key: names[account] for key, account in accounts.items() if account in names}


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def meetings_new(request: Request) -> HttpResponse:
    """Call a meeting."""
    if not policies.may_call(request.actor):
        raise Forbidden
    typed = {name: request.POST.get(name, "") for name in ("on", "place", "agenda")}
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            on = calendar_jp.parse_date(typed["on"])
            made = actions.call_meeting(
                actor=request.actor, on=on, place=typed["place"], agenda=typed["agenda"]
            )
        except ImpossibleDate:
            faults = {"on": "headquarters.fault.day"}
            if not typed["agenda"].strip():
                faults["agenda"] = "headquarters.fault.agenda"
        except Refused as refused:
            faults = refused.faults
        else:
            pages.tell(request, "headquarters.done.called")
            return HttpResponseRedirect(reverse("office:meetings_one", args=[made.pk]))
    context = {"typed": typed, "wrong": faults, "errors": pages.errors(request, faults.items())}
    return pages.show(request, "office/meetings/new.html", context, status=422 if faults else 200, tab=TAB)


@needs_staff
@require_safe
def meetings_one(request: Request, meeting_id: UUID) -> HttpResponse:
    """One meeting: agenda, papers, decisions with their follow-ups, minutes."""
    return _meeting(request, queries.get_meeting(request.actor, meeting_id), {}, {})


def _meeting(
    request: Request, meeting: Meeting, typed: Mapping[str, str], faults: Mapping[str, str]
) -> HttpResponse:
    sections = organisation.sections()
    known = {one.code: one for one in sections}
    version = plans.in_force()
    listed = plans.actions_of(version) if version is not None else ()
    titles = {one.code: one.title for one in listed}
    given = [item for one in meeting.decisions.all() for item in one.follow_ups.all()]
    owners = _owners([item for item in given if item.done_at is None])
    drafts = {one.pk for one in plans.drafts(request.actor)}
    decisions = [
        {
            "decision": one,
            "about": titles.get(one.action),
            "draft": one.draft if one.draft in drafts else None,
            "follow_ups": [
                (item, known.get(item.section), owners.get(item.pk, "")) for item in one.follow_ups.all()
            ],
            "open": str(one.pk) == typed.get("decision_id"),
        }
        for one in meeting.decisions.all()
    ]
    context = {
        "meeting": meeting,
        "decisions": decisions,
        "actions": listed,
        "sections": sections,
        "keeps": policies.may_call(request.actor),
        "came": meeting.on <= calendar_jp.today(),
        "typed": typed,
        "wrong": faults,
        "errors": pages.errors(request, faults.items()),
        "minutes": typed.get("minutes", meeting.minutes),
    }
    return pages.show(request, "office/meetings/one.html", context, status=422 if faults else 200, tab=TAB)


@needs_staff
@require_POST
def meetings_act(request: Request, meeting_id: UUID) -> HttpResponse:
    """A decision, a follow-up or the minutes."""
    meeting = queries.get_meeting(request.actor, meeting_id)
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise NotFound
    try:
        done = act(request, meeting)
    except Refused as refused:
        typed = {name: str(value) for name, value in request.POST.items()}
        return _meeting(request, meeting, typed, refused.faults)
    pages.tell(request, done)
    return HttpResponseRedirect(reverse("office:meetings_one", args=[meeting_id]))


def _decide(request: Request, meeting: Meeting) -> str:
    post = request.POST
    actions.decide(
        actor=request.actor,
        meeting_id=meeting.pk,
        words=post.get("decision", ""),
        action=post.get("action", ""),
        changes_plan="changes_plan" in post,
    )
    return "headquarters.done.decided"


def _follow_up(request: Request, meeting: Meeting) -> str:
    post = request.POST
    try:
        decision = UUID(post.get("decision_id", ""))
    except ValueError:
        raise NotFound from None
    try:
        due = calendar_jp.parse_date(post.get("due", ""))
    except ImpossibleDate:
        due = None
    actions.follow_up(
        actor=request.actor,
        meeting_id=meeting.pk,
        decision_id=decision,
        words=post.get("words", ""),
        section=post.get("section", ""),
        due=due,
    )
    return "headquarters.done.follow_up"


def _minutes(request: Request, meeting: Meeting) -> str:
    actions.hold(actor=request.actor, meeting_id=meeting.pk, minutes=request.POST.get("minutes", ""))
    return "headquarters.done.held"


_ACTS: Mapping[str, Callable[[Request, Meeting], str]] = {
    "decide": _decide,
    "follow_up": _follow_up,
    "minutes": _minutes,
}


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def meetings_follow_up(request: Request, follow_up_id: UUID) -> HttpResponse:
    """Say that a follow-up is done, and how."""
    found = next((one for one in queries.open_follow_ups(request.actor) if one.pk == follow_up_id), None)
    if found is None:
        raise NotFound
    if not policies.may_report(request.actor, found.section):
        raise Forbidden
    typed, faults = request.POST.get("words", ""), {}
    if request.method == "POST":
        try:
            actions.finish_follow_up(actor=request.actor, follow_up_id=follow_up_id, words=typed)
        except Refused as refused:
            faults = refused.faults
        else:
            pages.tell(request, "headquarters.done.finished")
            return HttpResponseRedirect(reverse("office:meetings"))
    context = {
        "one": found,
        "section": organisation.section(found.section),
        "typed": typed,
        "wrong": faults,
        "errors": pages.errors(request, faults.items()),
    }
    return pages.show(
        request, "office/meetings/follow_up.html", context, status=422 if faults else 200, tab=TAB
    )


@needs_staff
@require_safe
def meetings_packet(request: Request, meeting_id: UUID, kind: str) -> HttpResponse:
    """The papers of a meeting as of now: the PDF, or the PDF with its data."""
    meeting = queries.get_meeting(request.actor, meeting_id)
    data = packet.papers(request.actor, meeting, _owners(queries.open_follow_ups(request.actor)))
    content, name, media = (
        (packet.as_pdf(data), "packet.pdf", "application/pdf")
        if kind == "pdf"
        else (packet.as_zip(data), "packet.zip", "application/zip")
    )
    actions.packet_made(actor=request.actor, meeting=meeting, content=content)
    response = HttpResponse(content, content_type=media)
    response.headers["Content-Disposition"] = content_disposition_header(kind != "pdf", name) or ""
    response.headers["Cache-Control"] = "private, no-store"
    return response
