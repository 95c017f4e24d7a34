"""Fees and what is given for them: money counts once, follows a correction, and no certificate that may not be made."""

from datetime import timedelta
from typing import Any

import pytest

from dokodemo.administration.cases import actions, logic, queries
from dokodemo.administration.cases.actions.review import BadRequest
from dokodemo.administration.cases.models import Case, Decision
from dokodemo.city.parties import port
from dokodemo.city.parties.models import Resident, SignInLink
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import NotFound
from tests.domains.administration.cases import building
from tests.domains.city.city_builders import protect, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]
DISCLOSURE = "personal-information-disclosure"
RECORD_COPY = "resident-record-copy"
PREGNANCY = "pregnancy-notification"


# Fees


def a_copy(actor: object = None, copies: int = 2) -> Case:
    return building.a_case(
        actor,  # type: ignore[arg-type]
        RECORD_COPY,
        facts={"request.copies": copies, "request.scope": "household", "request.show_relation": True},
    )


def test_the_fee_is_for_as_many_copies_as_were_asked_for() -> None:
    case = a_copy(copies=3)
    assert (case.fee_yen, case.fee_state) == (900, "due")


def test_nothing_is_issued_before_its_fee_is_paid_and_money_counts_once() -> None:
    case = a_copy()
    clerk = building.clerk(case.section)
    with pytest.raises(BadRequest) as unpaid:
        building.propose(case)
    assert unpaid.value.code == "cases.decision.fee_unpaid"
    with pytest.raises(BadRequest):
        actions.receive_fee(actor=clerk, case_id=case.pk, yen=300)
    with pytest.raises(NotFound):
        actions.receive_fee(actor=building.clerk("childcare"), case_id=case.pk, yen=600)
    assert actions.receive_fee(actor=clerk, case_id=case.pk, yen=600).yen == 600
    with pytest.raises(logic.NotAllowed):
        actions.receive_fee(actor=clerk, case_id=case.pk, yen=600)
    building.propose(case)
    assert queries.get_case(clerk, case.pk).state == "decided"


def test_a_refusal_needs_no_fee() -> None:
    case = building.decided(a_copy(), "refused", reasons="x")
    assert (case.outcome, case.fee_state) == ("refused", "due")


def test_a_case_without_fee_receives_none() -> None:
    case = building.a_case()
    with pytest.raises(logic.NotAllowed):
        actions.receive_fee(actor=building.clerk(), case_id=case.pk, yen=1)


def test_a_correction_changes_a_fee_that_is_still_due() -> None:
    father = building.an_applicant()
    case = a_copy(father)
    actions.request_correction(
        actor=building.clerk(case.section),
        case_id=case.pk,
        terms=["request.copies"],
        message="x",
        due_on=calendar_jp.today() + timedelta(days=7),
    )
    draft = actions.begin_correction(actor=father, case_id=case.pk)
    building.fill(father, draft.pk, {"request.copies": 5})
    assert actions.submit(actor=father, draft_id=draft.pk).fee_yen == 1500


def corrected(father: Any, case: Case, copies: int) -> Case:
    """The case after its applicant changed the number of copies, as asked."""
    actions.request_correction(
        actor=building.clerk(case.section),
        case_id=case.pk,
        terms=["request.copies"],
        message="x",
        due_on=calendar_jp.today() + timedelta(days=7),
    )
    draft = actions.begin_correction(actor=father, case_id=case.pk)
    building.fill(father, draft.pk, {"request.copies": copies})
    return actions.submit(actor=father, draft_id=draft.pk)


def test_a_correction_that_raises_a_paid_fee_leaves_the_difference_due() -> None:
    father = building.an_applicant()
    case = a_copy(father)
    clerk = building.clerk(case.section)
    actions.receive_fee(actor=clerk, case_id=case.pk, yen=600)
    case = corrected(father, case, 5)
    assert (case.fee_yen, case.fee_state, queries.fee_left(case)) == (1500, "due", 900)
    with pytest.raises(BadRequest) as unpaid:
        building.propose(case)
    assert unpaid.value.code == "cases.decision.fee_unpaid"
    with pytest.raises(BadRequest):
        actions.receive_fee(actor=clerk, case_id=case.pk, yen=1500)
    actions.receive_fee(actor=clerk, case_id=case.pk, yen=900)
    building.propose(case)
    assert queries.fee_paid(case) == 1500


def test_a_correction_that_lowers_a_paid_fee_leaves_the_difference_to_be_returned_once() -> None:
    father = building.an_applicant()
    case = a_copy(father)
    clerk = building.clerk(case.section)
    with pytest.raises(logic.NotAllowed):
        actions.return_fee(actor=clerk, case_id=case.pk, yen=300)
    actions.receive_fee(actor=clerk, case_id=case.pk, yen=600)
    case = corrected(father, case, 1)
    assert (case.fee_yen, case.fee_state, queries.fee_left(case)) == (300, "paid", -300)
    with pytest.raises(BadRequest) as other:
        actions.return_fee(actor=clerk, case_id=case.pk, yen=600)
    assert other.value.field == "back"
    with pytest.raises(NotFound):
        actions.return_fee(actor=building.clerk("childcare"), case_id=case.pk, yen=300)
    assert actions.return_fee(actor=clerk, case_id=case.pk, yen=300).yen == -300
    with pytest.raises(logic.NotAllowed):
        actions.return_fee(actor=clerk, case_id=case.pk, yen=300)
    assert (queries.fee_paid(case), queries.fee_left(case)) == (300, 0)
    building.propose(case)


def test_a_certificate_is_issued_to_nobody_the_register_does_not_know() -> None:
    stranger = signed_in(None)
    draft = building.start(stranger, RECORD_COPY, port.UNCONFIRMED)
    case = actions.submit(actor=stranger, draft_id=building.fill(stranger, draft.pk, {}).pk)
    clerk = building.clerk(case.section)
    actions.receive_fee(actor=clerk, case_id=case.pk, yen=case.fee_yen)
    with pytest.raises(BadRequest) as refused:
        building.propose(case)
    assert refused.value.code == "cases.decision.nobody_confirmed"
    assert building.decided(case, "refused", reasons="本人が確認できません").outcome == "refused"


@pytest.mark.parametrize("status", ["dead", "moved_out"])
def test_nothing_is_certified_of_who_died_or_moved_out_after_applying(status: str) -> None:
    father, *_ = building.a_family()
    case = a_copy(signed_in(father))
    Resident.objects.filter(pk=father.pk).update(status=status)
    with pytest.raises(BadRequest) as refused:
        actions.receive_fee(actor=building.clerk(case.section), case_id=case.pk, yen=case.fee_yen)
    assert (refused.value.field, refused.value.code) == ("yen", f"cases.certificate.{status}")
    with pytest.raises(BadRequest) as refused:
        building.propose(case)
    assert (refused.value.field, refused.value.code) == ("outcome", f"cases.certificate.{status}")
    assert building.decided(case, "refused", reasons="除票の写しを窓口で請求できます").outcome == "refused"


def test_a_certificate_of_a_sheltered_household_is_refused_before_a_fee_is_taken() -> None:
    father, mother, _ = building.a_family()
    case = a_copy(signed_in(mother))
    protect(father)
    clerk = building.clerk(case.section)
    with pytest.raises(BadRequest) as refused:
        actions.receive_fee(actor=clerk, case_id=case.pk, yen=case.fee_yen)
    assert refused.value.code == "cases.certificate.at_counter"
    with pytest.raises(BadRequest) as refused:
        building.propose(case)
    assert refused.value.code == "cases.certificate.at_counter"


def test_no_fee_is_taken_from_who_filed_unconfirmed_and_turns_out_to_be_sheltered() -> None:
    father, *_ = building.a_family()
    protect(father)
    stranger = signed_in(None)
    draft = building.start(stranger, RECORD_COPY, port.UNCONFIRMED)
    case = actions.submit(actor=stranger, draft_id=building.fill(stranger, draft.pk, {}).pk)
    linked = signed_in(father)
    SignInLink.objects.filter(account_id=linked.account_id).update(account_id=stranger.account_id)
    with pytest.raises(BadRequest) as refused:
        actions.receive_fee(actor=building.clerk(case.section), case_id=case.pk, yen=case.fee_yen)
    assert refused.value.code == "cases.certificate.at_counter"


def test_who_dies_between_proposal_and_approval_is_not_certified() -> None:
    father, *_ = building.a_family()
    case = a_copy(signed_in(father))
    clerk = building.clerk(case.section)
    actions.receive_fee(actor=clerk, case_id=case.pk, yen=case.fee_yen)
    Decision.objects.create(
        case=case,
        outcome="approved",
        rules=[],
        reasons="",
        conditions="",
        assessment={},
        proposed_by_id=clerk.account_id,
        proposed_at=calendar_jp.now(),
    )
    Case.objects.filter(pk=case.pk).update(state="proposed")
    Resident.objects.filter(pk=father.pk).update(status="dead")
    with pytest.raises(logic.NotAllowed) as refused:
        actions.approve_proposal(actor=building.head(case.section), case_id=case.pk)
    assert refused.value.code == "cases.certificate.dead"


def test_no_certificate_is_applied_for_by_a_sheltered_household() -> None:
    father, mother, _ = building.a_family()
    person = signed_in(mother)
    draft = building.filled_draft(person, RECORD_COPY, facts={})
    protect(father)
    with pytest.raises(logic.NotAllowed) as refused:
        actions.submit(actor=person, draft_id=draft.pk)
    assert refused.value.code == "cases.refused.at_counter"
    assert not Case.objects.exists()
    # What was written stays, and everything that certifies nothing goes on as before.
    assert queries.get_open_draft(person, draft.pk).content["values"]
    assert building.a_case(person, building.CHILD_ALLOWANCE).number
