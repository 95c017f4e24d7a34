"""What a clerk does with a case (審査の操作): each act one small form; what was typed comes back with its error.

Owns the reading of those forms. Never writes: each act is an action of cases.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from dokodemo.administration.cases import actions, logic, queries
from dokodemo.administration.cases.actions.review import BadRequest
from dokodemo.administration.certificates import actions as certificates
from dokodemo.administration.certificates import queries as certificate_queries
from dokodemo.administration.certificates.definitions import RevocationReason
from dokodemo.entry.office import reviewing
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.calendar_jp import ImpossibleDate, parse_date

type Act = Callable[[Request, UUID], None]
DEFAULT_CORRECTION_DAYS = 14


def act(form: str) -> Callable[[Act], Callable[[Request, UUID], HttpResponse]]:
    """A POST that does one thing and returns to the case; a refused one shows the case with the form as typed.

    `form` is the id of the form on the page.
    """

    def wrap(do: Act) -> Callable[[Request, UUID], HttpResponse]:
        @needs_staff
        @require_POST
        @wraps(do)
        def view(request: Request, case_id: UUID) -> HttpResponse:
            found = queries.get_case_for_review(request.actor, case_id)
            try:
                do(request, case_id)
            except BadRequest as refusal:
                return _again(request, found.pk, form, refusal.field, refusal.code, 422)
            except logic.NotAllowed as refusal:
                return _again(request, found.pk, form, "", refusal.code, 409)
            return HttpResponseRedirect(f"{reverse('office:case', args=[case_id])}?done={form}")

        return view

    return wrap


def _again(request: Request, case_id: UUID, form: str, field: str, code: str, status: int) -> HttpResponse:
    found = queries.get_case_for_review(request.actor, case_id)
    typed = {name: request.POST.get(name, "") for name in request.POST if name != "csrfmiddlewaretoken"}
    return reviewing.show(
        request,
        found,
        status=status,
        wrong={"form": form, "field": field, "code": code},
        typed={**typed, "terms": request.POST.getlist("terms"), "rules": request.POST.getlist("rules")},
    )


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except ImpossibleDate:
        raise BadRequest("due_on", "office.correction.bad_day") from None


@act("take")
def take(request: Request, case_id: UUID) -> None:
    """Become the one who handles it, and begin."""
    found = actions.take(actor=request.actor, case_id=case_id)
    if "begin_review" in logic.allowed_acts(found.kind, found.state):
        actions.begin_review(actor=request.actor, case_id=case_id)


@act("correction")
def request_correction(request: Request, case_id: UUID) -> None:
    """Ask for a correction of chosen items within a period."""
    written = request.POST.get("due_on", "").strip()
    due = _day(written) if written else calendar_jp.today() + timedelta(days=DEFAULT_CORRECTION_DAYS)
    actions.request_correction(
        actor=request.actor,
        case_id=case_id,
        terms=request.POST.getlist("terms"),
        message=request.POST.get("message", ""),
        due_on=due,
    )


@act("cancel_correction")
def cancel_correction(request: Request, case_id: UUID) -> None:
    """Go on without the correction."""
    actions.cancel_correction(actor=request.actor, case_id=case_id)


@act("decision")
def propose(request: Request, case_id: UUID) -> None:
    """Propose a decision with its reasons."""
    actions.propose_decision(
        actor=request.actor,
        case_id=case_id,
        outcome=request.POST.get("outcome", ""),
        rules=[int(text) for text in request.POST.getlist("rules") if text.isdecimal()],
        reasons=request.POST.get("reasons", ""),
        conditions=request.POST.get("conditions", ""),
    )


@act("approval")
def approve(request: Request, case_id: UUID) -> None:
    """Make a colleague's proposal effective."""
    actions.approve_proposal(actor=request.actor, case_id=case_id)


@act("return")
def send_back(request: Request, case_id: UUID) -> None:
    """Return a proposal with a reason."""
    actions.return_proposal(actor=request.actor, case_id=case_id, because=request.POST.get("because", ""))


@act("complete")
def complete(request: Request, case_id: UUID) -> None:
    """Confirm that a notification is formally right."""
    actions.complete_notification(actor=request.actor, case_id=case_id)


@act("fee")
def fee(request: Request, case_id: UUID) -> None:
    """Record the fee received at the counter."""
    text = request.POST.get("yen", "").replace(",", "").strip()
    if not text.isdecimal():
        raise BadRequest("yen", "cases.fee.other_amount")
    actions.receive_fee(actor=request.actor, case_id=case_id, yen=int(text))


@act("extend")
def extend(request: Request, case_id: UUID) -> None:
    """Extend the statutory limit once."""
    actions.extend_limit(actor=request.actor, case_id=case_id)


@act("message")
def message(request: Request, case_id: UUID) -> None:
    """Write to the person."""
    actions.send_message(actor=request.actor, case_id=case_id, body=request.POST.get("body", ""))


@act("note")
def note(request: Request, case_id: UUID) -> None:
    """Write for the section."""
    actions.write_note(actor=request.actor, case_id=case_id, body=request.POST.get("note", ""))


@act("revoke")
def revoke(request: Request, case_id: UUID) -> None:
    """Declare an issued letter void, with the reason."""
    wanted = request.POST.get("document", "")
    documents = {
        str(document.id): document for document in certificate_queries.for_case(request.actor, case_id)
    }
    if wanted not in documents:
        raise NotFound
    if request.POST.get("reason", "") not in set(RevocationReason):
        raise BadRequest("reason", "office.revoke.choose_reason")
    certificates.revoke(
        actor=request.actor, document_id=documents[wanted].id, reason=RevocationReason(request.POST["reason"])
    )
