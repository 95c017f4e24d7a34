"""Submitting, correcting and withdrawing (提出・補正・取下げ): the acts of the person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from dokodemo.administration.cases import certifying, flow, logic, policies, prefill, queries
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.actions.drafts import close_unfinished, empty_content
from dokodemo.administration.cases.models import (
    AnswerVersion,
    Attachment,
    Bundle,
    Case,
    Correction,
    Draft,
    FeeState,
)
from dokodemo.administration.eligibility import actions as eligibility
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound

_NUMBER_TRIES = 8


class Incomplete(Exception):
    """A required answer is missing; `step` is the page to return to."""

    def __init__(self, step: flow.Step) -> None:
        super().__init__(step.index)
        self.step = step


def submit(*, actor: Actor, draft_id: UUID) -> Case:
    """Hand a draft in. A second call, a double click or a retry after an ambiguous error gives the same case.

    Arrival is the moment it is recorded here (デジタル手続法6条3項). Raises Incomplete, NotFound, and logic.NotAllowed for
    the answer to a correction that is no longer waited for and for a procedure that the city has ended.
    """
    return drawn_again(lambda: _submit(actor, draft_id))


def drawn_again[T](act: Callable[[], T]) -> T:
    """What `act` does in one transaction, with new receipt numbers where one was already given."""
    for attempt in range(_NUMBER_TRIES):
        try:
            with transaction.atomic():
                return act()
        except IntegrityError:
            # Two receipt numbers of one day may meet by chance; the next draw differs.
            if attempt == _NUMBER_TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _submit(actor: Actor, draft_id: UUID) -> Case:
    draft = queries.get_draft(actor, draft_id, lock=True)
    if draft.version_id is None:
        raise NotFound
    if draft.closed_at is not None:
        case = queries.case_of_draft(draft)
        if not draft.handed_in:
            raise logic.NotAllowed("cases.refused.correction_over")
        return case
    procedure = procedures.compiled_version(draft.version_id)
    answers = draft.content["values"]
    today = calendar_jp.today()
    gap = flow.first_incomplete(procedure, answers, on=today)
    if gap is not None:
        raise Incomplete(gap)
    paper = paper_of(procedure, answers, draft.content["released"], on=today)
    if draft.correction_id is not None:
        return _correct(actor, draft, draft.correction_id, paper)
    now = calendar_jp.now()
    case = open_case(actor, draft, paper, now)
    drop_files(flow.file_ids(answers) - paper.files, now)
    close(draft, now, case=case)
    return case


@dataclass(frozen=True)
class Paper:
    """What is handed in: the answers to what was asked, where each comes from, and the files that go with them.

    `copies`: a file that another case of the bundle needs too, by its identifier here → the attachment it is stored as.
    `terms`: the name under which a joint form asked for a file → the term it is here, where the two differ.
    """

    procedure: CompiledProcedure
    answers: dict[str, Any]
    sources: dict[str, str]
    files: set[str]
    copies: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)

    @property
    def fee_yen(self) -> int:
        """The fee, for as many copies as are asked for (手数料)."""
        definition = self.procedure.definition
        copies = definition.certificate.copies if definition.certificate else None
        return definition.fee.amount * (self.answers.get(copies, 1) if copies else 1)


def paper_of(
    procedure: CompiledProcedure, answers: Mapping[str, Any], released: Mapping[str, Any], *, on: date
) -> Paper:
    """The paper of one procedure from complete answers and what the register released."""
    kept = flow.keep_asked(procedure, answers, on=on)
    return Paper(
        procedure=procedure,
        answers={**kept, **prefill.tested_facts(procedure, kept, released)},
        sources=flow.sources(kept, prefill.by_place(released)),
        files=flow.file_ids(kept),
    )


def open_case(
    actor: Actor, draft: Draft, paper: Paper, now: datetime, *, bundle: Bundle | None = None
) -> Case:
    """The case that one paper becomes, with its files and its event; the draft stays as it is.

    Raises logic.NotAllowed for a procedure that the city has ended and for a certificate given at the counter alone.
    """
    definition = paper.procedure.definition
    if procedures.is_ended(paper.procedure.slug):
        raise logic.NotAllowed("cases.refused.ended")
    applicant_id, subject_id = _persons(draft)
    if certifying.only_at_counter(subject_id, paper.procedure):
        raise logic.NotAllowed("cases.refused.at_counter")
    case = Case(
        number=logic.receipt_number(calendar_jp.jst_day(now)),
        bundle=bundle,
        version_id=procedures.version_id_of(paper.procedure),
        procedure=paper.procedure.slug,
        kind=definition.kind,
        section=definition.unit,
        owner_id=draft.owner_id,
        capacity=draft.capacity,
        mandate_id=draft.mandate_id,
        applicant_id=applicant_id,
        subject_id=subject_id,
        answers=paper.answers,
        sources=paper.sources,
        answers_total=len(paper.sources),
        answers_typed=flow.typed_count(paper.sources),
        arrived_at=now,
        fee_yen=paper.fee_yen,
        fee_state=FeeState.DUE if paper.fee_yen else FeeState.NONE,
    )
    case.due_on, case.limit_on = queries.due_dates(case, paper.procedure, pauses=[], now=now)
    case.save(force_insert=True)
    _hand_over_files(draft, paper, case)
    eligibility.apply_to_offer(actor=actor, resident_id=subject_id, procedure=case.procedure)
    events.record(
        verbs.SUBMITTED,
        actor=actor,
        object=("case", case.pk),
        refs={
            "procedure": case.procedure,
            "version": paper.procedure.number,
            "section": case.section,
            "channel": case.channel,
            "capacity": case.capacity,
        },
        numbers={"answers": case.answers_total, "typed": case.answers_typed},
    )
    return case


def _hand_over_files(draft: Draft, paper: Paper, case: Case) -> None:
    """Files that answer a question go with the case; one that went with another case is named again, not stored again."""
    if not paper.files:
        return
    new = Attachment.objects.filter(pk__in=paper.files - paper.copies.keys(), draft=draft, case__isnull=True)
    new.update(case=case)
    for asked_as, term in paper.terms.items():
        Attachment.objects.filter(case=case, term=asked_as).update(term=term)
    stored = Attachment.objects.in_bulk([UUID(one) for one in paper.copies.values()])
    Attachment.objects.bulk_create(
        named_again(stored[UUID(as_)], id=UUID(name), case=case) for name, as_ in paper.copies.items()
    )


def named_again(row: Attachment, **place: Any) -> Attachment:
    """The stored file of a row under a name of its own, for another draft or case (`place`); not saved yet."""
    return Attachment(
        **place,
        term=row.term,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        storage_ref=row.storage_ref,
        sealed_as=row.sealed_as or row.pk,
        created_at=row.created_at,
    )


def drop_files(names: set[str], now: datetime) -> None:
    """Files of questions that are no longer asked are not collected."""
    if names:
        Attachment.objects.filter(pk__in=names, case__isnull=True).update(removed_at=now)


def _persons(draft: Draft) -> tuple[UUID | None, UUID | None]:
    """Applicant and subject (申請者・対象者) as residents, where they are known.

    Whoever acts for another files in that person's name (民法99条), so applicant and subject are the principal.
    An unconfirmed representative names nobody the register would vouch for.
    """
    if draft.capacity == "unconfirmed":
        return None, None
    return draft.principal_id, draft.principal_id


def close(draft: Draft, now: datetime, *, case: Case | None = None, bundle: Bundle | None = None) -> None:
    """The case now holds the answers: a second copy in the draft would only be one more thing to protect."""
    draft.case, draft.bundle, draft.handed_in = case, bundle, True
    draft.closed_at = draft.updated_at = now
    draft.content = empty_content()
    draft.save(update_fields=["case", "bundle", "handed_in", "closed_at", "updated_at", "content"])


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
    slot = queries.slot_of_correction(actor.account, correction.pk)
    going_on = Draft.objects.filter(slot=slot, closed_at__isnull=True).first()
    if going_on is not None:
        return going_on
    # What came from the register then is neither asked nor counted as typed now.
    earlier = {
        place: answer
        for place, answer in flow.places(case.answers).items()
        if case.sources.get(place) != "typed"
    }
    filed_it = case.owner_id == actor.account_id
    now = calendar_jp.now()
    return Draft.objects.create(
        owner_id=actor.account,
        version_id=case.version_id,
        procedure=case.procedure,
        slot=slot,
        capacity=case.capacity if filed_it else "self",
        principal_id=case.subject_id,
        mandate_id=case.mandate_id if filed_it else None,
        correction=correction,
        content={**empty_content(), "values": case.answers, "released": prefill.earlier_as_json(earlier)},
        created_at=now,
        updated_at=now,
    )


def _correct(actor: Actor, draft: Draft, correction_id: UUID, paper: Paper) -> Case:
    correction = Correction.objects.select_related("case").select_for_update().get(pk=correction_id)
    case = correction.case
    now = calendar_jp.now()
    case.state = logic.next_state(case.kind, case.state, "answer_correction")
    AnswerVersion.objects.create(case=case, answers=case.answers, sources=case.sources, replaced_at=now)
    case.answers, case.sources = paper.answers, paper.sources
    case.fee_yen = paper.fee_yen
    case.fee_state = logic.fee_state(case.fee_yen, queries.fee_paid(case))
    correction.answered_at = now
    correction.save(update_fields=["answered_at"])
    _hand_over_files(draft, paper, case)
    drop_files(flow.file_ids(draft.content["values"]) - paper.files, now)
    case.due_on, case.limit_on = queries.due_dates(
        case, paper.procedure, pauses=queries.pauses_of(case), now=now
    )
    case.save(update_fields=["state", "answers", "sources", "fee_yen", "fee_state", "due_on", "limit_on"])
    close(draft, now)
    close_unfinished(correction.drafts.filter(closed_at__isnull=True), now)
    events.record(
        verbs.CORRECTED,
        actor=actor,
        object=("case", case.pk),
        refs={"procedure": case.procedure, "section": case.section},
        numbers={
            "waited_days": (calendar_jp.jst_day(now) - calendar_jp.jst_day(correction.requested_at)).days
        },
    )
    return case


@transaction.atomic
def withdraw(*, actor: Actor, case_id: UUID) -> Case:
    """Take an application back (取下げ): the applicant's act alone (行政手続法33条). Raises Forbidden, NotAllowed."""
    queries.lock_drafts_of(case_id)
    case = queries.get_case(actor, case_id, lock=True)
    if not policies.acts_as_party(actor, case):
        raise Forbidden
    now = calendar_jp.now()
    case.state = logic.next_state(case.kind, case.state, "withdraw")
    case.closed_at = now
    case.corrections.filter(answered_at__isnull=True, cancelled_at__isnull=True).update(cancelled_at=now)
    case.decisions.filter(effective_at__isnull=True, returned_at__isnull=True).update(returned_at=now)
    close_unfinished(Draft.objects.filter(correction__case=case, closed_at__isnull=True), now)
    case.save(update_fields=["state", "closed_at"])
    events.record(
        verbs.WITHDRAWN,
        actor=actor,
        object=("case", case.pk),
        refs={"procedure": case.procedure, "section": case.section},
    )
    return case
