"""A journey through the guide: begun by a visitor, gone on with signed in, and kept on one's page."""

from __future__ import annotations

from journey_people import Resident, Town

MOST_PAGES = 60


def answer_pages(person: Resident) -> list[str]:
    """Answer yes to what can be answered by yes and skip the rest, until the list."""
    asked: list[str] = []
    for _ in range(MOST_PAGES):
        if not person.box("_page").count():
            break
        name = str(person.box("_page").get_attribute("value"))
        asked.append(name)
        if person.page.locator(f'input[type=radio][name="{name}"]').count():
            person.choose(name, str(person.box(name).first.get_attribute("value")))
            person.click("form#guide .buttons button.button")
        else:
            person.click("button[name=_skip]")
    return asked


def test_a_visitor_signs_in_on_the_way_and_keeps_the_list(town: Town) -> None:
    person = town.resident()
    person.go("/")
    person.follow("質問に答えて、必要な手続きを知る")
    person.look("guides")
    person.follow("ペットを飼うとき")
    person.look("guide-page")
    first = str(person.box("_page").get_attribute("value"))
    person.choose(first, "true")
    person.click("form#guide .buttons button.button")
    second = str(person.box("_page").get_attribute("value"))
    assert second != first
    person.click("button[name=_sign_in]")
    person.look("guide-sign-in", again=False)
    person.click("main form button")
    person.click('button[value="parent"]')
    assert person.page.url.endswith("/guide/pets/")
    assert person.box("_page").get_attribute("value") == second
    assert "dokodemo_guide" not in {cookie["name"] for cookie in person.context.cookies()}
    asked = answer_pages(person)
    assert first not in asked
    assert "あなたに必要な手続き" in person.heading()
    person.look("guide-result", again=False)
    person.press("マイページに保存する")
    assert "保存しました" in person.says()
    person.look("guide-list")
    person.go("/my/")
    person.look("my-with-lists")
    person.follow("ペットを飼うとき")
    person.press("この一覧を消す")
    assert "消しました" in person.says()


def test_the_guide_needs_no_javascript(town: Town) -> None:
    person = town.resident(java_script_enabled=False)
    person.go("/guide/pets/")
    assert len(answer_pages(person)) > 1
    assert "あなたに必要な手続き" in person.heading()


def test_the_language_changes_in_the_middle_of_the_guide_and_nothing_is_lost(town: Town) -> None:
    person = town.resident()
    person.go("/guide/pets/")
    name = str(person.box("_page").get_attribute("value"))
    person.choose(name, "true")
    person.click('button[name="_language"][value="en"]')
    assert person.page.locator(f'[name="{name}"][value="true"]').is_checked()
    person.press("Continue")
    assert person.box("_page").get_attribute("value") != name
    person.look("guide-english", again=False)
    person.press("Back to the question before")
    assert person.page.locator(f'[name="{name}"][value="true"]').is_checked()


def test_the_browser_s_own_back_leads_to_the_question_before(town: Town) -> None:
    person = town.resident()
    person.go("/guide/pets/")
    names = []
    for _ in range(2):
        name = str(person.box("_page").get_attribute("value"))
        names.append(name)
        person.choose(name, "true")
        person.click("form#guide .buttons button.button")
    person.page.go_back()
    assert person.box("_page").get_attribute("value") == names[1]
    person.page.go_back()
    assert person.box("_page").get_attribute("value") == names[0]
