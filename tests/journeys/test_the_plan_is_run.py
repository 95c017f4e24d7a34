"""The plan runs itself: its next version is written and adopted, a quarter reported, a meeting prepared with one press."""

from __future__ import annotations

import re

from journey_people import Clerk, Town

CODE = "bus-stop-signs"
ACTION = {
    "code": CODE,
    "title.ja": "バス停の案内",
    "title.easy": "バスの お知《し》らせ",
    "title.en": "Signs at bus stops",
    "what.ja": "画面で知らせる",
    "what.easy": "画面《がめん》で 知《し》らせます",
    "what.en": "Tell it on screens",
    "budget_yen": "1,200,000",
}


def fill(clerk: Clerk, boxes: dict[str, str]) -> None:
    for name, text in boxes.items():
        clerk.page.locator(f'[name="{name}"]').fill(text)


def test_the_next_version_is_written_reviewed_and_adopted(town: Town) -> None:
    officer = town.clerk("digital-officer")
    officer.go("/office/actions/")
    officer.press(re.compile("令和.*年度の次の版を作る"))
    officer.look("office-actions-draft")
    officer.follow("取組を加える")
    officer.look("office-action-new")
    officer.press("保存する")
    assert "入力を確かめてください" in officer.says()
    officer.look("office-action-errors", again="send")
    fill(officer, ACTION)
    officer.page.locator('[name="measures"][value="life-1"]').check()
    officer.box("section").select_option("policy")
    year = officer.page.locator("p.small a").inner_text()
    first = int(re.findall(r"\d+", year)[0]) + 2018
    fill(officer, {"from": f"{first}-04-01", "to": f"{first + 1}-03-31"})
    officer.press("保存する")
    assert "取組を保存しました。" in officer.says()
    officer.follow("変わったところ")
    assert "新しい取組（1件）" in officer.says()
    officer.look("office-actions-difference")
    officer.click("p.small a")
    officer.press("決裁に回す")

    cio = town.clerk("cio")
    cio.go("/office/actions/")
    cio.follow(year.removesuffix("の次の版"))
    cio.press("差し戻す")
    assert "意見か理由を書いてください。" in cio.says()
    cio.look("office-actions-return", again="send")
    cio.box("words").fill("期日も書いてください")
    cio.press("差し戻す")
    officer.go("/office/actions/")
    officer.follow(year.removesuffix("の次の版"))
    officer.press("対応済みにする")
    officer.press("決裁に回す")
    cio.go("/office/actions/")
    cio.follow(year.removesuffix("の次の版"))
    cio.press("決裁する")
    assert "この版が有効です" in cio.says()
    assert "バス停の案内" in cio.says()
    cio.look("office-actions-version")


def test_a_quarter_is_reported_and_the_meetings_papers_are_one_press_away(town: Town) -> None:
    cio = town.clerk("cio")
    cio.go("/office/")
    assert "いま見るところ" in cio.says()

    officer = town.clerk("digital-officer")
    officer.go("/office/reports/")
    officer.click(officer.page.locator("table.reports a", has_text="スマートフォン教室"))
    officer.look("office-report")
    officer.press("報告する")
    assert "状態を選んでください。" in officer.says()
    officer.look("office-report-errors", again="send")
    for name, value in (("state", "started"), ("grade", "on_track"), ("direction", "continue")):
        officer.page.locator(f'[name="{name}"][value="{value}"]').check()
    officer.box("done").fill("三つの地区で開いた。")
    officer.press("報告する")
    assert "報告しました。" in officer.says()

    cio.go("/office/reports/")
    cio.click(cio.page.locator("table.reports a", has_text="スマートフォン教室"))
    cio.page.locator('[name="second_grade"][value="on_track"]').check()
    cio.page.locator('[name="second_direction"][value="expand"]').check()
    cio.press("二次評価を保存する")
    assert "二次評価を保存しました。" in cio.says()
    cio.look("office-report-assessed")

    officer.go("/office/meetings/new")
    fill(officer, {"on": "令和99年12月1日", "agenda": "四半期の報告"})
    officer.press("会議を決める")
    assert "会議を決めました。" in officer.says()
    officer.box("decision").fill("夕方の教室も開く")
    officer.press("決定を記録する")
    officer.page.locator("main details summary").first.click()
    officer.page.locator('[name="words"]').fill("日程を出す")
    officer.page.locator('[name="section"]').select_option("library")
    officer.page.locator('[name="due"]').fill("令和99年12月20日")
    officer.click('button[value="follow_up"]')
    assert "日程を出す" in officer.says()
    officer.look("office-meeting")
    papers = officer.page.request.get(officer.page.url + "packet.pdf")
    assert papers.body().startswith(b"%PDF-")
    officer.go("/office/meetings/")
    assert "日程を出す" in officer.says()
    officer.follow("完了にする")
    officer.look("office-follow-up")


def test_who_leaves_hands_everything_over_in_one_action_and_a_seat_is_refused_with_its_reason(
    town: Town,
) -> None:
    officer = town.clerk("digital-officer")
    officer.go("/office/owners/handover")
    officer.click(officer.page.locator("tr", has_text="子育て支援課 担当").locator("a"))
    officer.look("office-handover")
    officer.press("引継ぎの内容を確かめる")
    assert "入力を確かめてください" in officer.says()
    officer.look("office-handover-errors", again="send")
    officer.box("day").fill("令和50年4月1日")
    officer.page.locator("#all").select_option(label="子育て支援課 課長（見本）")
    officer.press("引継ぎの内容を確かめる")
    assert "まだ何も変わっていません。" in officer.says()
    officer.look("office-handover-look", again="send")
    officer.press("この内容で引き継ぐ")
    assert "引き継ぎました。" in officer.says()
    officer.go("/office/owners/one/action/night-advice/")
    assert "令和50年4月1日" in officer.says()
    officer.look("office-owner")

    officer.go("/office/owners/seats/new")
    officer.look("office-seat-new")
    officer.page.locator('[name="seat"][value="cio"]').check()
    officer.page.locator("#person").select_option(label="子育て支援課 課長（見本）")
    officer.press("任命する")
    assert "この人は、その日にCIOの発令がありません。" in officer.says()
    officer.go("/office/owners/seats")
    officer.follow("終える")
    officer.look("office-seat-end")


def test_a_value_observed_elsewhere_is_entered_with_its_proof(town: Town) -> None:
    officer = town.clerk("digital-officer")
    officer.go("/office/indicators/one/card_holding/")
    officer.press("値を入れる")
    assert "入力を確かめてください" in officer.says()
    officer.look("office-indicator-errors", again="send")
    fill(
        officer,
        {
            "from": "令和8年8月1日",
            "to": "令和8年8月31日",
            "value": "81.2",
            "vintage": "2026年8月末",
            "published_on": "2026-09-20",
            "source": "総務省の公表",
        },
    )
    officer.press("値を入れる")
    assert "値を入れました。" in officer.says()
    officer.look("office-indicator")
    officer.follow(re.compile("^取り下げる"))
    officer.look("office-indicator-withdraw")
    officer.press("この値を取り下げる")
    assert "取り下げる理由を書いてください。" in officer.says()
    officer.look("office-indicator-withdraw-errors", again="send")
    officer.fill(reason="七月末の数でした")
    officer.press("この値を取り下げる")
    assert "値を取り下げました。" in officer.says()
    officer.look("office-indicator-withdrawn")
    assert "七月末の数でした" in officer.says()


def test_what_staff_noticed_becomes_an_issue_that_residents_can_follow(town: Town) -> None:
    officer = town.clerk("digital-officer")
    officer.go("/office/improvement/findings")
    officer.follow("職員が気づいた課題を書く")
    officer.look("office-improvement-judge")
    officer.press("新しい課題にする")
    assert "題名を書いてください。" in officer.says()
    officer.look("office-improvement-judge-errors", again="send")
    officer.fill(title="バス停の場所がわからない", words="案内に地図がない")
    officer.box("measure").select_option("life-1")
    officer.box("section").select_option("policy")
    officer.box("indicator").select_option("searches_found")
    officer.press("新しい課題にする")
    assert "課題にしました。" in officer.says()
    officer.look("office-improvement-issue")
    officer.page.locator("summary", has_text="市民に見せる題名").click()
    officer.fill(
        shown_ja="バス停を探しやすく",
        shown_easy="バス停《てい》を さがしやすく",
        shown_en="Bus stops easier to find",
    )
    officer.press("市民に見せる")
    anybody = town.visitor()
    anybody.go("/plan")
    anybody.follow("困りごとがどう改善につながったかを見る")
    assert "バス停を探しやすく（新しい）" in anybody.says()
    assert "案内に地図がない" not in anybody.says()
    anybody.look("plan-cycle-with-an-issue")
    officer.page.locator("summary", has_text="完了にする").click()
    officer.fill(reason_done="地図を案内に加えた")
    officer.press("完了にする")
    assert "完了にしました。" in officer.says()
    officer.go("/office/improvement/issues")
    assert "未計測" in officer.says()
