"""The journey of a mother: she searches in her own words, applies, corrects, and receives a signed letter."""

from __future__ import annotations

import json
import re
from pathlib import Path

from journey_city import City
from journey_forms import about_children, about_mother, about_payment, fetch_letter, hand_in, open_case
from journey_papers import words_of
from journey_people import Clerk, Resident, Town


def test_a_resident_applies_and_the_city_decides_and_the_plan_moves(
    city: City, town: Town, tmp_path: Path
) -> None:
    before = city.plan_numbers()
    mother = town.resident()
    find_the_procedure(mother)
    number = apply_with_most_answers_there(mother)
    clerk = town.clerk("childcare-caseworker")
    ask_for_a_correction(clerk, number)
    correct(mother, number)
    decide(town, clerk, number)
    letter = receive_the_letter(mother, number, tmp_path)
    check_the_letter(city, town, letter, tmp_path)
    follow_the_plan(city, town, before)
    assert not city.faults()
    assert json.loads(city.run("audit", "verify", "--json").stdout)["ok"] is True
    ask_about_the_printed_code(town, letter)


def find_the_procedure(mother: Resident) -> None:
    """Everyday words lead to the right procedure, first in the list; then the card signs her in."""
    mother.go("/")
    mother.look("home")
    mother.box("q").fill("子どもが生まれた")
    mother.press("さがす")
    mother.look("search-found")
    assert mother.page.locator("main .card-title").first.inner_text() == "児童手当の認定請求"
    mother.click("main .card-title a")
    mother.look("procedure")
    mother.click("main a.button-large")
    mother.look("sign-in")
    mother.click("main form button")
    mother.click('button[value="mother"]')


def apply_with_most_answers_there(mother: Resident) -> str:
    """At least half of the answers are there; she adds the rest, a photo, and hands in."""
    mother.look("start")
    mother.click("main form button.button-large")
    assert "熊本県荒尾市緑ケ丘3丁目4-12" in mother.says()
    mother.look("form-text")
    about_mother(mother)
    assert mother.box("child-1.full_name.given").input_value() == "朝陽"
    assert mother.box("child-1.date_of_birth.year").input_value() == "8"
    mother.look("form-group")
    about_children(mother)
    mother.look("form-bank")
    about_payment(mother)
    mother.look("form-files")
    mother.attach("evidence.bank_book", "bank-book")
    mother.next()
    mother.look("check")
    rows = mother.page.locator("main .summary-row")
    answered = rows.filter(has=mother.page.locator(".summary-value")).count()
    known = rows.filter(has_text="から").filter(has=mother.page.locator(".chip")).count()
    assert answered == 18
    assert known == 12
    number = hand_in(mother)
    mother.look("received")
    return number


def ask_for_a_correction(clerk: Clerk, number: str) -> None:
    """The caseworker takes the case and asks for another photo of the bank book."""
    clerk.look("office-home")
    clerk.go("/office/inbox")
    clerk.look("office-inbox")
    clerk.open_case(number)
    clerk.look("office-case")
    clerk.submit_form("take")
    clerk.page.locator('input[name="terms"][value="evidence.bank_book"]').check()
    clerk.box("message").fill("通帳の写真がぼやけています。口座番号が読めるように撮り直してください。")
    clerk.submit_form("correction")
    assert "通帳の写真がぼやけています" in clerk.says()


def correct(mother: Resident, number: str) -> None:
    """She sees what is asked, at the question it is about, attaches another photo, and hands in again."""
    mother.go("/my/")
    mother.look("my-page")
    open_case(mother, number)
    assert "口座番号が読めるように撮り直してください" in mother.says()
    mother.look("case-correction")
    mother.press("内容を直す")
    assert "口座番号が読めるように撮り直してください" in mother.says()
    asked = mother.page.locator(".ask-asked")
    assert asked.count() == 1
    assert "通帳" in asked.inner_text()
    mother.look("form-correction")
    mother.click('button[name="_remove"]')
    mother.attach("evidence.bank_book", "bank-book-again")
    mother.next()
    assert hand_in(mother) == number


def decide(town: Town, clerk: Clerk, number: str) -> None:
    """The caseworker proposes; the head of section, and nobody else, makes it effective."""
    clerk.open_case(number)
    clerk.page.locator('input[name="outcome"][value="approved"]').check()
    clerk.submit_form("decision")
    assert clerk.page.locator("#finding-pays_from-error").count() == 1
    clerk.fill(**{"finding-pays_from": "令和8年12月"})
    clerk.submit_form("decision")
    assert not clerk.page.locator("form#approval").count()
    head = town.clerk("childcare-head")
    head.open_case(number)
    head.look("office-case-proposed")
    head.submit_form("approval")


def receive_the_letter(mother: Resident, number: str, folder: Path) -> Path:
    """The signed letter lies in the case a moment after the decision, marked as new until she has fetched it."""
    file = fetch_letter(mother, number, folder)
    assert file.read_bytes().startswith(b"%PDF-")
    mother.go("/my/")
    assert not mother.page.locator("main .mark-new").count()
    open_case(mother, number)
    mother.look("case-decided")
    return file


def check_the_letter(city: City, town: Town, letter: Path, folder: Path) -> None:
    """Anybody finds it genuine, by number and code, by the file, at the command line; one flipped byte is refused."""
    anybody = town.visitor()
    anybody.go("/verify")
    anybody.look("verify")
    anybody.box("file").set_input_files(letter)
    anybody.click(anybody.page.locator("main form button").last)
    assert "本物です" in anybody.says()
    anybody.look("verify-genuine", again="send")
    assert city.run("verify", str(letter)).returncode == 0
    altered = folder / "altered.pdf"
    content = bytearray(letter.read_bytes())
    content[len(content) // 2] ^= 1
    altered.write_bytes(content)
    anybody.go("/verify")
    anybody.box("file").set_input_files(altered)
    anybody.click(anybody.page.locator("main form button").last)
    assert "本物です" not in anybody.says()
    assert city.run("verify", str(altered), check=False).returncode != 0


def follow_the_plan(city: City, town: Town, before: dict[str, tuple[int | None, int | None]]) -> None:
    """The plan counts one case more, and one more that came online: in the numbers and on the page, and by no other."""
    online, cases = before["K2"]
    one_more = ((online or 0) + 1, (cases or 0) + 1)
    assert city.plan_numbers()["K2"] == one_more
    anybody = town.visitor()
    anybody.go("/plan")
    row = anybody.page.locator("tr", has=anybody.page.locator('a[href="#K2"]')).first
    # The table beside the picture stands folded until somebody asks for it.
    assert "{}/{}".format(*one_more) in (row.text_content() or "").replace(" ", "")
    anybody.look("plan")


def ask_about_the_printed_code(town: Town, letter: Path) -> None:
    """Number and code as printed are enough; a wrong code is not."""
    words = words_of(letter)
    number = re.search(r"令\d+-\d{6}", words)
    code = re.search(r"確認コード\s*([0-9A-Z][0-9A-Z -]{8,14}[0-9A-Z])", words)
    assert number
    assert code
    anybody = town.visitor()
    anybody.go("/verify")
    anybody.fill(number=number[0], code=code[1])
    anybody.click("main form button")
    assert "本物です" in anybody.says()
    assert number[0] in anybody.says()
    anybody.go("/verify")
    anybody.fill(number=number[0], code="AAAAAAAAAA")
    anybody.click("main form button")
    assert "確かめられませんでした" in anybody.says()
