"""Undoing a sign-in's link and revoking a mandate (ログインの結び付けの解除・代理の取消し) by a clerk, with the reason.

Owns the page that says what follows and asks why. Never undoes by itself: the acts are actions of parties.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dokodemo.city.parties import actions, queries, ties
from dokodemo.entry.office import boxes, desk, pages
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import NotFound

REASON = Box("reason", "office.undo.reason", "area", hint="office.desk.reason_hint", longest=400)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_undo(request: Request, link_id: UUID) -> HttpResponse:
    """What follows from undoing a link; with a reason it is undone."""
    queries.require_register_keeper(request.actor)
    try:
        found = ties.linked_sign_in(request.actor, link_id)
        reason, wrong = _reason(request)
        if reason and not wrong:
            actions.unlink(actor=request.actor, account_id=found.account_id, reason=reason)
            return _back(request, found.resident_id, "identity-check", "office.undo.done_sign_in")
    except NotFound:
        return _gone(request)
    return _ask(request, "office/sign_in_undo.html", found, wrong)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def mandate_revoke(request: Request, mandate_id: UUID) -> HttpResponse:
    """What follows from revoking a mandate; with a reason it is revoked."""
    queries.require_register_keeper(request.actor)
    try:
        found = ties.standing_mandate(request.actor, mandate_id)
        reason, wrong = _reason(request)
        if reason and not wrong:
            actions.revoke_mandate(actor=request.actor, mandate_id=mandate_id, reason=reason)
            return _back(request, found.principal_id, "mandate-check", "office.undo.done_mandate")
    except NotFound:
        return _gone(request)
    return _ask(request, "office/mandate_revoke.html", found, wrong)


def _reason(request: Request) -> tuple[str, dict[str, str]]:
    if request.method != "POST":
        return "", {}
    reason = request.POST.get("reason", "").strip()
    if not reason:
        return "", {"reason": "office.undo.reason_missing"}
    if len(reason) > REASON.longest:
        return reason, {"reason": "office.undo.reason_long"}
    return reason, {}


def _gone(request: Request) -> HttpResponse:
    """Not there; or, for who has just sent the form, undone by somebody else in between."""
    if request.method == "POST":
        return desk.show_waiting(request, gone=True)
    raise NotFound


def _back(request: Request, resident_id: UUID, purpose: str, done: str) -> HttpResponse:
    pages.tell(request, done)
    return HttpResponseRedirect(f"{reverse('office:resident', args=[resident_id])}?purpose={purpose}")


def _ask(
    request: Request,
    template: str,
    found: ties.LinkedSignIn | ties.StandingMandate,
    wrong: dict[str, str],
) -> HttpResponse:
    filled = boxes.filled([REASON], boxes.typed(request, [REASON]), wrong)
    context = {"found": found, "boxes": filled, "errors": boxes.errors(request, filled)}
    return pages.show(request, template, context, status=422 if wrong else 200)
