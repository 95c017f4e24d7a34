"""The headquarters on the wall of a meeting room: the numbers staff work by, page by page, and never a person."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.headquarters import actions, queries
from dokodemo.promotion.headquarters.logic import to_report
from dokodemo.promotion.responsibility import due
from dokodemo.promotion.responsibility.actions import assign
from tests.domains.entry import building as b
from tests.domains.promotion.plan_people import ACTION, adopted_plan, clerk
from tests.domains.promotion.test_action_plan import OFFICER

pytestmark = pytest.mark.django_db
TURN = r'<meta http-equiv="refresh" content="(\d+); url=([^"]+)">'
REPORTS, OVERDUE, OWNERLESS, MEETING = (f"/office/wall/{number}" for number in range(1, 5))


@pytest.fixture(autouse=True)
def _city() -> None:
    adopted_plan()


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def words(client: Client, address: str) -> str:
    return b.words(page(client, address).encode())


def test_pages_come_round_until_somebody_stops_them_in_the_language_of_the_screen() -> None:
    client = b.browser(clerk())
    address, seen = "/office/wall/1?lang=en", list[str]()
    while address not in seen:
        seen.append(address)
        (_, following), *_ = re.findall(TURN, page(client, address))
        address = following.replace("&amp;", "&")
    assert address == seen[0]
    assert seen == [f"/office/wall/{number}?lang=en" for number in range(1, 5)]
    still = page(client, "/office/wall/2?still=1")
    assert "http-equiv" not in still
    assert 'href="/office/meetings/"' in still
    assert client.get("/office/wall/9").headers["Location"] == "/office/wall/1"


def test_reports_filed_are_counted_of_those_asked_for() -> None:
    client, quarter = b.browser(clerk()), to_report(calendar_jp.today())
    asked = len(queries.actions_of(quarter))
    assert f"0 /{asked}件" in words(client, REPORTS)
    said = {"state": "started", "done": "行った", "grade": "on_track", "direction": "continue"}
    actions.keep_report(actor=OFFICER, quarter=quarter, action=ACTION, revision=0, said=said, file=False)
    assert f"0 /{asked}件" in words(client, REPORTS)
    actions.keep_report(actor=OFFICER, quarter=quarter, action=ACTION, revision=1, said=said, file=True)
    html = page(client, REPORTS)
    assert f"1 /{asked}件" in b.words(html.encode())
    assert html.count("<svg") == html.count("<table") == 1


def test_overdue_and_ownerless_are_what_the_cio_sees_and_name_no_person() -> None:
    person = clerk(name="名札 太郎")
    assign(actor=OFFICER, kind="action", code=ACTION, account_id=person.pk, since=calendar_jp.today())
    client, seen = b.browser(person), due.attention(OFFICER)
    overdue, nobodys = words(client, OVERDUE), words(client, OWNERLESS)
    assert f"{len(seen.late)} 件" in overdue
    assert f"ほか{len(seen.late) - 5}" in overdue
    assert f"{seen.without} 件" in nobodys
    assert "名札" not in overdue + nobodys + words(client, REPORTS) + words(client, MEETING)


def test_the_next_meeting_is_the_nearest_that_was_not_held() -> None:
    client, today = b.browser(clerk()), calendar_jp.today()
    assert "予定はありません" in words(client, MEETING)
    for days in (30, 9):
        actions.call_meeting(
            actor=OFFICER, on=today + timedelta(days=days), place="琥珀の間", agenda=f"{days}日後の議題"
        )
    told = words(client, MEETING)
    assert calendar_jp.to_wareki(today + timedelta(days=9)) in told
    assert "9日後の議題" in told
    assert "30日後" not in told


def test_nobody_but_staff_with_a_post_sees_it() -> None:
    assert Client().get(REPORTS).status_code == 302
    assert b.browser(b.staff_account()).get(REPORTS).status_code == 404
    assert b.browser(clerk()).get(REPORTS).headers["Cache-Control"] == "private, no-store"
