"""What the law and money ask of a clerk: fees taken and returned, limits extended in time, steps before an approval."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from dokodemo.administration.cases import actions
from dokodemo.administration.cases.models import Case, FeePayment
from dokodemo.kernel import calendar_jp
from tests.domains.administration.cases import building
from tests.domains.entry import building as b
from tests.domains.entry.office.office_acts import ESCAPED, WORDS, error_beside, send


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
    found = {"level": "care2", "valid_from": "2026-12-01", "valid_until": "2027-05-31"}
    typed = {f"finding-{name}": value for name, value in found.items()}
    assert send(case, "propose", clerk, outcome="approved", **typed).status_code == 302
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
