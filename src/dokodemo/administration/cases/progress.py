"""How far a case has come (審査の経過): the steps of its procedure, and what happened as far as it concerns the person.

Owns the reading of it. Never writes; what a clerk noted for the section is in no milestone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.models import Case, Extension, StepRecord
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel import calendar_jp, events

# The steps that leave no trace of their own: somebody has to say when they were done. The others are acts of the case.
RECORDED = ("investigation", "board")
_COMPLETE = frozenset({verbs.REVIEW_BEGUN, verbs.PROPOSED, verbs.COMPLETED})


@dataclass(frozen=True)
class Step:
    """One step of a case's procedure; `day` is when it was done, None while it is not. `record` is a clerk's, if any."""

    name: str
    day: date | None
    record: StepRecord | None = None


def recorded_steps(procedure: CompiledProcedure) -> tuple[str, ...]:
    """The steps of a procedure that a clerk records, in their order."""
    return tuple(name for name in procedure.definition.steps if name in RECORDED)


def records_of(case: Case) -> dict[str, StepRecord]:
    """The record of each step that counts: its newest."""
    return {record.step: record for record in case.step_records.order_by("recorded_at", "pk")}


def missing_step(case: Case, procedure: CompiledProcedure) -> str | None:
    """The first step that an approval waits for; None when nothing is missing or nothing has to be recorded."""
    wanted = recorded_steps(procedure)
    done = records_of(case) if wanted else {}
    return next((name for name in wanted if name not in done), None)


def steps_of(case: Case, procedure: CompiledProcedure) -> list[Step]:
    """Every step of a case's procedure in its order, and which are done. Looking at the form is done with the review."""
    done = records_of(case)
    looked_at = [event.at for event in events.of_object("case", case.pk) if event.verb in _COMPLETE]
    own = {
        "completeness": looked_at[0] if looked_at else None,
        "decision": case.closed_at if case.outcome else None,
        "issue": case.notified_at,
    }
    found: list[Step] = []
    for name in procedure.definition.steps:
        if name in RECORDED:
            record = done.get(name)
            found.append(Step(name, record.done_on if record else None, record))
        else:
            at = own[name]
            found.append(Step(name, calendar_jp.jst_day(at) if at else None))
    return found


@dataclass(frozen=True)
class Milestone:
    """One thing that happened to a case, by the name a person reads it under. `day` is the day it is about, if any.

    `is_step` marks a step of the examination, which happened on that day and was recorded `at` a moment.
    """

    name: str
    at: datetime
    day: date | None = None
    is_step: bool = False


_MILESTONES = {
    verbs.SUBMITTED: "submitted",
    verbs.PERSON_ATTACHED: "person_attached",
    verbs.REVIEW_BEGUN: "review_begun",
    verbs.CORRECTION_REQUESTED: "correction_requested",
    verbs.CORRECTION_CANCELLED: "correction_cancelled",
    verbs.CORRECTED: "corrected",
    verbs.EXTENDED: "extended",
    verbs.EXTENSION_TOLD: "extension_told",
    verbs.FEE_RECEIVED: "fee_received",
    verbs.FEE_RETURNED: "fee_returned",
    verbs.DECIDED: "decided",
    verbs.COMPLETED: "completed",
    verbs.LETTER_ISSUED: "letter_issued",
    verbs.WITHDRAWN: "withdrawn",
}


def milestones(case: Case) -> list[Milestone]:
    """What happened to a case, oldest first, as far as it concerns the person (経過).

    An extension tells its new day and a step the day on which it was done; of a step recorded again the newest alone.
    """
    until = Extension.objects.filter(case=case).values_list("until", flat=True).first()
    newest = {record.step: record.done_on for record in records_of(case).values()}
    log = list(events.of_object("case", case.pk))
    last = {event.refs["step"]: event.pk for event in log if event.verb == verbs.STEP_DONE}
    found: list[Milestone] = []
    for event in log:
        if event.verb == verbs.STEP_DONE:
            step = event.refs["step"]
            if last[step] == event.pk:
                found.append(Milestone(f"step_{step}", event.at, newest[step], is_step=True))
        elif event.verb in _MILESTONES:
            name = _MILESTONES[event.verb]
            found.append(Milestone(name, event.at, until if name == "extended" else None))
    return found
