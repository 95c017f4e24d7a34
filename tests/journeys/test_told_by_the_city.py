"""A journey that begins with the city: it looks for those entitled, tells one of them, and she only has to confirm."""

from __future__ import annotations

from journey_people import Clerk, Resident, Town

MOTHER = "髙木 美咲"


def test_the_city_tells_a_mother_of_the_allowance_and_she_declines_or_applies(town: Town) -> None:
    town.city.run("eligibility", "run")
    clerk = town.clerk("childcare-caseworker")
    clerk.go("/office/offers")
    clerk.look("office-offers")
    clerk.follow("児童手当の認定請求")
    clerk.look("office-benefit")
    clerk.press("選んだ人に案内する")
    assert "案内する人を選んでください。" in clerk.says()
    clerk.look("office-benefit-errors", again=False)
    _tick(clerk, MOTHER)
    clerk.press("選んだ人に案内する")
    assert "1人に案内しました。" in clerk.says()

    mother = town.resident("mother")
    mother.go("/my/")
    assert "市からの案内" in mother.says()
    mother.look("my-page-offer")
    mother.press("内容を確かめて申請する")
    assert "髙木" in mother.page.locator("form#apply").inner_text()
    mother.go("/my/")
    assert "申請の続きへ" in mother.says()
    _decline(mother)
    assert "内容を確かめて申請する" not in mother.says()
    mother.press("案内を受け取らない")
    assert "案内を受け取らない設定です。" in mother.says()
    mother.look("my-page-opted-out")
    mother.press("案内を受け取る")


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


def _tick(clerk: Clerk, name: str) -> None:
    """Find a person in the list, page by page, and tick them."""
    for _ in range(20):
        row = clerk.page.locator("main form table tbody tr").filter(has_text=name)
        if row.count():
            row.locator("input[name=person]").first.check()
            return
        clerk.click('main nav a[rel="next"]')
    raise AssertionError(f"{name} is not in the list")


def _decline(mother: Resident) -> None:
    mother.press("申請しない")
    assert "この案内はもう届きません。" in mother.says()
