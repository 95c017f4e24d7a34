"""Examining a case (審査): taking it, asking for a correction, receiving a fee, counting paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from dokodemo.administration.cases import certifying, logic, policies, queries
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.actions.drafts import close_unfinished
from dokodemo.administration.cases.models import Case, Correction, FeePayment, FeeState, PaperTally
from dokodemo.administration.procedures import queries as procedures
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden
from dokodemo.kernel.crypto import new_id
from dokodemo.kernel.text_jp import grapheme_length
from dokodemo.kernel.vocabulary import InvalidValue, clean_words


def record(verb: str, actor: Actor, case: Case, **numbers: int) -> None:
    """One event about a case, with the references every reader needs."""
    events.record(
        verb,
        actor=actor,
        object=("case", case.pk),
        refs={"procedure": case.procedure, "section": case.section},
        numbers=numbers,
    )


def record_view(*, actor: Actor, case: Case | None, attachment_id: UUID | None = None) -> None:
    """Note that somebody of the section looked: at a paper each time, at the case once a day (閲覧の記録)."""
    if case is None or actor.kind != "staff":
        return
    since = calendar_jp.day_start(calendar_jp.today())
    if attachment_id is None and queries.was_viewed(actor, case, since=since):
        return
    with transaction.atomic():
        events.record(
            verbs.VIEWED if attachment_id is None else verbs.ATTACHMENT_VIEWED,
            actor=actor,
            object=("case", case.pk),
            refs={
                "procedure": case.procedure,
                "section": case.section,
                "attachment": str(attachment_id) if attachment_id else None,
            },
        )


@transaction.atomic
def take(*, actor: Actor, case_id: UUID) -> Case:
    """Become the one who handles an open case (担当). A second call changes nothing. Raises NotAllowed, NotFound."""
    case = queries.get_case_for_review(actor, case_id, lock=True)
    if not case.open:
        raise logic.NotAllowed("cases.refused.wrong_moment")
    if case.assignee_id != actor.account_id:
        case.assignee_id = actor.account_id
        case.save(update_fields=["assignee"])
        record(verbs.TAKEN, actor, case)
    return case


@transaction.atomic
def begin_review(*, actor: Actor, case_id: UUID) -> Case:
    """Start the examination without delay (行政手続法7条). A case already in review stays as it is."""
    case = queries.get_case_for_review(actor, case_id, lock=True)
    if case.state == "in_review":
        return case
    case.state = logic.next_state(case.kind, case.state, "begin_review")
    case.assignee_id = case.assignee_id or actor.account_id
    case.save(update_fields=["state", "assignee"])
    record(verbs.REVIEW_BEGUN, actor, case)
    return case


# Of a message, a note or a request, in characters as people count them.
MAX_LENGTH = 2000


class BadRequest(Exception):
    """What a clerk entered cannot be used; `field` and `code` (a text-catalogue key) say where and why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code = field, code


def words(
    field: str,
    body: str,
    *,
    missing: str = "",
    longest: int | None = MAX_LENGTH,
    too_long: str = "cases.message.too_long",
) -> str:
    """What somebody wrote, without spaces around it; `missing` says what to write where it may not be empty.

    Raises BadRequest, also for what looks like an Individual Number (番号法20条) or cannot be read by others.
    """
    try:
        text = clean_words(body)
    except InvalidValue as refusal:
        raise BadRequest(field, refusal.code) from None
    if not text and missing:
        raise BadRequest(field, missing)
    if longest is not None and grapheme_length(text) > longest:
        raise BadRequest(field, too_long)
    return text


def fresh(model: type[Model], once: UUID | None) -> UUID:
    """The identifier a sending asks for, or a new one where it already names something else."""
    return new_id() if once is None or model._default_manager.filter(pk=once).exists() else once


@transaction.atomic
def request_correction(
    *, actor: Actor, case_id: UUID, terms: Sequence[str], message: str, due_on: date
) -> Correction:
    """Ask for a correction within a reasonable period (補正, 行政手続法7条). The clock stops until the answer.

    `terms` are places of the answers (`applicant.phone`, `child-0.full_name`). Raises BadRequest, NotAllowed, NotFound.
    """
    case = queries.get_case_for_review(actor, case_id, lock=True)
    state = logic.next_state(case.kind, case.state, "request_correction")
    asked_for = words("message", message, missing="cases.correction.message_missing")
    if due_on <= calendar_jp.today():
        raise BadRequest("due_on", "cases.correction.period_too_short")
    known = queries.correctable_places(case)
    if not terms or not set(terms) <= known:
        raise BadRequest("terms", "cases.correction.choose_terms")
    correction = Correction.objects.create(
        case=case,
        terms=sorted(set(terms)),
        message=asked_for,
        due_on=due_on,
        requested_by_id=actor.account,
        requested_at=calendar_jp.now(),
    )
    case.state = state
    case.save(update_fields=["state"])
    record(verbs.CORRECTION_REQUESTED, actor, case, terms=len(set(terms)))
    return correction


@transaction.atomic
def cancel_correction(*, actor: Actor, case_id: UUID) -> Case:
    """Go on without the correction: it is no longer needed, or its period has passed."""
    queries.lock_drafts_of(case_id)
    case = queries.get_case_for_review(actor, case_id, lock=True)
    case.state = logic.next_state(case.kind, case.state, "cancel_correction")
    correction = queries.open_correction(case)
    now = calendar_jp.now()
    correction.cancelled_at = now
    correction.save(update_fields=["cancelled_at"])
    close_unfinished(correction.drafts.filter(closed_at__isnull=True), now)
    procedure = procedures.compiled_version(case.version_id)
    case.due_on, case.limit_on = queries.due_dates(case, procedure, pauses=queries.pauses_of(case), now=now)
    case.save(update_fields=["state", "due_on", "limit_on"])
    record(verbs.CORRECTION_CANCELLED, actor, case)
    return case


@transaction.atomic
def receive_fee(*, actor: Actor, case_id: UUID, yen: int) -> FeePayment:
    """Record a fee received at the counter, in yen. Twice is refused: money is never counted double.

    After a correction that raised a paid fee it is the difference that is received.
    None is taken for a certificate that cannot be made. Raises BadRequest, NotAllowed, NotFound.
    """
    case = queries.get_case_for_review(actor, case_id, lock=True)
    if case.fee_state != FeeState.DUE:
        raise logic.NotAllowed("cases.refused.no_fee_due")
    uncertified = certifying.refusal(case, procedures.compiled_version(case.version_id))
    if uncertified is not None:
        raise BadRequest("yen", uncertified)
    if yen != queries.fee_left(case):
        raise BadRequest("yen", "cases.fee.other_amount")
    payment = FeePayment.objects.create(
        case=case, yen=yen, received_by_id=actor.account, received_at=calendar_jp.now()
    )
    case.fee_state = FeeState.PAID
    case.save(update_fields=["fee_state"])
    record(verbs.FEE_RECEIVED, actor, case, yen=yen)
    return payment


@transaction.atomic
def return_fee(*, actor: Actor, case_id: UUID, yen: int) -> FeePayment:
    """Record that what was paid too much was given back, in yen, after a correction lowered a paid fee (還付)."""
    case = queries.get_case_for_review(actor, case_id, lock=True)
    back = -queries.fee_left(case)
    if back <= 0:
        raise logic.NotAllowed("cases.refused.nothing_to_return")
    if yen != back:
        raise BadRequest("back", "cases.fee.other_return")
    payment = FeePayment.objects.create(
        case=case, yen=-yen, received_by_id=actor.account, received_at=calendar_jp.now()
    )
    case.fee_state = logic.fee_state(case.fee_yen, queries.fee_paid(case))
    case.save(update_fields=["fee_state"])
    record(verbs.FEE_RETURNED, actor, case, yen=yen)
    return payment


@transaction.atomic
def tally_paper(*, actor: Actor, slug: str, month: date, cases: int) -> PaperTally:
    """Record how many cases came on paper in a month; a later figure replaces the earlier and both stay in the log.

    Raises NotFound for an unknown procedure, Forbidden for another section's, BadRequest for a future month.
    """
    procedure = procedures.get_published(slug)
    section = procedure.definition.unit
    if not any(actor.has(role, section) for role in policies.REVIEWERS):
        raise Forbidden
    first = month.replace(day=1)
    if first > calendar_jp.today():
        raise BadRequest("month", "cases.tally.future_month")
    if not 0 <= cases <= 100_000:
        raise BadRequest("cases", "cases.tally.impossible_count")
    tally, _ = PaperTally.objects.update_or_create(
        procedure=slug,
        month=first,
        defaults={
            "section": section,
            "cases": cases,
            "recorded_by_id": actor.account,
            "recorded_at": calendar_jp.now(),
        },
    )
    events.record(
        verbs.PAPER_TALLIED,
        actor=actor,
        object=("procedure", slug),
        refs={"section": section, "month": f"{first:%Y-%m}"},
        numbers={"cases": cases},
    )
    return tally
