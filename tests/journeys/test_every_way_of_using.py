"""Journeys without what others take for granted: no JavaScript, no mouse, small screens, large text, other words."""

from __future__ import annotations

from journey_forms import DOG, account_answers, answer_page, apply, begin, hand_in
from journey_people import Resident, Town

TABS = 120
HAS_FOCUS = "selector => document.activeElement.matches(selector)"


def tab_to(person: Resident, selector: str) -> None:
    """Press Tab until what is wanted has the focus. Raises AssertionError when the keyboard never gets there."""
    for _ in range(TABS):
        if person.page.evaluate(HAS_FOCUS, selector):
            return
        person.page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reaches {selector} on {person.step()}")


def type_page(person: Resident, answers: dict[str, str]) -> None:
    """Fill a page by keys alone and press Enter on its button."""
    for name, text in answers.items():
        box = person.box(name)
        if not box.count() or (box.count() == 1 and box.input_value()):
            continue
        tab_to(person, f'[name="{name}"]')
        if box.count() > 1:
            values = [one.get_attribute("value") for one in box.all()]
            person.page.keyboard.press("Space")
            for _ in range(values.index(text)):
                person.page.keyboard.press("ArrowDown")
        elif box.evaluate("box => box.tagName") == "SELECT":
            options = [one.get_attribute("value") for one in box.locator("option").all()]
            for _ in range(options.index(text)):
                person.page.keyboard.press("ArrowDown")
        else:
            person.page.keyboard.type(text)
    tab_to(person, "form#apply .buttons button.button")
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")


def test_a_whole_application_needs_no_javascript(town: Town) -> None:
    person = town.resident("parent", java_script_enabled=False)
    begin(person, "child-allowance-claim")
    person.choose("applicant.is_public_servant", "false")
    person.choose("applicant.main_earner", "true")
    person.next()
    person.fill(**{"child-0.full_name.family": "渡邉"})
    person.click('button[name="_add"]')
    assert person.box("child-0.full_name.family").input_value() == "渡邉"
    assert person.box("child-1.full_name.family").count() == 1
    person.click('button[name="_remove"][value="child-1"]')
    assert person.box("child-1.full_name.family").count() == 0
    person.fill(
        **{
            "child-0.full_name.given": "蓮",
            "child-0.full_name.family_kana": "ワタナベ",
            "child-0.full_name.given_kana": "レン",
            "child-0.date_of_birth.year": "2011",
            "child-0.date_of_birth.month": "6",
            "child-0.date_of_birth.day": "21",
            "child-0.relation": "長男",
        }
    )
    person.choose("child-0.living_together", "true")
    person.choose("child-0.cared_for", "true")
    person.click('button[name="_language"][value="en"]')
    assert person.box("child-0.relation").input_value() == "長男"
    assert person.page.locator("html").get_attribute("lang") == "en"
    person.click('button[name="_language"][value="ja"]')
    person.next()
    for name, text in account_answers().items():
        give_without_script(person, name, text)
    person.next()
    person.attach("evidence.bank_book", "one")
    person.next()
    assert person.step().endswith("/check")
    assert "one.jpg" in person.says()
    person.click(person.page.locator("main .answers-head a").last)
    person.click('button[name="_remove"]')
    person.next()
    assert person.page.locator("#error-summary").count() == 1
    person.attach("evidence.bank_book", "two")
    person.next()
    assert "one.jpg" not in person.says()
    assert "two.jpg" in person.says()
    assert hand_in(person)


def give_without_script(person: Resident, name: str, text: str) -> None:
    box = person.box(name)
    if box.count() > 1:
        person.choose(name, text)
    elif name.endswith(".kind"):
        box.select_option(text)
    else:
        box.fill(text)


def test_a_whole_application_needs_no_mouse(town: Town) -> None:
    person = town.resident("dog-owner")
    person.go("/procedures/dog-registration/")
    person.page.keyboard.press("Tab")
    assert person.page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    tab_to(person, "main a.button-large")
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    tab_to(person, "main form button.button-large")
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    for _ in range(6):
        if person.step().endswith("/check"):
            break
        type_page(person, DOG)
    tab_to(person, "main form button.button-large")
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    assert person.page.locator(".receipt-number").count() == 1


def test_a_foreigner_applies_in_english_and_in_plain_japanese(town: Town) -> None:
    person = town.resident("foreigner")
    person.speak("en")
    begin(person, "pregnancy-notification")
    assert person.heading() == "About you"
    assert "NGUYEN" in person.says()
    person.next()
    person.next()
    assert "Please check" in person.page.locator(".error-summary").inner_text()
    person.look("form-errors", again="send")
    person.click('button[name="_language"][value="easy"]')
    assert "直" in person.page.locator(".error-summary").inner_text()
    assert person.page.locator("ruby").count() > 5
    person.click('button[name="_furigana"]')
    assert person.page.locator("ruby").count() == 0


def test_what_was_typed_survives_leaving_going_back_and_a_second_tab(town: Town) -> None:
    person = town.resident("parent")
    begin(person, "dog-registration")
    person.next()
    answer_page(person, {"dog.name": "ハナ", "dog.date_of_birth.year": "きのう"})
    assert person.page.locator("#error-summary").count()
    page = person.step()
    person.click('button[name="_save"]')
    assert "保存しました" in person.says()
    person.look("my-page-draft")
    person.go(page)
    assert person.box("dog.name").input_value() == "ハナ"
    assert person.box("dog.date_of_birth.year").input_value() == "きのう"
    person.box("dog.date_of_birth.year").fill("")
    answer_page(person, DOG)
    answer_page(person, DOG)
    check = person.step()
    person.follow("変更")
    person.look("form-from-check")
    person.next()
    assert person.step() == check
    second = person.context.new_page()
    second.goto(person.page.url)
    hand_in(person)
    receipt = person.step()
    second.locator("main form button.button-large").click()
    second.wait_for_url("**/received")
    assert second.url.endswith(receipt)
    person.go(check)
    assert "この申請はもう提出されています。" in person.says()
    person.go(page)
    assert "この申請はもう提出されています。" in person.says()


def test_a_draft_is_thrown_away_only_when_asked_twice(town: Town) -> None:
    person = town.resident("mother")
    begin(person, "dog-registration")
    person.follow("この下書きを捨てる")
    person.look("discard")
    person.follow("捨てずに続ける")
    assert "あなたについて" in person.heading()
    person.follow("この下書きを捨てる")
    person.press("捨てる")
    assert "下書きを捨てました。" in person.says()


def test_an_application_can_be_withdrawn_and_talked_about(town: Town) -> None:
    person = town.resident("mother")
    number = apply(person, "dog-registration", DOG)
    person.follow("申請の状況を見る")
    person.press("送る")
    assert person.page.locator("#error-summary").count() == 1
    person.look("case-message-error", again="send")
    person.fill(body="鑑札は窓口で受け取れますか。")
    person.press("送る")
    assert "鑑札は窓口で受け取れますか。" in person.says()
    clerk = town.clerk("environment-caseworker")
    clerk.open_case(number)
    clerk.box("body").fill("はい、開庁時間にお越しください。")
    clerk.submit_form("message-form")
    person.go("/")
    assert "新しい連絡が1件" in person.says()
    person.look("home-to-do")
    person.go("/my/")
    person.click(person.page.locator("main article").filter(has_text=number).locator("a").first)
    assert "はい、開庁時間にお越しください。" in person.says()
    person.look("case-messages")
    person.go("/")
    assert "新しい連絡" not in person.says()
    person.page.go_back()
    person.follow("この申請を取り下げる")
    person.look("withdraw")
    person.press("取り下げる")
    assert "申請を取り下げました。" in person.says()
