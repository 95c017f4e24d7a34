"""The journey of a family that grows: several procedures on one form, one receipt, and each office with its own case."""

from __future__ import annotations

from journey_city import City
from journey_forms import COPY, PREGNANCY, account_answers, answer_page
from journey_people import Resident, Town

from dokodemo.administration.cases.joint_parts import own_name

ANSWERS = {
    **PREGNANCY,
    # What is about one certificate alone is asked under a name of its own.
    **{own_name(term, "resident-record-copy"): answer for term, answer in COPY.items()},
    **COPY,
    **account_answers(),
    "applicant.is_public_servant": "false",
    "applicant.main_earner": "true",
    "child-0.cared_for": "true",
    "child-1.cared_for": "true",
}
TITLES = {
    "child-allowance-claim": "児童手当の認定請求",
    "resident-record-copy": "住民票の写しの交付請求",
    "pregnancy-notification": "妊娠の届出",
}


def test_a_mother_applies_for_three_things_and_writes_everything_once(city: City, town: Town) -> None:
    before, known = spared(city), city.faults()
    mother = town.resident("mother")
    begin_two_alone(mother)
    tick_on_a_life_event(mother)
    choose_the_three(mother)
    write_once(mother)
    check_who_sees_what(mother)
    numbers = hand_in(mother)
    follow(mother, numbers)
    each_office_has_its_own(town, numbers)
    assert spared(city) == before + 2
    anybody = town.visitor()
    anybody.go("/plan")
    anybody.look("plan-with-spared-answers", again=False)
    assert city.faults() == known


def spared(city: City) -> int:
    """How many answers nobody had to type again, as the plan counts them."""
    return city.plan_numbers()["answers_spared"][0] or 0


def begin_two_alone(mother: Resident) -> None:
    """Weeks ago she began to write two of them, and was called away; her number has changed meanwhile."""
    for slug, phone in (
        ("pregnancy-notification", "090-0000-1111"),
        ("child-allowance-claim", "090-0000-3333"),
    ):
        mother.go(f"/procedures/{slug}/apply")
        mother.press("始める")
        mother.fill(applicant__phone=phone)
        mother.press("保存して中断する")


def tick_on_a_life_event(mother: Resident) -> None:
    """On the page of a turn of life she ticks what she wants; boxes without a script."""
    mother.go("/procedures/?event=birth")
    mother.look("life-event-tick")
    for slug in ("child-allowance-claim", "resident-card-pickup"):
        mother.page.locator(f"#tick-{slug}").check()
    mother.press("選んだ手続きに進む")
    assert mother.page.locator('[name="slug"]:checked').count() == 2


def choose_the_three(mother: Resident) -> None:
    """A list from elsewhere comes the same way; she says for whom, and starts."""
    mother.go("/together/?" + "&".join(f"slug={slug}" for slug in TITLES))
    mother.look("together-choose")
    mother.page.get_by_label("あなた（").check()
    mother.press("書き始める")
    mother.look("together-begun")
    mother.press("書いた答えを移して始める")
    assert mother.box("applicant.phone").input_value() == "090-0000-3333"


def write_once(mother: Resident) -> None:
    """Her name, address and telephone number stand on one page, for all three; the bank book is photographed once."""
    assert "このページで聞く手続き：すべて" in mother.says()
    assert mother.box("applicant.phone").count() == 1
    mother.look("together-page")
    mother.fill(applicant__phone="090-0000-3333")
    for _ in range(12):
        if mother.box("evidence.bank_book").count():
            mother.look("together-files")
            mother.attach("evidence.bank_book", "bank-book")
        answer_page(mother, ANSWERS)
        if mother.step().endswith("/check"):
            return
    raise AssertionError(f"never came to the check: {mother.says()}")


def check_who_sees_what(mother: Resident) -> None:
    """One check for all; for each answer, who uses it; for each office, what it receives."""
    mother.look("together-check")
    words = mother.says()
    assert "使う手続き：妊娠の届出" in words
    assert all(title in words for title in TITLES.values())
    mother.page.get_by_role("link", name="この手続きを外す").first.click()
    mother.look("together-without")
    mother.follow("外さずに戻る")
    mother.go("/procedures/pregnancy-notification/apply")
    mother.look("together-start-of-one")
    mother.follow("まとめて申請の続きを書く")


def hand_in(mother: Resident) -> list[str]:
    """One act, one receipt, three numbers."""
    mother.press("提出する")
    mother.look("together-received")
    numbers = [text.strip() for text in mother.page.locator(".receipt-number").all_inner_texts()]
    assert len(set(numbers)) == 3
    return numbers


def follow(mother: Resident, numbers: list[str]) -> None:
    """On her page the three stand side by side, and each leads to the others."""
    mother.go("/my/")
    mother.look("together-my")
    assert mother.page.locator(".bundle article").count() == 3
    first = mother.page.locator(".bundle article").filter(has_text=numbers[0])
    mother.click(first.locator(".card-title a"))
    mother.look("together-case")
    assert all(number in mother.says() for number in numbers)
    mother.follow("まとめて見る")
    mother.look("together-bundle")


def each_office_has_its_own(town: Town, numbers: list[str]) -> None:
    """The clerk of each section finds one case, and nothing of what only the others ask."""
    strange = {"childcare": "妊娠週数", "resident": "口座", "health": "口座"}
    for (section, words), number in zip(strange.items(), numbers, strict=True):
        clerk = town.clerk(f"{section}-caseworker")
        clerk.open_case(number)
        assert number in clerk.says()
        assert words not in clerk.says()
