"""Staff write a new subsidy without code: from nothing to found by search, every screen looked at, also without JavaScript."""

from __future__ import annotations

import re
import urllib.request

from journey_city import City
from journey_guide import answer_to_the_end
from journey_people import Clerk, Town, Visitor

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


def guided(visitor: Visitor, event: str) -> str:
    """What the guide lists at its end for somebody who says yes to whatever can be answered so, and skips the rest."""
    visitor.go(f"/guide/{event}/")
    answer_to_the_end(visitor)
    return visitor.says()


def opened(city: City, path: str) -> str:
    with urllib.request.urlopen(f"{city.address}{path}", timeout=20) as answer:
        return str(answer.read().decode("utf-8"))


def test_a_subsidy_is_written_approved_and_found(city: City, town: Town) -> None:
    before = city.plan_numbers()["K1"]
    clerk = town.clerk("childcare-caseworker")
    clerk.go("/office/procedures")
    clerk.look("editor list")
    clerk.go("/office/procedures/new")
    clerk.look("editor new")
    fill(clerk, FIRST)
    clerk.choose("life_events", "school")
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
    clerk.look("editor form page", again="send")
    clerk.click('button[name="_add"]')
    save(clerk)

    clerk.go(f"{draft}list/conditions/0")
    rule = {
        "say.ja": "市内に住んでいる",
        "say.easy": "この 市《し》に います",
        "say.en": "You live here",
        "article": "第3条",
    }
    fill(clerk, rule)
    clerk.page.locator('[name="when.b0.term"]').select_option("applicant.resident_here")
    clerk.page.locator('[name="when.b0.operator"]').select_option("yes")
    clerk.press("条件の文にする")
    assert clerk.page.locator('[name="when"]').input_value() == "applicant.resident_here"
    clerk.look("editor condition", again="send")
    save(clerk)
    clerk.go(f"{draft}list/conditions")
    clerk.look("editor conditions")

    clerk.go(f"{draft}examples")
    fill(clerk, {"title": "市外に住む人"})
    clerk.page.locator('[name="applicant.resident_here"][value="false"]').check()
    clerk.press("試す")
    assert clerk.page.locator("#verdict").is_visible()
    clerk.look("editor example tried", again="send")
    clerk.press("試した結果を期待する結果にする")
    clerk.press("具体例に加える")
    clerk.go(f"{draft}examples")
    clerk.look("editor examples")
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
    assert "学用品の補助" in guided(visitor, "school")
    assert "学用品の補助" in str(visitor.go("/plan").locator("main").text_content())
    after = city.plan_numbers()["K1"]
    assert after == ((before[0] or 0) + 1, (before[1] or 0) + 1)
    assert "学用品の補助" in opened(city, "/procedures.csv")


def test_two_people_meet_on_one_page_and_nothing_is_lost(town: Town) -> None:
    clerk, colleague = town.clerk("childcare-caseworker"), town.clerk("childcare-head")
    clerk.go("/office/procedures")
    clerk.click('form[action$="/child-allowance-claim/change"] button')
    draft = clerk.page.url.removeprefix(clerk.city.address)
    clerk.go(f"{draft}part/texts")
    colleague.go(f"{draft}part/texts")
    colleague.fill(say="同僚が足した言い方")
    colleague.press("保存する")
    clerk.fill(say="私が書いた言い方")
    clerk.press("保存する")
    assert "このページは、開いたあとに変わりました" in clerk.says()
    assert "同僚が足した言い方" in clerk.says()
    assert clerk.box("say").input_value() == "私が書いた言い方"
    clerk.look("editor conflict", again="never")
    clerk.press("保存する")
    assert "保存しました" in clerk.says()
    clerk.go(draft)
    clerk.press("この起案を取りやめる")


def test_a_procedure_is_ended_and_says_where_to_go(city: City, town: Town) -> None:
    clerk = town.clerk("childcare-caseworker")
    clerk.go("/office/procedures")
    clerk.click('form[action$="/after-school-club/change"] button[value="ending"]')
    draft = re.sub(r"part/ending.*", "", clerk.page.url.removeprefix(city.address))
    words = {
        "ja": "制度が変わりました。",
        "easy": "きまりが 変《か》わりました。",
        "en": "The rules changed.",
    }
    fill(clerk, {f"ended.because.{lang}": text for lang, text in words.items()})
    save(clerk)
    assert "「受け付けなくなる日」がありません" in clerk.says()
    clerk.look("editor ending")
    fill(clerk, {"ended.on": "令和8年4月1日"})
    clerk.box("ended.successor").select_option("child-allowance-claim")
    save(clerk)
    clerk.go(draft)
    clerk.press("決裁に回す")
    head = town.clerk("childcare-head")
    head.go(draft)
    head.press("承認する")
    assert "公開済み" in head.says()
    visitor = town.visitor()
    visitor.go("/procedures/after-school-club/")
    assert "この手続は終わりました" in visitor.says()
    visitor.look("procedure-ended")
    visitor.go("/search?q=学童保育")
    assert 'href="/procedures/after-school-club/"' not in visitor.page.content()
    assert "after-school-club" not in opened(city, "/procedures.csv")
    head.go("/office/procedures")
    head.look("editor list with ended")


def test_the_editor_works_without_javascript_and_by_keyboard(town: Town) -> None:
    clerk = town.clerk("childcare-caseworker")
    page = clerk.go("/office/procedures")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "A"
    before = page.evaluate("document.scripts.length")
    assert before == 0
