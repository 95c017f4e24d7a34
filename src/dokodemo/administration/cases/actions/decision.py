"""Deciding (決定): proposal, approval by a second person, reasons, and the letter that tells it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from dokodemo.administration.cases import certifying, letters, logic, policies, progress, queries, tasks
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.actions.review import BadRequest, record, words
from dokodemo.administration.cases.models import Case, Decision, FeeState, Outcome, State
from dokodemo.administration.certificates import actions as certificates
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.found import read_findings
from dokodemo.city.parties import queries as parties
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, system

_log = logging.getLogger(__name__)


class BadFindings(BadRequest):
    """What a decision finds (認定内容) is missing or cannot be used: text keys by the name of the finding."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        name, code = next(iter(faults.items()))
        super().__init__(name, code)
        self.faults = dict(faults)


@transaction.atomic
def propose_decision(
    *,
    actor: Actor,
    case_id: UUID,
    outcome: str,
    rules: Sequence[int] = (),
    reasons: str = "",
    conditions: str = "",
    findings: Mapping[str, str] | None = None,
) -> Decision:
    """Propose a decision; where one person may decide it is effective at once.

    `rules` are positions of the procedure's rules that failed. A refusal, whole or in part, carries reasons at the same
    time (理由の提示, 行政手続法8条): a failed rule with its article or words of the clerk's own. An approval, whole or in part,
    waits for the steps that the procedure names.
    `findings` are the texts entered for what the procedure's decision finds, by name: without a required one nothing is
    proposed. Raises BadFindings, BadRequest, NotAllowed, NotFound.
    """
    case = queries.get_case_for_review(actor, case_id, lock=True)
    state = logic.next_state(case.kind, case.state, "propose")
    procedure = procedures.compiled_version(case.version_id)
    if outcome not in Outcome.values or procedure.letter_path(outcome) is None:
        raise BadRequest("outcome", "cases.decision.choose_outcome")
    if procedure.definition.certificate and outcome != Outcome.REFUSED and case.subject_id is None:
        # A certificate states what the register says of a person, never what somebody typed.
        raise BadRequest("outcome", "cases.decision.nobody_confirmed")
    uncertified = certifying.refusal(case, procedure, outcome)
    if uncertified is not None:
        raise BadRequest("outcome", uncertified)
    if not set(rules) <= set(range(len(procedure.definition.eligible))):
        raise BadRequest("rules", "cases.decision.unknown_rule")
    own_words = outcome != Outcome.APPROVED and not rules
    missing = "cases.decision.reasons_missing" if own_words else ""
    reasons = words("reasons", reasons, missing=missing, longest=None)
    conditions = words("conditions", conditions, longest=None)
    if outcome != Outcome.REFUSED and case.fee_state == FeeState.DUE:
        raise BadRequest("outcome", "cases.decision.fee_unpaid")
    step = progress.missing_step(case, procedure) if outcome != Outcome.REFUSED else None
    if step is not None:
        raise BadRequest("outcome", f"cases.decision.{step}_missing")
    found = read_findings(procedure.definition.findings, outcome, findings or {})
    if found.faults:
        raise BadFindings(found.faults)
    decision = Decision.objects.create(
        case=case,
        outcome=outcome,
        rules=sorted(set(rules)),
        reasons=reasons,
        conditions=conditions,
        findings=dict(found.values) or None,
        assessment=queries.assessment_of(case, procedure),
        proposed_by_id=actor.account,
        proposed_at=calendar_jp.now(),
    )
    case.state = state
    case.assignee_id = case.assignee_id or actor.account_id
    case.save(update_fields=["state", "assignee"])
    record(verbs.PROPOSED, actor, case)
    if procedure.definition.approval == "one":
        _make_effective(actor, case, decision)
    return decision


@transaction.atomic
def approve_proposal(*, actor: Actor, case_id: UUID) -> Decision:
    """Make a proposal effective (決裁). Never by the one who proposed it. Raises Forbidden, NotAllowed, NotFound."""
    case, decision = _proposal(actor, case_id)
    if decision.proposed_by_id == actor.account_id:
        raise logic.NotAllowed("cases.refused.own_proposal")
    # The register may have changed since it was proposed.
    uncertified = certifying.refusal(case, procedures.compiled_version(case.version_id), decision.outcome)
    if uncertified is not None:
        raise logic.NotAllowed(uncertified)
    _make_effective(actor, case, decision)
    return decision


@transaction.atomic
def return_proposal(*, actor: Actor, case_id: UUID, because: str) -> Decision:
    """Send a proposal back to its writer with a reason (差戻し)."""
    case, decision = _proposal(actor, case_id)
    because = words("because", because, missing="cases.decision.return_reason_missing")
    decision.returned_at = calendar_jp.now()
    decision.returned_because = because
    decision.resolved_by_id = actor.account_id
    decision.save(update_fields=["returned_at", "returned_because", "resolved_by"])
    case.state = logic.next_state(case.kind, case.state, "return_proposal")
    case.save(update_fields=["state"])
    record(verbs.RETURNED, actor, case)
    return decision


def _proposal(actor: Actor, case_id: UUID) -> tuple[Case, Decision]:
    case = queries.get_case_for_review(actor, case_id, lock=True)
    if not policies.approves(actor, case):
        raise Forbidden
    decision = queries.standing_decision(case)
    if case.state != State.PROPOSED or decision is None:
        raise logic.NotAllowed("cases.refused.wrong_moment")
    return case, decision


def _make_effective(actor: Actor, case: Case, decision: Decision) -> None:
    now = calendar_jp.now()
    decision.effective_at = now
    decision.resolved_by_id = actor.account_id
    decision.save(update_fields=["effective_at", "resolved_by"])
    case.state = logic.next_state(case.kind, case.state, "decide")
    case.outcome = decision.outcome
    case.closed_at = now
    case.save(update_fields=["state", "outcome", "closed_at"])
    elapsed = logic.clock(case.arrived_at, None, queries.pauses_of(case), now=now, closed_at=now)
    events.record(
        verbs.DECIDED,
        actor=actor,
        object=("case", case.pk),
        refs={"procedure": case.procedure, "section": case.section, "outcome": case.outcome},
        numbers={"days": elapsed.elapsed, "days_without_waiting": elapsed.elapsed_without_waiting},
    )
    tasks.issue_letter.enqueue(str(case.pk))


@transaction.atomic
def complete_notification(*, actor: Actor, case_id: UUID) -> Case:
    """Confirm that a notification is formally right (届出の到達, 行政手続法37条). There is nothing to approve."""
    case = queries.get_case_for_review(actor, case_id, lock=True)
    case.state = logic.next_state(case.kind, case.state, "complete")
    if case.fee_state == FeeState.DUE:
        raise logic.NotAllowed("cases.decision.fee_unpaid")
    case.closed_at = calendar_jp.now()
    case.assignee_id = case.assignee_id or actor.account_id
    case.save(update_fields=["state", "closed_at", "assignee"])
    record(verbs.COMPLETED, actor, case)
    tasks.issue_letter.enqueue(str(case.pk))
    return case


def issue_letter(*, case_id: UUID) -> None:
    """Make the letter of a closed case, once (通知). A job runs this at least once: a second run changes nothing.

    Of a certificate there are as many as were paid for. Each letter is bound to the case by its request key and by the
    digest of what it says.
    A certificate that the register does not stand behind any more is not made: the case says so to its section, which gives
    out what there is at the counter.
    """
    case = Case.objects.get(pk=case_id)
    if case.notified_at is not None or case.state not in (State.DECIDED, State.FORMALLY_COMPLETE):
        return
    procedure = procedures.compiled_version(case.version_id)
    try:
        orders = letters.orders(case, queries.standing_decision(case), procedure)
    except parties.NotCertified as refusal:
        _withhold(case, refusal.why)
        return
    for order in orders:
        try:
            certificates.issue(actor=system("cases"), order=order)
        except certificates.RequestConflict:
            # An earlier run issued it and stopped before saying so; meanwhile a word of it (a section's telephone, the
            # register) has changed. The letter of this decision exists: it is that one.
            _log.info("the letter of case %s was issued by an earlier run", case.pk)
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        if case.notified_at is not None:
            return
        case.notified_at = calendar_jp.now()
        case.save(update_fields=["notified_at"])
        record(verbs.LETTER_ISSUED, system("cases"), case)


def _withhold(case: Case, why: parties.Uncertified) -> None:
    """Record, once, that the certificate of a decided case was not made."""
    withheld, about = system("cases"), ("case", case.pk)
    if events.happened(verbs.CERTIFICATE_WITHHELD, actor=withheld, object=about, since=case.arrived_at):
        return
    _log.warning("the certificate of case %s was not made: %s", case.pk, why)
    with transaction.atomic():
        record(verbs.CERTIFICATE_WITHHELD, withheld, case)
