"""What is not found, in a browser: a resident says so in one press, and the city answers it."""

from __future__ import annotations

from pathlib import Path

from journey_city import City
from journey_people import Town

from tests.domains.administration.inventory.surveys import r6, row


def test_words_nobody_finds_reach_the_city_and_are_answered(city: City, town: Town, tmp_path: Path) -> None:
    visitor = town.visitor()
    visitor.go("/search?q=宇宙飛行")
    visitor.press("見つからないと知らせる")
    assert "ありがとうございます" in visitor.says()
    visitor.look("search-told")
    visitor.go("/search?q=犬")
    visitor.look("search-found")
    visitor.follow("見つからないと知らせる")
    visitor.fill(words="ドッグラン", text="犬を放して遊ばせる広場がほしいです。")
    visitor.look("search-tell", again="never")
    visitor.press("市に知らせる")
    assert "ありがとうございます" in visitor.says()
    visitor.go("/search/tell")
    visitor.look("search-tell-empty")
    visitor.press("市に知らせる")
    assert "入れてください" in visitor.page.locator(".error-summary").inner_text()
    visitor.look("search-tell-refused", again="send")

    officer = town.clerk("digital-officer")
    officer.follow("未回答の言葉")
    officer.look("office-findings")
    officer.follow("ドッグラン")
    assert "犬を放して遊ばせる広場" in officer.says()
    officer.look("office-finding")
    officer.press("新しい手続きの要望とする")
    assert "回答を記録しました" in officer.says()
    officer.look("office-finding-answered")


def test_a_row_of_the_inventory_has_a_page_of_its_own(city: City, town: Town, tmp_path: Path) -> None:
    survey = tmp_path / "survey.csv"
    survey.write_bytes(
        r6(
            row("901", 手続名="見本橋の占用の許可", 申請時に添付させる書類="住民票", 法令名="見本河川法"),
        )
    )
    city.run("inventory", "import", str(survey))
    visitor = town.visitor()
    visitor.go("/search?q=見本橋の占用")
    visitor.look("search-rows")
    visitor.follow("見本橋の占用の許可")
    visitor.look("inventory-row-of-nobody")
    assert "見本河川法" in visitor.says()
