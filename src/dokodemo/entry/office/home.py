"""The first page of the office (職員ホーム): what each role needs first.

Owns the choice of what is shown to whom. Never shows a case's answers.
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from dokodemo.administration.cases import worklist
from dokodemo.administration.findings import queries as findings
from dokodemo.administration.findings.policies import may_look as may_see_findings
from dokodemo.city.organisation import queries as organisation
from dokodemo.city.parties import queries as parties
from dokodemo.city.parties.policies import keeps_register
from dokodemo.city.parties.protections import PURPOSE
from dokodemo.entry.office import administering, owners, owners_notices
from dokodemo.entry.office.inbox import rows_of
from dokodemo.entry.office.pages import page_number, show, works
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Role
from dokodemo.kernel.once import once
from dokodemo.promotion.headquarters import policies as meeting_policies
from dokodemo.promotion.headquarters import queries as meetings
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.responsibility import due, notices, seats
from dokodemo.promotion.responsibility import policies as responsibility
from dokodemo.promotion.responsibility.logic import KINDS
from dokodemo.promotion.training import queries as training

PLAN_READERS = (Role.CIO, Role.DIGITAL_OFFICER, Role.ADMINISTRATOR)
URGENT = 10
NOTICES, LATE, SECTIONS = 5, 10, 8


@needs_staff
@require_safe
@once()
def home(request: Request) -> HttpResponse:
    """My posts, my work, and what only my role sees."""
    actor = request.actor
    context: dict[str, Any] = {
        "posts": _posts(actor),
        "works": works(actor),
        "to_approve": worklist.waiting_for_approval(actor),
    }
    reminders = training.to_do(actor)
    context["training"] = {
        "late": sum(one.state == "overdue" for one in reminders),
        "soon": sum(one.state != "overdue" for one in reminders),
    }
    if responsibility.may_read(actor):
        unread, count = notices.unread(actor, NOTICES)
        context |= {"notices": owners_notices.rows_of(unread), "notices_count": count}
    if meeting_policies.may_call(actor):
        context |= {"calls_meetings": True, "meeting": meetings.meeting_at_hand(actor)}
    if works(actor):
        page = worklist.inbox(actor)
        context |= {
            "counts": [(state, page.counts.get(state, 0)) for state in worklist.OPEN_STATES],
            "waiting": worklist.waiting(actor),
            "urgent": rows_of(page.rows[:URGENT]),
        }
    if keeps_register(actor):
        context["desk"] = {
            "sign_ins": len(parties.sign_ins_to_confirm(actor)),
            "mandates": len(parties.mandates_to_confirm(actor)),
        }
        context["to_review"] = parties.protections_to_review(actor, until=calendar_jp.today())
        context["review_purpose"] = PURPOSE
    if any(actor.has(role) for role in PLAN_READERS):
        shares = [
            code
            for code, one in indicators.definitions().items()
            if one.state == "works" and one.unit == "percent"
        ]
        context["readings"] = [one for one in indicators.readings(shares).values() if one.ratio is not None]
        context |= _attention(request)
    if may_see_findings(actor):
        context["findings"] = findings.open_count(actor)
    if actor.has(Role.ADMINISTRATOR):
        context["machinery"] = administering.machinery()
    return show(request, "office/home.html", context)


def _attention(request: Request) -> dict[str, Any]:
    """What is overdue, a line each and a page at a time, and what nobody answers for, a line for each section."""
    found = due.attention(request.actor)
    late = Paginator(found.late, LATE).get_page(page_number(request))
    sections = owners.section_names()
    return {
        "attention": found,
        "attention_days": seats.promotion().reminders.after_days,
        "late": late,
        "late_rows": owners.late_rows(list(late), sections),
        "ownerless": [
            (code, sections.get(code, code), sorted(counts.items(), key=lambda one: KINDS.index(one[0])))
            for code, counts in found.ownerless[:SECTIONS]
        ],
        "more_ownerless": len(found.ownerless) > SECTIONS,
    }


def _posts(actor: Actor) -> list[tuple[Any, str]]:
    """Each post as its section and its role."""
    found = []
    for grant in sorted(actor.grants):
        section = organisation.section(grant.section)
        if section is not None:
            found.append((section, str(grant.role)))
    return found
