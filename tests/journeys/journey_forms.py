"""What the people of the journeys answer, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from journey_city import wait_until
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


def account_answers() -> dict[str, str]:
    """A bank account and the insurance, by the names of their boxes."""
    account = {f"applicant.bank_account.{part}": text for part, text in ACCOUNT.items()}
    return account | {"applicant.bank_account.kind": "ordinary", "applicant.insurance_kind": "employees"}


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


DOG = {
    "dog.name": "ポチ",
    "dog.breed": "柴犬",
    "dog.date_of_birth.era": "reiwa",
    "dog.date_of_birth.year": "8",
    "dog.date_of_birth.month": "5",
    "dog.date_of_birth.day": "1",
    "dog.sex": "male",
    "dog.colour": "茶",
    "dog.acquired_on.era": "reiwa",
    "dog.acquired_on.year": "8",
    "dog.acquired_on.month": "11",
    "dog.acquired_on.day": "16",
    "dog.kept_here": "true",
    "dog.at_owners_address": "true",
    "dog.registered_before": "false",
    "dog.has_microchip": "false",
}
PREGNANCY = {
    "pregnancy.confirmed": "true",
    "pregnancy.confirmed_by": "見本産婦人科医院",
    "pregnancy.weeks": "9",
    "pregnancy.due_on.era": "reiwa",
    "pregnancy.due_on.year": "9",
    "pregnancy.due_on.month": "6",
    "pregnancy.due_on.day": "20",
    "pregnancy.babies": "1",
    "pregnancy.sti_checked": "true",
    "pregnancy.tb_checked": "false",
    "pregnancy.worries": "はじめてなので、何から準備すればよいかわかりません。",
}
COPY = {
    "request.scope": "self",
    "request.show_relation": "false",
    "request.show_nationality": "true",
    "request.copies": "2",
    "request.use": "bank",
    "applicant.phone": "090-0000-1111",
}
CARE = {
    "subject.phone": "0968-62-0001",
    "representative.relation": "family",
    "representative.mandate": "true",
    "care.reason": "足が悪くなり、家の中で転ぶようになりました。",
    "care.current_place": "home",
    "care.clinic": "見本内科医院",
    "care.doctor_name": "見本 一郎",
    "care.visit_contact": "坂本 由美子（娘）",
    "care.visit_phone": "090-0000-2222",
    "care.share_results": "true",
}


def give(person: Resident, name: str, text: str) -> None:
    """Answer one box, if this page has it and it is open: a choice is ticked, a text typed where none stands."""
    box = person.box(name)
    if not box.count():
        return
    kind = box.first.evaluate("box => box.type || box.tagName")
    if kind == "radio":
        person.choose(name, text)
    elif kind.startswith("select"):
        box.select_option(text)
    elif not box.input_value():
        box.fill(text)


def answer_page(person: Resident, answers: Mapping[str, str]) -> None:
    """Answer what we can of this page, and go on; questions an answer opens are answered too."""
    here = person.step()
    for _ in range(2):
        for name, text in answers.items():
            give(person, name, text)
        person.next()
        if person.step() != here or person.page.locator("#error-summary").count():
            return


def answer_pages(person: Resident, answers: Mapping[str, str], *, most: int = 12) -> None:
    """Page by page to the check: every question we have an answer to is answered, whatever page it stands on."""
    for _ in range(most):
        if person.step().endswith("/check"):
            return
        answer_page(person, answers)
    raise AssertionError(f"never came to the check: {person.says()}")


def apply(person: Resident, slug: str, answers: Mapping[str, str], *, name: str = "") -> str:
    """A whole application; returns the receipt number."""
    begin(person, slug, name=name)
    answer_pages(person, answers)
    return hand_in(person)


def open_case(person: Resident, number: str) -> None:
    """From my page to the case with this receipt number."""
    person.go("/my/")
    card = person.page.locator("main article").filter(has_text=number)
    person.click(card.locator(".card-title a"))


def fetch_letter(person: Resident, number: str, folder: Path) -> Path:
    """Wait for the letter of a case and take it home."""
    open_case(person, number)
    link = person.page.locator("main a.button", has_text="PDF")

    def there() -> bool:
        person.page.reload()
        return link.count() > 0

    wait_until(there, seconds=60, what="the letter")
    with person.page.expect_download() as waiting:
        link.first.click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    person.screens.keep_letter(file, number)
    return file
