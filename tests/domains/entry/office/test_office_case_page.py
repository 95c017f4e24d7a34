"""The page of one case: everything a decision needs, and nothing this clerk may not see."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from dokodemo.administration.cases import actions, hiding
from dokodemo.administration.cases.models import Attachment, Case
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.parties.models import Resident, SignInLink
from dokodemo.entry.office import beside
from dokodemo.kernel import events
from dokodemo.kernel.access import Account, Role
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.vocabulary import Term
from tests.domains.administration.cases.building import ADDRESS, ENTITLED, NAME, decided, fill
from tests.domains.city.city_builders import term
from tests.domains.entry import building as b


def page(case: Case, account: Account | None = None, **query: str) -> str:
    """The case's page as read by a clerk of its section."""
    client = b.browser(account or b.caseworker(case.section))
    response = client.get(reverse("office:case", args=[case.pk]), query)
    assert response.status_code == 200
    return response.content.decode()


def corrected(owner: Account, case: Case, **answers: Any) -> None:
    """The person answers a correction with these answers."""
    actions.request_correction(
        actor=b.acting(b.caseworker(case.section)),
        case_id=case.pk,
        terms=["applicant.phone"],
        message="電話番号を直してください。",
        due_on=date(2099, 1, 1),
    )
    person = b.acting(owner)
    draft = actions.begin_correction(actor=person, case_id=case.pk)
    fill(person, draft.pk, {**ENTITLED, **{k.replace("__", "."): v for k, v in answers.items()}})
    actions.submit(actor=person, draft_id=draft.pk)


def test_points_stand_beside_the_rules_as_points() -> None:
    case = b.filed(slug="nursery-admission", facts={"nursery_parent.hours": 120})
    words = b.words(page(case))
    assert "試算 合計の点数" in words.replace("　", " ")
    assert "290点" in words
    assert "290円" not in words


# Answers beside the register


def test_an_answer_the_register_contradicts_is_said_in_words_and_counted() -> None:
    case = b.filed()
    case.answers = {
        **case.answers,
        "applicant.full_name": {**case.answers["applicant.full_name"], "given": "信也"},
    }
    case.save(update_fields=["answers"])
    words = b.words(page(case))
    assert "登録と違います：名" in words
    assert "相違 1件" in words


def test_an_answer_the_register_confirms_is_said_to_agree() -> None:
    case = b.filed()
    html = page(case)
    assert "登録と違います" not in html
    assert "一致" in html


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ({"family": "髙木", "given": "伸也", "family_kana": "タカキ", "given_kana": "シンヤ"}, []),
        ({"family": "髙木", "given": "伸也", "family_kana": "", "given_kana": ""}, []),
        (
            {"family": "高木", "given": "伸也", "family_kana": "タカギ", "given_kana": "シンヤ"},
            ["family", "family_kana"],
        ),
    ],
)
def test_a_name_differs_in_the_parts_that_the_register_knows(
    held: dict[str, str], expected: list[str]
) -> None:
    name: Term = term("applicant.full_name", "full_name", "person_name")
    answer = {"family": "髙木", "given": "伸也", "family_kana": "タカキ", "given_kana": "シンヤ"}
    assert beside.different_parts(name, answer, held) == expected


@pytest.mark.parametrize(("answer", "differs"), [("09011112222", False), ("090-1111-2223", True)])
def test_a_telephone_number_is_the_same_however_it_is_grouped(answer: str, differs: bool) -> None:
    phone: Term = term("applicant.phone", "phone", "phone")
    assert beside.differs(phone, answer, "090-1111-2222") is differs


def test_what_a_correction_changed_stands_before_and_after() -> None:
    owner = b.resident_account(b.household()[0])
    case = b.filed(owner)
    before = case.answers["applicant.phone"]
    corrected(owner, case, applicant__phone="0968-63-7777")
    words = b.words(page(b.fresh(case)))
    assert "補正で変わった項目" in words
    assert before in words
    assert "0968-63-7777" in words


# Protection (秘匿)


def test_a_protected_address_is_nowhere_on_the_page_of_another_section() -> None:
    owner = b.resident_account(b.household()[0])
    case = b.filed(owner)
    assert b.STREET in page(case)
    b.protected(people_of(case))
    for path in ("", "decision/preview"):
        response = b.browser(b.caseworker()).get(f"/office/cases/{case.pk}/{path}")
        assert response.status_code == 200
        assert b.STREET not in response.content.decode()
    assert "支援措置" in page(case)


def people_of(case: Case) -> list[Resident]:
    """The household a case is about."""
    subject = Resident.objects.get(pk=case.subject_id)
    return list(Resident.objects.filter(household_id=subject.household_id))


def test_a_protected_address_stays_hidden_when_an_act_comes_back_with_an_error() -> None:
    case = b.filed()
    b.protected(people_of(case))
    response = b.browser(b.caseworker()).post(f"/office/cases/{case.pk}/correction", {"message": ""})
    assert response.status_code == 422
    assert b.STREET not in response.content.decode()


def test_an_earlier_address_of_a_protected_person_is_hidden_too() -> None:
    owner = b.resident_account(b.household()[0])
    case = b.filed(owner)
    corrected(owner, case, applicant__phone="0968-63-7777")
    version = case.answer_versions.get()
    assert b.STREET in str(version.answers)
    version.answers = {
        **version.answers,
        "applicant.address": {**version.answers["applicant.address"], "full": f"{b.STREET}一番地"},
    }
    version.save(update_fields=["answers"])
    assert f"{b.STREET}一番地" in page(b.fresh(case))
    b.protected(people_of(case))
    assert b.STREET not in page(b.fresh(case))


def test_who_filed_unconfirmed_is_hidden_as_soon_as_the_sign_in_is_linked() -> None:
    people = b.protected(b.household())
    owner = b.resident_account()
    where = {**ADDRESS, "full": f"熊本県荒尾市{b.STREET}1-2"}
    case = b.filed(owner, "dog-registration", facts={"applicant.address": where})
    assert b.STREET in page(case)
    link_to(owner, people[0])
    assert "支援措置" in page(case)
    assert b.STREET not in page(case)
    assert b.STREET in page(
        case, b.staff_account((case.section, Role.CASEWORKER), ("resident", Role.CASEWORKER))
    )


def link_to(account: Account, resident: Resident) -> None:
    """A clerk has confirmed who an account is."""
    SignInLink.objects.filter(account=b.resident_account(resident)).update(account=account)


SEPARATE = {
    **ENTITLED,
    "child": [
        {
            "full_name": NAME,
            "date_of_birth": "2016-05-01",
            "relation": "子",
            "living_together": False,
            "cared_for": True,
        }
    ],
    "applicant.separate_children": f"{b.STREET}の祖母の家にいます",
    "applicant.phone": "0968-63-4321",
}


def test_a_text_that_tells_where_somebody_is_is_hidden_like_an_address() -> None:
    case = b.filed(facts=SEPARATE)
    shown = page(case)
    assert f"{b.STREET}の祖母の家" in shown
    assert "0968-63-4321" in shown
    b.protected(people_of(case))
    hidden = page(case)
    assert b.STREET not in hidden
    assert "0968-63-4321" not in hidden
    # The section still reads what it needs and what tells no place.
    assert "2016年" in hidden


def test_an_earlier_text_that_tells_where_somebody_is_is_hidden_too() -> None:
    owner = b.resident_account(b.household()[0])
    case = b.filed(owner, facts=SEPARATE)
    corrected(owner, case, **{**SEPARATE, "applicant.separate_children": f"{b.STREET}の叔母の家にいます"})
    assert f"{b.STREET}の叔母の家" in page(b.fresh(case))
    b.protected(people_of(case))
    assert b.STREET not in page(b.fresh(case))


def test_a_mark_that_a_later_version_brings_hides_what_earlier_versions_asked() -> None:
    case = b.filed(facts=SEPARATE)
    procedure = procedures.compiled_version(case.version_id)
    unmarked = {
        name: term.model_copy(update={"locates": False}) for name, term in procedure.vocabulary.terms.items()
    }
    before = replace(procedure, vocabulary=replace(procedure.vocabulary, terms=unmarked))
    assert "applicant.separate_children" in hiding.locating_terms(before)


def test_papers_of_a_protected_person_are_opened_by_the_authorised_section_alone() -> None:
    owner = b.resident_account(b.household()[0])
    case = b.filed(owner)
    paper = Attachment.objects.filter(case=case)[0]
    url = reverse("office:attachment", args=[paper.pk])
    clerk = b.caseworker()
    assert b.browser(clerk).get(url).status_code == 200
    assert url in page(case, clerk)
    b.protected(people_of(case))
    assert b.browser(clerk).get(url).status_code == 404
    hidden = page(case, clerk)
    assert url not in hidden
    assert paper.name not in hidden
    both = b.staff_account((case.section, Role.CASEWORKER), ("resident", Role.CASEWORKER))
    assert b.browser(both).get(url).status_code == 200
    mine = reverse("portal:attachment", args=[paper.pk])
    assert b.browser(owner).get(mine).status_code == 200


@pytest.mark.parametrize(("status", "words"), [("dead", "亡くなっています"), ("moved_out", "転出しています")])
def test_that_the_person_has_left_since_stands_with_the_answers(status: str, words: str) -> None:
    case = b.filed(slug="resident-record-copy")
    assert words not in page(case)
    Resident.objects.filter(pk=case.subject_id).update(status=status)
    assert words in page(case)
    client = b.browser(b.caseworker(case.section))
    answer = client.post(f"/office/cases/{case.pk}/decision", {"outcome": "approved"})
    assert answer.status_code == 422
    assert "除票の写しを窓口で請求できる" in b.words(answer.content)


def test_a_certificate_that_was_not_made_is_told_to_its_section() -> None:
    case = decided(b.filed(slug="resident-record-copy"))
    Resident.objects.filter(pk=case.subject_id).update(status="dead")
    actions.issue_letter(case_id=case.pk)
    words = b.words(page(case))
    assert "証明書を作りませんでした" in words
    assert "証明書を作らなかった" in words


def test_the_authorised_section_sees_the_address_of_a_protected_person() -> None:
    people = b.household()
    case = b.filed(b.resident_account(people[0]), "resident-record-copy")
    b.protected(people)
    assert b.STREET in page(case, b.caseworker("resident"))


# What is recorded


def viewed(case: Case) -> int:
    return Event.objects.filter(verb="cases.viewed", object_id=str(case.pk)).count()


def test_a_look_is_recorded_once_a_day_for_each_clerk() -> None:
    case, first, second = b.filed(), b.caseworker(), b.head()
    for _ in range(3):
        page(case, first)
    assert viewed(case) == 1
    page(case, second)
    assert viewed(case) == 2
    event = next(e for e in events.of_object("case", case.pk) if e.verb == "cases.viewed")
    assert event.actor == b.acting(first).ref


def test_opening_a_paper_is_recorded_each_time_and_comes_as_a_download() -> None:
    case, client = b.filed(), b.browser(b.caseworker())
    attachment = Attachment.objects.filter(case=case)[0]
    url = reverse("office:attachment", args=[attachment.pk])
    response = client.get(url)
    client.get(url)
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response.headers["Cache-Control"]
    assert Event.objects.filter(verb="cases.attachment_viewed", object_id=str(case.pk)).count() == 2


def test_no_name_and_no_address_reaches_the_log_or_the_events(caplog: pytest.LogCaptureFixture) -> None:
    case, client = b.filed(), b.browser(b.caseworker())
    with caplog.at_level(logging.DEBUG):
        client.get(reverse("office:case", args=[case.pk]))
        client.post(reverse("office:message", args=[case.pk]), {"body": f"{b.FAMILY_NAME}さん"})
        client.post(reverse("office:correction", args=[case.pk]), {"message": b.STREET})
    written = "".join(
        f"{e.verb}{e.refs}{e.numbers}{e.digests}{e.object_id}{e.actor}" for e in Event.objects.all()
    )
    logged = "".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("django.db")
    )
    for secret in (b.FAMILY_NAME, b.STREET):
        assert secret not in written
        assert secret not in logged


def test_the_page_is_kept_by_no_cache() -> None:
    response = b.browser(b.caseworker()).get(reverse("office:case", args=[b.filed().pk]))
    assert response.headers["Cache-Control"] == "private, no-store"


# Messages


def test_opening_the_case_reads_what_the_person_wrote() -> None:
    owner = b.resident_account(b.household()[0])
    case = b.filed(owner)
    message = actions.send_message(actor=b.acting(owner), case_id=case.pk, body="質問です")
    assert "新着" in page(case)
    message.refresh_from_db()
    assert message.read_at is not None
    assert "新着" not in page(case)
    assert Event.objects.filter(verb="cases.messages_read", object_id=str(case.pk)).count() == 1


def test_a_clerk_sees_whether_the_person_has_read_the_citys_message() -> None:
    owner = b.resident_account(b.household()[0])
    case = b.filed(owner)
    actions.send_message(actor=b.acting(b.caseworker()), case_id=case.pk, body="ご確認ください")
    assert "未読" in b.words(page(case))
    actions.read_messages(actor=b.acting(owner), case_id=case.pk)
    assert "既読" in b.words(page(case))


# The rest of the page


def test_a_second_application_of_the_same_person_is_pointed_out() -> None:
    owner = b.resident_account(b.household()[0])
    first = b.filed(owner)
    second = b.filed(owner)
    assert first.number in page(second)
    assert second.number in page(first)


def test_a_case_of_somebody_unknown_says_that_nothing_was_compared() -> None:
    case = b.filed(b.resident_account(), "dog-registration")
    words = b.words(page(case))
    assert "まだ確かめられていません" in words
    assert "登録と違います" not in words


def test_the_log_names_who_did_what_and_survives_a_verb_it_does_not_know() -> None:
    case, clerk = b.filed(), b.caseworker()
    actions.take(actor=b.acting(clerk), case_id=case.pk)
    with transaction.atomic():
        events.record("cases.something_new", actor=b.acting(clerk), object=("case", case.pk))
    words = b.words(page(case, clerk))
    assert "担当の決定 担当 childcare" in words
    assert "その他の記録" in words
