"""An ended session loses nothing that was typed (入力の保全), and shows it to nobody else."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client

from dokodemo.entry.server.kept import KEPT, MOST_BYTES, WHO_COOKIE, remember_who
from dokodemo.kernel.access import Account

pytestmark = pytest.mark.django_db

PAGE = "/apply/01890a5d-ac96-774b-bcce-b302099a8057/1"
TYPED = {"applicant.phone": "090-1234-5678", "child-0.full_name.family": "髙木 <b>", "_save": "1"}


@pytest.fixture
def misaki() -> Account:
    return Account.objects.create(username="resident-a", kind="resident")


def was_here(browser: Client, account: Account) -> None:
    """The browser of somebody whose session has ended."""
    response = HttpResponse()
    remember_who(response, account.pk)
    browser.cookies[WHO_COOKIE] = response.cookies[WHO_COOKIE].value


def sign_in(browser: Client, account: Account) -> None:
    """Signing in keeps what the anonymous session held, as `django.contrib.auth.login` does."""
    browser.force_login(account)


def hidden_fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {
        html.unescape(name): html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"
    }


def test_what_was_typed_comes_back_after_signing_in_again(client: Client, misaki: Account) -> None:
    was_here(client, misaki)
    answer = client.post(PAGE, TYPED)
    assert answer["Location"] == "/sign-in?next=%2Faccounts%2Fkept%2F"
    assert "入力した内容は残してあります" in client.get(answer["Location"]).content.decode()

    sign_in(client, misaki)
    page = client.get("/accounts/kept/").content.decode()
    assert hidden_fields(page) == TYPED
    assert f'action="{PAGE}"' in page
    assert KEPT in client.session


def test_it_is_forgotten_once_it_has_been_sent_again(client: Client, misaki: Account) -> None:
    was_here(client, misaki)
    client.post(PAGE, TYPED)
    sign_in(client, misaki)
    client.post(PAGE, TYPED)
    assert KEPT not in client.session


def test_somebody_else_at_the_same_browser_sees_nothing_of_it(client: Client, misaki: Account) -> None:
    was_here(client, misaki)
    client.post(PAGE, TYPED)
    sign_in(client, Account.objects.create(username="resident-b", kind="resident"))

    answer = client.get("/accounts/kept/")
    assert answer.status_code == 302
    assert KEPT not in client.session


def test_it_lies_sealed_in_the_session(client: Client, misaki: Account) -> None:
    was_here(client, misaki)
    client.post(PAGE, TYPED)
    stored = "".join(str(session.get_decoded()) for session in Session.objects.all())
    assert PAGE in stored
    assert "090-1234" not in stored
    assert "髙木" not in stored


def test_a_browser_nobody_was_signed_in_at_keeps_nothing_but_says_so(client: Client) -> None:
    answer = client.post(PAGE, TYPED)
    assert answer["Location"].startswith("/sign-in?next=%2Fapply")
    assert KEPT not in client.session
    page = client.get(answer["Location"]).content.decode()
    assert "いま送られた内容は受け付けていません" in page


@pytest.mark.parametrize("characters", [20_000, 230_000])
def test_as_much_japanese_as_the_server_reads_is_kept(
    client: Client, misaki: Account, characters: int
) -> None:
    was_here(client, misaki)
    text = "入力した\n" * (characters // 5)
    sent = urlencode({"text": text})
    assert len(sent) < settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    client.post(PAGE, sent, content_type="application/x-www-form-urlencoded")
    sign_in(client, misaki)
    assert hidden_fields(client.get("/accounts/kept/").content.decode()) == {"text": text}


@pytest.mark.parametrize(("more", "kept"), [(0, True), (1, False)])
def test_one_byte_decides_what_is_too_much_and_the_next_page_says_so(
    client: Client, misaki: Account, monkeypatch: pytest.MonkeyPatch, more: int, kept: bool
) -> None:
    monkeypatch.setattr("dokodemo.entry.server.kept.time.time", lambda: 1_800_000_000.5)
    was_here(client, misaki)
    frame = {
        "who": client.cookies[WHO_COOKIE].value,
        "at": 1_800_000_000.5,
        "fields": [["text", ""]],
        "files": False,
    }
    room = MOST_BYTES - len(json.dumps(frame))
    answer = client.post(PAGE, {"text": "あ" * (room // 3) + "x" * (room % 3 + more)})
    assert (KEPT in client.session) == kept
    words = "入力した内容は残してあります" if kept else "残しておくには量が多すぎました"
    assert words in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(("days", "known"), [(1, True), (13, True), (15, False)])
def test_a_page_sent_after_the_holidays_is_still_its_owners(misaki: Account, days: int, known: bool) -> None:
    response = HttpResponse()
    remember_who(response, misaki.pk)
    assert (int(response.cookies[WHO_COOKIE]["max-age"]) > days * 24 * 3600) == known


def test_after_two_hours_it_is_gone(client: Client, misaki: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    was_here(client, misaki)
    client.post(PAGE, TYPED)
    sign_in(client, misaki)
    monkeypatch.setattr("dokodemo.entry.server.kept.KEEP_SECONDS", -1)
    assert client.get("/accounts/kept/").status_code == 302


def test_the_cookie_names_nobody(misaki: Account, client: Client) -> None:
    was_here(client, misaki)
    value = client.cookies[WHO_COOKIE].value
    assert str(misaki.pk) not in value
    assert misaki.pk.hex not in value
    assert misaki.username not in value


def test_an_act_of_the_office_is_kept_as_well(client: Client, clerk: Account) -> None:
    was_here(client, clerk)
    answer = client.post("/office/cases/01890a5d-ac96-774b-bcce-b302099a8057/note", {"text": "電話した"})
    assert answer["Location"] == "/accounts/login/?next=%2Faccounts%2Fkept%2F"
