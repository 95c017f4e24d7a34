"""The plan on the wall: turning by itself until somebody stops it, the same numbers as /plan, and nothing that is not public."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dokodemo.entry.portal import plan_wall
from dokodemo.kernel import calendar_jp
from dokodemo.promotion.headquarters import actions, definitions, queries
from dokodemo.promotion.headquarters.definitions import Wall
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.responsibility import due
from tests.domains.city.city_builders import the_pack
from tests.domains.entry import building as b
from tests.domains.promotion import following_city as c
from tests.domains.promotion.test_action_plan import OFFICER

pytestmark = pytest.mark.django_db
TURN = r'<meta http-equiv="refresh" content="(\d+); url=([^"]+)">'


@pytest.fixture(autouse=True)
def _city() -> None:
    the_pack()


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def public(monkeypatch: pytest.MonkeyPatch, **said: Any) -> None:
    """The pack makes so much public."""
    for place in (definitions, plan_wall, queries, due):
        if hasattr(place, "wall_of"):
            monkeypatch.setattr(place, "wall_of", lambda pack: Wall(**said))


def test_pages_follow_each_other_and_come_round_in_the_language_of_the_screen() -> None:
    address, seen = "/plan/wall/1?lang=en", []
    while address not in seen:
        seen.append(address)
        seconds, address = re.findall(TURN, page(address))[0]
        address = address.replace("&amp;", "&")
        assert int(seconds) == 20
    assert address == seen[0]
    # The promise, three targets, and the two numbers of the plan.
    assert seen == [f"/plan/wall/{number}?lang=en" for number in range(1, 6)]
    assert Client().get("/plan/wall?lang=en").headers["Location"] == seen[0]


def test_it_is_stopped_by_its_first_link_and_then_goes_by_hand() -> None:
    turning = page("/plan/wall/2")
    links = re.findall(r'<a href="([^"]+)"', turning)
    assert links == ["/plan/wall/2?still=1"]
    still = page(links[0])
    assert "http-equiv" not in still
    assert re.findall(r'<a href="([^"]+)"', still)[:3] == [
        "/plan/wall/3",
        "/plan/wall/1?still=1",
        "/plan/wall/3?still=1",
    ]


def test_a_page_that_is_gone_leads_back_to_the_first() -> None:
    for number in (0, 6, 999):
        answer = Client().get(f"/plan/wall/{number}?lang=easy")
        assert answer.headers["Location"] == "/plan/wall/1?lang=easy"


def test_the_numbers_are_those_of_the_plans_page_with_their_parts_and_the_time() -> None:
    reading = indicators.readings(["K1"])["K1"]
    assert reading.ratio is not None
    words = b.words(page("/plan/wall/5?lang=en").encode())
    assert f"{reading.ratio.numerator:,}" in words
    assert f"{reading.ratio.denominator:,}" in words
    assert re.search(r"As of \d+ \w+ \d{4} ?, ?\d\d:\d\d", words)


def test_every_picture_has_its_table_where_the_page_stands() -> None:
    for number in range(1, 6):
        html = page(f"/plan/wall/{number}?still=1")
        assert html.count("<svg") == html.count("<table")
        assert "<script" not in html


def test_meeting_and_overdue_are_shown_only_where_the_city_says_they_are_public(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    c.adopt()
    day = calendar_jp.today() + timedelta(days=9)
    actions.call_meeting(actor=OFFICER, on=day, place="琥珀の間", agenda="四半期の報告")
    assert queries.public_next_meeting() is None
    assert due.public_overdue() is None
    public(monkeypatch, next_meeting=True)
    words = b.words(page("/plan/wall/6").encode())
    assert f"次の会議 {calendar_jp.to_wareki(day)}" in words
    assert "期限を過ぎた" not in words
    assert "琥珀" not in words
    public(monkeypatch, overdue=True)
    words = b.words(page("/plan/wall/6").encode())
    assert f"期限を過ぎた報告・宿題・数字の数 {due.public_overdue()}" in words
    assert "次の会議" not in words


def test_what_is_overdue_in_public_is_what_the_cio_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    c.adopt()
    public(monkeypatch, overdue=True)
    seen = due.attention(OFFICER).late
    assert due.public_overdue() == len(seen)
    # Something is late by then, whatever the day of this test.
    c.move_clock(monkeypatch, timedelta(days=400))
    later = calendar_jp.today() + timedelta(days=400)
    monkeypatch.setattr(calendar_jp, "today", lambda: later)
    assert due.public_overdue() == len(due.attention(OFFICER).late) > 0


def test_no_staff_name_and_no_cookie_is_on_the_wall() -> None:
    account = b.caseworker()
    answer = b.browser(account).get("/plan/wall/1")
    assert account.username not in answer.content.decode()
    assert not answer.cookies
