"""What a clerk does on a case's page: each act once, each error beside its box, nothing typed lost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.urls import reverse

from dokodemo.administration.cases import actions
from dokodemo.administration.cases.models import Case, Correction, Decision, FeePayment, Message, Note
from dokodemo.administration.certificates.models import IssuedDocument
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account
from tests.domains.administration.cases import building
from tests.domains.entry import building as b

WORDS = "口座の名義人が違います <b>太字</b>"
APPROVED = {"outcome": "approved", "finding-pays_from": "2026-12"}
ESCAPED = "口座の名義人が違います &lt;b&gt;太字&lt;/b&gt;"


def send(case: Case, act: str, account: Account | None = None, **data: Any) -> HttpResponse:
    client = b.browser(account or b.caseworker(case.section))
    return client.post(reverse(f"office:{act}", args=[case.pk]), data)


def error_beside(response: HttpResponse, box: str, code: int = 422) -> str:
    """The page, after making sure that the error stands beside the box, is announced, and in the summary."""
    html = response.content.decode()
    assert response.status_code == code
    assert f'id="{box}-error"' in html
    assert "error-summary" in html
    assert "<title>エラー" in html
    return html


# Taking a case


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


def test_a_fee_is_taken_once_and_only_in_full() -> None:
    case, clerk = b.filed(slug="dog-registration"), b.caseworker("environment")
    html = error_beside(send(case, "fee", clerk, yen="千円"), "yen")
    assert 'value="千円"' in html
    error_beside(send(case, "fee", clerk, yen="2,999"), "yen")
    for digits in (13, 4_301, 50_000):
        assert "9" * digits in error_beside(send(case, "fee", clerk, yen="9" * digits), "yen")
    assert send(case, "fee", clerk, yen="3,000円").status_code == 302
    assert send(case, "fee", clerk, yen="3000").status_code == 409
    assert FeePayment.objects.get(case=case).yen == 3000


def test_an_approval_waits_for_its_fee() -> None:
    case = b.filed(slug="dog-registration")
    error_beside(send(case, "propose", outcome="approved"), "outcome")


def paid_copy(copies_before: int, copies_after: int) -> Case:
    """A copy of the resident record whose number was corrected after its fee was paid."""
    person = b.resident_account(building.a_family()[0])
    actor, fixed = b.acting(person), {"request.scope": "household", "request.show_relation": True}
    case = building.a_case(actor, "resident-record-copy", facts={**fixed, "request.copies": copies_before})
    clerk = building.clerk(case.section)
    actions.receive_fee(actor=clerk, case_id=case.pk, yen=case.fee_yen)
    due = calendar_jp.today() + timedelta(days=7)
    actions.request_correction(
        actor=clerk, case_id=case.pk, terms=["request.copies"], message="x", due_on=due
    )
    draft = actions.begin_correction(actor=actor, case_id=case.pk)
    building.fill(actor, draft.pk, {"request.copies": copies_after})
    return actions.submit(actor=actor, draft_id=draft.pk)


def both_pages(case: Case) -> tuple[str, str]:
    """A case as its clerk and as its applicant see it."""
    clerk = b.browser(b.caseworker(case.section)).get(reverse("office:case", args=[case.pk]))
    person = b.browser(case.owner).get(reverse("portal:case", args=[case.pk]))
    return clerk.content.decode(), person.content.decode()


def test_a_fee_that_a_correction_raised_shows_what_is_still_due() -> None:
    case = paid_copy(2, 3)
    for page in both_pages(case):
        assert "補正で手数料が変わりました" in page
        assert "300円" in page
    error_beside(send(case, "propose", outcome="approved"), "outcome")
    error_beside(send(case, "fee", yen="900"), "yen")
    assert send(case, "fee", yen="300").status_code == 302
    for page in both_pages(case):
        assert "補正で手数料が変わりました" not in page


def test_a_fee_that_a_correction_lowered_shows_what_is_to_be_returned() -> None:
    case = paid_copy(3, 2)
    for page in both_pages(case):
        assert "補正で手数料が変わりました" in page
    html = error_beside(send(case, "return_fee", back="六百円"), "back")
    assert 'value="六百円"' in html
    assert send(case, "return_fee", back="300円").status_code == 302
    assert send(case, "return_fee", back="300").status_code == 409
    for page in both_pages(case):
        assert "補正で手数料が変わりました" not in page


def test_a_statutory_limit_is_extended_once() -> None:
    case = b.filed(slug="personal-information-disclosure")
    before = case.limit_on
    assert send(case, "extend", extend_reason=WORDS).status_code == 302
    assert send(case, "extend", extend_reason=WORDS).status_code == 409
    after = b.fresh(case).limit_on
    assert before is not None
    assert after is not None
    assert (after - before).days == 30
    assert send(b.filed(), "extend", extend_reason=WORDS).status_code == 409


def test_an_extension_without_a_reason_comes_back_with_its_day() -> None:
    case = b.filed(slug="care-need-certification")
    response = send(case, "extend", until="きのう", extend_reason="")
    html = error_beside(response, "until")
    assert 'value="きのう"' in html
    error_beside(response, "extend_reason")
    assert ESCAPED in error_beside(send(case, "extend", until="2020-01-01", extend_reason=WORDS), "until")
    until = f"{calendar_jp.today() + timedelta(days=45):%Y/%m/%d}"
    assert send(case, "extend", until=until, extend_reason=WORDS).status_code == 302
    page = b.browser(b.caseworker(case.section)).get(reverse("office:case", args=[case.pk])).content.decode()
    assert ESCAPED in page


def test_a_limit_that_has_passed_says_so_in_place_of_the_form(settings: Any) -> None:
    case = b.filed(slug="personal-information-disclosure")
    address = reverse("office:case", args=[case.pk])
    assert 'id="extend"' in b.browser(b.caseworker(case.section)).get(address).content.decode()
    settings.DOKODEMO_TODAY = calendar_jp.today() + timedelta(days=31)
    page = b.browser(b.caseworker(case.section)).get(address).content.decode()
    assert 'id="extend"' not in page
    assert "法定期限を過ぎているので、もう延長できません" in page


# Steps of the examination


def test_an_approval_waits_for_the_steps_the_procedure_names() -> None:
    case = b.filed(slug="care-need-certification")
    clerk = b.caseworker(case.section)
    for step in ("investigation", "board"):
        response = send(case, "propose", clerk, outcome="approved")
        error_beside(response, "outcome")
        sent = send(case, "step", clerk, step=step, done_on="", step_note=WORDS)
        assert sent.headers["Location"] == f"/office/cases/{case.pk}/?done=step#steps"
    assert send(case, "propose", clerk, outcome="approved").status_code == 302
    page = b.browser(clerk).get(reverse("office:case", args=[case.pk])).content.decode()
    assert page.count(ESCAPED) == 2


def test_a_step_that_cannot_be_recorded_comes_back_with_its_note() -> None:
    case = b.filed(slug="care-need-certification")
    tomorrow = f"{calendar_jp.today() + timedelta(days=1):%Y-%m-%d}"
    for typed in ("きのう", tomorrow):
        html = error_beside(send(case, "step", step="board", done_on=typed, step_note=WORDS), "done_on")
        assert ESCAPED in html
        assert f'value="{typed}"' in html
        assert '<option value="board" selected>' in html
    error_beside(send(case, "step", step="issue", done_on=""), "step")


def test_a_procedure_without_such_steps_has_no_more_to_click() -> None:
    page = b.browser(b.caseworker()).get(reverse("office:case", args=[b.filed().pk])).content.decode()
    assert 'id="step-form"' not in page


def test_the_person_sees_the_step_and_its_day_and_not_the_note() -> None:
    case = b.filed(slug="care-need-certification")
    send(case, "step", step="board", done_on="令和8年11月20日", step_note=WORDS)
    page = b.browser(case.owner).get(reverse("portal:case", args=[case.pk])).content.decode()
    assert "審査会・委員会の審議が終わりました" in page
    assert "令和8年11月20日" in page
    assert "口座の名義人" not in page


# Talk


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
