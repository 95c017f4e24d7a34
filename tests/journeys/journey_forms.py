"""What the people of the journeys answer, page by page."""

from __future__ import annotations

from journey_people import Resident

ACCOUNT = {
    "bank_name": "見本銀行",
    "bank_code": "0182",
    "branch_name": "荒尾支店",
    "branch_code": "101",
    "number": "1234567",
    "holder_kana": "タカキ ミサキ",
}


def begin(person: Resident, slug: str, *, name: str = "") -> None:
    """From a procedure's page to the first page of its form; `name` says for whom, where there is a choice."""
    person.go(f"/procedures/{slug}/")
    person.click("main a.button-large")
    if name:
        person.page.get_by_label(name).check()
    person.click("main form button.button-large")


def give_account(person: Resident) -> None:
    """Fill a bank account."""
    for part, text in ACCOUNT.items():
        person.box(f"applicant.bank_account.{part}").fill(text)
    person.box("applicant.bank_account.kind").select_option("ordinary")


def about_mother(person: Resident) -> None:
    """Child allowance, page 1: only two questions are open."""
    person.choose("applicant.is_public_servant", "false")
    person.choose("applicant.main_earner", "true")
    person.next()


def about_children(person: Resident, count: int = 2) -> None:
    """Child allowance, page 2: for each child one question is open."""
    for number in range(count):
        person.choose(f"child-{number}.cared_for", "true")
    person.next()


def about_payment(person: Resident) -> None:
    """Child allowance, page 3."""
    give_account(person)
    person.next()


def claim_child_allowance(person: Resident) -> str:
    """The mother's whole claim, straight through; returns the receipt number."""
    begin(person, "child-allowance-claim")
    about_mother(person)
    about_children(person)
    about_payment(person)
    person.attach("evidence.bank_book", "bank-book")
    person.next()
    return hand_in(person)


def hand_in(person: Resident) -> str:
    """From the check to the receipt; returns the receipt number."""
    person.click("main form button.button-large")
    return person.page.locator(".receipt-number").inner_text().strip()
