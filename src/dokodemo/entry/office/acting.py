"""What a clerk does with a case (審査の操作): each act one small form; what was typed comes back with its errors.

Owns the reading of those forms. Never writes: each act is an action of cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import wraps
from typing import Any
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
# As many as the box takes: far beyond any fee, and what Python turns into a number.
MOST_DIGITS = 12
# Where a case's page is read on after an act.
_ANCHORS = {
    "message": "messages",
    "note": "notes",
    "revoke": "letters",
    "fee": "acts",
    "return_fee": "acts",
    "step": "steps",
}


class Wrong(Exception):
    """What cannot be used of a form: text keys by box."""

    def __init__(self, boxes: Mapping[str, str]) -> None:
        super().__init__(", ".join(boxes))
        self.boxes = boxes


def act(form: str) -> Callable[[Act], Callable[[Request, UUID], HttpResponse]]:
    """A POST that does one thing and returns to the case; a refused one shows the case with the form as typed.

    `form` is the id of the form on the page. Somebody else may have acted in between: 409 shows how things stand.
    """

    def wrap(do: Act) -> Callable[[Request, UUID], HttpResponse]:
        @needs_staff
        @require_POST
        @wraps(do)
        def view(request: Request, case_id: UUID) -> HttpResponse:
            queries.get_case_for_review(request.actor, case_id)
            try:
                do(request, case_id)
            except Wrong as refusal:
                return _again(request, case_id, form, refusal.boxes, 422)
            except BadRequest as refusal:
                return _again(request, case_id, form, {refusal.field: refusal.code}, 422)
            except logic.NotAllowed as refusal:
                return _again(request, case_id, form, {"": refusal.code}, 409)
            anchor = _ANCHORS.get(form, "")
            return HttpResponseRedirect(
                f"{reverse('office:case', args=[case_id])}?done={form}{'#' if anchor else ''}{anchor}"
            )

        return view

    return wrap


def _again(request: Request, case_id: UUID, form: str, wrong: Mapping[str, str], status: int) -> HttpResponse:
    found = queries.get_case_for_review(request.actor, case_id)
    return reviewing.show(request, found, status=status, form=form, wrong=wrong, typed=typed(request))


def typed(request: Request) -> dict[str, Any]:
    """Everything a form held, ticks as lists."""
    plain = {name: request.POST.get(name, "") for name in request.POST if name != "csrfmiddlewaretoken"}
    return {**plain, "terms": request.POST.getlist("terms"), "rules": request.POST.getlist("rules")}


def _once(request: Request) -> UUID | None:
    """The name the page gave to this sending, so that a double click sends once."""
    try:
        return UUID(request.POST.get("once", ""))
    except ValueError:
        return None


@act("take")
def take(request: Request, case_id: UUID) -> None:
    """Become the one who handles it, and begin."""
    found = actions.take(actor=request.actor, case_id=case_id)
    if "begin_review" in logic.allowed_acts(found.kind, found.state):
        actions.begin_review(actor=request.actor, case_id=case_id)


@act("attach")
def attach_person(request: Request, case_id: UUID) -> None:
    """Give the case to the person whom its sign-in was confirmed to be."""
    actions.attach_person(actor=request.actor, case_id=case_id)


@act("correction")
def request_correction(request: Request, case_id: UUID) -> None:
    """Ask for a correction of chosen items within a period; everything that is missing is said at once."""
    terms, message = request.POST.getlist("terms"), request.POST.get("message", "")
    wrong: dict[str, str] = {}
    if not terms:
        wrong["terms"] = "cases.correction.choose_terms"
    if not message.strip():
        wrong["message"] = "cases.correction.message_missing"
    due = _due(request.POST.get("due_on", "").strip())
    if due is None:
        wrong["due_on"] = "office.correction.bad_day"
    elif due <= calendar_jp.today():
        wrong["due_on"] = "cases.correction.period_too_short"
    found = queries.get_case_for_review(request.actor, case_id)
    logic.next_state(found.kind, found.state, "request_correction")
    if due is None or wrong:
        raise Wrong(wrong)
    actions.request_correction(actor=request.actor, case_id=case_id, terms=terms, message=message, due_on=due)


def _due(text: str) -> date | None:
    """The day typed, the usual period when nothing was, None when it is no day."""
    if not text:
        return calendar_jp.today() + timedelta(days=DEFAULT_CORRECTION_DAYS)
    try:
        return parse_date(text)
    except ImpossibleDate:
        return None


@act("cancel_correction")
def cancel_correction(request: Request, case_id: UUID) -> None:
    """Go on without the correction."""
    actions.cancel_correction(actor=request.actor, case_id=case_id)


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
    yen = _yen(request.POST.get("yen", ""))
    if yen is None:
        raise BadRequest("yen", "cases.fee.other_amount")
    actions.receive_fee(actor=request.actor, case_id=case_id, yen=yen)


@act("return_fee")
def return_fee(request: Request, case_id: UUID) -> None:
    """Record what was given back at the counter."""
    yen = _yen(request.POST.get("back", ""))
    if yen is None:
        raise BadRequest("back", "cases.fee.other_return")
    actions.return_fee(actor=request.actor, case_id=case_id, yen=yen)


def _yen(text: str) -> int | None:
    plain = text.replace(",", "").replace("円", "").strip()
    return int(plain) if plain.isdecimal() and len(plain) <= MOST_DIGITS else None


@act("extend")
def extend(request: Request, case_id: UUID) -> None:
    """Extend the statutory limit once, with the reason; both boxes are looked at before anything is refused."""
    reason, day = request.POST.get("extend_reason", ""), _day(request.POST.get("until", ""))
    try:
        actions.extend_limit(actor=request.actor, case_id=case_id, reason=reason, until=day)
    except BadRequest as refusal:
        wrong = {refusal.field: refusal.code}
        if refusal.field == "until" and not reason.strip():
            wrong["extend_reason"] = "cases.extension.reason_missing"
        raise Wrong(wrong) from None


def _day(text: str) -> date | None:
    """The day typed; None when nothing was, or when it is no day."""
    try:
        return parse_date(text.strip())
    except ImpossibleDate:
        return None


@act("step")
def step(request: Request, case_id: UUID) -> None:
    """Record a step of the examination; without a day it was done today."""
    text = request.POST.get("done_on", "").strip()
    done_on = _day(text) if text else calendar_jp.today()
    if done_on is None:
        raise BadRequest("done_on", "cases.step.bad_day")
    actions.record_step(
        actor=request.actor,
        case_id=case_id,
        step=request.POST.get("step", ""),
        done_on=done_on,
        note=request.POST.get("step_note", ""),
        once=_once(request),
    )


@act("message")
def message(request: Request, case_id: UUID) -> None:
    """Write to the person."""
    body = request.POST.get("body", "")
    actions.send_message(actor=request.actor, case_id=case_id, body=body, once=_once(request))


@act("note")
def note(request: Request, case_id: UUID) -> None:
    """Write for the section."""
    try:
        body = request.POST.get("note", "")
        actions.write_note(actor=request.actor, case_id=case_id, body=body, once=_once(request))
    except BadRequest as refusal:
        raise Wrong({"note": refusal.code}) from None


@act("revoke")
def revoke(request: Request, case_id: UUID) -> None:
    """Declare an issued letter void, with the reason."""
    documents = {str(one.id): one for one in certificate_queries.for_case(request.actor, case_id)}
    wanted = request.POST.get("document", "")
    if wanted not in documents:
        raise NotFound
    reason = request.POST.get("reason", "")
    if reason not in reviewing.REVOCATIONS:
        raise BadRequest("reason", "office.revoke.choose_reason")
    certificates.revoke(
        actor=request.actor, document_id=documents[wanted].id, reason=RevocationReason(reason)
    )
