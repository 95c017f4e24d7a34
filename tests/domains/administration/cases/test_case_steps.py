"""The steps of an examination: recorded with their day, needed for an approval, seen by the person without the note."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from dokodemo.administration.cases import actions, logic, progress
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.actions.review import BadRequest
from dokodemo.administration.cases.models import Case, StepRecord
from dokodemo.administration.procedures import queries as procedures
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import NotFound
from tests.domains.administration.cases import building
from tests.domains.city.city_builders import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]
CARE, COPY, LAMP = "care-need-certification", "resident-record-copy", "street-lamp-report"


def care() -> Case:
    return building.a_case(signed_in(building.a_neighbour()), CARE, facts={})


def done(case: Case, step: str, day: date | None = None, **more: Any) -> StepRecord:
    clerk = building.clerk(case.section)
    return actions.record_step(
        actor=clerk, case_id=case.pk, step=step, done_on=day or calendar_jp.today(), **more
    )


def propose(case: Case, outcome: str) -> None:
    building.propose(case, outcome, reasons="理由")


def days(case: Case) -> dict[str, date | None]:
    steps = progress.steps_of(case, procedures.compiled_version(case.version_id))
    return {step.name: step.day for step in steps}


def test_care_is_not_approved_before_the_inquiry_and_the_board() -> None:
    case = care()
    for step in ("investigation", "board"):
        with pytest.raises(BadRequest) as refused:
            propose(case, "approved")
        assert (refused.value.field, refused.value.code) == ("outcome", f"cases.decision.{step}_missing")
        done(case, step)
    propose(case, "approved")
    assert Case.objects.get(pk=case.pk).state == "proposed"


def test_a_refusal_and_a_withdrawal_wait_for_no_step() -> None:
    assert building.decided(care(), "refused", reasons="x").outcome == "refused"
    applicant = signed_in(building.a_neighbour(51))
    case = building.a_case(applicant, CARE, facts={})
    assert actions.withdraw(actor=applicant, case_id=case.pk).state == "withdrawn"


def test_a_procedure_that_names_no_such_step_is_decided_as_before() -> None:
    case = building.a_case(facts={**building.ENTITLED})
    assert progress.missing_step(case, procedures.compiled_version(case.version_id)) is None
    propose(case, "approved")


def test_the_steps_of_a_case_say_what_is_done_and_on_which_day(settings: Any) -> None:
    settings.DOKODEMO_TODAY = date(2026, 11, 23)
    case = care()
    assert set(days(case).values()) == {None}
    settings.DOKODEMO_TODAY = date(2026, 11, 30)
    actions.begin_review(actor=building.clerk(case.section), case_id=case.pk)
    done(case, "investigation", date(2026, 11, 27))
    settings.DOKODEMO_TODAY = date(2026, 12, 10)
    case = building.decided(case)
    assert days(case) == {
        "completeness": date(2026, 11, 30),
        "investigation": date(2026, 12, 10),
        "board": date(2026, 12, 10),
        "decision": date(2026, 12, 10),
    }


def test_a_step_recorded_again_puts_the_day_right_and_keeps_the_first() -> None:
    case, today = care(), calendar_jp.today()
    done(case, "investigation", today)
    done(case, "investigation", today - timedelta(days=2))
    assert days(case)["investigation"] == today - timedelta(days=2)
    assert StepRecord.objects.filter(case=case).count() == 2
    told = [(one.name, one.day) for one in progress.milestones(case) if one.is_step]
    assert told == [("step_investigation", today - timedelta(days=2))]


def test_a_step_is_one_event_and_its_note_is_in_none() -> None:
    case, once = care(), uuid4()
    clerk = building.clerk(case.section)
    for _ in range(2):
        actions.record_step(
            actor=clerk,
            case_id=case.pk,
            step="board",
            done_on=calendar_jp.today(),
            note=" 第三合議体 ",
            once=once,
        )
    assert StepRecord.objects.get(case=case).note == "第三合議体"
    (event,) = [e for e in events.of_object("case", case.pk) if e.verb == verbs.STEP_DONE]
    assert event.refs["step"] == "board"
    assert "合議体" not in f"{event.refs}{event.numbers}{event.digests}"


@pytest.mark.parametrize(
    ("step", "away", "field", "code"),
    [
        ("decision", 0, "step", "cases.step.choose"),
        ("completeness", 0, "step", "cases.step.choose"),
        ("board", 1, "done_on", "cases.step.not_yet"),
        ("board", -400, "done_on", "cases.step.too_early"),
    ],
)
def test_what_cannot_be_a_step_is_refused(step: str, away: int, field: str, code: str) -> None:
    case = care()
    with pytest.raises(BadRequest) as refused:
        done(case, step, calendar_jp.today() + timedelta(days=away))
    assert (refused.value.field, refused.value.code) == (field, code)


def test_a_note_too_long_and_another_section_are_refused() -> None:
    case = care()
    with pytest.raises(BadRequest) as refused:
        done(case, "board", note="長" * 2001)
    assert refused.value.field == "step_note"
    with pytest.raises(NotFound):
        actions.record_step(
            actor=building.clerk(), case_id=case.pk, step="board", done_on=calendar_jp.today()
        )


def test_nothing_is_recorded_after_a_decision_but_after_a_notification_is_complete() -> None:
    case = building.decided(care())
    with pytest.raises(logic.NotAllowed):
        done(case, "board")
    report = building.a_case(slug=LAMP, facts={})
    report = building.finished(report)
    assert done(report, "investigation").step == "investigation"
