"""The register's desk (住民登録の窓口): who a sign-in is, and who may act for whom.

Owns the pages on which a clerk of the section that keeps the register confirms or refuses. Never compares by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.parties import actions, mandate_views, queries, sign_in_views
from dokodemo.city.parties.actions import MandateRefused
from dokodemo.city.parties.definitions import EVERY_PROCEDURE
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Forbidden, NotFound

# A list shows this many; whether more wait is said as "50+".
SHOWN = 50
DONE = ("confirmed", "refused")


@needs_staff
@require_safe
def waiting(request: Request) -> HttpResponse:
    """Sign-ins and mandates that wait for a clerk, oldest first."""
    return show_waiting(request)


def show_waiting(request: Request, *, gone: bool = False) -> HttpResponse:
    """The list; `gone` says that what the clerk decided had been decided already."""
    done = request.GET.get("done", "")
    context = {
        "sign_ins": sign_in_views.sign_ins_to_confirm(request.actor, limit=SHOWN + 1),
        "mandates": mandate_views.mandates_to_confirm(request.actor, limit=SHOWN + 1),
        "shown": SHOWN,
        "done": done if done in DONE else "",
        "gone": gone,
    }
    return pages.show(request, "office/waiting.html", context, status=409 if gone else 200)


type Decide = Callable[[Request, UUID, set[str]], dict[str, str]]


def _decided(
    request: Request, wanted: UUID, known: set[str], confirm: Decide, refuse: Decide
) -> dict[str, str]:
    """Confirm or refuse as the pressed button says; the text keys of what is wrong, by box."""
    if "refuse" in request.POST:
        if not request.POST.get("reason", "").strip():
            return {"reason": "office.desk.reason_missing"}
        return refuse(request, wanted, known)
    if request.POST.get("resident", "") not in known:
        return {"resident": "office.desk.choose_person"}
    return confirm(request, wanted, known)


def _answer(request: Request, template: str, context: dict[str, Any], wrong: dict[str, str]) -> HttpResponse:
    first = context["people"][0].id if context["people"] else ""
    boxes = {"resident": f"r-{first}" if first else "choose", "reason": "reason"}
    shown = {
        **context,
        "wrong": wrong,
        "errors": pages.errors(request, [(boxes[box], code) for box, code in wrong.items()]),
        "reason": request.POST.get("reason", ""),
        "chosen": request.POST.get("resident", ""),
    }
    return pages.show(request, template, shown, status=422 if wrong else 200)


def _back(request: Request) -> HttpResponse:
    done = "refused" if "refuse" in request.POST else "confirmed"
    return HttpResponseRedirect(f"{reverse('office:waiting')}?done={done}")


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Request, link_id: UUID) -> HttpResponse:
    """What the card says beside who it could be; confirm one, or refuse with the reason."""
    queries.require_register_keeper(request.actor)
    wrong: dict[str, str] = {}
    try:
        found, candidates = sign_in_views.sign_in_candidates(request.actor, link_id)
        if request.method == "POST":
            known = {str(candidate.resident_id) for candidate in candidates}
            wrong = _decided(request, link_id, known, _confirm_sign_in, _refuse_sign_in)
            if not wrong:
                return _back(request)
    except NotFound:
        if request.method == "POST":
            return show_waiting(request, gone=True)
        raise
    people = [_Person(candidate.resident_id, candidate) for candidate in candidates]
    return _answer(request, "office/sign_in.html", {"link": found, "people": people}, wrong)


class _Person:
    """A candidate under the id the form posts."""

    def __init__(self, id_: UUID, candidate: sign_in_views.Candidate) -> None:
        self.id, self.candidate = id_, candidate
        self.compared = [
            (f"office.desk.{key}", key in candidate.agrees)
            for key in ("full_name", "date_of_birth", "sex", "address")
        ]


def _confirm_sign_in(request: Request, link_id: UUID, known: set[str]) -> dict[str, str]:
    try:
        actions.confirm_sign_in(
            actor=request.actor, link_id=link_id, resident_id=UUID(request.POST["resident"])
        )
    except Forbidden:
        return {"resident": "office.desk.already_linked"}
    return {}


def _refuse_sign_in(request: Request, link_id: UUID, known: set[str]) -> dict[str, str]:
    actions.refuse_sign_in(actor=request.actor, link_id=link_id, reason=request.POST["reason"])
    return {}


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def mandate(request: Request, mandate_id: UUID) -> HttpResponse:
    """A request to act for somebody: find the person, confirm or refuse."""
    queries.require_register_keeper(request.actor)
    wrong: dict[str, str] = {}
    try:
        found = mandate_views.mandate_to_confirm(request.actor, mandate_id)
        people, _ = queries.find_residents(
            request.actor, name=found.other, date_of_birth=found.claimed_date_of_birth, limit=20
        )
        if request.method == "POST":
            known = {str(person.id) for person in people}
            wrong = _decided(request, mandate_id, known, _confirm_mandate, _refuse_mandate)
            if not wrong:
                return _back(request)
    except NotFound:
        if request.method == "POST":
            return show_waiting(request, gone=True)
        raise
    titles = {p.slug: p.definition.title for p in procedures.published()}
    context = {
        "mandate": found,
        "people": people,
        "every_procedure": EVERY_PROCEDURE in found.scope,
        "scope": [titles[slug] for slug in found.scope if slug in titles],
    }
    return _answer(request, "office/mandate.html", context, wrong)


def _confirm_mandate(request: Request, mandate_id: UUID, known: set[str]) -> dict[str, str]:
    try:
        actions.confirm_mandate(
            actor=request.actor, mandate_id=mandate_id, principal_id=UUID(request.POST["resident"])
        )
    except MandateRefused as refusal:
        return {"resident": refusal.code}
    return {}


def _refuse_mandate(request: Request, mandate_id: UUID, known: set[str]) -> dict[str, str]:
    actions.refuse_mandate(actor=request.actor, mandate_id=mandate_id, reason=request.POST["reason"])
    return {}
