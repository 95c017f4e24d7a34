"""What a clerk does on a case's page: each act once, each error beside its box, nothing typed lost."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from dokodemo.administration.cases import actions
from dokodemo.administration.cases.models import Correction, Decision, Message, Note
from dokodemo.administration.certificates.models import IssuedDocument
from dokodemo.kernel import calendar_jp
from tests.domains.entry import building as b
from tests.domains.entry.office.office_acts import APPROVED, ESCAPED, WORDS, error_beside, send


def test_taking_a_case_begins_the_review_and_a_second_click_changes_nothing() -> None:
    case, clerk = b.filed(), b.caseworker()
    for _ in range(2):
        response = send(case, "take", clerk)
        assert response.headers["Location"] == f"/office/cases/{case.pk}/?done=take"
    taken = b.fresh(case)
    assert (taken.state, taken.assignee_id) == ("in_review", clerk.pk)


def test_a_colleague_can_take_a_case_over() -> None:
    case, first, second = b.filed(), b.caseworker(), b.caseworker()
    send(case, "take", first)
    assert "自分の担当にする" in b.browser(second).get(f"/office/cases/{case.pk}/").content.decode()
    send(case, "take", second)
    assert b.fresh(case).assignee_id == second.pk


def test_a_rule_that_nobody_could_tick_is_passed_over() -> None:
    case, clerk = b.filed(), b.caseworker()
    send(case, "take", clerk)
    answer = send(case, "propose", clerk, outcome="refused", rules="9" * 5_000, reasons=WORDS)
    assert answer.status_code in {302, 422}


# Corrections


def test_a_correction_without_a_day_runs_fourteen_days() -> None:
    case = b.filed()
    assert send(case, "correction", terms=["applicant.phone"], message=WORDS).status_code == 302
    correction = Correction.objects.get(case=case)
    assert correction.due_on == calendar_jp.today() + timedelta(days=14)
    assert correction.terms == ["applicant.phone"]


@pytest.mark.parametrize("text", ["2099年1月31日", "2099/1/31", "2099-01-31", "２０９９．１．３１"])
def test_a_correction_takes_the_day_as_people_write_it(text: str) -> None:
    case = b.filed()
    send(case, "correction", terms=["applicant.phone"], message=WORDS, due_on=text)
    assert Correction.objects.get(case=case).due_on == date(2099, 1, 31)


def test_a_correction_says_everything_that_is_missing_at_once_and_keeps_what_was_typed() -> None:
    case = b.filed()
    html = error_beside(send(case, "correction", message=WORDS, due_on="来週"), "due_on")
    assert 'id="terms-error"' in html
    assert ESCAPED in html
    assert 'value="来週"' in html
    html = error_beside(send(case, "correction", terms=["applicant.phone"], due_on="2020-01-01"), "message")
    assert 'id="due_on-error"' in html
    assert 'value="applicant.phone" checked' in html
    assert not Correction.objects.exists()


def test_a_place_the_form_does_not_have_cannot_be_asked_for() -> None:
    case = b.filed()
    error_beside(send(case, "correction", terms=["applicant.secret"], message=WORDS), "terms")


def test_a_second_click_on_a_correction_shows_how_things_stand_and_keeps_the_words() -> None:
    case, clerk = b.filed(), b.caseworker()
    data = {"terms": ["applicant.phone"], "message": WORDS}
    assert send(case, "correction", clerk, **data).status_code == 302
    again = send(case, "correction", clerk, **data)
    assert again.status_code == 409
    assert ESCAPED in again.content.decode()
    assert Correction.objects.filter(case=case).count() == 1


def test_going_on_without_the_correction_twice_is_harmless() -> None:
    case, clerk = b.filed(), b.caseworker()
    send(case, "correction", clerk, terms=["applicant.phone"], message=WORDS)
    assert send(case, "cancel_correction", clerk).status_code == 302
    assert send(case, "cancel_correction", clerk).status_code == 409
    assert b.fresh(case).state == "in_review"


# Decisions


def test_a_refusal_without_reasons_comes_back_with_everything_typed() -> None:
    case = b.filed()
    html = error_beside(send(case, "propose", outcome="refused", conditions=WORDS), "reasons")
    assert 'id="outcome-refused" value="refused" checked' in html
    assert ESCAPED in html
    assert not Decision.objects.exists()


def test_a_decision_without_an_outcome_keeps_its_reasons_and_ticks() -> None:
    case = b.filed()
    html = error_beside(send(case, "propose", reasons=WORDS, rules=["1"]), "outcome")
    assert ESCAPED in html
    assert 'id="rule-1" value="1" checked' in html
    assert 'id="rule-0" value="0" checked' not in html


def test_rules_that_failed_are_already_chosen() -> None:
    case = b.filed(facts={"applicant.is_public_servant": True, "child.cared_for": True})
    html = b.browser(b.caseworker()).get(f"/office/cases/{case.pk}/").content.decode()
    assert 'id="rule-3" value="3" checked' in html
    assert 'id="rule-0" value="0" checked' not in html


def test_a_number_that_is_no_rule_is_refused() -> None:
    case = b.filed()
    response = send(case, "propose", outcome="refused", reasons=WORDS, rules=["99"])
    assert response.status_code == 422
    assert not Decision.objects.exists()


def test_a_proposal_is_written_once_even_on_a_double_click() -> None:
    case, clerk = b.filed(), b.caseworker()
    assert send(case, "propose", clerk, **APPROVED).status_code == 302
    again = send(case, "propose", clerk, outcome="refused", reasons=WORDS)
    assert again.status_code == 409
    assert ESCAPED in again.content.decode()
    assert Decision.objects.get(case=case).outcome == "approved"


def test_nobody_approves_their_own_proposal() -> None:
    case, head = b.filed(), b.head()
    send(case, "propose", head, **APPROVED)
    assert send(case, "approve", head).status_code == 409
    html = b.browser(head).get(f"/office/cases/{case.pk}/").content.decode()
    assert 'id="approval"' not in html
    assert "あなたの起案です" in html
    assert b.fresh(case).state == "proposed"


def test_another_head_approves_and_a_second_click_shows_the_decision() -> None:
    case, head = b.proposed(b.filed()), b.head()
    assert send(case, "approve", head).status_code == 302
    assert send(case, "approve", head).status_code == 409
    decided = b.fresh(case)
    assert (decided.state, decided.outcome) == ("decided", "approved")
    assert Decision.objects.filter(case=case, effective_at__isnull=False).count() == 1


def test_a_proposal_goes_back_only_with_a_reason_and_the_writer_reads_it() -> None:
    case, head = b.proposed(b.filed()), b.head()
    error_beside(send(case, "return", head, because="  "), "because")
    assert send(case, "return", head, because=WORDS).status_code == 302
    html = b.browser(b.caseworker()).get(f"/office/cases/{case.pk}/").content.decode()
    assert ESCAPED in html
    assert 'id="decision"' in html
    assert send(case, "return", head, because=WORDS).status_code == 409


def test_one_person_decides_where_the_definition_says_so() -> None:
    case = b.filed(slug="dog-registration")
    send(case, "fee", yen="3000")
    assert send(case, "propose", outcome="approved").status_code == 302
    assert b.fresh(case).state == "decided"


# Notifications


def test_a_notification_is_completed_and_never_approved() -> None:
    case = b.filed(slug="pregnancy-notification")
    html = b.browser(b.caseworker("health")).get(f"/office/cases/{case.pk}/").content.decode()
    assert 'id="complete"' in html
    assert 'id="decision"' not in html
    assert send(case, "propose", outcome="approved").status_code == 409
    assert send(case, "complete").status_code == 302
    assert send(case, "complete").status_code == 409
    assert b.fresh(case).state == "formally_complete"


# Fees and limits


def test_a_message_sent_twice_by_a_double_click_is_one_message() -> None:
    case, clerk, once = b.filed(), b.caseworker(), str(uuid4())
    for _ in range(2):
        assert send(case, "message", clerk, body="ご連絡です", once=once).status_code == 302
    assert Message.objects.filter(case=case).count() == 1
    send(case, "message", clerk, body="もう一つ", once=str(uuid4()))
    assert Message.objects.filter(case=case).count() == 2


def test_the_name_of_a_sending_cannot_reach_anothers_message() -> None:
    first, second, clerk = b.filed(), b.filed(), b.caseworker()
    once = str(uuid4())
    send(first, "message", clerk, body="一つ目", once=once)
    send(second, "message", clerk, body="二つ目", once=once)
    assert Message.objects.get(case=first).body == "一つ目"
    assert Message.objects.get(case=second).body == "二つ目"


def test_a_note_written_twice_by_a_double_click_is_one_note() -> None:
    case, clerk, once = b.filed(), b.caseworker(), str(uuid4())
    for _ in range(2):
        assert send(case, "note", clerk, note="電話あり", once=once).status_code == 302
    assert Note.objects.filter(case=case).count() == 1


@pytest.mark.parametrize(("act", "box"), [("message", "body"), ("note", "note")])
def test_an_empty_or_endless_text_is_refused_beside_its_box(act: str, box: str) -> None:
    case = b.filed()
    error_beside(send(case, act, **{box: " \n "}), box)
    html = error_beside(send(case, act, **{box: "長" * 2001}), box)
    assert "長" * 2001 in html


def test_a_note_is_not_shown_to_the_person() -> None:
    owner = b.resident_account(b.household()[0])
    case = b.filed(owner)
    send(case, "note", note="要注意の案件")
    assert "要注意の案件" not in b.browser(owner).get(f"/my/cases/{case.pk}/").content.decode()


# Letters


def test_a_letter_is_revoked_once_with_a_reason_by_the_head() -> None:
    case = b.proposed(b.filed())
    head = b.head()
    send(case, "approve", head)
    actions.issue_letter(case_id=case.pk)
    document = IssuedDocument.objects.get(case_id=case.pk)
    refused = send(case, "revoke", head, document=str(document.pk), reason="")
    assert refused.status_code == 422
    assert f'id="reason-error-{document.pk}"' in refused.content.decode()
    for _ in range(2):
        assert send(case, "revoke", head, document=str(document.pk), reason="mistake").status_code == 302
    document.refresh_from_db()
    assert document.revocation_reason == "mistake"
    assert send(case, "revoke", head, document=str(uuid4()), reason="mistake").status_code == 404


# Preview


def test_the_letters_words_can_be_read_before_anybody_decides() -> None:
    case = b.filed()
    url = reverse("office:preview", args=[case.pk])
    client = b.browser(b.caseworker())
    refusal = b.words(client.post(url, {"outcome": "refused", "rules": ["3"], "reasons": WORDS}).content)
    assert "却下通知書" in refusal
    assert "児童手当法第17条第1項" in refusal
    assert "審査請求をすることができます" in refusal
    assert "口座の名義人が違います" in refusal
    assert b.FAMILY_NAME in refusal
    approval = b.words(client.get(url, {"outcome": "approved"}).content)
    assert "決定通知書" in approval
    assert not Decision.objects.exists()
    assert b.fresh(case).state == "submitted"


def test_a_preview_without_reasons_says_that_they_are_needed() -> None:
    case = b.filed()
    response = b.browser(b.caseworker()).get(
        reverse("office:preview", args=[case.pk]), {"outcome": "refused"}
    )
    assert "理由を示してください" in response.content.decode()


def test_whoever_approves_reads_the_letter_of_the_proposal() -> None:
    case = b.proposed(b.filed(), outcome="refused", rules=[3], reasons="勤務先に請求してください。")
    words = b.words(b.browser(b.head()).get(reverse("office:preview", args=[case.pk])).content)
    assert "勤務先に請求してください。" in words
    assert "却下通知書" in words


def test_a_preview_of_a_decided_case_shows_the_case_and_keeps_what_was_typed() -> None:
    case = b.proposed(b.filed())
    response = b.browser(b.caseworker()).post(
        reverse("office:preview", args=[case.pk]), {"outcome": "refused", "reasons": WORDS}
    )
    assert response.status_code == 409
    assert ESCAPED in response.content.decode()


def test_the_preview_of_a_notification_is_its_receipt() -> None:
    case = b.filed(slug="pregnancy-notification")
    words = b.words(b.browser(b.caseworker("health")).get(reverse("office:preview", args=[case.pk])).content)
    assert "届出受理のお知らせ" in words
    assert "審査請求" not in words
