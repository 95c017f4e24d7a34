"""Finding and reading a person's record (住民の検索・照会): purpose first, then the record.

Owns the search and one person's page. Never puts a name or a birthday into an address: what is searched for is posted.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.parties import protections, queries, ties
from dokodemo.entry.office import pages, protecting
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.facts import in_words
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.calendar_jp import ImpossibleDate, parse_date

PURPOSES = ("identity-check", "mandate-check", "inquiry", "correction-of-record", protections.PURPOSE)
BOXES = ("name", "born", "number")


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def residents(request: Request) -> HttpResponse:
    """Find people by exact name, day of birth or number."""
    queries.require_register_keeper(request.actor)
    typed = {box: request.POST.get(box, "").strip()[:80] for box in BOXES}
    searched = request.method == "POST"
    wrong: dict[str, str] = {}
    day = _day(typed["born"], wrong)
    if searched and not any(typed.values()):
        wrong["name"] = "office.desk.nothing_given"
    found: list[Any] = []
    total, offset = 0, _offset(request)
    if searched and not wrong:
        found, total = queries.find_residents(
            request.actor, name=typed["name"], date_of_birth=day, number=typed["number"], offset=offset
        )
    context = {
        **typed,
        "wrong": wrong,
        "errors": pages.errors(request, wrong.items()),
        "found": found,
        "total": total,
        "searched": searched and not wrong,
        "first": offset + 1,
        "last": offset + len(found),
        "before": max(0, offset - queries.PAGE) if offset else None,
        "after": offset + queries.PAGE if offset + len(found) < total else None,
    }
    return pages.show(request, "office/residents.html", context, status=422 if wrong else 200)


def _day(text: str, wrong: dict[str, str]) -> date | None:
    try:
        return parse_date(text) if text else None
    except ImpossibleDate:
        wrong["born"] = "office.desk.bad_day"
        return None


def _offset(request: Request) -> int:
    text = request.POST.get("offset", "0")
    return min(int(text[:9]), 1_000_000) if text.isascii() and text.isdecimal() else 0


@needs_staff
@require_safe
def resident(request: Request, resident_id: UUID) -> HttpResponse:
    """One person; the purpose is chosen before the page opens, and recorded."""
    queries.require_register_keeper(request.actor)
    purpose = request.GET.get("purpose", "")
    if purpose not in PURPOSES:
        wrong = {"purpose": "office.desk.choose_purpose"} if "asked" in request.GET else {}
        errors = pages.errors(request, [(f"p-{PURPOSES[0]}", code) for code in wrong.values()])
        asked = {"purposes": PURPOSES, "wrong": wrong, "errors": errors}
        return pages.show(request, "office/purpose.html", asked, status=422 if wrong else 200)
    view = queries.get_resident(request.actor, resident_id, purpose=purpose)
    section = organisation.section(view.protected_section) if view.protected_section else None
    facts = in_words(view.facts, request.lang)
    protection = protections.protection_of(request.actor, resident_id)
    context = {
        "view": view,
        "purpose": purpose,
        "facts": facts,
        "masked": any(fact.masked for fact in facts),
        "protected_by": section.name if section else None,
        "protects": protection is not None,
        "protection_forms": protecting.forms_of(request, protection) if protection else [],
        "ties": ties.ties_of(request.actor, resident_id),
    }
    return pages.show(request, "office/resident.html", context)
