"""Responsible persons, handover, seats and reminders on the screens of the office."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from dokodemo.kernel.access import Account, Role
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.headquarters import actions as headquarters
from dokodemo.promotion.responsibility import actions
from dokodemo.promotion.responsibility.models import Notice, Responsible, Seating
from tests.domains.entry import building as b
from tests.domains.promotion.plan_people import leaves

OWNERS, HANDOVER, SEATS = "/office/owners/", "/office/owners/handover", "/office/owners/seats"
LATE, NOTICES = "/office/owners/late", "/office/owners/notices"
ONE = "/office/owners/one/indicator/card_holding/"
TODAY, SINCE = date(2026, 11, 27), date(2026, 4, 1)


@pytest.fixture(autouse=True)
def _on_one_day(settings: Any) -> None:
    settings.DOKODEMO_TODAY = TODAY.isoformat()


def officer() -> Account:
    return b.staff_account(("policy", Role.DIGITAL_OFFICER), name="事務局 見本")


def clerk(name: str) -> Account:
    return b.staff_account(("resident", Role.CASEWORKER), name=name)


def head() -> Client:
    return b.browser(b.head("resident"))


def named(person: Account, code: str = "card_holding") -> Responsible:
    return actions.assign(
        actor=b.acting(officer()), kind="indicator", code=code, account_id=person.pk, since=SINCE
    )


def html(client: Client, address: str, **query: Any) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def follow_up(due: date = TODAY, section: str = "resident", words: str = "<b>日程</b>を出す") -> str:
    actor = b.acting(officer())
    meeting = headquarters.call_meeting(actor=actor, on=TODAY, place="", agenda="報告")
    decision = headquarters.decide(actor=actor, meeting_id=meeting.pk, words="続ける")
    made = headquarters.follow_up(
        actor=actor, meeting_id=meeting.pk, decision_id=decision.pk, words=words, section=section, due=due
    )
    return str(made.pk)


def test_the_list_says_who_answers_and_shows_only_what_was_asked_for() -> None:
    person = clerk("担当 花子")
    named(person)
    client = b.browser(person)
    assert "担当 花子" in html(client, OWNERS)
    mine, without = html(client, OWNERS, show="mine"), html(client, OWNERS, show="ownerless")
    assert 'href="/office/owners/one/indicator/card_holding/"' in mine
    assert 'href="/office/owners/one/indicator/K1/"' not in mine
    assert 'href="/office/owners/one/indicator/card_holding/"' not in without
    assert 'href="/office/owners/one/indicator/K1/"' not in html(client, OWNERS, section="resident")
    assert html(client, OWNERS, show="<script>", section="'", page="x")


def test_the_list_shows_who_answered_on_a_past_day_and_what_was_open_then() -> None:
    person, client = clerk("担当 花子"), b.browser(officer())
    named(person)
    code = follow_up(section="resident", words="日程を出す")
    headquarters.finish_follow_up(actor=b.acting(officer()), follow_up_id=UUID(code), words="出した")
    assert "担当 花子" in html(client, OWNERS, on=SINCE.isoformat(), section="resident")
    before = html(client, OWNERS, on=(SINCE - timedelta(days=1)).isoformat(), section="resident")
    assert 'href="/office/owners/one/indicator/card_holding/"' in before
    assert "担当 花子" not in before
    assert "日程を出す" not in html(client, OWNERS)
    wrong = client.get(OWNERS, {"on": "令和99年1月1日"})
    assert wrong.status_code == 422
    assert 'href="#on"' in wrong.content.decode()
    assert client.get(OWNERS + "responsible.csv", {"on": "きのう"}).status_code == 400


def test_the_table_holds_the_same_as_the_list() -> None:
    named(clerk("=担当"))
    client = b.browser(officer())
    rows = client.get(OWNERS + "responsible.csv", {"section": "resident"}).content.decode("utf-8-sig")
    assert len(rows.strip().splitlines()) == 2
    assert ",'=担当,2026-04-01," in rows


def test_who_left_is_said_on_the_list_and_the_thing_stands_on_the_cios_first_screen() -> None:
    person, cio = clerk("担当 花子"), b.browser(b.staff_account(("policy", Role.CIO)))
    assert '市民課</a> <span class="chip">指標 1' in html(cio, "/office/")
    named(person)
    assert "section=resident&amp;show=ownerless" not in html(cio, "/office/")
    leaves(person, TODAY - timedelta(days=1))
    assert "section=resident&amp;show=ownerless" in html(cio, "/office/")
    assert "責任者なし（担当 花子は異動）" in b.words(html(cio, OWNERS, section="resident"))


def test_a_head_names_somebody_in_words_of_any_calendar_and_sees_it_at_once() -> None:
    person, client = clerk("担当 花子"), head()
    response = client.post(
        ONE, {"act": "assign", "person": str(person.pk), "since": "令和8年4月1日", "until": ""}, follow=True
    )
    assert "責任者を決めました" in b.words(response.content)
    assert Responsible.objects.get().since == SINCE
    ended = client.post(ONE, {"act": "release", "last_day": "2026-11-26"}, follow=True)
    assert "責任者なし" in b.words(ended.content)


@pytest.mark.parametrize(
    ("lang", "said"), [("ja", "発令がありません"), ("en", "holds no post in the section")]
)
def test_a_refusal_stands_next_to_its_box_and_nothing_typed_is_lost(lang: str, said: str) -> None:
    elsewhere = b.staff_account(("health", Role.CASEWORKER), name="健康 太郎")
    client = b.browser(b.head("resident"), lang=lang)
    response = client.post(
        ONE,
        {"act": "assign", "person": str(elsewhere.pk), "since": "2026-05-01", "until": "2027-03-31"},
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert said in b.words(page.split('id="person-error"')[1][:400])
    assert f'value="{elsewhere.pk}" selected' in page
    assert 'value="2026-05-01"' in page
    assert 'value="2027-03-31"' in page
    assert 'href="#person"' in page


@pytest.mark.parametrize(
    ("data", "box"),
    [
        ({"act": "assign", "person": "x' OR 1", "since": "2026-05-01"}, "person"),
        ({"act": "assign", "since": "31 November"}, "since"),
        ({"act": "assign", "since": "2026-05-01", "until": "soon"}, "until"),
        ({"act": "release", "last_day": "９９９９"}, "last_day"),
        ({"act": "release", "last_day": "2026-05-01"}, "last_day"),
        ({}, "person"),
    ],
)
def test_what_nobody_can_mean_is_answered_in_words(data: dict[str, str], box: str) -> None:
    response = head().post(ONE, data)
    assert response.status_code == 422
    assert f'id="{box}-error"' in response.content.decode()
    assert not Responsible.objects.exists()


def test_another_section_sees_who_answers_and_may_not_name_anybody() -> None:
    client = b.browser(b.head("health"))
    assert "<form method" not in html(client, ONE).split("<main")[1].split("</main")[0]
    assert client.post(ONE, {"act": "assign"}).status_code == 403
    assert client.get("/office/owners/one/indicator/no-such/").status_code == 404
    assert client.get("/office/owners/one/mayor/card_holding/").status_code == 404


def test_a_handover_is_looked_at_before_it_is_done_and_then_done_in_one_action() -> None:
    leaving, follows, client = clerk("前任 一郎"), clerk("後任 二子"), head()
    row = named(leaving)
    address = f"{HANDOVER}/{leaving.pk}/"
    assert address in html(client, HANDOVER)
    assert "前任 一郎からの引継ぎ" in b.words(html(client, address))
    form = {"row": [str(row.pk)], "day": "令和9年4月1日", "all": str(follows.pk), "act": "look"}
    seen = client.post(address, form)
    assert seen.status_code == 200
    assert "まだ何も変わっていません" in b.words(seen.content)
    assert "後任 二子" in b.words(seen.content)
    assert Responsible.objects.count() == 1
    back = client.post(address, form | {"act": "change"}).content.decode()
    assert f'value="{follows.pk}" selected' in back
    done = client.post(address, form | {"act": "do"}, follow=True)
    assert "1件を引き継ぎました" in b.words(done.content)
    assert Responsible.objects.filter(account=follows.pk, since=date(2027, 4, 1)).exists()
    assert Event.objects.filter(verb="responsibility.handed_over").count() == 1


def test_what_remains_with_nobody_is_said_before_it_is_done() -> None:
    leaving, client = clerk("前任 一郎"), head()
    row = named(leaving)
    form = {"row": [str(row.pk)], "day": "2027-04-01", "all": "nobody", "act": "look"}
    words = b.words(client.post(f"{HANDOVER}/{leaving.pk}/", form).content)
    assert "1件は責任者がいなくなります" in words


def test_a_successor_of_another_section_is_refused_next_to_the_thing_and_no_choice_at_both() -> None:
    leaving, elsewhere, client = clerk("前任 一郎"), b.caseworker("health"), head()
    row = named(leaving)
    address = f"{HANDOVER}/{leaving.pk}/"
    form = {"row": [str(row.pk)], "day": "2027-04-01", f"to-{row.pk}": str(elsewhere.pk), "act": "do"}
    page = client.post(address, form).content.decode()
    assert f'id="to-{row.pk}-error"' in page
    assert 'id="all-error"' not in page
    page = client.post(address, {"row": [str(row.pk)], "act": "look"}).content.decode()
    assert 'id="day-error"' in page
    page = client.post(address, {"row": [str(row.pk)], "day": "2027-04-01", "act": "look"}).content.decode()
    assert 'id="all-error"' in page
    assert Responsible.objects.get().until is None


def test_a_page_that_is_no_longer_so_is_shown_again_instead_of_being_done() -> None:
    leaving, follows, client = clerk("前任 一郎"), clerk("後任 二子"), head()
    row = named(leaving)
    form = {"row": ["not-a-row"], "day": "2027-04-01", "all": str(follows.pk), "act": "do"}
    response = client.post(f"{HANDOVER}/{leaving.pk}/", form)
    assert response.status_code == 422
    assert "ほかの人が先に" in b.words(response.content)
    assert Responsible.objects.get() == row


def test_seats_are_given_refused_shown_as_of_a_day_and_ended() -> None:
    person, client = clerk("補佐 三郎"), b.browser(officer())
    form = {"seat": "digital_staff", "section": "resident", "person": str(person.pk), "starts": "2026-10-01"}
    assert client.post(SEATS + "/new", form).status_code == 302
    again = client.post(SEATS + "/new", form)
    assert again.status_code == 422
    assert 'id="person-error"' in again.content.decode()
    wrong = client.post(SEATS + "/new", form | {"section": "health", "ends": "2026-09-30"})
    assert 'id="ends-error"' in wrong.content.decode()
    assert 'value="2026-09-30"' in wrong.content.decode()
    assert "補佐 三郎" in html(client, SEATS)
    assert "補佐 三郎" not in html(client, SEATS, on="令和8年9月30日")
    one = Seating.objects.get()
    assert client.post(f"{SEATS}/{one.pk}/end", {"ends": "2026-01-01"}).status_code == 422
    assert client.post(f"{SEATS}/{one.pk}/end", {"ends": "2026-11-01"}).status_code == 302
    assert "補佐 三郎" not in html(client, SEATS)
    assert "補佐 三郎" in html(client, SEATS + "/history")
    table = client.get(SEATS + ".csv").content.decode("utf-8-sig")
    assert table.splitlines()[1] == "デジタル担当職員,市民課,補佐 三郎,2026-10-01,2026-11-01"


def test_a_day_that_cannot_be_read_is_answered_next_to_its_box() -> None:
    response = b.browser(officer()).get(SEATS, {"on": "先週"})
    assert response.status_code == 422
    page = response.content.decode()
    assert 'id="on-error"' in page
    assert 'value="先週"' in page


def test_a_reminder_stands_on_the_first_screen_until_it_is_read() -> None:
    person = clerk("担当 花子")
    code = follow_up()
    actions.assign(actor=b.acting(officer()), kind="follow_up", code=code, account_id=person.pk, since=SINCE)
    client = b.browser(person)
    assert "期限のお知らせ" not in b.words(html(client, "/office/"))
    actions.remind(actor=b.acting(officer()))
    home = html(client, "/office/")
    assert "&lt;b&gt;日程&lt;/b&gt;を出す" in home
    assert "<b>日程" not in home
    notice = Notice.objects.get(account=person.pk)
    response = client.post(NOTICES + "/read", {"notice": str(notice.pk), "back": "home"})
    assert response["Location"] == "/office/"
    assert "期限のお知らせ" not in b.words(html(client, "/office/"))
    assert "期限の日" in b.words(html(client, NOTICES))
    assert b.browser(clerk("他人")).post(NOTICES + "/read", {"notice": str(notice.pk)}).status_code == 404
    assert client.post(NOTICES + "/read", {"notice": "x"}).status_code == 404


def test_the_cios_first_screen_shows_what_is_overdue_a_line_each_and_ten_a_page(settings: Any) -> None:
    for number in range(12):
        follow_up(TODAY + timedelta(days=1), words=f"宿題{number:02}")
    settings.DOKODEMO_TODAY = (TODAY + timedelta(days=2)).isoformat()
    cio = b.browser(b.staff_account(("policy", Role.CIO)))
    pages = [html(cio, "/office/", page=number) for number in (1, 2)]
    tasks = [page.split("いま見るところ")[1].split("<table")[1].split("</table")[0] for page in pages]
    assert tasks[0].count("<tr>") - 1 == 10
    assert sum(f"宿題{number:02}" in task for number in range(12) for task in tasks) == 12
    assert "宿題11" in html(cio, LATE)
    assert "宿題11" in cio.get(LATE + ".csv").content.decode()
