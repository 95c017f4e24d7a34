"""Acting for somebody else: prefill and sight follow the mandate, to the day."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from dokodemo.administration.cases import actions, queries
from dokodemo.city.parties import actions as party_actions
from dokodemo.city.parties import port
from dokodemo.city.parties.definitions import MandateKind
from dokodemo.city.parties.models import Resident
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from tests.domains.administration.cases import building
from tests.domains.city.city_builders import bring_in, register_clerk, row, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]
CARE = "care-need-certification"
RECORD_COPY = "resident-record-copy"


def father_and_daughter() -> tuple[Resident, Resident]:
    father, daughter = bring_in(
        row(71, 71, familyName="𠮷田", givenName="征四郎", dateOfBirth="1944-01-20"),
        row(72, 72, familyName="坂本", givenName="由美子", sex="2", dateOfBirth="1972-05-05"),
    )
    return father, daughter


def mandate(agent: Actor, principal: Resident, *, confirmed: bool = True, **more: object) -> UUID:
    made = party_actions.request_mandate(
        actor=agent,
        kind=MandateKind.MANDATE,
        principal_name="𠮷田 征四郎",
        principal_date_of_birth=date(1944, 1, 20),
        **more,  # type: ignore[arg-type]
    )
    if confirmed:
        party_actions.confirm_mandate(actor=register_clerk(), mandate_id=made, principal_id=principal.pk)
    return made


def test_a_daughter_files_for_her_father_in_his_name() -> None:
    father, daughter = father_and_daughter()
    agent, principal = signed_in(daughter), signed_in(father)
    capacity = port.Capacity("mandate", father.pk, mandate(agent, father))
    draft = building.start(agent, CARE, capacity)
    values = draft.content["values"]
    assert values["subject.full_name"]["family"] == "𠮷田"
    assert values["representative.full_name"]["family"] == "坂本"
    case = actions.submit(actor=agent, draft_id=building.fill(agent, draft.pk, {}).pk)
    assert (case.applicant_id, case.subject_id, case.capacity) == (father.pk, father.pk, "mandate")
    assert queries.get_case(agent, case.pk) == queries.get_case(principal, case.pk) == case
    assert queries.my_cases(agent)[0] == queries.my_cases(principal)[0] == [case]
    with pytest.raises(NotFound):
        queries.get_case(signed_in(building.a_neighbour()), case.pk)


def test_nothing_is_filled_in_while_the_mandate_is_unconfirmed() -> None:
    father, daughter = father_and_daughter()
    agent = signed_in(daughter)
    waiting = port.Capacity("mandate", father.pk, mandate(agent, father, confirmed=False))
    with pytest.raises(Forbidden):
        building.start(agent, CARE, waiting)
    with pytest.raises(Forbidden):
        building.start(agent, CARE, port.UNCONFIRMED)
    assert queries.my_drafts(agent) == []


def test_when_the_mandate_ends_the_agent_no_longer_sees_and_the_principal_does() -> None:
    father, daughter = father_and_daughter()
    agent, principal = signed_in(daughter), signed_in(father)
    number = mandate(agent, father)
    capacity = port.Capacity("mandate", father.pk, number)
    case = building.a_case(agent, CARE, capacity=capacity, facts={})
    begun = building.start(agent, RECORD_COPY, capacity)
    file = building.attach(agent, begun.pk, "evidence.mandate")
    port.revoke_mandate(actor=principal, mandate_id=number)
    for closed in (
        lambda: queries.get_case(agent, case.pk),
        lambda: actions.withdraw(actor=agent, case_id=case.pk),
        lambda: queries.get_draft(agent, begun.pk),
        lambda: actions.submit(actor=agent, draft_id=begun.pk),
        lambda: actions.save_page(actor=agent, draft_id=begun.pk, index=0, values={}),
        lambda: queries.get_attachment(agent, file.pk),
    ):
        with pytest.raises(NotFound):
            closed()
    assert queries.my_cases(agent) == ([], False)
    assert queries.my_drafts(agent) == []
    assert queries.to_do(agent) == (0, 0)
    assert queries.get_case(principal, case.pk) == case
    assert actions.withdraw(actor=principal, case_id=case.pk).state == "withdrawn"


def test_a_new_mandate_does_not_revive_the_draft_of_an_ended_one() -> None:
    father, daughter = father_and_daughter()
    agent, principal = signed_in(daughter), signed_in(father)
    first = mandate(agent, father)
    old = building.start(agent, CARE, port.Capacity("mandate", father.pk, first))
    port.revoke_mandate(actor=principal, mandate_id=first)
    again = port.Capacity("mandate", father.pk, mandate(agent, father))
    assert building.start(agent, CARE, again).pk != old.pk


def test_a_mandate_for_one_procedure_is_none_for_another() -> None:
    father, daughter = father_and_daughter()
    agent = signed_in(daughter)
    capacity = port.Capacity("mandate", father.pk, mandate(agent, father, scope=[CARE]))
    building.start(agent, CARE, capacity)
    with pytest.raises(Forbidden):
        building.start(agent, RECORD_COPY, capacity)


def test_the_principal_corrects_what_the_agent_filed() -> None:
    father, daughter = father_and_daughter()
    agent, principal = signed_in(daughter), signed_in(father)
    capacity = port.Capacity("mandate", father.pk, mandate(agent, father))
    case = building.a_case(agent, CARE, capacity=capacity, facts={})
    actions.request_correction(
        actor=building.clerk(case.section),
        case_id=case.pk,
        terms=["subject.full_name"],
        message="x",
        due_on=calendar_jp.today() + timedelta(days=7),
    )
    assert queries.to_do(principal)[0] == queries.to_do(agent)[0] == 1
    hers = actions.begin_correction(actor=agent, case_id=case.pk)
    his = actions.begin_correction(actor=principal, case_id=case.pk)
    assert hers.pk != his.pk
    assert queries.get_draft(principal, his.pk).capacity == "self"
    assert actions.submit(actor=principal, draft_id=his.pk).state == "in_review"
    from dokodemo.administration.cases import logic

    with pytest.raises(logic.NotAllowed):
        actions.submit(actor=agent, draft_id=hers.pk)


def test_a_parent_files_for_a_child_and_the_other_parent_does_not_see_it() -> None:
    father, mother, child = building.a_family()
    filer, other, young = signed_in(father), signed_in(mother), signed_in(child)
    capacity = port.Capacity("legal_guardian", child.pk)
    case = building.a_case(filer, RECORD_COPY, capacity=capacity, facts={})
    assert case.subject_id == child.pk
    assert case.answers["applicant.full_name"]["given"] == "陽葵"
    assert queries.get_case(filer, case.pk) == queries.get_case(young, case.pk)
    with pytest.raises(NotFound):
        queries.get_case(other, case.pk)
    assert queries.my_cases(other) == ([], False)


def test_a_child_that_comes_of_age_is_no_longer_followed_by_the_parent(settings: object) -> None:
    father, _, child = building.a_family()
    filer = signed_in(father)
    case = building.a_case(filer, RECORD_COPY, capacity=port.Capacity("legal_guardian", child.pk), facts={})
    settings.DOKODEMO_TODAY = date(2038, 7, 4)  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        queries.get_case(filer, case.pk)
    assert queries.get_case(signed_in(child), case.pk) == case


def test_a_sign_in_that_was_unlinked_no_longer_opens_what_was_prefilled() -> None:
    father = building.an_applicant()
    draft = building.start(father)
    unlinked = Actor(kind="resident", account_id=father.account_id)
    with pytest.raises(NotFound):
        queries.get_draft(unlinked, draft.pk)
    assert queries.my_drafts(unlinked) == []
