"""What was begun on another form comes along: nothing typed is lost, no file, and nothing is handed in twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dokodemo.administration.cases import actions, queries, together
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.joint_parts import own_name
from dokodemo.administration.cases.models import Attachment, Case, Draft
from dokodemo.city.parties import port
from dokodemo.kernel import events
from dokodemo.kernel.access import Actor, NotFound
from tests.domains.administration.cases import building
from tests.domains.city.city_builders import self_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]
ALLOWANCE, COPY, PREGNANCY = "child-allowance-claim", "resident-record-copy", "pregnancy-notification"
SEAL = "seal-certificate"
PHONE, COPIES = "applicant.phone", "request.copies"


def write(draft: Draft, *, later: int = 0, **answers: Any) -> Draft:
    """Answers as if typed, some minutes later than now."""
    given = {name.replace("__", "."): value for name, value in answers.items()}
    draft.content = {**draft.content, "values": {**draft.content["values"], **given}}
    draft.updated_at += timedelta(minutes=later)
    draft.save(update_fields=["content", "updated_at"])
    return draft


def begun(actor: Actor, *slugs: str) -> list[Draft]:
    return together.begun_elsewhere(actor, self_of(actor), slugs)


def brought(actor: Actor, *slugs: str) -> Draft:
    """A joint draft with everything that was begun for its procedures."""
    waiting = begun(actor, *slugs)
    draft = building.start_together(actor, *slugs)
    ids = [one.pk for one in waiting]
    return actions.carry_over(actor=actor, draft_id=draft.pk, from_ids=ids)


def test_answers_typed_on_single_forms_come_along_and_these_are_closed() -> None:
    father = building.an_applicant()
    allowance = building.filled_draft(father, ALLOWANCE)
    copy = write(building.start(father, COPY), request__copies=3)
    assert {draft.pk for draft in begun(father, ALLOWANCE, COPY, PREGNANCY)} == {allowance.pk, copy.pk}
    joint = brought(father, ALLOWANCE, COPY, PREGNANCY)
    values = joint.content["values"]
    assert values[own_name(COPIES, COPY)] == 3
    assert values[PHONE] == building.ENTITLED[PHONE]
    assert values["child"][0]["cared_for"] is True
    assert values["child"][0]["full_name"]["given"] == "陽葵"
    assert [draft.pk for draft in queries.my_drafts(father)] == [joint.pk]
    for old in (allowance, copy):
        old.refresh_from_db()
        assert (old.closed_at is not None, old.handed_in) == (True, False)
        assert old.content == {"values": {}, "released": {}, "unaccepted": {}}
    # Whoever wrote it goes through all pages once more.
    assert joint.pages_done == 0
    (told,) = [e for e in events.of_object("draft", joint.pk) if e.verb == verbs.ANSWERS_CARRIED_OVER]
    assert told.numbers == {"drafts": 2}
    bundle = actions.submit_together(actor=father, draft_id=building.fill(father, joint.pk).pk)
    cases = {case.procedure: case for case in bundle.cases.all()}
    assert cases[COPY].answers[COPIES] == 3
    assert cases[ALLOWANCE].answers["applicant.bank_account"] == building.BANK_ACCOUNT


def test_files_come_along_and_stay_readable() -> None:
    father = building.an_applicant()
    building.filled_draft(father, ALLOWANCE)
    joint = brought(father, ALLOWANCE, PREGNANCY)
    (one,) = joint.content["values"]["evidence.bank_book"]
    file = queries.get_attachment(father, one["attachment"])
    assert (file.draft_id, file.removed_at) == (joint.pk, None)
    assert queries.content_of(file)
    bundle = actions.submit_together(actor=father, draft_id=building.fill(father, joint.pk).pk)
    assert [case.procedure for case in bundle.cases.all() if case.attachments.exists()] == [ALLOWANCE]


@pytest.mark.parametrize("first", [True, False])
def test_of_two_answers_the_later_one_stands_whichever_was_begun_first(first: bool) -> None:
    father = building.an_applicant()
    later, earlier = (PREGNANCY, ALLOWANCE) if first else (ALLOWANCE, PREGNANCY)
    write(building.start(father, later), later=5, applicant__phone="09011111111")
    write(building.start(father, earlier), applicant__phone="09022222222")
    joint = brought(father, PREGNANCY, ALLOWANCE)
    assert joint.content["values"][PHONE] == "09011111111"


def test_what_was_typed_and_refused_comes_along() -> None:
    father = building.an_applicant()
    single = building.start(father, COPY)
    form = together.form_of(single)
    place = next(n for n, p in enumerate(form.pages) if COPIES in [q.term.name for q in p.questions])
    refused = {"raw": {COPIES: "たくさん"}, "errors": {COPIES: ["field.integer", {}, None]}, "settled": False}
    actions.save_page(actor=father, draft_id=single.pk, index=place, values={}, unaccepted=refused)
    joint = brought(father, ALLOWANCE, COPY)
    (kept,) = joint.content["unaccepted"].values()
    assert kept["raw"] == {own_name(COPIES, COPY): "たくさん"}
    assert kept["errors"].keys() == {own_name(COPIES, COPY)}


def test_an_older_joint_form_gives_up_what_the_new_one_takes_and_keeps_the_rest() -> None:
    father = building.an_applicant()
    old = building.fill(father, building.start_together(father, ALLOWANCE, COPY).pk)
    building.attach(father, old.pk, "evidence.mandate")
    joint = brought(father, COPY, PREGNANCY)
    old.refresh_from_db()
    assert [part.procedure for part in old.parts.all()] == [ALLOWANCE]
    assert old.closed_at is None
    assert own_name(COPIES, COPY) not in old.content["values"]
    assert own_name(COPIES, COPY) in joint.content["values"]
    # The mandate was for both: each form has it, and it is stored once.
    rows = [
        queries.get_attachment(father, draft.content["values"]["evidence.mandate"][0]["attachment"])
        for draft in (old, joint)
    ]
    assert [row.draft_id for row in rows] == [old.pk, joint.pk]
    assert len({row.storage_ref for row in rows}) == 1
    assert len({queries.content_of(row) for row in rows}) == 1


def test_a_procedure_leaves_the_joint_form_with_all_that_was_written_for_it() -> None:
    father = building.an_applicant()
    joint = building.fill(father, building.start_together(father, ALLOWANCE, COPY, PREGNANCY).pk)
    apart = actions.write_apart(actor=father, draft_id=joint.pk, slug=ALLOWANCE)
    assert (apart.procedure, apart.pages_done) == (ALLOWANCE, len(together.form_of(apart).pages))
    joint.refresh_from_db()
    assert [part.procedure for part in joint.parts.all()] == [COPY, PREGNANCY]
    assert "applicant.bank_account" not in joint.content["values"]
    assert joint.content["values"][PHONE] == apart.content["values"][PHONE]
    case = actions.submit(actor=father, draft_id=apart.pk)
    assert case.answers["applicant.bank_account"] == building.BANK_ACCOUNT
    assert case.attachments.filter(term="evidence.bank_book", removed_at__isnull=True).count() == 1
    bundle = actions.submit_together(actor=father, draft_id=joint.pk)
    assert {case.procedure for case in bundle.cases.all()} == {COPY, PREGNANCY}


def test_the_last_procedure_that_leaves_closes_the_joint_form() -> None:
    father = building.an_applicant()
    joint = building.fill(father, building.start_together(father, COPY, PREGNANCY).pk)
    for slug in (COPY, PREGNANCY):
        actions.write_apart(actor=father, draft_id=joint.pk, slug=slug)
    joint.refresh_from_db()
    assert joint.closed_at is not None
    assert {draft.procedure for draft in queries.my_drafts(father)} == {COPY, PREGNANCY}
    with pytest.raises(NotFound):
        actions.write_apart(actor=father, draft_id=joint.pk, slug=COPY)


def test_bringing_twice_changes_nothing() -> None:
    father = building.an_applicant()
    single = building.filled_draft(father, COPY)
    joint = brought(father, COPY, PREGNANCY)
    again = actions.carry_over(actor=father, draft_id=joint.pk, from_ids=[single.pk])
    assert again.content == joint.content
    told = [e for e in events.of_object("draft", joint.pk) if e.verb == verbs.ANSWERS_CARRIED_OVER]
    assert len(told) == 1


def test_only_ones_own_drafts_for_the_same_person_are_brought() -> None:
    father, _, child = building.a_family()
    actor, neighbour = signed_in(father), signed_in(building.a_neighbour())
    theirs = building.filled_draft(neighbour, COPY)
    joint = building.start_together(actor, COPY, PREGNANCY)
    with pytest.raises(NotFound):
        actions.carry_over(actor=actor, draft_id=joint.pk, from_ids=[theirs.pk])
    for other in (neighbour, building.clerk(), building.cio()):
        with pytest.raises(NotFound):
            actions.write_apart(actor=other, draft_id=joint.pk, slug=COPY)
    for_the_child = port.Capacity("legal_guardian", child.pk)
    childs = building.filled_draft(actor, COPY, capacity=for_the_child)
    assert begun(actor, COPY) == []
    actions.carry_over(actor=actor, draft_id=joint.pk, from_ids=[childs.pk])
    childs.refresh_from_db()
    assert childs.closed_at is None
    assert Attachment.objects.filter(draft=joint).count() == 0


def test_a_draft_that_holds_nothing_typed_is_not_asked_about() -> None:
    father = building.an_applicant()
    building.start(father, COPY)
    assert begun(father, COPY, PREGNANCY) == []
    with CaptureQueriesContext(connection) as asked:
        begun(father, COPY, PREGNANCY, ALLOWANCE)
    assert len(asked) <= 3


def test_each_certificate_has_its_own_number_of_copies_and_its_own_fee() -> None:
    father = building.an_applicant()
    joint = building.start_together(father, COPY, SEAL)
    labels = {
        question.term.name: question.term.label.ja
        for page in together.joint_form_of(joint).pages
        for question in page.questions
    }
    copy, seal = own_name(COPIES, COPY), own_name(COPIES, SEAL)
    assert labels[copy] == "必要な通数（住民票の写しの交付請求の分）"
    assert labels[seal] == "必要な通数（印鑑登録証明書の交付請求の分）"
    building.fill(father, joint.pk, {**building.ENTITLED, copy: 3, seal: 1})
    bundle = actions.submit_together(actor=father, draft_id=joint.pk)
    cases: dict[str, Case] = {case.procedure: case for case in bundle.cases.all()}
    assert [cases[slug].answers[COPIES] for slug in (COPY, SEAL)] == [3, 1]
    assert [cases[slug].fee_yen for slug in (COPY, SEAL)] == [900, 300]


def test_a_document_of_one_procedure_alone_goes_to_its_case_under_its_own_name() -> None:
    father = building.an_applicant()
    joint = building.start_together(father, "road-report", "illegal-dumping-report")
    photo = own_name("evidence.report_photo", "road-report")
    building.fill(father, joint.pk)
    building.attach(father, joint.pk, photo)
    bundle = actions.submit_together(actor=father, draft_id=joint.pk)
    files = {case.procedure: list(case.attachments.all()) for case in bundle.cases.all()}
    assert [file.term for file in files["road-report"]] == ["evidence.report_photo"]
    assert files["illegal-dumping-report"] == []
