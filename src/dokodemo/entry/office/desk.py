"""The register's desk (住民登録の窓口): who a sign-in is, who may act for whom, and who a person is.

Owns the pages of the section that keeps the register. Never shows anything without recording why.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.city.parties import actions, mandate_views, queries, sign_in_views
from dokodemo.city.parties.actions import MandateRefused
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.facts import in_words
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Forbidden
from dokodemo.kernel.calendar_jp import ImpossibleDate, parse_date

PURPOSES = ("identity-check", "mandate-check", "inquiry", "correction-of-record")


@needs_staff
@require_safe
def waiting(request: Request) -> HttpResponse:
    """Sign-ins and mandates that wait for a clerk, oldest first."""
    return render(
        request,
        "office/waiting.html",
        {
            "sign_ins": sign_in_views.sign_ins_to_confirm(request.actor),
            "mandates": mandate_views.mandates_to_confirm(request.actor),
        },
    )


@needs_staff
@require_http_methods(["GET", "POST"])
def sign_in(request: Request, link_id: UUID) -> HttpResponse:
    """What the card says beside who it could be; confirm one, or refuse with the reason."""
    found, candidates = sign_in_views.sign_in_candidates(request.actor, link_id)
    error = ""
    if request.method == "POST":
        error = _decide_sign_in(request, link_id, {str(candidate.resident_id) for candidate in candidates})
        if not error:
            return HttpResponseRedirect(reverse("office:waiting"))
    return render(
        request,
        "office/sign_in.html",
        {"link": found, "candidates": candidates, "error": error, "reason": request.POST.get("reason", "")},
        status=422 if error else 200,
    )


def _decide_sign_in(request: Request, link_id: UUID, known: set[str]) -> str:
    """The key of what is wrong; empty when it was decided."""
    chosen = request.POST.get("resident", "")
    if "refuse" in request.POST:
        if not request.POST.get("reason", "").strip():
            return "office.desk.reason_missing"
        actions.refuse_sign_in(actor=request.actor, link_id=link_id, reason=request.POST["reason"])
        return ""
    if chosen not in known:
        return "office.desk.choose_person"
    try:
        actions.confirm_sign_in(actor=request.actor, link_id=link_id, resident_id=UUID(chosen))
    except Forbidden:
        return "office.desk.already_linked"
    return ""


@needs_staff
@require_http_methods(["GET", "POST"])
def mandate(request: Request, mandate_id: UUID) -> HttpResponse:
    """A request to act for somebody: find the person, confirm or refuse."""
    found = mandate_views.mandate_to_confirm(request.actor, mandate_id)
    people, _ = queries.find_residents(
        request.actor, name=found.other, date_of_birth=found.claimed_date_of_birth, limit=20
    )
    error = ""
    if request.method == "POST":
        error = _decide_mandate(request, mandate_id, {str(person.id) for person in people})
        if not error:
            return HttpResponseRedirect(reverse("office:waiting"))
    return render(
        request,
        "office/mandate.html",
        {"mandate": found, "people": people, "error": error, "reason": request.POST.get("reason", "")},
        status=422 if error else 200,
    )


def _decide_mandate(request: Request, mandate_id: UUID, known: set[str]) -> str:
    chosen = request.POST.get("resident", "")
    if "refuse" in request.POST:
        if not request.POST.get("reason", "").strip():
            return "office.desk.reason_missing"
        actions.refuse_mandate(actor=request.actor, mandate_id=mandate_id, reason=request.POST["reason"])
        return ""
    if chosen not in known:
        return "office.desk.choose_person"
    try:
        actions.confirm_mandate(actor=request.actor, mandate_id=mandate_id, principal_id=UUID(chosen))
    except MandateRefused as refusal:
        return refusal.code
    return ""


@needs_staff
@require_safe
def residents(request: Request) -> HttpResponse:
    """Find a person by exact name, day of birth or number."""
    name, born, number = (request.GET.get(key, "").strip()[:80] for key in ("name", "born", "number"))
    error, total = "", 0
    found: list[queries.ResidentRow] = []
    try:
        day = parse_date(born) if born else None
    except ImpossibleDate:
        day, error = None, "office.desk.bad_day"
    if not error and (name or born or number):
        found, total = queries.find_residents(request.actor, name=name, date_of_birth=day, number=number)
    elif not error:
        queries.require_register_keeper(request.actor)
    return render(
        request,
        "office/residents.html",
        {
            "name": name,
            "born": born,
            "number": number,
            "error": error,
            "found": found,
            "total": total,
            "searched": bool(name or born or number),
            "purposes": PURPOSES,
        },
        status=422 if error else 200,
    )


@needs_staff
@require_safe
def resident(request: Request, resident_id: UUID) -> HttpResponse:
    """One person; the purpose is chosen before the page opens, and recorded."""
    purpose = request.GET.get("purpose", "")
    if purpose not in PURPOSES:
        queries.require_register_keeper(request.actor)
        return render(
            request, "office/purpose.html", {"purposes": PURPOSES, "resident_id": resident_id}, status=200
        )
    view = queries.get_resident(request.actor, resident_id, purpose=purpose)
    return render(
        request,
        "office/resident.html",
        {"view": view, "purpose": purpose, "facts": in_words(view.facts, request.lang)},
    )
