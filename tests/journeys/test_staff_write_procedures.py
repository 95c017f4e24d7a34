"""Staff write a new subsidy without code: from nothing to found by search, every screen looked at, also without JavaScript."""

from __future__ import annotations

import re

from journey_people import Clerk, Town

FIRST = {
    "title.ja": "学用品の補助",
    "title.easy": "学校《がっこう》の ものを 買《か》う お金《かね》",
    "title.en": "Grant for school supplies",
    "law.name": "荒尾市学用品補助要綱（見本）",
    "law.article": "第3条",
}
TEXTS = {
    "summary.ja": "学用品を買う家庭に、市が補助します。",
    "summary.easy": "学校《がっこう》の ものを 買《か》う 人《ひと》に お金《かね》を 出《だ》します。",
    "summary.en": "The city helps families to buy school supplies.",
    "say": "ランドセルを買うお金\n学用品のお金がない",
}


def fill(clerk: Clerk, boxes: dict[str, str]) -> None:
    for name, text in boxes.items():
        clerk.page.locator(f'[name="{name}"]').fill(text)


def save(clerk: Clerk) -> None:
    clerk.press("保存する")


def test_a_subsidy_is_written_approved_and_found(town: Town) -> None:
    clerk = town.clerk("childcare-caseworker")
    clerk.go("/office/procedures")
    clerk.look("editor list")
    clerk.go("/office/procedures/new")
    clerk.look("editor new")
    fill(clerk, FIRST)
    clerk.press("書きはじめる")
    draft = re.sub(r"part/texts.*", "", clerk.page.url.removeprefix(clerk.city.address))

    fill(clerk, TEXTS)
    save(clerk)
    clerk.go(f"{draft}part/texts")
    clerk.look("editor texts")
    for part in ("basis", "service"):
        clerk.go(f"{draft}part/{part}")
        clerk.look(f"editor {part}")

    clerk.go(f"{draft}list/form/0")
    clerk.page.locator('[name="find"]').fill("メール")
    clerk.press("さがす")
    clerk.look("editor form page", again=False)
    clerk.page.locator('button[name="_add"]').first.click()
    clerk.page.wait_for_load_state()
    save(clerk)

    clerk.go(f"{draft}list/conditions/0")
    rule = {
        "say.ja": "市内に住んでいる",
        "say.easy": "この 市《し》に います",
        "say.en": "You live here",
        "article": "第3条",
    }
    fill(clerk, rule)
    clerk.page.locator("details.builder summary").click()
    clerk.page.locator('[name="when.b0.term"]').select_option("applicant.resident_here")
    clerk.page.locator('[name="when.b0.operator"]').select_option("yes")
    clerk.press("条件の文にする")
    assert clerk.page.locator('[name="when"]').input_value() == "applicant.resident_here"
    clerk.look("editor condition", again=False)
    save(clerk)
    clerk.go(f"{draft}list/conditions")
    clerk.look("editor conditions")

    clerk.go(f"{draft}examples")
    fill(clerk, {"title": "市外に住む人"})
    clerk.page.locator('[name="applicant.resident_here"][value="false"]').check()
    clerk.page.locator('[name="eligible"]').select_option("false")
    clerk.page.locator('[name="because"]').first.check()
    clerk.press("試す")
    assert clerk.page.locator("#verdict").is_visible()
    clerk.look("editor example tried", again=False)
    clerk.press("具体例に加える")
    for part in ("letters", "terms", "preview", "difference", "checks", ""):
        clerk.go(f"{draft}{part}")
        clerk.look(f"editor {part or 'overview'}")
    clerk.go(f"{draft}preview/0")
    clerk.look("editor form alone")
    assert "公開を止める問題はありません" in clerk.go(f"{draft}checks").locator("main").inner_text()
    clerk.go(draft)
    clerk.press("決裁に回す")

    head = town.clerk("childcare-head")
    head.go("/office/procedures")
    head.look("editor to approve")
    head.go(draft)
    head.look("editor approval")
    head.press("承認する")
    assert "公開済み" in head.says()

    visitor = town.visitor(java_script_enabled=False)
    visitor.go("/search?q=ランドセルを買うお金")
    assert "学用品の補助" in visitor.says()


def test_the_editor_works_without_javascript_and_by_keyboard(town: Town) -> None:
    clerk = town.clerk("childcare-caseworker")
    page = clerk.go("/office/procedures")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "A"
    before = page.evaluate("document.scripts.length")
    assert before == 0
