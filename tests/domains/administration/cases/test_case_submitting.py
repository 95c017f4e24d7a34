"""Writing, attaching and handing in: nothing is asked twice, nothing is lost, nothing is doubled."""

from datetime import timedelta

import pytest

from dokodemo.adapters import storage
from dokodemo.administration.cases import actions, flow, logic, progress, queries, uploads
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.actions.submission import Incomplete
from dokodemo.administration.cases.models import Attachment, Case, Draft
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.parties import port
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Forbidden, NotFound, system
from tests.domains.administration.cases import building
from tests.domains.city.city_builders import register_clerk, self_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]
BANK_BOOK = "evidence.bank_book"


def test_a_draft_begins_with_what_the_city_knows() -> None:
    father = building.an_applicant()
    content = building.start(father).content
    assert content["values"]["applicant.full_name"]["given"] == "伸也"
    assert content["values"]["applicant.resident_here"] is True
    (child,) = content["values"]["child"]
    assert child["full_name"]["given"] == "陽葵"
    assert content["released"]["child-0.full_name"]["source"]["ja"]


def test_half_of_the_allowances_answers_are_there_before_anybody_types() -> None:
    father = building.an_applicant()
    port.assert_contact(actor=father, facts={"phone": building.ENTITLED["applicant.phone"]})
    case = building.a_case(father)
    assert (case.answers_typed, case.answers_total) == (6, 13)
    assert case.sources["applicant.full_name"] == "register"
    assert case.sources["applicant.bank_account"] == "typed"
    # A file is one answer, however much is known about it; what only the rules test was not asked and is not counted.
    assert case.sources[BANK_BOOK] == "typed"
    assert "applicant.resident_here" not in case.sources
    assert case.answers["applicant.resident_here"] is True


def test_starting_again_goes_on_with_the_open_draft() -> None:
    father = building.an_applicant()
    first = building.start(father)
    assert building.start(father).pk == first.pk
    assert queries.my_drafts(father) == [first]
    actions.discard_draft(actor=father, draft_id=first.pk)
    assert building.start(father).pk != first.pk


def test_a_thrown_away_draft_holds_nothing_and_opens_no_more() -> None:
    father = building.an_applicant()
    draft = building.filled_draft(father)
    actions.discard_draft(actor=father, draft_id=draft.pk)
    draft = Draft.objects.get(pk=draft.pk)
    assert draft.content == {"values": {}, "released": {}, "unaccepted": {}}
    assert not draft.attachments.filter(removed_at__isnull=True).exists()
    with pytest.raises(NotFound):
        queries.get_open_draft(father, draft.pk)
    with pytest.raises(NotFound):
        actions.submit(actor=father, draft_id=draft.pk)


def test_nobody_else_opens_a_draft() -> None:
    draft = building.start(building.an_applicant())
    neighbour = signed_in(building.a_neighbour())
    for actor in (neighbour, building.clerk(), building.head(), building.cio()):
        with pytest.raises(NotFound):
            queries.get_draft(actor, draft.pk)
        with pytest.raises(NotFound):
            actions.submit(actor=actor, draft_id=draft.pk)


def test_a_locked_answer_survives_every_post() -> None:
    father = building.an_applicant()
    draft = building.start(father)
    name = draft.content["values"]["applicant.full_name"]
    for forged in (building.NAME, None, "", {}):
        saved = actions.save_page(
            actor=father,
            draft_id=draft.pk,
            index=0,
            values={"applicant.full_name": forged, "applicant.resident_here": False, "child": []},
        )
        assert saved.content["values"]["applicant.full_name"] == name
        assert saved.content["values"]["applicant.resident_here"] is True
        assert len(saved.content["values"]["child"]) == 1


def test_what_was_typed_and_not_accepted_waits_on_its_page() -> None:
    father = building.an_applicant()
    draft = building.start(father)
    raw = {"raw": {"applicant.phone": "abc"}, "errors": {}}
    actions.save_page(actor=father, draft_id=draft.pk, index=0, values={}, unaccepted=raw, done=False)
    saved = queries.get_open_draft(father, draft.pk)
    assert saved.content["unaccepted"] == {"0": raw}
    assert saved.pages_done == 0
    actions.save_page(
        actor=father, draft_id=draft.pk, index=0, values={"applicant.phone": "0968630000"}, unaccepted=None
    )
    saved = queries.get_open_draft(father, draft.pk)
    assert saved.content["unaccepted"] == {}
    assert saved.pages_done == 1


def test_a_page_that_asks_nothing_cannot_be_saved() -> None:
    father = building.an_applicant()
    draft = building.start(father)
    with pytest.raises(NotFound):
        actions.save_page(actor=father, draft_id=draft.pk, index=99, values={})


def test_only_who_may_file_begins_and_only_what_is_published() -> None:
    father = building.an_applicant()
    with pytest.raises(NotFound):
        building.start(father, "no-such-procedure")
    with pytest.raises(Forbidden):
        building.start(building.clerk())
    neighbour = signed_in(building.a_neighbour())
    with pytest.raises(Forbidden):
        building.start(neighbour, capacity=self_of(father))


# Files


def test_a_kept_photograph_says_nothing_of_where_it_was_taken() -> None:
    father = building.an_applicant()
    draft = building.start(father)
    assert b"CameraMaker" in building.photograph()
    kept = building.attach(father, draft.pk, BANK_BOOK, "通帳\u202e.jpg")
    content = queries.content_of(queries.get_attachment(father, kept.pk))
    assert b"CameraMaker" not in content
    assert b"GPS" not in content
    assert queries.get_attachment(father, kept.pk).name == "通帳.jpg"
    (answer,) = queries.get_open_draft(father, draft.pk).content["values"][BANK_BOOK]
    assert answer["attachment"] == str(kept.pk)
    assert answer["size"] == len(content)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "cases.file.empty"),
        (b"<html>", "cases.file.type"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 50, "cases.file.damaged"),
    ],
)
def test_a_refused_file_changes_nothing(data: bytes, code: str) -> None:
    father = building.an_applicant()
    draft = building.start(father)
    with pytest.raises(uploads.Unacceptable) as refused:
        building.attach(father, draft.pk, BANK_BOOK, data=data)
    assert refused.value.code == code
    assert not Attachment.objects.exists()
    assert BANK_BOOK not in queries.get_open_draft(father, draft.pk).content["values"]


def test_at_most_five_files_answer_one_question() -> None:
    father = building.an_applicant()
    draft = building.start(father)
    for _ in range(5):
        building.attach(father, draft.pk, BANK_BOOK)
    with pytest.raises(uploads.Unacceptable) as refused:
        building.attach(father, draft.pk, BANK_BOOK)
    assert refused.value.code == "cases.file.too_many"
    assert len(queries.get_open_draft(father, draft.pk).content["values"][BANK_BOOK]) == 5


def test_a_file_is_taken_off_by_its_owner_alone() -> None:
    father = building.an_applicant()
    draft = building.start(father)
    kept = building.attach(father, draft.pk, BANK_BOOK)
    neighbour = signed_in(building.a_neighbour())
    with pytest.raises(NotFound):
        queries.get_attachment(neighbour, kept.pk)
    with pytest.raises(NotFound):
        actions.remove_attachment(actor=neighbour, draft_id=draft.pk, attachment_id=kept.pk)
    others = building.start(neighbour)
    with pytest.raises(NotFound):
        actions.remove_attachment(actor=neighbour, draft_id=others.pk, attachment_id=kept.pk)
    actions.remove_attachment(actor=father, draft_id=draft.pk, attachment_id=kept.pk)
    assert BANK_BOOK not in queries.get_open_draft(father, draft.pk).content["values"]
    with pytest.raises(NotFound):
        queries.get_attachment(father, kept.pk)
    with pytest.raises(NotFound):
        actions.remove_attachment(actor=father, draft_id=draft.pk, attachment_id=kept.pk)


def test_no_file_answers_a_question_that_is_not_asked() -> None:
    father = building.an_applicant()
    draft = building.start(father)
    for term in ("evidence.damage_photos", "applicant.phone", "nothing"):
        with pytest.raises(NotFound):
            building.attach(father, draft.pk, term)


def test_files_that_belong_to_nothing_are_swept_and_others_stay() -> None:
    father = building.an_applicant()
    draft = building.start(father)
    taken_off = building.attach(father, draft.pk, BANK_BOOK)
    stays = building.attach(father, draft.pk, BANK_BOOK)
    lost = storage.put(b"left by a crash", context="cases.attachment:00000000-0000-0000-0000-000000000000")
    actions.remove_attachment(actor=father, draft_id=draft.pk, attachment_id=taken_off.pk)
    assert actions.sweep_files(actor=system("cases")) == 0
    assert actions.sweep_files(actor=system("cases"), older_than=timedelta(seconds=-1)) >= 2
    for ref in (taken_off.storage_ref, lost.ref):
        with pytest.raises(storage.FileMissing):
            storage.get(ref)
    assert queries.content_of(stays)


# Handing in


def test_an_incomplete_draft_says_which_page_to_go_back_to() -> None:
    father = building.an_applicant()
    draft = building.start(father)
    with pytest.raises(Incomplete) as gap:
        actions.submit(actor=father, draft_id=draft.pk)
    assert gap.value.step.index == 0
    assert not Case.objects.exists()


def test_handing_in_twice_gives_the_same_case() -> None:
    father = building.an_applicant()
    draft = building.filled_draft(father)
    first = actions.submit(actor=father, draft_id=draft.pk)
    again = actions.submit(actor=father, draft_id=draft.pk)
    assert (again.pk, again.number) == (first.pk, first.number)
    assert Case.objects.count() == 1
    submitted = [e for e in events.of_object("case", first.pk) if e.verb == verbs.SUBMITTED]
    assert len(submitted) == 1


def test_the_draft_keeps_no_second_copy_of_what_was_handed_in() -> None:
    father = building.an_applicant()
    draft = building.filled_draft(father)
    case = actions.submit(actor=father, draft_id=draft.pk)
    closed = Draft.objects.get(pk=draft.pk)
    assert closed.content == {"values": {}, "released": {}, "unaccepted": {}}
    assert closed.handed_in
    assert queries.case_of_draft(closed) == case
    assert queries.my_drafts(father) == []


def test_a_receipt_number_drawn_twice_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = building.a_case().number
    drawn = iter([taken, taken, "261123-000001-7"])
    monkeypatch.setattr(logic, "receipt_number", lambda day: next(drawn))
    other = building.a_case(signed_in(building.a_neighbour()), facts={**building.ENTITLED, "child": []})
    assert other.number == "261123-000001-7"
    assert Case.objects.count() == 2


def test_a_page_that_is_no_longer_asked_leaves_nothing_in_the_case() -> None:
    father = building.an_applicant()
    draft = building.start(father)
    child = {**draft.content["values"]["child"][0], "cared_for": True, "relation": "子"}
    apart = {**child, "living_together": False}
    building.fill(
        father, draft.pk, {**building.ENTITLED, "child": [apart], "applicant.separate_children": "寮"}
    )
    building.attach(father, draft.pk, "evidence.separation")
    assert "applicant.separate_children" in queries.get_open_draft(father, draft.pk).content["values"]
    building.fill(father, draft.pk, {**building.ENTITLED, "child": [{**child, "living_together": True}]})
    case = actions.submit(actor=father, draft_id=draft.pk)
    assert "applicant.separate_children" not in case.answers
    assert "evidence.separation" not in case.answers
    assert {file.term for file in building.files_of(case)} == {BANK_BOOK}


def test_a_case_tells_where_and_when_it_arrived() -> None:
    case = building.a_case()
    today = calendar_jp.today()
    assert (case.state, case.kind, case.section, case.channel) == (
        "submitted",
        "application",
        building.CHILDCARE,
        "online",
    )
    assert case.number.startswith(f"{today:%y%m%d}-")
    assert case.due_on == today + timedelta(days=30)
    assert [m.name for m in progress.milestones(case)] == ["submitted"]


def test_somebody_unconfirmed_applies_with_nothing_prefilled_and_sees_the_case() -> None:
    stranger = signed_in(None)
    draft = building.start(stranger, capacity=port.UNCONFIRMED)
    assert draft.content["released"] == {}
    case = actions.submit(actor=stranger, draft_id=building.fill(stranger, draft.pk).pk)
    assert (case.applicant_id, case.subject_id) == (None, None)
    assert set(case.sources.values()) == {"typed"}
    assert queries.get_case(stranger, case.pk) == case
    with pytest.raises(NotFound):
        queries.get_case(signed_in(None), case.pk)
    assert queries.get_case_for_review(building.clerk(), case.pk) == case


def test_what_the_city_can_check_itself_is_not_asked_for() -> None:
    father = building.an_applicant()
    draft = building.start(father)
    procedure = procedures.compiled_version(draft.version_id)
    today = calendar_jp.today()
    child = {"date_of_birth": "2026-11-01", "living_together": True, "cared_for": True}
    unknown = {"child": [child]}
    known = {**unknown, "applicant.insurance_known": True}
    names = lambda answers: {q.term.name for q in flow.asked_terms(procedure, answers, on=today)}  # noqa: E731
    assert "evidence.health_insurance" in names(unknown)
    assert "evidence.health_insurance" not in names(known)


def test_wrong_section_and_other_roles_see_no_case() -> None:
    case = building.a_case()
    for actor in (building.cio(), building.clerk("health"), building.head("resident"), register_clerk()):
        with pytest.raises(NotFound):
            queries.get_case(actor, case.pk)
