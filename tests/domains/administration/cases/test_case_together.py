"""Several applications on one form: asked once, handed in at once, and each a case of its own."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dokodemo.administration.cases import actions, flow, logic, queries, together
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.actions.submission import Incomplete
from dokodemo.administration.cases.joint_parts import own_name
from dokodemo.administration.cases.models import Attachment, Bundle, Case, Draft
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.parties import events as party_verbs
from dokodemo.city.parties import port
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound, system
from dokodemo.kernel.events.models import Event
from tests.domains.administration.cases import building, direct_counts
from tests.domains.city.city_builders import self_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]
ALLOWANCE, COPY, PREGNANCY = "child-allowance-claim", "resident-record-copy", "pregnancy-notification"
THREE = (ALLOWANCE, COPY, PREGNANCY)
MANDATE = "evidence.mandate"


def handed_in(actor: Actor, *slugs: str) -> tuple[Bundle, dict[str, Case]]:
    draft = building.fill(actor, building.start_together(actor, *slugs).pk)
    bundle = actions.submit_together(actor=actor, draft_id=draft.pk)
    return bundle, {case.procedure: case for case in bundle.cases.all()}


# Writing


def test_a_joint_draft_begins_with_what_the_city_knows_once() -> None:
    father = building.an_applicant()
    draft = building.start_together(father, *THREE)
    values = draft.content["values"]
    assert values["applicant.full_name"]["given"] == "伸也"
    assert values["child"][0]["full_name"]["given"] == "陽葵"
    # Nobody asks whether he lives here; the rules look at it, so it stands apart from his answers.
    assert "applicant.resident_here" not in values
    assert values["register:applicant.resident_here"] is True
    assert [part.procedure for part in draft.parts.all()] == list(THREE)


def test_the_record_says_for_each_purpose_what_was_released() -> None:
    father = building.an_applicant()
    building.start_together(father, *THREE)
    told = Event.objects.filter(verb=party_verbs.FACTS_RELEASED, object_id=str(father.resident_id))
    assert sorted(event.refs["purpose"] for event in told) == sorted(THREE)


def test_choosing_the_same_procedures_again_goes_on_with_the_open_draft() -> None:
    father = building.an_applicant()
    first = building.start_together(father, *THREE)
    assert building.start_together(father, PREGNANCY, COPY, ALLOWANCE).pk == first.pk
    assert building.start_together(father, ALLOWANCE, COPY).pk != first.pk
    assert building.start(father, ALLOWANCE).pk != first.pk
    assert len(queries.my_drafts(father)) == 3


@pytest.mark.parametrize("slugs", [(ALLOWANCE,), tuple(f"procedure-{n}" for n in range(13))])
def test_one_procedure_is_not_several_and_unknown_ones_are_nothing(slugs: tuple[str, ...]) -> None:
    father = building.an_applicant()
    with pytest.raises((logic.NotAllowed, NotFound)):
        building.start_together(father, *slugs)


def test_a_procedure_that_nobody_may_file_in_this_capacity_is_refused_with_a_reason() -> None:
    father, _, child = building.a_family()
    actor = signed_in(father)
    for_the_child = port.Capacity("legal_guardian", child.pk)
    wanted = together.chosen([COPY, PREGNANCY])
    assert together.refusals(actor, for_the_child, wanted) == {PREGNANCY: "cases.together.not_in_this_name"}
    with pytest.raises(Forbidden):
        building.start_together(actor, COPY, PREGNANCY, capacity=for_the_child)
    assert together.refusals(actor, self_of(actor), wanted) == {}


def test_whoever_is_not_confirmed_writes_about_one_person_only() -> None:
    stranger = signed_in(None)
    wanted = together.chosen([COPY, "care-need-certification"])
    refused = together.refusals(stranger, port.UNCONFIRMED, wanted)
    assert refused == {"care-need-certification": "cases.together.about_another"}
    confirmed = building.an_applicant()
    assert together.refusals(confirmed, self_of(confirmed), wanted) == {}


def test_a_joint_draft_is_nobody_elses() -> None:
    draft = building.start_together(building.an_applicant(), *THREE)
    for actor in (signed_in(building.a_neighbour()), building.clerk(), building.cio()):
        for act in (actions.submit_together, actions.discard_draft):
            with pytest.raises(NotFound):
                act(actor=actor, draft_id=draft.pk)
        with pytest.raises(NotFound):
            actions.take_out(actor=actor, draft_id=draft.pk, slug=COPY)


def test_a_draft_of_one_kind_is_not_handed_in_as_the_other() -> None:
    father = building.an_applicant()
    joint = building.fill(father, building.start_together(father, *THREE).pk)
    single = building.filled_draft(father)
    with pytest.raises(NotFound):
        actions.submit(actor=father, draft_id=joint.pk)
    with pytest.raises(NotFound):
        actions.submit_together(actor=father, draft_id=single.pk)
    assert not Case.objects.exists()


def test_a_new_version_published_meanwhile_changes_nothing_of_a_joint_draft(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    father = building.an_applicant()
    draft = building.fill(father, building.start_together(father, *THREE).pk)
    pinned = {part.procedure: part.version_id for part in draft.parts.all()}
    monkeypatch.setattr(procedures, "published", lambda: ())
    bundle = actions.submit_together(actor=father, draft_id=draft.pk)
    assert {case.procedure: case.version_id for case in bundle.cases.all()} == pinned


# Taking out


def test_a_procedure_taken_out_takes_with_it_what_only_it_asked() -> None:
    father = building.an_applicant()
    draft = building.fill(father, building.start_together(father, *THREE).pk)
    building.attach(father, draft.pk, "evidence.bank_book")
    fewer = actions.take_out(actor=father, draft_id=draft.pk, slug=ALLOWANCE)
    values = fewer.content["values"]
    assert not {"child", "applicant.bank_account", "evidence.bank_book"} & set(values)
    assert {"applicant.full_name", own_name("request.copies", COPY), "pregnancy.weeks"} <= set(values)
    assert not [place for place in fewer.content["released"] if place.startswith("child")]
    assert not Attachment.objects.filter(draft=draft, removed_at__isnull=True).exists()
    bundle = actions.submit_together(actor=father, draft_id=draft.pk)
    assert {case.procedure for case in bundle.cases.all()} == {COPY, PREGNANCY}


def test_taking_out_twice_changes_nothing_and_the_last_one_stays() -> None:
    father = building.an_applicant()
    draft = building.start_together(father, ALLOWANCE, COPY)
    for _ in range(2):
        actions.take_out(actor=father, draft_id=draft.pk, slug=ALLOWANCE)
    assert [part.procedure for part in draft.parts.all()] == [COPY]
    with pytest.raises(logic.NotAllowed) as refused:
        actions.take_out(actor=father, draft_id=draft.pk, slug=COPY)
    assert refused.value.code == "cases.together.last_one"
    taken = [e for e in events.of_object("draft", draft.pk) if e.verb == verbs.PROCEDURE_TAKEN_OUT]
    assert [event.refs["procedure"] for event in taken] == [ALLOWANCE]


def test_people_of_a_list_that_was_taken_out_do_not_move_to_another() -> None:
    father = building.an_applicant()
    draft = building.start_together(father, "moving-within", "address-protection")
    form = together.joint_form_of(draft)
    moving, protecting = (part.marks["household_member"] for part in form.parts)
    members = [
        {"full_name": building.NAME, moving: True, protecting: False},
        {"full_name": {**building.NAME, "given": "太郎"}, moving: False, protecting: True},
    ]
    draft.content = {**draft.content, "values": {**draft.content["values"], "household_member": members}}
    draft.save(update_fields=["content"])
    fewer = actions.take_out(actor=father, draft_id=draft.pk, slug="address-protection")
    assert fewer.content["values"]["household_member"] == [{"full_name": building.NAME}]


def test_what_was_typed_and_refused_moves_with_its_page() -> None:
    father = building.an_applicant()
    draft = building.start_together(father, ALLOWANCE, COPY, PREGNANCY)
    form = together.joint_form_of(draft)
    index = next(n for n, page in enumerate(form.pages) if page.title.ja == "妊娠について")
    actions.save_page(
        actor=father, draft_id=draft.pk, index=index, values={}, unaccepted={"raw": {"pregnancy.weeks": "九"}}
    )
    fewer = actions.take_out(actor=father, draft_id=draft.pk, slug=ALLOWANCE)
    (place,) = fewer.content["unaccepted"]
    assert together.joint_form_of(fewer).pages[int(place)].title.ja == "妊娠について"


# Handing in


def test_one_form_becomes_one_case_for_each_procedure_and_all_arrive_at_once() -> None:
    father = building.an_applicant()
    bundle, cases = handed_in(father, *THREE)
    assert set(cases) == set(THREE)
    assert {case.section for case in cases.values()} == {"childcare", "resident", "health"}
    assert len({case.number for case in cases.values()}) == 3
    assert {case.arrived_at for case in cases.values()} == {bundle.arrived_at}
    assert {case.kind for case in cases.values()} == {"application", "request", "notification"}
    # Each runs on its own clock, and owes its own fee.
    assert len({case.due_on for case in cases.values()}) == 3
    assert [cases[slug].fee_state for slug in THREE] == ["none", "due", "none"]
    for slug, case in cases.items():
        assert case.version_id == procedures.version_id_of(procedures.get_published(slug))


def test_each_case_holds_what_its_own_form_asks_and_nothing_else() -> None:
    _, cases = handed_in(building.an_applicant(), *THREE)
    for slug, case in cases.items():
        procedure = procedures.get_published(slug)
        asked = set(procedure.asked_names)
        for place in case.sources:
            group = flow.MEMBER.fullmatch(place)
            assert (f"{group['group']}.{group['field']}" if group else place) in asked
        tested = {name for name in case.answers if "." in name} - asked
        assert tested <= procedure.tested_names
        assert flow.first_incomplete(procedure, case.answers, on=calendar_jp.today()) is None
    assert "applicant.bank_account" not in cases[PREGNANCY].answers
    assert "pregnancy.weeks" not in cases[ALLOWANCE].answers
    # He is asked once for his telephone number, and each office gets it.
    assert len({case.answers["applicant.phone"] for case in cases.values()}) == 1


def test_each_case_is_what_a_form_of_its_own_would_have_made_it() -> None:
    father = building.an_applicant()
    _, cases = handed_in(father, *THREE)
    for slug, case in cases.items():
        alone = building.a_case(father, slug)
        for field in ("sources", "answers_total", "answers_typed", "fee_yen", "due_on", "subject_id"):
            assert getattr(case, field) == getattr(alone, field), (slug, field)
        files = {name for name in case.answers if name.startswith("evidence.")}
        assert {k: v for k, v in case.answers.items() if k not in files} == {
            k: v for k, v in alone.answers.items() if k not in files
        }


def test_a_document_is_in_every_case_that_needs_it_and_stored_once() -> None:
    father = building.an_applicant()
    draft = building.fill(father, building.start_together(father, *THREE).pk)
    building.attach(father, draft.pk, MANDATE)
    bundle = actions.submit_together(actor=father, draft_id=draft.pk)
    rows = []
    for case in bundle.cases.all():
        (file,) = [one for one in building.files_of(case) if one.term == MANDATE]
        assert [one["attachment"] for one in case.answers[MANDATE]] == [str(file.pk)]
        assert queries.get_attachment(building.clerk(case.section), file.pk) == file
        rows.append(file)
    assert len({file.pk for file in rows}) == 3
    assert len({file.storage_ref for file in rows}) == 1
    assert len({queries.content_of(file) for file in rows}) == 1
    assert {file.name for file in rows} == {"photo.jpg"}
    # Another section's clerk opens the paper of the own case only.
    by_section = {row.case.section: row for row in rows if row.case is not None}
    with pytest.raises(NotFound):
        queries.get_attachment(building.clerk("health"), by_section["childcare"].pk)


def test_a_shared_document_outlives_its_removal_from_one_case() -> None:
    father = building.an_applicant()
    draft = building.fill(father, building.start_together(father, *THREE).pk)
    building.attach(father, draft.pk, MANDATE)
    bundle = actions.submit_together(actor=father, draft_id=draft.pk)
    first, *others = [
        file for case in bundle.cases.order_by("id") for file in case.attachments.filter(term=MANDATE)
    ]
    Attachment.objects.filter(pk=first.pk).update(removed_at=calendar_jp.now())
    actions.sweep_files(actor=system("cases"), older_than=timedelta(seconds=-1))
    assert all(queries.content_of(file) for file in others)


def test_handing_in_twice_gives_the_same_bundle_and_one_event_for_each() -> None:
    father = building.an_applicant()
    draft = building.fill(father, building.start_together(father, *THREE).pk)
    first = actions.submit_together(actor=father, draft_id=draft.pk)
    assert actions.submit_together(actor=father, draft_id=draft.pk) == first
    assert (Case.objects.count(), Bundle.objects.count()) == (3, 1)
    assert Event.objects.filter(verb=verbs.SUBMITTED).count() == 3
    (told,) = Event.objects.filter(verb=verbs.BUNDLE_SUBMITTED)
    assert (told.object_id, told.numbers["cases"]) == (str(first.pk), 3)
    closed = Draft.objects.get(pk=draft.pk)
    assert closed.content == {"values": {}, "released": {}, "unaccepted": {}}
    assert closed.handed_in
    assert queries.my_drafts(father) == []


def test_all_cases_come_into_being_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    father = building.an_applicant()
    draft = building.fill(father, building.start_together(father, *THREE).pk)
    usual, numbers = logic.receipt_number, iter(range(2))

    def fails_at_the_third(day: object) -> str:
        next(numbers)
        return usual(day)  # type: ignore[arg-type]

    monkeypatch.setattr(logic, "receipt_number", fails_at_the_third)
    with pytest.raises((StopIteration, RuntimeError)):
        actions.submit_together(actor=father, draft_id=draft.pk)
    assert (Case.objects.count(), Bundle.objects.count()) == (0, 0)
    assert queries.get_open_draft(father, draft.pk).content["values"]["pregnancy.weeks"]
    monkeypatch.undo()
    assert actions.submit_together(actor=father, draft_id=draft.pk).cases.count() == 3


def test_a_receipt_number_drawn_twice_within_a_bundle_is_drawn_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    father = building.an_applicant()
    draft = building.fill(father, building.start_together(father, ALLOWANCE, COPY).pk)
    drawn = iter(["261123-000001-7", "261123-000001-7", "261123-000002-5", "261123-000003-3"])
    monkeypatch.setattr(logic, "receipt_number", lambda day: next(drawn))
    bundle = actions.submit_together(actor=father, draft_id=draft.pk)
    assert {case.number for case in bundle.cases.all()} == {"261123-000002-5", "261123-000003-3"}


def test_an_incomplete_joint_draft_says_which_page_to_go_back_to() -> None:
    father = building.an_applicant()
    draft = building.start_together(father, *THREE)
    with pytest.raises(Incomplete) as gap:
        actions.submit_together(actor=father, draft_id=draft.pk)
    assert gap.value.step.index == 0


def test_a_thrown_away_joint_draft_is_never_handed_in() -> None:
    father = building.an_applicant()
    draft = building.fill(father, building.start_together(father, *THREE).pk)
    actions.discard_draft(actor=father, draft_id=draft.pk)
    with pytest.raises(NotFound):
        actions.submit_together(actor=father, draft_id=draft.pk)
    assert not Bundle.objects.exists()


def test_a_case_of_a_bundle_is_corrected_and_withdrawn_alone() -> None:
    father = building.an_applicant()
    _, cases = handed_in(father, *THREE)
    actions.request_correction(
        actor=building.clerk(),
        case_id=cases[ALLOWANCE].pk,
        terms=["applicant.phone"],
        message="番号を直してください。",
        due_on=calendar_jp.today() + timedelta(days=14),
    )
    draft = actions.begin_correction(actor=father, case_id=cases[ALLOWANCE].pk)
    assert actions.submit(actor=father, draft_id=draft.pk) == cases[ALLOWANCE]
    actions.withdraw(actor=father, case_id=cases[COPY].pk)
    states = {case.procedure: case.state for case in Case.objects.all()}
    assert states == {ALLOWANCE: "in_review", COPY: "withdrawn", PREGNANCY: "submitted"}


# Reading


def test_a_bundle_shows_a_person_their_cases_and_nobody_elses() -> None:
    father = building.an_applicant()
    bundle, cases = handed_in(father, *THREE)
    found = together.get_bundle(father, bundle.pk)
    assert [case.procedure for case in found.cases] == list(THREE)
    for actor in (signed_in(building.a_neighbour()), building.clerk(), building.cio(), signed_in(None)):
        with pytest.raises(NotFound):
            together.get_bundle(actor, bundle.pk)
    mine, _ = queries.my_cases(father)
    assert {case.bundle_id for case in mine} == {bundle.pk}
    assert {case.pk for case in mine} == {case.pk for case in cases.values()}


def test_reading_a_bundle_takes_few_questions_of_the_database() -> None:
    father = building.an_applicant()
    bundle, _ = handed_in(father, *THREE)
    with CaptureQueriesContext(connection) as asked:
        together.get_bundle(father, bundle.pk)
    assert len(asked) == 1


def test_what_one_form_spared_is_counted() -> None:
    father = building.an_applicant()
    bundle, cases = handed_in(father, *THREE)
    today = calendar_jp.today()
    apart = sum(case.answers_typed for case in cases.values())
    assert bundle.typed_apart == apart
    # The telephone number is the one answer that all three forms ask and the register does not know.
    assert apart - bundle.typed_once == 2
    building.a_case(father)
    found = direct_counts.spared(since=today, until=today)
    assert (found.spared, found.apart) == (2, apart)


def test_saving_a_page_asks_the_database_as_often_for_five_procedures_as_for_two() -> None:
    father = building.an_applicant()
    few = building.start_together(father, COPY, PREGNANCY)
    many = building.start_together(
        father, ALLOWANCE, COPY, PREGNANCY, "seal-registration", "personal-information-disclosure"
    )

    def saving(draft: Draft) -> int:
        phone = {"applicant.phone": "09012345678"}
        actions.save_page(actor=father, draft_id=draft.pk, index=0, values=phone)
        with CaptureQueriesContext(connection) as asked:
            actions.save_page(actor=father, draft_id=draft.pk, index=0, values=phone)
        return len(asked)

    assert saving(few) == saving(many) <= 6
