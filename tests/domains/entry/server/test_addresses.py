"""Which addresses of signing in exist (開いている入口): a list, for whom, and in which role."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, clear_url_caches, get_resolver
from factor_steps import set_up_app

from dokodemo.entry.server.accounts import addresses, closed
from dokodemo.kernel.access import Account

pytestmark = pytest.mark.django_db

CLOSED = (
    "signup/",
    "email/",
    "confirm-email/",
    "confirm-email/abc/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/1-abc/",
    "password/set/",
    "login/code/confirm/",
    "2fa/recovery-codes/download/",
    "2fa/webauthn/signup/",
    "3rdparty/",
    "3rdparty/signup/",
    "social/signup/",
    "social/connections/",
    "oidc/other/login/",
    "oidc/other/login/callback/",
    "no-such-page/",
)
FOR_STAFF = (
    "2fa/",
    "2fa/totp/activate/",
    "2fa/recovery-codes/generate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "password/change/",
    "reauthenticate/",
)


@pytest.fixture
def resident(client: Client) -> Client:
    client.force_login(Account.objects.create(username="resident-1", kind="resident"))
    return client


@pytest.mark.parametrize("page", CLOSED)
def test_what_is_not_offered_is_not_there(client: Client, clerk: Account, page: str) -> None:
    assert client.get(f"/accounts/{page}").status_code == 404
    assert client.post(f"/accounts/{page}").status_code == 404
    set_up_app(client, "hanako")
    assert client.get(f"/accounts/{page}").status_code == 404


@pytest.mark.parametrize("page", FOR_STAFF)
def test_a_resident_has_no_password_and_no_second_factor(resident: Client, page: str) -> None:
    assert resident.get(f"/accounts/{page}").status_code == 404
    assert resident.post(f"/accounts/{page}").status_code == 404


@pytest.mark.parametrize("page", FOR_STAFF)
def test_somebody_unknown_is_sent_to_sign_in(client: Client, page: str) -> None:
    assert client.get(f"/accounts/{page}")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("page", FOR_STAFF)
@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_staff_see_every_page_in_three_languages(
    client: Client, clerk: Account, page: str, lang: str
) -> None:
    set_up_app(client, "hanako")
    client.cookies["dokodemo_language"] = lang
    answer = client.get(f"/accounts/{page}", follow=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == ("en" if lang == "en" else "ja")
    assert "style=" not in answer.content.decode()


def open_in(role: str) -> set[str]:
    def names(patterns: list[URLPattern | URLResolver]) -> set[str]:
        found = set()
        for pattern in patterns:
            if isinstance(pattern, URLPattern) and pattern.callback is closed:
                break
            found.add(str(pattern.pattern))
        return found

    return names(addresses(role))


def test_the_portal_alone_has_no_door_for_staff_and_the_office_none_for_residents() -> None:
    portal, office, both = open_in("portal"), open_in("office"), open_in("all")
    assert "2fa/" not in portal
    assert "oidc/citizen/login/" not in office
    assert portal < both
    assert office < both
    assert {"logout/", "login/", "kept/"} <= portal & office


def test_too_many_requests_are_answered_in_our_words(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    answers = [client.post("/accounts/login/", {"login": "a", "password": "b"}) for _ in range(2)]
    assert answers[1].status_code == 429
    assert "しばらくお待ちください" in answers[1].content.decode()


def test_scripts_come_from_here_and_none_is_written_into_a_page(client: Client) -> None:
    page = client.get("/accounts/login/")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    scripts = [part.split(">")[0] for part in page.content.decode().split("<script")[1:]]
    assert scripts
    assert all('src="/static/' in script or 'type="application/json"' in script for script in scripts)
    assert "<noscript>" in page.content.decode()


def test_names_of_closed_pages_still_resolve_for_allauth() -> None:
    clear_url_caches()
    assert {"account_signup", "account_email", "account_reset_password"} <= set(get_resolver().reverse_dict)
