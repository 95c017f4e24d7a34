"""Submitting, correcting and withdrawing (提出・補正・取下げ): the acts of the person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases import flow, logic, policies, prefill, queries
from dokodemo.administration.cases.models import AnswerVersion, Case, Draft, FeeState
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden

_NUMBER_TRIES = 8


class Incomplete(Exception):
    """A required answer is missing; `step` is the page to return to."""

    def __init__(self, step: flow.Step) -> None:
        super().__init__(step.index)
        self.step = step


def submit(*, actor: Actor, draft_id: UUID) -> Case:
    """Hand a draft in. A second call, a double click or a retry after an ambiguous error gives the same case.

    Arrival is the moment it is recorded here (デジタル手続法6条3項). Raises Incomplete, NotFound.
    """
    for attempt in range(_NUMBER_TRIES):
        try:
            with transaction.atomic():
                return _submit(actor, draft_id)
        except IntegrityError:
            # Two receipt numbers of one day may meet by chance; the next draw differs.
            if attempt == _NUMBER_TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _submit(actor: Actor, draft_id: UUID) -> Case:
    draft = queries.get_draft(actor, draft_id, lock=True)
    if draft.case is not None:
        return draft.case
    if draft.closed_at is not None:
        return queries.case_of_correction(draft)
    procedure = procedures.compiled_version(draft.version_id)
    answers = draft.content["values"]
    today = calendar_jp.today()
    gap = flow.first_incomplete(procedure, answers, on=today)
    if gap is not None:
        raise Incomplete(gap)
    kept = flow.keep_asked(procedure, answers, on=today)
    source_of = flow.sources(kept, prefill.values(draft.content["released"]))
    if draft.correction is not None:
        return _correct(actor, draft, kept, source_of)
    return _open_case(actor, draft, procedure, kept, source_of)


def _open_case(
    actor: Actor,
    draft: Draft,
    procedure: CompiledProcedure,
    answers: dict[str, Any],
    source_of: dict[str, str],
) -> Case:
    definition = procedure.definition
    now = calendar_jp.now()
    typed = flow.typed_count(source_of)
    applicant_id, subject_id = _persons(draft)
    case = Case(
        number=logic.receipt_number(calendar_jp.today()),
        version_id=draft.version_id,
        procedure=draft.procedure,
        kind=definition.kind,
        section=definition.unit,
        owner_id=draft.owner_id,
        capacity=draft.capacity,
        mandate_id=draft.mandate_id,
        applicant_id=applicant_id,
        subject_id=subject_id,
        answers=answers,
        sources=source_of,
        answers_total=len(source_of),
        answers_typed=typed,
        arrived_at=now,
        fee_yen=definition.fee.amount,
        fee_state=FeeState.DUE if definition.fee.amount else FeeState.NONE,
    )
    case.due_on, case.limit_on = queries.due_dates(case, procedure, pauses=[], now=now)
    case.save(force_insert=True)
    draft.attachments.filter(removed_at__isnull=True).update(case=case)
    _close(draft, now, case=case)
    events.record(
        verbs.SUBMITTED,
        actor=actor,
        object=("case", case.pk),
        refs={
            "procedure": case.procedure,
            "version": procedure.number,
            "section": case.section,
            "channel": case.channel,
            "capacity": case.capacity,
        },
        numbers={"answers": case.answers_total, "typed": typed},
    )
    return case


def _persons(draft: Draft) -> tuple[UUID | None, UUID | None]:
    """Applicant and subject (申請者・対象者) as residents, where they are known.

    Whoever acts for another files in that person's name (民法99条), so applicant and subject are the principal.
    An unconfirmed representative names nobody the register would vouch for.
    """
    if draft.capacity == "unconfirmed":
        return None, None
    return draft.principal_id, draft.principal_id


def _close(draft: Draft, now: Any, *, case: Case | None) -> None:
    """The case now holds the answers: a second copy in the draft would only be one more thing to protect."""
    draft.case = case
    draft.closed_at = draft.updated_at = now
    draft.content = {"values": {}, "released": {}, "unaccepted": {}}
    draft.save(update_fields=["case", "closed_at", "updated_at", "content"])


@transaction.atomic
def begin_correction(*, actor: Actor, case_id: UUID) -> Draft:
    """Open the case's answers for the correction that was asked for; a second call goes on with the same draft.

    Raises NotFound, Forbidden, logic.NotAllowed.
    """
    case = queries.get_case(actor, case_id, lock=True)
    if not policies.acts_as_party(actor, case):
        raise Forbidden
    logic.next_state(case.kind, case.state, "answer_correction")
    correction = queries.open_correction(case)
    going_on = correction.drafts.filter(closed_at__isnull=True, owner_id=actor.account).first()
    if going_on is not None:
        return going_on
    released = {
        place: answer
        for place, answer in flow.places(case.answers).items()
        if case.sources.get(place) == "register"
    }
    now = calendar_jp.now()
    draft = Draft.objects.create(
        owner_id=actor.account,
        version_id=case.version_id,
        procedure=case.procedure,
        capacity=case.capacity,
        principal_id=case.subject_id,
        mandate_id=case.mandate_id,
        correction=correction,
        content={"values": case.answers, "released": prefill.earlier_as_json(released), "unaccepted": {}},
        created_at=now,
        updated_at=now,
    )
    case.attachments.filter(removed_at__isnull=True).update(draft=draft)
    return draft


def _correct(actor: Actor, draft: Draft, answers: dict[str, Any], source_of: dict[str, str]) -> Case:
    correction = draft.correction
    assert correction is not None
    case = Case.objects.select_for_update().get(pk=correction.case_id)
    now = calendar_jp.now()
    case.state = logic.next_state(case.kind, case.state, "answer_correction")
    AnswerVersion.objects.create(case=case, answers=case.answers, sources=case.sources, replaced_at=now)
    case.answers, case.sources = answers, source_of
    correction.answered_at = now
    correction.save(update_fields=["answered_at"])
    draft.attachments.filter(removed_at__isnull=True).update(case=case)
    procedure = procedures.compiled_version(case.version_id)
    case.due_on, case.limit_on = queries.due_dates(case, procedure, pauses=queries.pauses_of(case), now=now)
    case.save(update_fields=["state", "answers", "sources", "due_on", "limit_on"])
    _close(draft, now, case=None)
    events.record(
        verbs.CORRECTED,
        actor=actor,
        object=("case", case.pk),
        refs={"procedure": case.procedure, "section": case.section},
        numbers={"waited_days": (now - correction.requested_at) // timedelta(days=1)},
    )
    return case


@transaction.atomic
def withdraw(*, actor: Actor, case_id: UUID) -> Case:
    """Take an application back (取下げ): the applicant's act alone (行政手続法33条). Raises Forbidden, NotAllowed."""
    case = queries.get_case(actor, case_id, lock=True)
    if not policies.acts_as_party(actor, case):
        raise Forbidden
    now = calendar_jp.now()
    case.state = logic.next_state(case.kind, case.state, "withdraw")
    case.closed_at = now
    case.corrections.filter(answered_at__isnull=True, cancelled_at__isnull=True).update(cancelled_at=now)
    case.decisions.filter(effective_at__isnull=True, returned_at__isnull=True).update(returned_at=now)
    Draft.objects.filter(correction__case=case, closed_at__isnull=True).update(closed_at=now)
    case.save(update_fields=["state", "closed_at"])
    events.record(
        verbs.WITHDRAWN,
        actor=actor,
        object=("case", case.pk),
        refs={"procedure": case.procedure, "section": case.section},
    )
    return case
