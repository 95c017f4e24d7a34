"""Journeys of people who act for others: a daughter for her father, and whom the city does not take for a guardian."""

from __future__ import annotations

from journey_forms import CARE, answer_pages, begin, hand_in, open_case
from journey_people import Town

FATHER = "𠮷田 征四郎"


def test_a_daughter_applies_for_her_father_once_a_clerk_has_confirmed_the_mandate(town: Town) -> None:
    daughter = town.resident("daughter")
    daughter.go("/procedures/care-need-certification/apply")
    assert FATHER not in daughter.says()

    daughter.go("/my/people")
    daughter.look("people-empty")
    daughter.press("申し出る")
    assert "相手の氏名を入力してください。" in daughter.says()
    daughter.look("people-errors", again="send")
    daughter.choose("kind", "mandate")
    daughter.fill(name=FATHER, born="昭和19年1月20日")
    daughter.box("procedure").select_option("care-need-certification")
    daughter.press("申し出る")
    assert "市の確認待ち" in daughter.says()

    clerk = town.clerk("resident-caseworker")
    clerk.go("/office/register/waiting")
    clerk.look("office-waiting")
    clerk.click(clerk.page.locator("main table a").filter(has_text=FATHER))
    clerk.look("office-mandate")
    clerk.page.locator('input[name="resident"]').first.check()
    clerk.click('button[name="confirm"]')

    daughter.go("/my/people")
    assert "確認済み" in daughter.says()
    daughter.look("people")
    daughter.go("/procedures/care-need-certification/apply")
    daughter.look("start-choice")
    begin(daughter, "care-need-certification", name=FATHER)
    assert "熊本県荒尾市宮内512番地3" in daughter.says()
    assert "坂本" not in daughter.page.locator("form#apply").inner_text()
    daughter.look("form-subject")
    answer_pages(daughter, CARE)
    assert "坂本" in daughter.says()
    number = hand_in(daughter)

    father = town.resident("father")
    open_case(father, number)
    assert "要介護認定の申請" in father.says()
    stranger = town.resident("foreigner")
    stranger.page.goto(father.page.url)
    assert "ページが見つかりません" in stranger.says().replace("\n", "")

    daughter.go("/my/people")
    daughter.press("代理を終える")
    daughter.go("/my/")
    assert number not in daughter.says()


def test_a_care_manager_applies_in_that_role_and_for_the_procedure_of_the_mandate_only(town: Town) -> None:
    manager = town.resident("dog-owner")
    manager.go("/my/people")
    manager.choose("kind", "care_manager")
    manager.fill(name=FATHER, born="1944/1/20")
    manager.box("procedure").select_option("care-need-certification")
    manager.press("申し出る")

    clerk = town.clerk("resident-caseworker")
    clerk.go("/office/register/waiting")
    clerk.click(clerk.page.locator("main table a").filter(has_text=FATHER))
    clerk.page.locator('input[name="resident"]').first.check()
    clerk.click('button[name="confirm"]')

    manager.go("/procedures/dog-registration/apply")
    assert FATHER not in manager.says()
    manager.go("/procedures/care-need-certification/apply")
    assert f"{FATHER}さん（ケアマネジャーとして）" in manager.says()
    begin(manager, "care-need-certification", name=FATHER)
    answer_pages(
        manager,
        {
            **CARE,
            "representative.relation": "care_manager",
            "representative.organisation": "見本居宅介護支援事業所",
        },
    )
    manager.look("check-care-manager")
    assert "見本居宅介護支援事業所" in manager.says()
    number = hand_in(manager)

    clerk = town.clerk("care-caseworker")
    clerk.open_case(number)
    assert "ケアマネジャー" in clerk.says()
    assert FATHER in clerk.says()
    clerk.look("office-case-representative")


def test_a_child_of_fifteen_uses_their_own_card_and_no_guardian_is_guessed(town: Town) -> None:
    child = town.resident("fifteen")
    child.go("/procedures/resident-record-copy/apply")
    assert "渡邉󠄁 蓮" in child.says()
    child.go("/my/people")
    assert "渡邉󠄁 香織" not in child.says()
    # The head of this household is the grandmother: the register alone does not say whose child he is.
    parent = town.resident("parent")
    parent.go("/my/people")
    assert "渡邉󠄁 蓮" not in parent.says()
    mother = town.resident("mother")
    mother.go("/procedures/resident-record-copy/apply")
    assert "お子さん（髙木 陽葵さん）" in mother.says()


def test_who_is_sheltered_is_not_recognised_by_the_card_alone_and_reads_no_address(town: Town) -> None:
    hidden = town.resident("protected")
    hidden.go("/my/")
    hidden.look("my-page-not-linked")
    begin(hidden, "dog-registration")
    assert "増永" not in hidden.page.content()
    hidden.look("form-not-linked")
    other = town.resident("other-parent")
    other.go("/my/people")
    assert "増永" not in other.page.content()
    other.go("/my/data")
    assert "増永" not in other.page.content()
