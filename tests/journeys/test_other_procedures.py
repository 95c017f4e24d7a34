"""Journeys through the other kinds of procedure: a notification, a fee, a certificate, a refusal."""

from __future__ import annotations

from pathlib import Path

from journey_city import City
from journey_forms import (
    COPY,
    DOG,
    PREGNANCY,
    account_answers,
    answer_page,
    apply,
    begin,
    fetch_letter,
    hand_in,
    open_case,
)
from journey_papers import words_of
from journey_people import Clerk, Town


def pay_at_the_counter(clerk: Clerk, number: str, yen: int) -> None:
    """The clerk takes the money and records it."""
    clerk.open_case(number)
    clerk.submit_form("take")
    clerk.fill(yen=str(yen))
    clerk.submit_form("fee")


def decide(clerk: Clerk, outcome: str) -> None:
    """Propose, or decide where one person may."""
    clerk.page.locator(f'input[name="outcome"][value="{outcome}"]').check()
    clerk.submit_form("decision")


def test_a_pregnancy_is_notified_and_completed_and_nobody_approves_it(town: Town, tmp_path: Path) -> None:
    mother = town.resident("foreigner")
    number = apply(mother, "pregnancy-notification", PREGNANCY)
    clerk = town.clerk("health-caseworker")
    clerk.open_case(number)
    clerk.look("office-case-notification")
    assert not clerk.page.locator("form#decision").count()
    clerk.submit_form("take")
    clerk.submit_form("complete")
    open_case(mother, number)
    assert "届出が完了しました" in mother.says()
    assert "荒尾市" in words_of(fetch_letter(mother, number, tmp_path))


def test_a_dog_is_registered_once_its_fee_is_paid_at_the_counter(town: Town, tmp_path: Path) -> None:
    owner = town.resident("dog-owner")
    number = apply(owner, "dog-registration", DOG)
    assert "3,000円" in owner.says()
    clerk = town.clerk("environment-caseworker")
    clerk.open_case(number)
    decide(clerk, "approved")
    assert "手数料" in clerk.page.locator(".error-summary").inner_text()
    clerk.look("office-case-fee-unpaid", again="send")
    pay_at_the_counter(clerk, number, 3000)
    decide(clerk, "approved")
    words = words_of(fetch_letter(owner, number, tmp_path))
    assert "ポチ" in words
    assert "3,000円" in words


def test_a_copy_of_the_resident_record_is_made_from_the_register(town: Town, tmp_path: Path) -> None:
    person = town.resident("parent")
    number = apply(person, "resident-record-copy", COPY)
    clerk = town.clerk("resident-caseworker")
    pay_at_the_counter(clerk, number, 600)
    decide(clerk, "approved")
    words = words_of(fetch_letter(person, number, tmp_path))
    assert "荒尾1840番地2" in words
    assert "昭和57年12月2日" in words


def test_a_refusal_carries_its_reasons_and_says_where_to_object(
    city: City, town: Town, tmp_path: Path
) -> None:
    father = town.resident("other-parent")
    begin(father, "child-allowance-claim")
    father.choose("applicant.is_public_servant", "true")
    father.choose("applicant.main_earner", "true")
    father.next()
    child = {
        "full_name.family": "原田",
        "full_name.given": "陸",
        "full_name.family_kana": "ハラダ",
        "full_name.given_kana": "リク",
        "date_of_birth.era": "reiwa",
        "date_of_birth.year": "2",
        "date_of_birth.month": "8",
        "date_of_birth.day": "9",
        "relation": "長男",
        "living_together": "true",
        "cared_for": "true",
    }
    answers = {f"child-0.{name}": text for name, text in child.items()}
    answers |= account_answers()
    answer_page(father, answers)
    answer_page(father, answers)
    father.attach("evidence.bank_book", "bank-book")
    if father.box("evidence.health_insurance").count():
        father.attach("evidence.health_insurance", "insurance")
    father.next()
    number = hand_in(father)

    clerk = town.clerk("childcare-caseworker")
    clerk.open_case(number)
    clerk.page.locator('input[name="rules"]:checked').first.wait_for()
    clerk.box("reasons").fill("勤務先に請求してください。")
    decide(clerk, "refused")
    head = town.clerk("childcare-head")
    head.open_case(number)
    head.submit_form("approval")
    words = words_of(fetch_letter(father, number, tmp_path)).replace("\n", "")
    assert "第17条第1項" in words
    assert "勤務先に請求してください。" in words
    assert "審査請求" in words
    assert "熊本県知事" in words
    open_case(father, number)
    father.look("case-refused")
    assert not city.faults()
