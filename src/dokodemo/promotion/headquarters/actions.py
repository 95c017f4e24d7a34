"""Reporting, assessing and deciding (報告・評価・決定).

Owns the only writes of this domain. A filed report never changes but for its second assessment; what a meeting decided
stays; a decision that changes the plan opens the plan's own draft.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.refusals import ChangedMeanwhile, Refused
from dokodemo.promotion.headquarters import events as verbs
from dokodemo.promotion.headquarters import policies, queries
from dokodemo.promotion.headquarters.logic import DIRECTIONS, GRADES, STATES, Quarter
from dokodemo.promotion.headquarters.models import Decision, FollowUp, Meeting, Report
from dokodemo.promotion.plan import actions as plan_actions
from dokodemo.promotion.plan import queries as plans

LONGEST = 4000
WORDS = ("done", "learned", "evidence")


@transaction.atomic
def keep_report(
    *, actor: Actor, quarter: Quarter, action: str, revision: int, said: Mapping[str, str], file: bool
) -> Report:
    """Keep what a section says of an action for a quarter; with `file` it is handed in, with the numbers of this day.

    `said`: state, done, learned, evidence, grade, direction. Raises NotFound, Forbidden, ChangedMeanwhile, and Refused with
    a text key for each box; a report that was filed is refused.
    """
    found = queries.get_action(actor, quarter, action)
    may = policies.may_file if file else policies.may_report
    if not may(actor, found.section):
        raise Forbidden("A report is written by the section of the action and filed by its head.")
    report = _locked(quarter, action)
    if report is not None and report.filed_at is not None:
        raise Refused({"state": "headquarters.fault.filed"})
    if plan_actions.year_is_closed(plans.plan(quarter.last).code, quarter.fiscal_year):
        raise Refused({"state": "plan.fault.closed"})
    if revision != (report.revision if report is not None else 0):
        raise ChangedMeanwhile
    if quarter.first > calendar_jp.today():
        raise Refused({"state": "headquarters.fault.future"})
    faults = _faults(said, file)
    if faults:
        raise Refused(faults)
    now = calendar_jp.now()
    report = report or Report(
        plan=plans.plan(quarter.last).code,
        action=action,
        fiscal_year=quarter.fiscal_year,
        quarter=quarter.number,
    )
    report.section, report.revision = found.section, revision + 1
    report.changed_at, report.changed_by = now, actor.account
    for name in ("state", "grade", "direction", *WORDS):
        setattr(report, name, said.get(name, "").strip())
    if file:
        report.filed_at, report.numbers = now, queries.numbers_now(found)
    report.save()
    events.record(
        verbs.REPORTED if file else verbs.REPORT_KEPT,
        actor=actor,
        object=("report", report.pk),
        refs={"action": action, "state": report.state},
        numbers={"fiscal_year": quarter.fiscal_year, "quarter": quarter.number},
    )
    return report


def _locked(quarter: Quarter, action: str) -> Report | None:
    return (
        Report.objects.select_for_update()
        .filter(
            plan=plans.plan(quarter.last).code,
            action=action,
            fiscal_year=quarter.fiscal_year,
            quarter=quarter.number,
        )
        .first()
    )


def _faults(said: Mapping[str, str], file: bool) -> dict[str, str]:
    faults = {name: "headquarters.fault.long" for name in WORDS if len(said.get(name, "").strip()) > LONGEST}
    if said.get("state") not in STATES:
        faults["state"] = "headquarters.fault.state"
    for name, known in (("grade", GRADES), ("direction", DIRECTIONS)):
        if said.get(name) not in known and (file or said.get(name)):
            faults[name] = f"headquarters.fault.{name}"
    if file and not said.get("done", "").strip():
        faults["done"] = "headquarters.fault.done"
    return faults


@transaction.atomic
def assess(*, actor: Actor, report_id: UUID, grade: str, direction: str, words: str) -> Report:
    """Give a filed report its second assessment (二次評価); again replaces it. Raises NotFound, Forbidden, Refused."""
    if not policies.may_read(actor):
        raise NotFound
    report = Report.objects.select_for_update().filter(pk=report_id).first()
    if report is None:
        raise NotFound
    if not policies.may_assess(actor):
        raise Forbidden("The second assessment is the CIO's, or of who coordinates the plan.")
    faults = {}
    if report.filed_at is None:
        faults["grade"] = "headquarters.fault.not_filed"
    elif plan_actions.year_is_closed(report.plan, report.fiscal_year):
        faults["grade"] = "plan.fault.closed"
    if grade not in GRADES:
        faults["grade"] = "headquarters.fault.grade"
    if direction not in DIRECTIONS:
        faults["direction"] = "headquarters.fault.direction"
    if len(words.strip()) > LONGEST:
        faults["words"] = "headquarters.fault.long"
    if faults:
        raise Refused(faults)
    report.second_grade, report.second_direction = grade, direction
    report.second_words = words.strip()
    report.assessed_at, report.assessed_by = calendar_jp.now(), actor.account
    report.save(
        update_fields=["second_grade", "second_direction", "second_words", "assessed_at", "assessed_by"]
    )
    events.record(
        verbs.ASSESSED,
        actor=actor,
        object=("report", report.pk),
        refs={"action": report.action, "grade": grade, "direction": direction},
    )
    return report


@transaction.atomic
def call_meeting(*, actor: Actor, on: date, place: str, agenda: str) -> Meeting:
    """Call a meeting. Raises Forbidden, Refused for one without agenda or in the past."""
    if not policies.may_call(actor):
        raise Forbidden("Meetings are called by who coordinates the plan.")
    faults = {}
    if on < calendar_jp.today():
        faults["on"] = "headquarters.fault.past"
    if not agenda.strip():
        faults["agenda"] = "headquarters.fault.agenda"
    elif len(agenda.strip()) > LONGEST:
        faults["agenda"] = "headquarters.fault.long"
    if len(place.strip()) > 120:
        faults["place"] = "headquarters.fault.long"
    if faults:
        raise Refused(faults)
    made = Meeting.objects.create(
        plan=plans.plan().code,
        on=on,
        place=place.strip(),
        agenda=agenda.strip(),
        called_at=calendar_jp.now(),
        called_by=actor.account,
    )
    events.record(verbs.MEETING_CALLED, actor=actor, object=("meeting", made.pk))
    return made


def _meeting(actor: Actor, meeting_id: UUID) -> Meeting:
    queries.get_meeting(actor, meeting_id)
    if not policies.may_call(actor):
        raise Forbidden("What a meeting decides is kept by who coordinates the plan.")
    return Meeting.objects.select_for_update().get(pk=meeting_id)


@transaction.atomic
def packet_made(*, actor: Actor, meeting: Meeting, content: bytes) -> None:
    """Put on record that the papers of a meeting were made, with their digest: they are kept nowhere else."""
    if not policies.may_read(actor):
        raise NotFound
    events.record(
        verbs.PACKET_MADE,
        actor=actor,
        object=("meeting", meeting.pk),
        digests={"papers": hashlib.sha256(content).hexdigest()},
    )


@transaction.atomic
def decide(
    *, actor: Actor, meeting_id: UUID, words: str, action: str = "", changes_plan: bool = False
) -> Decision:
    """Keep a decision; one that changes the plan opens the next version of this fiscal year's action plan.

    Raises NotFound, Forbidden, Refused for nothing said or an action the plan does not have.
    """
    meeting = _meeting(actor, meeting_id)
    faults = {}
    if not words.strip():
        faults["decision"] = "headquarters.fault.decision"
    elif len(words.strip()) > LONGEST:
        faults["decision"] = "headquarters.fault.long"
    version = plans.in_force()
    known = {one.code for one in plans.actions_of(version)} if version is not None else set()
    if action and action not in known:
        faults["action"] = "headquarters.fault.action"
    if faults:
        raise Refused(faults)
    draft = None
    if changes_plan:
        year = calendar_jp.fiscal_year(calendar_jp.today())
        draft = plan_actions.begin(actor=actor, fiscal_year=year).pk
    made = Decision.objects.create(
        meeting=meeting,
        words=words.strip(),
        action=action,
        draft=draft,
        made_at=calendar_jp.now(),
        made_by=actor.account,
    )
    events.record(
        verbs.DECIDED,
        actor=actor,
        object=("decision", made.pk),
        refs={"action": action or None},
        numbers={"changes_plan": int(changes_plan)},
    )
    return made


@transaction.atomic
def follow_up(
    *, actor: Actor, meeting_id: UUID, decision_id: UUID, words: str, section: str, due: date | None
) -> FollowUp:
    """Say who does what until when after a decision. Raises NotFound, Forbidden, Refused."""
    meeting = _meeting(actor, meeting_id)
    decision = Decision.objects.filter(pk=decision_id, meeting=meeting).first()
    if decision is None:
        raise NotFound
    faults = {}
    if not words.strip():
        faults["words"] = "headquarters.fault.words"
    elif len(words.strip()) > LONGEST:
        faults["words"] = "headquarters.fault.long"
    if section not in {one.code for one in organisation.sections()}:
        faults["section"] = "headquarters.fault.section"
    if due is None or due < calendar_jp.today():
        faults["due"] = "headquarters.fault.due"
    if faults or due is None:
        raise Refused(faults)
    made = FollowUp.objects.create(
        decision=decision, words=words.strip(), section=section, due=due, given_at=calendar_jp.now()
    )
    events.record(
        verbs.FOLLOW_UP_GIVEN, actor=actor, object=("follow_up", made.pk), refs={"section": section}
    )
    return made


@transaction.atomic
def finish_follow_up(*, actor: Actor, follow_up_id: UUID, words: str) -> FollowUp:
    """Say that a follow-up is done, and how. A second call changes nothing. Raises NotFound, Forbidden, Refused."""
    if not policies.may_read(actor):
        raise NotFound
    found = FollowUp.objects.select_for_update().filter(pk=follow_up_id).first()
    if found is None:
        raise NotFound
    if not policies.may_report(actor, found.section):
        raise Forbidden("A follow-up is finished by the section it was given to.")
    if found.done_at is not None:
        return found
    if not words.strip():
        raise Refused({"words": "headquarters.fault.how"})
    if len(words.strip()) > LONGEST:
        raise Refused({"words": "headquarters.fault.long"})
    found.done_at, found.done_by, found.done_words = calendar_jp.now(), actor.account, words.strip()
    found.save(update_fields=["done_at", "done_by", "done_words"])
    events.record(verbs.FOLLOW_UP_DONE, actor=actor, object=("follow_up", found.pk))
    return found


@transaction.atomic
def hold(*, actor: Actor, meeting_id: UUID, minutes: str) -> Meeting:
    """Keep the minutes of a meeting that took place; again replaces them. Raises NotFound, Forbidden, Refused."""
    meeting = _meeting(actor, meeting_id)
    faults = {}
    if not minutes.strip():
        faults["minutes"] = "headquarters.fault.minutes"
    elif len(minutes.strip()) > 10 * LONGEST:
        faults["minutes"] = "headquarters.fault.long"
    elif meeting.on > calendar_jp.today():
        faults["minutes"] = "headquarters.fault.not_yet"
    if faults:
        raise Refused(faults)
    meeting.minutes = minutes.strip()
    meeting.held_at = meeting.held_at or calendar_jp.now()
    meeting.save(update_fields=["minutes", "held_at"])
    events.record(verbs.MEETING_HELD, actor=actor, object=("meeting", meeting.pk))
    return meeting
