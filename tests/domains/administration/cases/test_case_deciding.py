"""Deciding: two persons, reasons, fees, limits; and who cannot."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from dokodemo.administration.cases import actions, logic, policies, queries, worklist
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.actions.review import BadRequest
from dokodemo.administration.cases.models import Case
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Forbidden, NotFound, Role
from tests.domains.administration.cases import building
from tests.domains.city.city_builders import signed_in, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]
DISCLOSURE = "personal-information-disclosure"
RECORD_COPY = "resident-record-copy"
PREGNANCY = "pregnancy-notification"


def test_the_case_goes_through_the_hands_of_two() -> None:
    case = building.a_case()
    clerk, head = building.clerk(), building.head()
    actions.take(actor=clerk, case_id=case.pk)
    actions.take(actor=clerk, case_id=case.pk)
    assert actions.begin_review(actor=clerk, case_id=case.pk).state == "in_review"
    assert actions.begin_review(actor=clerk, case_id=case.pk).assignee_id == clerk.account_id
    building.propose(case, actor=clerk)
    decision = actions.approve_proposal(actor=head, case_id=case.pk)
    case = queries.get_case(head, case.pk)
    assert (case.state, case.outcome, case.open) == ("decided", "approved", False)
    assert decision.effective_at == case.closed_at
    assert [event.verb for event in events.of_object("case", case.pk)] == [
        verbs.SUBMITTED,
        verbs.TAKEN,
        verbs.REVIEW_BEGUN,
        verbs.PROPOSED,
        verbs.DECIDED,
    ]
    with pytest.raises(logic.NotAllowed):
        actions.take(actor=building.clerk(), case_id=case.pk)


def test_nobody_approves_what_they_proposed() -> None:
    case = building.a_case()
    both = staff((building.CHILDCARE, Role.CASEWORKER), (building.CHILDCARE, Role.HEAD_OF_SECTION))
    building.propose(case, actor=both)
    with pytest.raises(logic.NotAllowed) as refused:
        actions.approve_proposal(actor=both, case_id=case.pk)
    assert refused.value.code == "cases.refused.own_proposal"
    assert queries.get_case(both, case.pk).state == "proposed"
    assert worklist.waiting_for_approval(both) == 0
    other = building.head()
    assert worklist.waiting_for_approval(other) == 1
    actions.approve_proposal(actor=other, case_id=case.pk)


def test_only_the_head_of_the_section_approves() -> None:
    case = building.a_case()
    building.propose(case)
    with pytest.raises(Forbidden):
        actions.approve_proposal(actor=building.clerk(), case_id=case.pk)
    neighbour = signed_in(building.a_neighbour())
    for actor in (building.cio(), building.head("health"), building.clerk("resident"), neighbour):
        with pytest.raises(NotFound):
            actions.approve_proposal(actor=actor, case_id=case.pk)
        with pytest.raises(NotFound):
            building.propose(case, actor=actor)
    with pytest.raises(logic.NotAllowed):
        building.propose(case)


def test_the_applicant_decides_nothing() -> None:
    father = building.an_applicant()
    case = building.a_case(father)
    for act in (actions.take, actions.begin_review, actions.approve_proposal, actions.complete_notification):
        with pytest.raises(NotFound):
            act(actor=father, case_id=case.pk)  # type: ignore[operator]
    with pytest.raises(NotFound):
        actions.write_note(actor=father, case_id=case.pk, body="x")


def test_a_returned_proposal_is_written_anew() -> None:
    case = building.a_case()
    building.propose(case, "refused", reasons="x")
    with pytest.raises(BadRequest):
        actions.return_proposal(actor=building.head(), case_id=case.pk, because=" ")
    returned = actions.return_proposal(
        actor=building.head(), case_id=case.pk, because="要件を見直してください"
    )
    assert returned.returned_because == "要件を見直してください"
    with pytest.raises(logic.NotAllowed):
        actions.approve_proposal(actor=building.head(), case_id=case.pk)
    case = building.decided(queries.get_case(building.clerk(), case.pk))
    assert case.outcome == "approved"
    assert len(queries.decisions_of(case)) == 2


def test_a_refusal_has_reasons_or_is_none() -> None:
    case = building.a_case()
    for more, field in (
        ({"outcome": "refused"}, "reasons"),
        ({"outcome": "refused", "reasons": " \n"}, "reasons"),
        ({"outcome": "refused", "rules": [99]}, "rules"),
        ({"outcome": "perhaps"}, "outcome"),
        ({"outcome": "completed"}, "outcome"),
        ({"outcome": "partially_approved", "reasons": "x"}, "outcome"),
    ):
        with pytest.raises(BadRequest) as refused:
            building.propose(case, **more)  # type: ignore[arg-type]
        assert refused.value.field == field
    assert queries.get_case(building.clerk(), case.pk).state == "submitted"
    building.propose(case, "refused", rules=[3, 3, 0])
    assert queries.standing_decision(case).rules == [0, 3]  # type: ignore[union-attr]


def test_the_proposal_keeps_how_the_rules_came_out() -> None:
    case = building.a_case()
    building.propose(case)
    kept = queries.standing_decision(case).assessment  # type: ignore[union-attr]
    assert kept["eligible"] is True
    assert [amount["value"] for amount in kept["amounts"]] == [10000]


def test_a_notification_is_completed_and_never_approved() -> None:
    mother = signed_in(building.a_family()[1])
    case = building.a_case(mother, PREGNANCY, facts={})
    assert case.kind == "notification"
    clerk = building.clerk(case.section)
    for outcome in ("approved", "refused"):
        with pytest.raises(logic.NotAllowed) as refused:
            building.propose(case, outcome, reasons="x")
        assert refused.value.code == "cases.refused.not_for_this_kind"
    with pytest.raises(logic.NotAllowed):
        actions.approve_proposal(actor=building.head(case.section), case_id=case.pk)
    done = actions.complete_notification(actor=clerk, case_id=case.pk)
    assert (done.state, done.outcome, done.open) == ("formally_complete", "", False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="decided", outcome="approved")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="proposed")


def test_the_database_knows_no_decision_without_an_outcome() -> None:
    case = building.a_case()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="decided")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(outcome="approved")


# Limits set by law


def test_a_disclosure_is_decided_within_thirty_days_and_extended_once(settings: object) -> None:
    settings.DOKODEMO_TODAY = date(2026, 11, 23)  # type: ignore[attr-defined]
    case = building.a_case(slug=DISCLOSURE, facts={"request.held_by_city": True})
    clerk = building.clerk(case.section)
    assert (case.due_on, case.limit_on) == (date(2026, 12, 23), date(2026, 12, 23))
    settings.DOKODEMO_TODAY = date(2026, 12, 20)  # type: ignore[attr-defined]
    extended = actions.extend_limit(actor=clerk, case_id=case.pk, reason="x")
    assert (extended.due_on, extended.limit_on) == (date(2027, 1, 22), date(2027, 1, 22))
    from dokodemo.administration.procedures import queries as procedures

    clock = queries.clock_of(extended, procedures.compiled_version(case.version_id))
    assert (clock.due, clock.level) == (date(2027, 1, 22), "calm")
    with pytest.raises(logic.NotAllowed):
        actions.extend_limit(actor=clerk, case_id=case.pk, reason="x")


def test_what_the_law_does_not_extend_is_not_extended() -> None:
    case = building.a_case()
    with pytest.raises(logic.NotAllowed) as refused:
        actions.extend_limit(actor=building.clerk(), case_id=case.pk, reason="x")
    assert refused.value.code == "cases.refused.no_extension"


# Around a decision


def test_messages_notes_and_satisfaction() -> None:
    father = building.an_applicant()
    case = building.a_case(father)
    actions.send_message(actor=building.clerk(), case_id=case.pk, body=" 通帳の写真が暗いです ")
    assert queries.to_do(father) == (0, 1)
    assert actions.read_messages(actor=father, case_id=case.pk) == 1
    assert queries.to_do(father) == (0, 0)
    actions.send_message(actor=father, case_id=case.pk, body="撮り直します")
    assert [(m.from_staff, m.body) for m in queries.messages_of(case)] == [
        (True, "通帳の写真が暗いです"),
        (False, "撮り直します"),
    ]
    for body in ("", " ", "長" * 2001):
        with pytest.raises(BadRequest):
            actions.send_message(actor=father, case_id=case.pk, body=body)
    actions.write_note(actor=building.clerk(), case_id=case.pk, body="電話済み")
    with pytest.raises(BadRequest):
        actions.give_satisfaction(actor=father, case_id=case.pk, points=6)
    actions.give_satisfaction(actor=father, case_id=case.pk, points=5)
    assert actions.give_satisfaction(actor=father, case_id=case.pk, points=1).satisfaction == 5
    with pytest.raises(Forbidden):
        actions.give_satisfaction(actor=building.clerk(), case_id=case.pk, points=1)


def test_a_correction_waits_for_the_person_on_the_first_page() -> None:
    father = building.an_applicant()
    case = building.a_case(father)
    actions.request_correction(
        actor=building.clerk(),
        case_id=case.pk,
        terms=["applicant.phone"],
        message="x",
        due_on=calendar_jp.today() + timedelta(days=7),
    )
    assert queries.to_do(father) == (1, 0)
    assert queries.to_do(signed_in(None)) == (0, 0)
    assert queries.to_do(building.clerk()) == (0, 0)


def test_a_case_is_found_by_its_number_by_those_who_may_see_it() -> None:
    case = building.a_case()
    assert queries.find_by_number(building.clerk(), case.number.replace("-", "")) == case
    for actor in (building.clerk("health"), signed_in(None)):
        assert queries.find_by_number(actor, case.number) is None
    assert queries.find_by_number(building.clerk(), "261123-000000-1") is None
    assert policies.approves(building.head(), case)
    assert not policies.approves(building.clerk(), case)
