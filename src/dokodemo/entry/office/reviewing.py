"""One case on a clerk's desk (審査画面): answers beside the register, the rules, the papers, the talk, the acts.

Owns what a clerk sees. Never decides; what may not be shown to this clerk is kept out by `beside`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from dokodemo.administration.cases import actions, logic, policies, progress, queries
from dokodemo.administration.cases.actions.review import record_view
from dokodemo.administration.cases.events import CERTIFICATE_WITHHELD
from dokodemo.administration.cases.letters import document_subject
from dokodemo.administration.cases.models import Case, Outcome
from dokodemo.administration.certificates import actions as certificate_actions
from dokodemo.administration.certificates import queries as certificates
from dokodemo.administration.certificates.definitions import RevocationReason
from dokodemo.administration.eligibility import queries as eligibility
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.definitions import ProcedureDefinition
from dokodemo.administration.procedures.found import told
from dokodemo.city.organisation import queries as organisation
from dokodemo.city.parties import queries as parties
from dokodemo.city.parties.policies import keeps_register
from dokodemo.city.parties.protections import PURPOSE
from dokodemo.entry.office import beside, pages, protecting
from dokodemo.entry.office import found as finding_boxes
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.portal.following import download
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.crypto import new_id
from dokodemo.kernel.ui import texts

# The acts that leave a case's page for itself; each has words for "done".
FORMS = frozenset(
    {
        "take", "attach", "correction", "cancel_correction", "decision", "approval", "return",
        "complete", "fee", "extend", "message", "note", "revoke", "step", "return_fee",
    }
)  # fmt: skip
# Why a head of section revokes a letter; the other reasons are the machine's own.
REVOCATIONS = (
    RevocationReason.MISTAKE,
    RevocationReason.DECISION_WITHDRAWN,
    RevocationReason.REQUESTED,
)
TYPED_TEXTS = (
    "reasons",
    "conditions",
    "because",
    "message",
    "body",
    "note",
    "extend_reason",
    "until",
    "step_note",
)


@needs_staff
@require_safe
def case(request: Request, case_id: UUID) -> HttpResponse:
    """Everything a decision needs, on one page. Opening it is recorded, and reads the person's messages."""
    found = queries.get_case_for_review(request.actor, case_id)
    record_view(actor=request.actor, case=found)
    fresh = actions.read_messages(actor=request.actor, case_id=case_id)
    return show(request, found, fresh_messages=fresh)


def show(
    request: Request,
    found: Case,
    *,
    status: int = 200,
    form: str = "",
    wrong: Mapping[str, str] | None = None,
    typed: Mapping[str, Any] | None = None,
    fresh_messages: int = 0,
) -> HttpResponse:
    """The case page; `form` came back with `wrong` (box → text key, "" for the act itself) and what was `typed`."""
    procedure = procedures.compiled_version(found.version_id)
    compared = beside.comparison(request, found, procedure)
    log = events.of_object("case", found.pk)
    corrections = list(found.corrections.all())
    decisions = queries.decisions_of(found)
    standing = next((one for one in decisions if one.returned_at is None), None)
    steps = progress.steps_of(found, procedure)
    people = _people(found, log, corrections, decisions)
    names = organisation.staff_names(people | {one.record.recorded_by_id for one in steps if one.record})
    acts = logic.allowed_acts(found.kind, found.state)
    done = request.GET.get("done", "")
    represented = found.capacity not in ("self", "unconfirmed")
    attachable = logic.may_attach(found.capacity, found.state) and "self" in procedure.definition.who_may_file
    left = queries.fee_left(found)
    context = {
        "case": found,
        "represented": represented,
        "filer": beside.filer(request, found) if represented or attachable else None,
        "procedure": procedure.definition,
        "clock": queries.clock_of(found, procedure),
        "compared": compared,
        "labels": compared.labels(),
        "assessment": eligibility.assess(procedure, found.answers),
        "messages_of_case": queries.messages_of(found),
        "fresh_messages": fresh_messages,
        "notes": [(note, names.get(note.author_id, "")) for note in queries.notes_of(found)],
        "returned": [one for one in decisions if one.returned_because],
        "standing": standing,
        "standing_rules": _rules_of(procedure, standing),
        "found": told(procedure.definition.findings, standing.findings if standing else None, request.lang),
        "finding_boxes": finding_boxes.boxes(procedure.definition, typed or {}, wrong or {}),
        "corrections": [_correction(one, compared, names) for one in corrections],
        "letters": certificates.for_case(request.actor, found.pk),
        "revocations": [str(reason) for reason in REVOCATIONS],
        "log": [_entry(request, event, names) for event in log],
        "acts": acts,
        "outcomes": list(Outcome.values),
        "may_take": found.open and ("begin_review" in acts or found.assignee_id != request.actor.account_id),
        "approves": policies.approves(request.actor, found),
        "own_proposal": standing is not None and standing.proposed_by_id == request.actor.account_id,
        "proposer": names.get(standing.proposed_by_id, "") if standing else "",
        "resolver": names.get(standing.resolved_by_id, "") if standing and standing.resolved_by_id else "",
        "others": queries.same_matter(found),
        "steps": [(one, names.get(one.record.recorded_by_id, "") if one.record else "") for one in steps],
        "recorded_steps": progress.recorded_steps(procedure),
        "missing_step": progress.missing_step(found, procedure),
        "may_record_step": logic.records_steps(found.state),
        "extension": _extension(found, procedure),
        "extended": queries.extension_of(found),
        "left": parties.left_the_register(request.actor, found.subject_id) if found.subject_id else None,
        "withheld": found.notified_at is None and any(event.verb == CERTIFICATE_WITHHELD for event in log),
        "fee_paid": found.fee_yen - left,
        "fee_left": left,
        "fee_back": max(-left, 0),
        "assignee": names.get(found.assignee_id, "") if found.assignee_id else "",
        "mine": found.assignee_id == request.actor.account_id,
        "to_protect": protecting.asked_for(found) and keeps_register(request.actor),
        "purpose": PURPOSE,
        "today": calendar_jp.today(),
        "once": new_id(),
        "done": done if done in FORMS else "",
        "form": form,
        "wrong": wrong or {},
        "errors": pages.errors(
            request, [(_box(box, typed or {}), code) for box, code in (wrong or {}).items()]
        ),
        "typed": typed or {},
        "kept": _kept(form, wrong, typed, procedure.definition),
        "typed_form": f"{form}-form" if form in {"message", "note"} else form or "decision",
        "typed_page": reverse("office:case", args=[found.pk]),
    }
    return pages.show(request, "office/case.html", context, status=status)


def _box(box: str, typed: Mapping[str, Any]) -> str:
    """The id of what an error is about: the box itself; the answers for ticks, the acts for an act as a whole."""
    ids = {"": "acts", "terms": "answers", "outcome": "outcome-approved"}
    return f"reason-{typed.get('document', '')}" if box == "reason" else ids.get(box, box)


def _kept(
    form: str,
    wrong: Mapping[str, str] | None,
    typed: Mapping[str, Any] | None,
    definition: ProcedureDefinition,
) -> list[str]:
    """What was typed into a form that is no longer on the page, because somebody else acted in between."""
    if not form or not typed or "" not in (wrong or {}):
        return []
    texts_typed = [str(typed[name]) for name in TYPED_TEXTS if typed.get(name)]
    return texts_typed + finding_boxes.kept(definition, typed)


def _people(found: Case, log: list[Any], corrections: list[Any], decisions: list[Any]) -> set[UUID]:
    """Everybody of staff who is named on the page."""
    people = {_account(event.actor) for event in log if event.actor.startswith("account:")}
    people |= {one.requested_by_id for one in corrections} | {one.proposed_by_id for one in decisions}
    people |= {one.resolved_by_id for one in decisions if one.resolved_by_id}
    return people | ({found.assignee_id} if found.assignee_id else set())


def _account(ref: str) -> UUID:
    return UUID(ref.removeprefix("account:"))


def _rules_of(procedure: CompiledProcedure, standing: Any) -> list[Any]:
    if standing is None:
        return []
    return [procedure.conditions[n] for n in standing.rules if n < len(procedure.conditions)]


def _correction(one: Any, compared: beside.Comparison, names: Mapping[UUID, str]) -> dict[str, Any]:
    labels = compared.labels()
    return {
        "correction": one,
        "items": [labels.get(place, place) for place in one.terms],
        "by": names.get(one.requested_by_id, ""),
        "open": one.answered_at is None and one.cancelled_at is None,
        "late": one.answered_at is None and one.cancelled_at is None and one.due_on < calendar_jp.today(),
    }


def _extension(found: Case, procedure: CompiledProcedure) -> dict[str, bool] | None:
    """Whether the limit may still be extended, or is `late`; None where the law extends nothing (more)."""
    limit = procedure.definition.statutory_limit
    if not found.open or found.extended or limit is None or not limit.extends:
        return None
    pauses, now = queries.pauses_of(found), calendar_jp.now()
    last = queries.due_dates(found, procedure, pauses=pauses, now=now)[1]
    return {"late": last is None or last < calendar_jp.today()}


def _entry(request: Request, event: Any, names: Mapping[UUID, str]) -> dict[str, Any]:
    who = names.get(_account(event.actor), "") if event.actor.startswith("account:") else ""
    return {
        "at": event.at,
        "title": texts.t(f"office.log.{_word(event.verb)}", request.lang, furigana=request.furigana),
        "text": who,
        "state": "done",
    }


def _word(verb: str) -> str:
    """The name of a verb in the catalogue; "other" for one that has no words of its own here."""
    name = verb.removeprefix("cases.")
    return name if f"office.log.{name}" in texts.catalogue().entries else "other"


@needs_staff
@require_safe
def attachment(request: Request, attachment_id: UUID) -> HttpResponse:
    """A paper of a case; each opening is recorded."""
    found = queries.get_attachment(request.actor, attachment_id)
    content = queries.content_of(found)
    record_view(actor=request.actor, case=found.case, attachment_id=found.pk)
    return download(content, name=found.name, media_type=found.media_type)


@needs_staff
@require_safe
def letter(request: Request, case_id: UUID, document_id: UUID) -> HttpResponse:
    """The signed letter of a case of my section."""
    found = queries.get_case_for_review(request.actor, case_id)
    opened = certificates.open_document(
        request.actor, document_id, case_id=found.pk, subject_id=document_subject(found)
    )
    certificate_actions.record_download(actor=request.actor, document_id=document_id)
    return download(opened.content, name=opened.file_name, media_type=opened.media_type)
