"""Reads of applications and cases (申請・審査の照会): fetching is the permission check.

Owns the reads of single drafts and cases; a section's list of work is `worklist`. Never writes; what it returns to an
actor the actor may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Exists, OuterRef, Q, Sum

from dokodemo.adapters import storage
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases import flow, hiding, logic, policies
from dokodemo.administration.cases.models import (
    Attachment,
    Case,
    Correction,
    Decision,
    Draft,
    Extension,
    Message,
    Note,
    State,
)
from dokodemo.administration.eligibility import queries as eligibility
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure, Form, FormQuestion
from dokodemo.city.parties import port
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.prepared import Prepared

PAGE_SIZE = 50


_SLOTS = UUID("5d0c1f0e-2f0a-4b57-9a0e-5a1f6c1b7d11")

# Asked on every page of a form.
_DRAFT = Prepared(lambda pk: Draft.objects.filter(pk=pk), pk=UUID)
_DRAFT_LOCKED = Prepared(lambda pk: Draft.objects.select_for_update().filter(pk=pk), pk=UUID)
_OPEN_DRAFT = Prepared(lambda slot: Draft.objects.filter(slot=slot, closed_at__isnull=True), slot=UUID)
_CASE = Prepared(lambda pk: Case.objects.filter(pk=pk), pk=UUID)
_CASE_LOCKED = Prepared(lambda pk: Case.objects.select_for_update().filter(pk=pk), pk=UUID)
_CORRECTIONS = Prepared(lambda case: Correction.objects.filter(case_id=case), case=UUID)


# Drafts


def slot_of(account_id: UUID, slug: str, capacity: port.Capacity) -> UUID:
    """What a draft is for: one writer, one procedure, one person in one capacity."""
    parts = (account_id, slug, capacity.kind, capacity.principal_id, capacity.mandate_id)
    return uuid5(_SLOTS, "|".join(map(str, parts)))


def slot_of_correction(account_id: UUID, correction_id: UUID) -> UUID:
    """What the draft of a correction is for."""
    return uuid5(_SLOTS, f"{account_id}|{correction_id}")


def open_draft_in(slot: UUID) -> Draft | None:
    """The draft that fills a slot now, whosever it is."""
    return _OPEN_DRAFT.first(slot=slot)


def get_draft(actor: Actor, draft_id: UUID, *, lock: bool = False) -> Draft:
    """The actor's own draft, open or handed in. Raises NotFound for everybody else's, and when a mandate has ended."""
    draft = (_DRAFT_LOCKED if lock else _DRAFT).first(pk=draft_id)
    if draft is None or actor.account_id is None or draft.owner_id != actor.account_id:
        raise NotFound
    if not port.capacity_stands(
        actor=actor, kind=draft.capacity, principal_id=draft.principal_id, mandate_id=draft.mandate_id
    ):
        raise NotFound
    return draft


def get_open_draft(actor: Actor, draft_id: UUID, *, lock: bool = False) -> Draft:
    """The actor's own draft while it can still be written. Raises NotFound."""
    draft = get_draft(actor, draft_id, lock=lock)
    if draft.closed_at is not None:
        raise NotFound
    return draft


def open_drafts(
    actor: Actor, *, slug: str, capacities: Iterable[port.Capacity]
) -> dict[port.Capacity, Draft]:
    """The drafts the actor already has for a procedure, by capacity."""
    if actor.account_id is None:
        return {}
    slots = {slot_of(actor.account_id, slug, capacity): capacity for capacity in capacities}
    found = {capacity: open_draft_in(slot) for slot, capacity in slots.items()}
    return {capacity: draft for capacity, draft in found.items() if draft is not None}


def my_drafts(actor: Actor) -> list[Draft]:
    """Everything the actor has begun and not handed in, newest first; at most 50."""
    if actor.account_id is None:
        return []
    rows = Draft.objects.filter(owner_id=actor.account_id, closed_at__isnull=True).order_by("-updated_at")
    rows = rows.defer("content").select_related("correction").prefetch_related("parts")
    drafts = list(rows[:PAGE_SIZE])
    mine = policies.standing_capacities(actor, ((d.capacity, d.principal_id) for d in drafts))
    return [d for d in drafts if (d.capacity, d.principal_id, d.mandate_id) in mine]


def case_of_draft(draft: Draft) -> Case:
    """The case a closed draft became, or corrected, or was to correct. Raises NotFound for one thrown away."""
    if draft.case_id is not None:
        return Case.objects.get(pk=draft.case_id)
    if draft.correction is None:
        raise NotFound
    return Case.objects.get(pk=draft.correction.case_id)


def step_of(form: Form, answers: Mapping[str, Any], *, index: int) -> flow.Step:
    """The page with this index as it stands now. Raises NotFound when it asks nothing."""
    for step in flow.steps(form, answers, on=calendar_jp.today()):
        if step.index == index:
            return step
    raise NotFound


def file_question(form: Form, answers: Mapping[str, Any], term: str) -> FormQuestion:
    """The question a file answers. Raises NotFound when the form asks for no such file now."""
    for question in flow.asked_terms(form, answers, on=calendar_jp.today()):
        if question.term.name == term and question.term.type == "file":
            return question
    raise NotFound


def file_value(attachment: Attachment) -> dict[str, Any]:
    """A file as the answer to a term of type file."""
    return {
        "attachment": str(attachment.pk),
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
    }


# Cases


def get_case(actor: Actor, case_id: UUID, *, lock: bool = False) -> Case:
    """A case the actor may see: a party to it, or a reviewer of its section. Raises NotFound otherwise."""
    case = (_CASE_LOCKED if lock else _CASE).first(pk=case_id)
    if case is None or not policies.may_view(actor, case):
        raise NotFound
    return case


def get_case_for_review(actor: Actor, case_id: UUID, *, lock: bool = False) -> Case:
    """A case of the actor's own section. Raises NotFound for any other."""
    case = get_case(actor, case_id, lock=lock)
    if not policies.reviews(actor, case):
        raise NotFound
    return case


def _own(actor: Actor) -> Q:
    """Cases the actor filed, or that are about the actor."""
    mine = Q(owner_id=actor.account_id)
    if actor.resident_id is not None:
        mine |= Q(applicant_id=actor.resident_id) | Q(subject_id=actor.resident_id)
    return mine


def _still_mine(actor: Actor, cases: Sequence[Case]) -> list[Case]:
    """Those of the actor's cases whose capacity still stands; one look at the register for all of them."""
    standing = policies.standing_capacities(actor, ((c.capacity, c.subject_id) for c in cases))
    return [case for case in cases if policies.is_party(actor, case, standing=standing)]


def my_cases(actor: Actor, *, page: int = 1) -> tuple[list[Case], bool]:
    """The actor's cases and those about the actor, newest first, 50 a page; and whether more follow."""
    if actor.kind != "resident" or actor.account_id is None:
        return [], False
    start = (page - 1) * PAGE_SIZE
    rows = Case.objects.filter(_own(actor)).defer("answers", "sources").order_by("-arrived_at")
    found = list(rows[start : start + PAGE_SIZE + 1])
    return _still_mine(actor, found[:PAGE_SIZE]), len(found) > PAGE_SIZE


def lock_drafts_of(case_id: UUID) -> None:
    """Wait for whoever is handing in a correction of this case: drafts are locked before their case, everywhere."""
    list(Draft.objects.select_for_update().filter(correction__case_id=case_id).values_list("pk"))


def open_correction(case: Case) -> Correction:
    """The correction the city waits for. Raises NotFound."""
    found = case.corrections.filter(answered_at__isnull=True, cancelled_at__isnull=True).first()
    if found is None:
        raise NotFound
    return found


def pauses_of(case: Case) -> list[logic.Pause]:
    """When the clock of a case stood still."""
    return [
        logic.Pause(c.requested_at, c.answered_at or c.cancelled_at) for c in _CORRECTIONS.all(case=case.pk)
    ]


def due_dates(
    case: Case, procedure: CompiledProcedure, *, pauses: Sequence[logic.Pause], now: datetime
) -> tuple[date | None, date | None]:
    """The last day of the standard period and of the statutory limit; None where the definition sets none.

    A limit that was extended by law takes the place of both. One that was extended to a day is that day.
    """
    told = _told_day(case, procedure)
    if told is not None:
        return told, told
    standard, limit = _periods(case, procedure)
    due, last = (
        logic.due_on(case.arrived_at, period, pauses, now=now) if period else None
        for period in (standard, limit)
    )
    return due, last


def _periods(case: Case, procedure: CompiledProcedure) -> tuple[logic.Period, logic.Period | None]:
    definition = procedure.definition
    standard = logic.Period(definition.standard_period.days, definition.standard_period.count)
    limit = definition.statutory_limit
    if limit is None:
        return standard, None
    if not case.extended:
        return standard, logic.Period(limit.days, limit.count)
    extended = logic.Period(limit.days + (limit.extension_days or 0), limit.count)
    return extended, extended


def extension_of(case: Case) -> Extension | None:
    """The extension of a case's limit with its reason, if there was one."""
    return Extension.objects.filter(case=case).first() if case.extended else None


def _told_day(case: Case, procedure: CompiledProcedure) -> date | None:
    """The last day the person was told, where the law extends to a day (処理見込期間)."""
    limit = procedure.definition.statutory_limit
    if not case.extended or limit is None or not limit.extension_to_day:
        return None
    return Extension.objects.values_list("until", flat=True).get(case=case)


def clock_of(case: Case, procedure: CompiledProcedure) -> logic.Clock:
    """The clock a clerk and the person see: the nearer of standard period and statutory limit."""
    pauses, now, told = pauses_of(case), calendar_jp.now(), _told_day(case, procedure)
    clocks = [
        logic.clock(case.arrived_at, period, pauses, now=now, closed_at=case.closed_at, until=told)
        for period in _periods(case, procedure)
        if period is not None
    ]
    return min(clocks, key=lambda clock: clock.due or date.max)


def fee_paid(case: Case) -> int:
    """What was received for a case in all, less what was given back, in yen (収納済額)."""
    return case.payments.aggregate(yen=Sum("yen"))["yen"] or 0


def fee_left(case: Case) -> int:
    """What is still to be paid, in yen; below 0 what is to be given back because a correction lowered a paid fee."""
    return case.fee_yen - fee_paid(case) if case.fee_yen or case.fee_state != "none" else 0


def same_matter(case: Case) -> list[Case]:
    """Other cases of the same procedure about the same person: applied twice, or decided before."""
    if case.subject_id is None:
        return []
    rows = Case.objects.filter(procedure=case.procedure, subject_id=case.subject_id).exclude(pk=case.pk)
    return list(rows.defer("answers").order_by("-arrived_at")[:10])


def earlier_answers(case: Case) -> list[flow.Difference]:
    """What the last correction changed: the answer now, and before in place of the register's value."""
    last = case.answer_versions.order_by("-replaced_at").first()
    return flow.differences(case.answers, last.answers) if last is not None else []


def was_viewed(actor: Actor, case: Case, *, since: datetime) -> bool:
    """Whether the actor's look at a case is already recorded since a moment."""
    return events.happened(verbs.VIEWED, actor=actor, object=("case", case.pk), since=since)


def find_by_number(actor: Actor, number: str) -> Case | None:
    """The case with this receipt number, if the actor may see it."""
    if not logic.is_receipt_number(number):
        return None
    digits = "".join(filter(str.isdigit, number))
    case = Case.objects.filter(number=f"{digits[:6]}-{digits[6:12]}-{digits[12]}").first()
    return case if case is not None and policies.may_view(actor, case) else None


def get_attachment(actor: Actor, attachment_id: UUID) -> Attachment:
    """One file the actor may open: of an own draft, or of a case the actor may see. Raises NotFound.

    Papers of a protected person (秘匿) are opened by the authorised section and the parties alone: any may show an address.
    """
    found = (
        Attachment.objects.select_related("case").filter(pk=attachment_id, removed_at__isnull=True).first()
    )
    if found is None:
        raise NotFound
    if found.case is not None:
        if not policies.may_view(actor, found.case):
            raise NotFound
        if policies.reviews(actor, found.case) and hiding.hides_places(actor, found.case):
            raise NotFound
    elif found.draft_id is None:
        raise NotFound
    else:
        get_draft(actor, found.draft_id)
    return found


def messages_of(case: Case) -> list[Message]:
    """The conversation, oldest first; at most the last 200."""
    return list(case.messages.order_by("-sent_at")[:200])[::-1]


def notes_of(case: Case) -> list[Note]:
    """The section's notes, oldest first; at most the last 200."""
    return list(case.notes.order_by("-written_at")[:200])[::-1]


def decisions_of(case: Case) -> list[Decision]:
    """Proposals and the decision, oldest first."""
    return list(case.decisions.all())


def standing_decision(case: Case) -> Decision | None:
    """The proposal or decision that stands, if any."""
    return case.decisions.filter(returned_at__isnull=True).first()


def assessment_of(case: Case, procedure: CompiledProcedure) -> dict[str, Any]:
    """How the rules of the case's version come out for its answers today, as JSON kept with a decision (理由の根拠)."""
    return eligibility.assess(procedure, case.answers, calendar_jp.today()).as_json()


def correctable_places(case: Case) -> frozenset[str]:
    """The places of a case's form a correction may name: everything that is asked for these answers."""
    procedure = procedures.compiled_version(case.version_id)
    found: set[str] = set()
    for step in flow.steps(procedure, case.answers, on=calendar_jp.today()):
        if step.page.group is not None and step.page.group.repeats:
            found.add(step.page.group.name)
            found |= {
                f"{step.page.group.name}-{n}.{q.term.field}"
                for n, _, questions in flow.each_member(step, case.answers)
                for q in questions
            }
        else:
            found |= {question.term.name for question in step.questions}
    return frozenset(found)


def to_do(actor: Actor) -> tuple[int, int]:
    """What waits for a person: corrections to make, and messages of the city not yet read."""
    if actor.kind != "resident" or actor.account_id is None:
        return 0, 0
    unread = Message.objects.filter(case=OuterRef("pk"), from_staff=True, read_at__isnull=True)
    rows = Case.objects.filter(_own(actor)).annotate(unread=Exists(unread))
    waiting = rows.filter(Q(state=State.CORRECTION_REQUESTED) | Q(unread=True)).defer("answers", "sources")
    mine = [c for c in _still_mine(actor, list(waiting[:PAGE_SIZE])) if policies.acts_for(actor, c)]
    to_correct = sum(case.state == State.CORRECTION_REQUESTED for case in mine)
    return to_correct, sum(bool(getattr(case, "unread", False)) for case in mine)


def storage_context(attachment_id: UUID) -> str:
    """What a file's bytes are bound to: the row they came with, so that no other row opens them by chance."""
    return f"cases.attachment:{attachment_id}"


def content_of(attachment: Attachment) -> bytes:
    """The bytes of a file the actor was given by `get_attachment`. Raises storage's errors."""
    return storage.get(attachment.storage_ref, context=storage_context(attachment.sealed_as or attachment.pk))
