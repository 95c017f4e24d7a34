"""A journey through the guide: begun by a visitor, gone on with signed in, and kept on one's page."""

from __future__ import annotations

from datetime import timedelta

from journey_guide import NEXT, answer_to_the_end, say_yes
from journey_people import Resident, Town

from dokodemo.kernel import calendar_jp


def test_a_visitor_signs_in_on_the_way_and_keeps_the_list(town: Town) -> None:
    person = town.resident()
    person.go("/")
    person.follow("質問に答えて、必要な手続きを知る")
    person.look("guides")
    person.follow("ペットを飼うとき")
    person.look("guide-page")
    first = say_yes(person)
    second = str(person.box("_page").get_attribute("value"))
    assert second != first
    person.click("button[name=_sign_in]")
    person.look("guide-sign-in", again=False)
    person.click("main form button")
    person.click('button[value="parent"]')
    assert person.page.url.endswith("/guide/pets/")
    assert person.box("_page").get_attribute("value") == second
    assert "dokodemo_guide" not in {cookie["name"] for cookie in person.context.cookies()}
    asked = answer_to_the_end(person)
    assert first not in asked
    assert "あなたに必要な手続き" in person.heading()
    person.look("guide-result", again=False)
    person.press("マイページに保存する")
    assert "保存しました" in person.says()
    person.look("guide-list")
    person.press("まとめて申請する")
    assert "まとめて申請" in person.heading()
    assert person.page.locator("form#choose input[name=slug]:checked").count() > 1
    person.go("/my/")
    person.look("my-with-lists")
    person.follow("ペットを飼うとき")
    person.press("この一覧を消す")
    assert "消しました" in person.says()


def test_the_guide_needs_no_javascript(town: Town) -> None:
    person = town.resident(java_script_enabled=False)
    person.go("/guide/pets/")
    assert len(answer_to_the_end(person)) > 1
    assert "あなたに必要な手続き" in person.heading()


def test_the_language_changes_in_the_middle_of_the_guide_and_nothing_is_lost(town: Town) -> None:
    person = town.resident()
    person.go("/guide/pets/")
    name = str(person.box("_page").get_attribute("value"))
    ticks = person.page.locator("input[name=_tick]")
    ticks.first.check()
    person.click('button[name="_language"][value="en"]')
    assert ticks.first.is_checked()
    person.press("Continue")
    assert person.box("_page").get_attribute("value") != name
    person.look("guide-english", again=False)
    person.press("Back to the question before")
    assert ticks.first.is_checked()


def test_the_browser_s_own_back_leads_to_the_question_before(town: Town) -> None:
    person = town.resident()
    person.go("/guide/pets/")
    names = [say_yes(person) for _ in range(2)]
    person.page.go_back()
    assert person.box("_page").get_attribute("value") == names[1]
    person.page.go_back()
    assert person.box("_page").get_attribute("value") == names[0]


TODAY = calendar_jp.today()


def tick(person: Resident, *values: str) -> None:
    for value in values:
        person.page.locator(f'input[name=_tick][value="{value}"]').check()
    person.click(NEXT)


def test_a_second_child_and_a_move_from_omuta_take_fewer_than_eight_questions(town: Town) -> None:
    """Not signed in: 転入届, 出生届, 児童手当 and 子ども医療費 are found, with the order and the deadlines."""
    person = town.resident()
    person.go("/guide/")
    person.page.locator("form[action$=together] summary").click()
    for event in ("birth", "moving_in"):
        person.page.locator(f'input[name=event][value="{event}"]').check()
    person.look("guides-together")
    person.go("/guide/")
    person.page.locator("form[action$=together] summary").click()
    for event in ("birth", "moving_in"):
        person.page.locator(f'input[name=event][value="{event}"]').check()
    person.click("form[action$=together] button.button")
    yes = {
        "birth_report.has_certificate",
        "applicant.main_earner",
        "child_medical.all_insured",
    }
    chosen = {
        "birth_report.informant": "father",
        "moving.direction": "into_city",
        "relocation.moved_out_by": "certificate",
        "relocation.who": "whole_family",
    }
    pages = 0
    while person.box("_page").count():
        names = str(person.box("_page").get_attribute("value")).split()
        pages += 1
        if names == ["topics"]:
            person.look("guide-topics")
            tick(person, "children")
        elif person.page.locator("input[name=_tick]").count():
            person.look("guide-ticks", again="send")
            tick(person, *(yes & set(names)))
        elif names == ["child"]:
            born = (TODAY - timedelta(days=1200), TODAY - timedelta(days=3))
            person.click("button[name=_add]")
            person.look("guide-children", again="send")
            for number, day in enumerate(born):
                for part in ("year", "month", "day"):
                    person.box(f"child-{number}.date_of_birth.{part}").fill(str(getattr(day, part)))
                person.choose(f"child-{number}.cared_for", "true")
            person.click(NEXT)
            assert person.box("_page").get_attribute("value") != "child"
        else:
            for name in names:
                person.choose(name, chosen[name])
            person.click(NEXT)
    assert pages < 8
    person.look("guide-result-second-child", again="send")
    text = person.page.locator("main").inner_text()
    found = text[: text.index("当てはまらない手続き")]
    for title in ("転入届", "出生届", "児童手当の認定請求", "子ども医療費の受給資格の申請"):
        assert title in found
    assert "と同時か、その後にできます" in found
