"""The administrator adds staff, appoints them, ends appointments and gives first passwords (職員・発令の画面)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.actions import appoint
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account, Role
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.responsibility import actions as responsibility
from tests.domains.city.city_builders import MACHINE
from tests.domains.entry import building as b

pytestmark = pytest.mark.usefixtures("in_the_city")


@pytest.fixture
def boss() -> Account:
    return b.staff_account(("policy", Role.ADMINISTRATOR), name="見本 管理者")


@pytest.fixture
def office(boss: Account) -> Client:
    return b.browser(boss)


def day(after: int) -> date:
    return calendar_jp.today() + timedelta(days=after)


def post_of(account: Account) -> organisation.HolderView:
    (found,) = organisation.appointments_of(account.pk)
    return found


def ending(account: Account) -> str:
    return reverse("office:staff_end", args=[post_of(account).appointment_id])


def appointing(account: Account) -> str:
    return reverse("office:staff_appoint", args=[account.pk])


def passwords_in(html: str) -> list[str]:
    return re.findall(r"<code>((?:[a-z0-9]{4}-){3}[a-z0-9]{4})</code>", html)


def add(office: Client, **typed: str) -> Any:
    usual = {"name": "荒尾 花子", "username": "arao-hanako"}
    return office.post(reverse("office:staff_new"), usual | typed)


# Adding


def test_somebody_added_gets_a_first_password_shown_on_this_page_alone(office: Client) -> None:
    before = Event.objects.count()
    response = add(office)
    (password,) = passwords_in(response.content.decode())
    made = Account.objects.get(username="arao-hanako")
    assert made.check_password(password)
    assert Event.objects.count() == before + 1
    assert response.headers["Cache-Control"] == "private, no-store"
    person = office.get(reverse("office:staff_person", args=[made.pk])).content.decode()
    assert password not in person
    assert "荒尾 花子" in person


def test_a_name_that_is_taken_stands_at_its_box_and_nothing_typed_is_lost(
    office: Client, boss: Account
) -> None:
    response = add(office, username=boss.username)
    html = response.content.decode()
    assert response.status_code == 422
    assert 'id="username-error"' in html
    assert 'href="#username"' in html
    assert 'value="荒尾 花子"' in html
    assert f'value="{boss.username}"' in html
    assert passwords_in(html) == []


def test_who_has_no_post_is_found_by_the_administrator_and_by_nobody_else(office: Client) -> None:
    add(office)
    page = reverse("office:staff")
    assert "今日発令のない職員 1 荒尾 花子" in b.words(office.get(page).content)
    html = b.browser(b.head()).get(page).content.decode()
    assert "荒尾 花子" not in html
    assert reverse("office:staff_new") not in html
    assert "/office/staff/" not in html


# Appointing


def test_somebody_is_appointed_from_a_day_to_a_day(office: Client) -> None:
    person = b.staff_account()
    before = Event.objects.count()
    typed = {
        "section": "care",
        "role": "caseworker",
        "title": "主査",
        "starts": "令和9年4月1日",
        "ends": "2028-03-31",
    }
    response = office.post(appointing(person), typed)
    assert response.headers["Location"] == reverse("office:staff_person", args=[person.pk])
    assert Event.objects.count() == before + 1
    found = post_of(person)
    assert (found.section, found.role, found.title) == ("care", Role.CASEWORKER, "主査")
    assert (found.starts_on, found.ends_on) == (date(2027, 4, 1), date(2028, 3, 31))
    words = b.words(office.get(response.headers["Location"]).content)
    assert "主査（担当） これから 介護保険課" in words


@pytest.mark.parametrize(
    ("changes", "boxes"),
    [
        ({"section": ""}, ["section"]),
        ({"section": "moon"}, ["section"]),
        ({"role": ""}, ["role"]),
        ({"role": "mayor"}, ["role"]),
        ({"title": "長" * 61}, ["title"]),
        ({"starts": "あした"}, ["starts"]),
        ({"starts": ""}, ["starts"]),
        ({"ends": "31日"}, ["ends"]),
        ({"ends": "2020-01-01"}, ["ends"]),
        ({"section": "", "ends": "2020-01-01"}, ["section", "ends"]),
        ({"section": "", "role": "", "starts": "x", "ends": "y"}, ["section", "role", "starts", "ends"]),
    ],
)
def test_what_cannot_be_comes_back_beside_its_box(
    office: Client, changes: dict[str, str], boxes: list[str]
) -> None:
    person = b.staff_account()
    typed = {
        "section": "care",
        "role": "caseworker",
        "title": "主査",
        "starts": "2027-04-01",
        "ends": "2028-03-31",
    }
    response = office.post(appointing(person), typed | changes)
    html = response.content.decode()
    assert response.status_code == 422
    assert re.findall(r'id="(\w+)-error"', html) == boxes
    for box in ("title", "starts", "ends"):
        assert f'value="{(typed | changes)[box]}"' in html
    assert not organisation.appointments_of(person.pk)


def test_a_post_that_is_held_already_is_not_given_again(office: Client) -> None:
    person = b.caseworker("care")
    typed = {"section": "care", "role": "caseworker", "starts": "2026-05-01"}
    response = office.post(appointing(person), typed)
    assert response.status_code == 422
    assert "もうこの職に就いています" in response.content.decode()


# Ending


def test_an_end_is_looked_at_before_it_is_done_and_done_with_one_event(office: Client) -> None:
    person = b.caseworker()
    before = Event.objects.count()
    look = office.post(ending(person), {"ends": str(day(5)), "act": "look"})
    assert "まだ何も変わっていません" in look.content.decode()
    assert (post_of(person).ends_on, Event.objects.count()) == (None, before)
    done = office.post(ending(person), {"ends": str(day(5)), "act": "do"})
    assert done.headers["Location"] == reverse("office:staff_person", args=[person.pk])
    assert (post_of(person).ends_on, Event.objects.count()) == (day(5), before + 1)


def test_the_look_names_what_the_person_answers_for_in_that_section(office: Client) -> None:
    person, coordinator = b.caseworker("resident"), b.staff_account(("policy", Role.DIGITAL_OFFICER))
    responsibility.assign(
        actor=b.acting(coordinator),
        kind="indicator",
        code="card_holding",
        account_id=person.pk,
        since=date(2026, 4, 1),
    )
    responsibility.seat(
        actor=b.acting(coordinator), kind="cio_aide", account_id=person.pk, starts_on=calendar_jp.today()
    )
    words = b.words(office.post(ending(person), {"ends": str(day(0)), "act": "look"}).content)
    assert "この課で責任者になっているもの 1 マイナンバーカード" in words
    assert "この発令によって就いている役 1 CIO補佐官" in words
    assert "職員画面で開けるものはなくなります" in words
    appoint(
        actor=MACHINE,
        account_id=person.pk,
        section_code="resident",
        role=Role.HEAD_OF_SECTION,
        starts_on=day(0),
    )
    posts = organisation.appointments_of(person.pk)
    clerk = next(post for post in posts if post.role == Role.CASEWORKER)
    page = reverse("office:staff_end", args=[clerk.appointment_id])
    words = b.words(office.post(page, {"ends": str(day(0)), "act": "look"}).content)
    assert "責任者がいなくなるものはありません" in words
    assert "この発令によって就いている役" not in words


def test_who_may_hand_over_is_led_there_and_who_may_not_is_told_who_does(office: Client) -> None:
    person = b.caseworker("resident")
    responsibility.assign(
        actor=b.acting(b.staff_account(("policy", Role.DIGITAL_OFFICER))),
        kind="indicator",
        code="card_holding",
        account_id=person.pk,
        since=date(2026, 4, 1),
    )
    handover = reverse("office:owners_handover_one", args=[person.pk])
    typed = {"ends": str(day(0)), "act": "look"}
    assert handover in office.post(ending(person), typed).content.decode()
    assert office.get(handover).status_code == 200
    elsewhere = b.browser(b.staff_account(("general-affairs", Role.ADMINISTRATOR)))
    html = elsewhere.post(ending(person), typed).content.decode()
    assert handover not in html
    assert "「人事異動の引継ぎ」で後任を決めます" in html


@pytest.mark.parametrize(
    ("typed", "fault"), [("あした", "のように書いてください"), ("2020-01-01", "最初の日より前")]
)
@pytest.mark.parametrize("act", ["look", "do"])
def test_a_day_that_cannot_be_the_last_comes_back_as_it_was_typed(
    office: Client, typed: str, fault: str, act: str
) -> None:
    person = b.caseworker()
    response = office.post(ending(person), {"ends": typed, "act": act})
    html = response.content.decode()
    assert response.status_code == 422
    assert fault in html
    assert f'value="{typed}"' in html
    assert post_of(person).ends_on is None


def test_the_day_is_changed_without_losing_it(office: Client) -> None:
    response = office.post(ending(b.caseworker()), {"ends": "2027-03-31", "act": "change"})
    assert response.status_code == 200
    assert 'value="2027-03-31"' in response.content.decode()


@pytest.mark.parametrize("act", ["look", "do"])
def test_the_last_administrator_ends_no_appointment_of_their_own(
    office: Client, boss: Account, act: str
) -> None:
    response = office.post(ending(boss), {"ends": str(day(0)), "act": act})
    assert response.status_code == 422
    assert "先にほかの人をシステム管理者に発令してください" in response.content.decode()
    assert post_of(boss).ends_on is None


def test_one_of_two_administrators_is_told_what_ends_and_leaves(office: Client, boss: Account) -> None:
    b.staff_account(("policy", Role.ADMINISTRATOR))
    look = office.post(ending(boss), {"ends": str(day(-1)), "act": "look"}).content.decode()
    assert "ご自分のシステム管理者の発令です" in look
    done = office.post(ending(boss), {"ends": str(day(-1)), "act": "do"})
    assert done.headers["Location"] == reverse("office:home")
    assert office.get(reverse("office:staff_person", args=[boss.pk])).status_code == 403


# Passwords


def test_a_new_first_password_comes_after_a_page_that_says_what_it_does(office: Client) -> None:
    person = b.caseworker()
    page = reverse("office:staff_password", args=[person.pk])
    before = Event.objects.count()
    assert "ログインはすべて終わります" in office.get(page).content.decode()
    assert Event.objects.count() == before
    (password,) = passwords_in(office.post(page).content.decode())
    person.refresh_from_db()
    assert person.check_password(password)
    assert Event.objects.count() == before + 1


def test_a_resident_and_somebody_who_is_not_there_are_no_staff(office: Client) -> None:
    for account in (b.resident_account().pk, b.NOWHERE):
        for name in ("staff_person", "staff_password", "staff_appoint"):
            page = reverse(f"office:{name}", args=[account])
            assert office.get(page).status_code == 404
            assert office.post(page, {}).status_code in (404, 405)
    assert office.get(reverse("office:staff_end", args=[UUID(int=7)])).status_code == 404


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_every_page_is_said_in_each_language(boss: Account, lang: str) -> None:
    person, office = b.caseworker(), b.browser(boss, lang=lang)
    pages = [
        office.get(reverse("office:staff")),
        office.get(reverse("office:staff_new")),
        office.get(reverse("office:staff_person", args=[person.pk])),
        office.get(reverse("office:staff_password", args=[person.pk])),
        office.post(reverse("office:staff_password", args=[person.pk])),
        office.get(appointing(person)),
        office.get(ending(person)),
        office.post(ending(person), {"ends": str(day(0)), "act": "look"}),
    ]
    titles = [re.search(r"<title>(.*?)</title>", page.content.decode(), re.S) for page in pages]
    assert [page.status_code for page in pages] == [200] * len(pages)
    assert len({title[1] for title in titles if title}) == len(pages)
    assert all(page.content.decode().count("<h1") == 1 for page in pages)
