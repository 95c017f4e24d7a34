"""What a clerk undoes at the register's desk (ログインの結び付けの解除・認めなかった判断のやり直し・代理の取消し).

Owns the pages that say what follows and, where something is taken from a person, ask why. Never undoes by itself: the
acts are actions of parties.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokodemo.city.parties import actions, queries, sign_in_views, ties
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
@require_safe
def sign_ins_refused(request: Request) -> HttpResponse:
    """Sign-ins that were refused, newest first, each to be taken up again."""
    page, rows = sign_in_views.refused_sign_ins(request.actor, pages.page_number(request))
    return pages.show(request, "office/sign_ins_refused.html", {"page": page, "rows": rows})


@needs_staff
@require_POST
def sign_in_reopen(request: Request, link_id: UUID) -> HttpResponse:
    """Take a refusal back: the sign-in waits again, and its page opens so that it can be decided at once."""
    queries.require_register_keeper(request.actor)
    try:
        actions.reopen_sign_in(actor=request.actor, link_id=link_id)
    except NotFound:
        return _gone(request)
    pages.tell(request, "office.undo.done_reopened")
    return HttpResponseRedirect(reverse("office:sign_in", args=[link_id]))


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
