"""What residents read of the inventory: what is still missing, the five numbers, and the road month by month."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from dokodemo.administration.inventory.actions import confirm
from dokodemo.administration.inventory.definitions import OnlineState, Performed
from dokodemo.administration.inventory.logic import Answer
from dokodemo.promotion.indicators.models import MonthlyReading
from tests.domains.administration.inventory.inventory_city import clerk_of, give, take_in
from tests.domains.administration.inventory.surveys import row
from tests.domains.entry import building as b


@pytest.fixture
def rows() -> None:
    """One row of the health section that is not online, one that the city does not perform, one of nobody."""
    take_in(row("101", 手続名="見本税の申告", 総手続件数="9000000"), row("102"), row("103"))
    give("health", "101", "102")
    say = {"101": Answer(Performed.PERFORMED, OnlineState.NOT_YET), "102": Answer(Performed.NOT_PERFORMED)}
    for number, answer in say.items():
        confirm(actor=clerk_of("health"), number=number, answer=answer, revision=0)


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_what_is_missing_is_public_and_estimates_say_so(rows: None, lang: str) -> None:
    html = b.browser(lang=lang).get("/plan/missing").content.decode()
    assert "3,627" in html
    assert {"ja": "推計", "easy": "だいたい", "en": "(estimate)"}[lang] in html
    (name,) = re.findall(r'<a href="/inventory/101/" lang="ja">(.*?)</a>', html)
    assert re.sub(r"<r[pt]>.*?</r[pt]>|<[^>]*>", "", name) == "見本税の申告"
    assert "103" not in b.words(html)


def test_readings_are_added_to_the_surveys_names(rows: None) -> None:
    assert "<rt>しんこく</rt>" in b.browser(lang="easy").get("/plan/missing").content.decode()


def test_the_most_frequent_come_first_or_section_by_section(rows: None) -> None:
    first = b.words(b.browser().get("/plan/missing").content)
    assert first.index("見本税の申告") < first.index("犬の登録")
    only = b.words(b.browser().get("/plan/missing?section=health&by=section").content)
    assert "見本税の申告" in only
    assert "犬の登録" not in only


@pytest.mark.parametrize("query", ["?by=magic", "?section=nowhere", "?page=0", "?page=x"])
def test_strange_choices_show_the_whole_list(rows: None, query: str) -> None:
    response = b.browser().get(f"/plan/missing{query}")
    assert response.status_code == 200
    assert "見本税の申告" in response.content.decode()


def numbers() -> dict[str, dict[str, object]]:
    found = json.loads(b.browser().get("/plan/numbers.json").content)["indicators"]
    return {one["code"]: one for one in found}


def test_k4_and_k5_are_not_measured_before_a_survey_and_are_afterwards() -> None:
    before = numbers()
    assert (before["K4"]["numerator"], before["K5"]["percent"]) == (None, None)
    assert "未計測" in b.words(b.browser().get("/plan").content)
    take_in(row("101"))
    after = numbers()
    assert (after["K4"]["numerator"], after["K4"]["denominator"]) == (0, 26)


def test_k1_takes_in_what_sections_say(rows: None) -> None:
    with_rows = numbers()["K1"]
    give("health", "103")
    answer = Answer(Performed.PERFORMED, OnlineState.FULL)
    confirm(actor=clerk_of("health"), number="103", answer=answer, revision=0)
    after = numbers()["K1"]
    assert after["denominator"] == with_rows["denominator"] + 1  # type: ignore[operator]
    assert after["numerator"] == with_rows["numerator"] + 1  # type: ignore[operator]


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_the_road_is_drawn_month_by_month_once_months_are_kept(lang: str) -> None:
    page = b.browser(lang=lang).get("/plan").content.decode()
    assert 'id="months-k1-title"' not in page
    for month, full in ((date(2026, 9, 1), 3), (date(2026, 10, 1), 12)):
        MonthlyReading.objects.create(code="K1", month=month, numerator=full, denominator=60, as_of=month)
    page = b.browser(lang=lang).get("/plan").content.decode()
    start = page.index('id="months-k1-title"')
    drawn = page[start : page.index("</figure>", start)]
    for figure in ("2.7%", "5%", "20%"):
        assert f'<td class="number">{figure}</td>' in drawn


def test_the_plan_says_how_many_rows_nobody_has_confirmed(rows: None) -> None:
    assert "国の棚卸調査の手続のうち1件は" in b.words(b.browser().get("/plan").content)


def test_a_procedure_that_stands_for_two_rows_is_listed_once() -> None:
    take_in(row("48893", 手続名="犬の死亡の届出"), row("48895", 手続名="犬の所有者変更の届出"))
    words = b.words(b.browser().get("/plan/missing").content)
    assert words.count("犬の登録事項の変更届") == 1
