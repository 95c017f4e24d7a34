"""A journey that begins with the city: it looks for those entitled, tells one of them, and she only has to confirm."""

from __future__ import annotations

from journey_people import Clerk, Resident, Town

# Who may be told, by card: whoever has asked in an earlier journey is on no list.
PEOPLE = {
    "髙木 美咲": "mother",
    "髙木 伸也": "nobu",
    "坂本 由美子": "daughter",
    "荒木 健太": "dog-owner",
    "𠮷田 征四郎": "father",
}


def test_the_city_tells_somebody_of_the_allowance_who_declines_or_applies(town: Town) -> None:
    town.city.run("eligibility", "run")
    clerk = town.clerk("childcare-caseworker")
    clerk.go("/office/offers")
    clerk.look("office-offers")
    clerk.follow("児童手当の認定請求")
    clerk.look("office-benefit")
    clerk.press("選んだ人に案内する")
    assert "案内する人を選んでください。" in clerk.says()
    clerk.look("office-benefit-errors", again=False)
    name = _tick_one(clerk)
    clerk.press("選んだ人に案内する")
    assert "1人に案内しました。" in clerk.says()

    person = town.resident(PEOPLE[name])
    person.go("/my/")
    assert "市からの案内" in person.says()
    person.look("my-page-offer")
    person.press("内容を確かめて申請する")
    assert name.split()[0] in person.page.locator("form#apply").inner_text()
    person.go("/my/")
    assert "申請の続きへ" in person.says()
    _decline(person)
    assert "内容を確かめて申請する" not in person.says()
    person.press("案内を受け取らない")
    assert "案内を受け取らない設定です。" in person.says()
    person.look("my-page-opted-out")
    person.press("案内を受け取る")


def test_a_clerk_sees_why_somebody_was_judged_and_what_would_turn_it_over(town: Town) -> None:
    town.city.run("eligibility", "run")
    clerk = town.clerk("childcare-caseworker")
    clerk.go("/office/offers")
    clerk.follow("児童手当の認定請求")
    clerk.click(clerk.page.locator("main form table a").first)
    assert "要件ごとの結果" in clerk.says()
    assert "記録した判定と同じです" in clerk.says()
    clerk.look("office-why-unknown")
    clerk = town.clerk("care-caseworker")
    clerk.go("/office/offers")
    clerk.follow("要介護認定の申請")
    clerk.look("office-benefit-care")
    clerk.box("verdict").select_option("not")
    clerk.press("絞り込む")
    assert "この判定の人には案内できません。" in clerk.says()
    clerk.look("office-benefit-not")
    clerk.click(clerk.page.locator("main table.stack a[href*=people]").first)
    assert "対象になるかもしれません" in clerk.says()
    clerk.look("office-why-not")


def test_a_clerk_tries_another_amount_before_anybody_publishes_it(town: Town) -> None:
    town.city.run("eligibility", "run")
    clerk = town.clerk("childcare-caseworker")
    clerk.go("/office/offers")
    clerk.follow("児童手当の認定請求")
    clerk.follow("規則や金額を変えたらどうなるか試す")
    clerk.look("office-what-if")
    clerk.box("param-child_allowance_3_to_18").fill("12000")
    for name, value in (
        ("applicant.is_public_servant", "false"),
        ("applicant.main_earner", "true"),
        ("child.cared_for", "true"),
    ):
        clerk.box(f"assume-{name}").select_option(value)
    clerk.press("試算する")
    assert "試算の結果" in clerk.says()
    clerk.look("office-what-if-result", again=False)
    clerk.box("rule-1").fill("count(child) FILTER (WHERE age(child.date_of_birth) < 3) >= 1")
    clerk.press("試算する")
    clerk.look("office-what-if-narrower", again=False)
    clerk.box("rule-1").fill("count(child")
    clerk.press("試算する")
    assert "規則を読めません。" in clerk.says()
    clerk.look("office-what-if-errors", again=False)


def _tick_one(clerk: Clerk) -> str:
    """Find somebody who may still be told, page by page, and tick them; the name."""
    for _ in range(20):
        rows = clerk.page.locator("main form table tbody tr")
        for name in PEOPLE:
            row = rows.filter(has_text=name)
            if row.count():
                row.locator("input[name=person]").first.check()
                return name
        clerk.click('main nav a[rel="next"]')
    raise AssertionError("nobody with a card may be told")


def _decline(person: Resident) -> None:
    person.press("申請しない")
    assert "この案内はもう届きません。" in person.says()
