"""Recording a step of the examination (審査の段階): an inquiry that was made, a board that has met."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases import logic, progress, queries
from dokodemo.administration.cases.actions.review import BadRequest, fresh, words
from dokodemo.administration.cases.models import StepRecord
from dokodemo.administration.procedures import queries as procedures
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor

# A city may have looked before anybody applied (罹災証明書の被害認定調査), though not years before.
_EARLIEST = timedelta(days=366)


@transaction.atomic
def record_step(
    *,
    actor: Actor,
    case_id: UUID,
    step: str,
    done_on: date,
    note: str = "",
    once: UUID | None = None,
) -> StepRecord:
    """Record that a step of the case's procedure was done on a day; again, to put a slip right. The note stays inside.

    `once` names this sending, as for messages. Raises BadRequest, NotAllowed, NotFound.
    """
    case = queries.get_case_for_review(actor, case_id, lock=True)
    known = (
        StepRecord.objects.filter(pk=once, case=case, recorded_by_id=actor.account).first() if once else None
    )
    if known is not None:
        return known
    if not logic.records_steps(case.state):
        raise logic.NotAllowed("cases.refused.wrong_moment")
    if step not in progress.recorded_steps(procedures.compiled_version(case.version_id)):
        raise BadRequest("step", "cases.step.choose")
    if done_on > calendar_jp.today():
        raise BadRequest("done_on", "cases.step.not_yet")
    if done_on < calendar_jp.jst_day(case.arrived_at) - _EARLIEST:
        raise BadRequest("done_on", "cases.step.too_early")
    note = words("step_note", note)
    record = StepRecord.objects.create(
        pk=fresh(StepRecord, once),
        case=case,
        step=step,
        done_on=done_on,
        note=note,
        recorded_by_id=actor.account,
        recorded_at=calendar_jp.now(),
    )
    events.record(
        verbs.STEP_DONE,
        actor=actor,
        object=("case", case.pk),
        refs={"procedure": case.procedure, "section": case.section, "step": step},
    )
    return record
