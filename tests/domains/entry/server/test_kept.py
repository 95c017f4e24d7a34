"""An ended session loses nothing that was typed (入力の保全), and shows it to nobody else."""

from __future__ import annotations

import html
import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from dokodemo.entry.server.kept import KEPT, WHO_COOKIE, remember_who
from dokodemo.kernel.access import Account

pytestmark = pytest.mark.django_db

PAGE = "/apply/01890a5d-ac96-774b-bcce-b302099a8057/1"
TYPED = {"applicant.phone": "090-1234-5678", "child-0.full_name.family": "髙木 <b>", "_save": "1"}


@pytest.fixture
def misaki() -> Account:
    return Account.objects.create(username="resident-a", kind="resident")


def was_here(browser: Client, account: Account) -> None:
    """The browser of somebody whose session has ended."""
    from django.http import HttpResponse

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
    assert "保存したところから続けられます" in client.get(answer["Location"]).content.decode()


def test_too_much_is_not_kept(client: Client, misaki: Account) -> None:
    was_here(client, misaki)
    client.post(PAGE, {"text": "あ" * 70_000})
    assert KEPT not in client.session


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
