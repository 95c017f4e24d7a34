"""The pages of following by mail: what is typed wrong, the same answer to everybody, and nothing by a GET."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse

from dokodemo.adapters.mail import Relay
from dokodemo.entry.server.requests import visitor_address
from dokodemo.promotion.following import actions, logic, tokens
from dokodemo.promotion.following.models import Follower, Mail
from tests.domains.city.city_builders import the_pack
from tests.domains.entry import building as b
from tests.domains.promotion import following_city as c

pytestmark = pytest.mark.django_db
FORM = {"address": c.ADDRESS, "what": "some", "measure": ["admin-3"], "often": "monthly", "lang": "en"}


@pytest.fixture(autouse=True)
def _city() -> None:
    the_pack()


def posted(**changes: Any) -> Any:
    return b.browser().post("/plan/follow", FORM | changes)


def test_the_paths_in_letters_are_the_addresses_of_the_pages() -> None:
    assert reverse("portal:plan_follow") == tokens.FOLLOW_PATH
    assert reverse("portal:plan") == tokens.PLAN_PATH
    assert reverse("portal:plan_follow_confirm", args=["x"]) == f"{tokens.FOLLOW_PATH}/confirm/x"
    assert reverse("portal:plan_follow_stop", args=["x"]) == f"{tokens.FOLLOW_PATH}/stop/x"


def test_from_the_form_to_the_first_letter_and_to_the_end() -> None:
    answer = posted()
    assert (answer.status_code, answer.headers["Location"]) == (302, "/plan/follow/sent")
    actions.send(actor=c.JOB)
    question = str(mail.outbox[0].body)
    page = re.findall(r"http://localhost:8000(/plan/follow/confirm/\S+)", question)[0]
    browser = Client()
    shown = browser.get(page)
    assert "Do you want news of the plan by mail?" in shown.content.decode()
    assert not Follower.objects.filter(confirmed_at__isnull=False).exists()
    assert "You follow the plan now" in browser.post(page).content.decode()
    follower = Follower.objects.get()
    assert (follower.measures, follower.lang, follower.often) == (["admin-3"], "en", "monthly")
    stop = tokens.stop_address(follower.pk, "en").removeprefix("http://localhost:8000")
    assert "Stop the mails about the plan?" in browser.get(stop).content.decode()
    assert Follower.objects.exists()
    assert "The mails have stopped" in browser.post(stop).content.decode()
    assert not Follower.objects.exists()
    assert "The mails have stopped" in browser.get(stop).content.decode()
    assert browser.get(page).status_code == 410


def test_a_mail_program_stops_with_one_post_and_no_cookie() -> None:
    follower = c.follower()
    stop = tokens.stop_address(follower.pk, "ja").removeprefix("http://localhost:8000")
    program = Client(enforce_csrf_checks=True)
    answer = program.post(
        stop, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    assert not Follower.objects.exists()
    # A yes, however, is asked for with the page's own token.
    c.ask()
    token = tokens.make(tokens.CONFIRM, Mail.objects.get().pk)
    assert program.post(f"/plan/follow/confirm/{token}").status_code == 403
    assert not Follower.objects.filter(confirmed_at__isnull=False).exists()


def test_known_and_unknown_addresses_are_answered_alike() -> None:
    c.follower()
    known, unknown = posted(), posted(address="nobody@example.jp")
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )
    assert dict(known.cookies) == dict(unknown.cookies) == {}
    pages = [b.words(b.browser().get(one.headers["Location"]).content) for one in (known, unknown)]
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("changes", "box", "words"),
    [
        ({"address": ""}, "address", "メールアドレスを入力してください"),
        ({"address": "hanako＠"}, "address", "形が正しくありません"),
        ({"measure": []}, "measures", "施策を一つ以上"),
        ({"measure": ["no-such"]}, "measures", "施策を一つ以上"),
        ({"what": "whole"}, "measures", "どちらかにしてください"),
        ({"often": "hourly"}, "often", "選び直してください"),
    ],
)
def test_what_is_wrong_stands_beside_its_box_and_nothing_typed_is_lost(
    changes: dict[str, Any], box: str, words: str
) -> None:
    answer = posted(**changes)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{box}"' in html
    assert re.search(rf'id="{box}-error">[^<]*{words}', html)
    if "address" not in changes:
        assert f'value="{c.ADDRESS}"' in html
    if "measure" not in changes:
        assert re.search(r'value="admin-3" checked', html)
    assert re.search(r'value="en" checked', html)
    assert not Follower.objects.exists()


def test_the_language_is_changed_in_the_form_without_losing_anything() -> None:
    answer = posted(_language="en")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Follow the plan by mail" in html
    assert f'value="{c.ADDRESS}"' in html
    assert not Follower.objects.exists()


def test_too_many_from_one_place_are_told_so_and_keep_what_they_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logic, "ASKED_AN_HOUR", 1)
    assert posted().status_code == 302
    answer = posted(address="other@example.jp")
    assert answer.status_code == 429
    assert 'value="other@example.jp"' in answer.content.decode()
    assert Follower.objects.count() == 1


def test_pages_behind_a_letter_are_not_kept_and_tell_nobody_where_one_came_from() -> None:
    c.ask()
    token = tokens.make(tokens.CONFIRM, Mail.objects.get().pk)
    answer = b.browser().get(f"/plan/follow/confirm/{token}?lang=en")
    assert answer.headers["Cache-Control"] == "private, no-store"
    # Nobody else is told. With no-referrer the browser would hide from us too, and its yes be taken for another site's.
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert 'name="robots" content="noindex"' in answer.content.decode()
    # A choice made here goes before the letter's.
    chosen = b.browser(lang="easy").get(f"/plan/follow/confirm/{token}?lang=en")
    assert "受け取りますか" in b.words(chosen.content)
    assert b.browser().get("/plan/follow/stop/made-up").status_code == 410


def test_a_city_without_mail_says_so_and_shows_the_feed(settings: Any) -> None:
    settings.DOKODEMO_MAIL = Relay("none", "", {})
    page = b.browser().get("/plan/follow").content.decode()
    assert "今はメールでのお知らせをしていません" in page
    assert "/plan/feed.atom" in page
    assert "<input" not in page.split("<main")[1]
    answer = posted()
    assert answer.status_code == 503
    assert not Follower.objects.exists()


def test_a_measure_on_the_plans_page_leads_to_a_form_with_that_measure_chosen() -> None:
    html = b.browser().get("/plan").content.decode()
    assert 'href="/plan/follow?measure=admin-3"' in html
    form = b.browser().get("/plan/follow?measure=admin-3").content.decode()
    assert re.search(r'value="admin-3" checked', form)
    assert re.search(r'value="some" checked', form)
    assert re.search(r'value="whole" checked', b.browser().get("/plan/follow?measure=x").content.decode())


def test_visitors_behind_the_citys_proxy_are_counted_apart_and_nobody_else_is_believed(settings: Any) -> None:
    def seen(**headers: str) -> str:
        return visitor_address(RequestFactory().get("/plan/follow", headers=headers))

    assert seen(x_forwarded_for="203.0.113.7") == "127.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert seen(x_forwarded_for="made-up, 203.0.113.7") == "203.0.113.7"
    assert (
        seen(x_forwarded_for="2001:db8:1:2:3::4")
        == seen(x_forwarded_for="2001:db8:1:2::5")
        == "2001:db8:1:2::/64"
    )
    assert seen(x_forwarded_for="no address") == ""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert seen(x_forwarded_for="203.0.113.7") == "127.0.0.1"
