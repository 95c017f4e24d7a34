"""Correction and withdrawal: the clock stops, nothing is asked twice, and each end is told in words."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from dokodemo.administration.cases import actions, logic, progress, queries
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.actions.review import BadRequest
from dokodemo.administration.cases.models import AnswerVersion, Case, Correction, Draft
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Forbidden, NotFound
from tests.domains.administration.cases import building
from tests.domains.city.city_builders import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]
PHONE = "applicant.phone"
BANK_BOOK = "evidence.bank_book"


@pytest.fixture(autouse=True)
def _day(settings: object) -> None:
    settings.DOKODEMO_TODAY = date(2026, 11, 23)  # type: ignore[attr-defined]


def days_pass(settings: object, days: int) -> None:
    settings.DOKODEMO_TODAY = date(2026, 11, 23) + timedelta(days=days)  # type: ignore[attr-defined]


def ask(case: Case, *terms: str, days: int = 14, message: str = "番号をご確認ください") -> Correction:
    return actions.request_correction(
        actor=building.clerk(),
        case_id=case.pk,
        terms=terms or (PHONE,),
        message=message,
        due_on=calendar_jp.today() + timedelta(days=days),
    )


def test_the_clock_stops_until_the_person_answers(settings: object) -> None:
    father = building.an_applicant()
    case = building.a_case(father)
    ask(case)
    days_pass(settings, 5)
    draft = actions.begin_correction(actor=father, case_id=case.pk)
    building.fill(father, draft.pk, {**building.ENTITLED, PHONE: "0968631111"})
    corrected = actions.submit(actor=father, draft_id=draft.pk)
    assert corrected.pk == case.pk
    assert corrected.state == "in_review"
    assert corrected.answers[PHONE] == "0968631111"
    assert corrected.due_on == date(2026, 12, 28)
    (told,) = [e for e in events.of_object("case", case.pk) if e.verb == verbs.CORRECTED]
    assert told.numbers == {"waited_days": 5}


def test_a_correction_keeps_what_came_from_the_register_and_what_was_before() -> None:
    father = building.an_applicant()
    case = building.a_case(father)
    before = case.sources
    ask(case)
    draft = actions.begin_correction(actor=father, case_id=case.pk)
    assert draft.content["values"] == case.answers
    forged = {"applicant.full_name": building.NAME}
    actions.save_page(actor=father, draft_id=draft.pk, index=0, values={**case.answers, **forged})
    building.fill(father, draft.pk, {**building.ENTITLED, PHONE: "0968631111"})
    corrected = actions.submit(actor=father, draft_id=draft.pk)
    assert corrected.sources == before
    assert corrected.answers["applicant.full_name"] == case.answers["applicant.full_name"]
    assert corrected.answers["applicant.resident_here"] is True
    (earlier,) = AnswerVersion.objects.filter(case=case)
    assert earlier.answers == case.answers
    assert [d.place for d in queries.earlier_answers(corrected)] == [PHONE]


def test_only_the_second_childs_facts_stay_the_registers_when_the_first_was_typed() -> None:
    father = building.an_applicant()
    draft = building.start(father)
    known = draft.content["values"]["child"][0]
    older = {**known, "full_name": building.NAME, "date_of_birth": "2010-01-01", "relation": "養子"}
    members = [{**older, "cared_for": True}, {**known, "cared_for": True}]
    case = actions.submit(
        actor=father,
        draft_id=building.fill(father, draft.pk, {**building.ENTITLED, "child": members}).pk,
    )
    assert case.sources["child-1.full_name"] == "register"
    ask(case)
    again = actions.begin_correction(actor=father, case_id=case.pk)
    corrected = actions.submit(actor=father, draft_id=again.pk)
    assert corrected.sources == case.sources


def test_asking_for_a_correction_needs_places_words_and_time() -> None:
    case = building.a_case()
    for terms, message, days, field in (
        ((), "x", 14, "terms"),
        (("no.such",), "x", 14, "terms"),
        (("child-7.full_name",), "x", 14, "terms"),
        ((PHONE,), "  ", 14, "message"),
        ((PHONE,), "長" * 2001, 14, "message"),
        ((PHONE,), "x", 0, "due_on"),
    ):
        with pytest.raises(BadRequest) as refused:
            actions.request_correction(
                actor=building.clerk(),
                case_id=case.pk,
                terms=terms,
                message=message,
                due_on=calendar_jp.today() + timedelta(days=days),
            )
        assert refused.value.field == field
    ask(case, "child-0.full_name", BANK_BOOK)
    with pytest.raises(logic.NotAllowed):
        ask(case)


def test_two_open_corrections_cannot_exist() -> None:
    case = building.a_case()
    correction = ask(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.create(
            case=case,
            message="x",
            due_on=correction.due_on,
            requested_by_id=correction.requested_by_id,
            requested_at=calendar_jp.now(),
        )


def test_a_cancelled_correction_starts_the_clock_and_is_refused_in_words(settings: object) -> None:
    father = building.an_applicant()
    case = building.a_case(father)
    ask(case)
    draft = actions.begin_correction(actor=father, case_id=case.pk)
    building.attach(father, draft.pk, BANK_BOOK)
    days_pass(settings, 3)
    actions.cancel_correction(actor=building.clerk(), case_id=case.pk)
    with pytest.raises(logic.NotAllowed) as refused:
        actions.submit(actor=father, draft_id=draft.pk)
    assert refused.value.code == "cases.refused.correction_over"
    with pytest.raises(logic.NotAllowed):
        actions.begin_correction(actor=father, case_id=case.pk)
    closed = Draft.objects.get(pk=draft.pk)
    assert closed.content["values"] == {}
    assert not closed.handed_in
    case = queries.get_case(father, case.pk)
    assert (case.state, case.due_on) == ("in_review", date(2026, 12, 26))
    assert len(building.files_of(case)) == 1


def test_a_withdrawal_ends_an_open_correction_and_a_proposal() -> None:
    father = building.an_applicant()
    case = building.a_case(father)
    ask(case)
    draft = actions.begin_correction(actor=father, case_id=case.pk)
    withdrawn = actions.withdraw(actor=father, case_id=case.pk)
    assert (withdrawn.state, withdrawn.open) == ("withdrawn", False)
    with pytest.raises(logic.NotAllowed):
        actions.submit(actor=father, draft_id=draft.pk)
    with pytest.raises(logic.NotAllowed):
        actions.withdraw(actor=father, case_id=case.pk)

    other = building.a_case(signed_in(building.a_neighbour()), facts={**building.ENTITLED, "child": []})
    actions.propose_decision(
        actor=building.clerk(), case_id=other.pk, outcome="refused", reasons="子がいません"
    )
    owner = signed_in_as(other)
    actions.withdraw(actor=owner, case_id=other.pk)
    with pytest.raises(logic.NotAllowed):
        actions.approve_proposal(actor=building.head(), case_id=other.pk)


def signed_in_as(case: Case) -> object:
    from dokodemo.kernel.access import Actor

    return Actor(kind="resident", account_id=case.owner_id, resident_id=case.applicant_id)


def test_withdrawing_is_the_applicants_act_alone() -> None:
    case = building.a_case()
    for actor in (building.clerk(), building.head()):
        with pytest.raises(Forbidden):
            actions.withdraw(actor=actor, case_id=case.pk)
    with pytest.raises(NotFound):
        actions.withdraw(actor=signed_in(building.a_neighbour()), case_id=case.pk)


def test_a_paper_replaced_in_a_correction_stays_among_the_papers_of_the_case() -> None:
    father = building.an_applicant()
    case = building.a_case(father)
    (first,) = building.files_of(case)
    ask(case, BANK_BOOK)
    draft = actions.begin_correction(actor=father, case_id=case.pk)
    actions.remove_attachment(actor=father, draft_id=draft.pk, attachment_id=first.pk)
    better = building.attach(father, draft.pk, BANK_BOOK, "better.jpg")
    corrected = actions.submit(actor=father, draft_id=draft.pk)
    assert [f["attachment"] for f in corrected.answers[BANK_BOOK]] == [str(better.pk)]
    assert {f.pk for f in building.files_of(corrected)} == {first.pk, better.pk}
    assert queries.content_of(queries.get_attachment(building.clerk(), first.pk))


def test_answering_a_correction_twice_gives_the_case() -> None:
    father = building.an_applicant()
    case = building.a_case(father)
    ask(case)
    draft = actions.begin_correction(actor=father, case_id=case.pk)
    assert actions.begin_correction(actor=father, case_id=case.pk).pk == draft.pk
    for _ in range(2):
        assert actions.submit(actor=father, draft_id=draft.pk).pk == case.pk
    assert AnswerVersion.objects.filter(case=case).count() == 1


def test_a_second_correction_can_follow_the_first(settings: object) -> None:
    father = building.an_applicant()
    case = building.a_case(father)
    for round_ in (1, 2):
        ask(case)
        days_pass(settings, 2 * round_)
        draft = actions.begin_correction(actor=father, case_id=case.pk)
        actions.submit(actor=father, draft_id=draft.pk)
    case = queries.get_case(father, case.pk)
    assert case.due_on == date(2026, 12, 27)
    assert [m.name for m in progress.milestones(case)].count("corrected") == 2
