"""Staff signing in (職員のログイン): password, second factor, recovery codes, limits, and what the demo shows."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends import cached_db, db
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from factor_steps import CODE, LOGIN, SET_UP, code_of, give_password, set_up_app, sign_in

from dokodemo.adapters.identity.actions import remove_factors
from dokodemo.adapters.identity.provider import Provider
from dokodemo.city.organisation.actions import renew_password
from dokodemo.entry.server.second_factor import demo_code
from dokodemo.kernel import events
from dokodemo.kernel.access import ANONYMOUS, Account, Forbidden, NotFound, system

pytestmark = pytest.mark.django_db


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_the_first_sign_in_leads_through_an_app_and_codes_shown_once_to_the_office(
    client: Client, clerk: Account
) -> None:
    set_up_app(client, "hanako")

    once = text_of(client.get("/accounts/2fa/recovery-codes/"))
    codes = re.findall(r"<code>(\d{4} \d{4})</code>", once)
    assert len(set(codes)) == 10
    assert 'href="/office/"' in once
    again = text_of(client.get("/accounts/2fa/recovery-codes/"))
    assert not re.search(r"<code>", again)


def test_nobody_is_asked_for_the_password_twice_in_a_row(client: Client, clerk: Account) -> None:
    give_password(client, "hanako")
    assert client.get(SET_UP).status_code == 200


def test_reloading_the_page_keeps_the_secret_that_may_be_scanned_already(
    client: Client, clerk: Account
) -> None:
    give_password(client, "hanako")
    shown = [re.search(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", text_of(client.get(SET_UP))) for _ in range(2)]
    assert shown[0]
    assert shown[1]
    assert shown[0][0] == shown[1][0]


def test_secrets_are_sealed_in_the_database(client: Client, clerk: Account) -> None:
    secret = set_up_app(client, "hanako")
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert "seed" in kept


def test_the_second_sign_in_asks_for_a_code(client: Client, clerk: Account) -> None:
    secret = set_up_app(client, "hanako")
    browser = Client()
    assert give_password(browser, "hanako")["Location"] == CODE
    assert browser.get("/office/")["Location"].startswith(LOGIN)
    assert browser.post(CODE, {"code": code_of(secret, 1)})["Location"] == "/office/"


def test_a_code_works_once(client: Client, clerk: Account) -> None:
    secret = set_up_app(client, "hanako")
    assert sign_in(Client(), "hanako", secret)["Location"] == "/office/"
    cache.delete(f"allauth.mfa.totp.used?user={clerk.pk}&code={code_of(secret, 1)}")
    refused = sign_in(Client(), "hanako", secret)
    assert refused.status_code == 200
    assert "もう使われました" in text_of(refused)


def test_a_recovery_code_works_once(client: Client, clerk: Account) -> None:
    set_up_app(client, "hanako")
    code = re.findall(r"<code>(\d{4} \d{4})</code>", text_of(client.get("/accounts/2fa/recovery-codes/")))[3]
    for expected in (302, 200):
        browser = Client()
        give_password(browser, "hanako")
        assert browser.post(CODE, {"code": code}).status_code == expected


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ja", "ユーザー名かパスワードが違います"),
        ("easy", "ちがいます"),
        ("en", "The user name or the password is wrong"),
    ],
)
def test_a_wrong_password_is_told_at_the_field_and_in_the_summary(
    clerk: Account, lang: str, words: str
) -> None:
    browser = Client()
    browser.cookies["dokodemo_language"] = lang
    browser.cookies["dokodemo_furigana"] = "off"
    page = text_of(give_password(browser, "hanako", "open-sesame"))

    assert page.count(words) == 2
    assert 'href="#id_password"' in page
    assert 'id="id_password_error"' in page
    assert 'value="hanako"' in page
    assert "open-sesame" not in page


def test_an_unknown_name_and_a_wrong_password_look_the_same(clerk: Account) -> None:
    def clean(page: str) -> str:
        return re.sub(r'value="[^"]*"', "", page)

    known, unknown = (text_of(give_password(Client(), name, "wrong")) for name in ("hanako", "nobody"))
    assert clean(known) == clean(unknown)


def test_empty_fields_are_named(clerk: Account) -> None:
    page = text_of(Client().post(LOGIN, {}))
    assert page.count("ユーザー名を入力してください。") == 2
    assert page.count(">パスワードを入力してください。") == 2


def test_after_five_wrong_passwords_the_right_one_must_wait_too_but_only_for_that_name(
    clerk: Account, demo_clerk: Account
) -> None:
    for _ in range(5):
        give_password(Client(), "hanako", "wrong")
    locked = give_password(Client(), "hanako")
    assert locked.status_code == 200
    assert "5分" in text_of(locked)
    assert give_password(Client(), "resident-caseworker").status_code == 302


def test_guessing_codes_is_stopped_too(client: Client, clerk: Account) -> None:
    secret = set_up_app(client, "hanako")
    browser = Client()
    give_password(browser, "hanako")
    for _ in range(5):
        browser.post(CODE, {"code": "000000"})
    assert "5分" in text_of(browser.post(CODE, {"code": code_of(secret, 1)}))


def test_the_session_gets_a_new_name_and_ends_at_sign_out(client: Client, clerk: Account) -> None:
    client.cookies["dokodemo_session"] = "planted0planted0planted0planted0"
    set_up_app(client, "hanako")
    key = client.session.session_key
    assert key != "planted0planted0planted0planted0"
    client.post("/accounts/logout/")
    assert not Session.objects.filter(pk=key).exists()


def test_no_worker_keeps_sessions_to_itself(settings) -> None:  # type: ignore[no-untyped-def]
    store = import_module(settings.SESSION_ENGINE).SessionStore
    assert issubclass(store, db.SessionStore)
    assert not issubclass(store, cached_db.SessionStore)


def test_another_password_ends_every_open_session(client: Client, clerk: Account) -> None:
    set_up_app(client, "hanako")
    renew_password(actor=system("test"), account_id=clerk.pk, password="another-long-password")
    assert client.get("/accounts/2fa/")["Location"].startswith(LOGIN)
    assert give_password(Client(), "hanako").status_code == 200
    assert [e.verb for e in events.of_object("account", clerk.pk)][-1] == "organisation.password_renewed"


def test_a_reset_leads_to_a_new_set_up(client: Client, clerk: Account) -> None:
    set_up_app(client, "hanako")
    assert remove_factors(actor=system("test"), account_id=clerk.pk) == 2
    assert give_password(Client(), "hanako")["Location"] == SET_UP
    assert events.of_object("account", clerk.pk)[-1].verb == "identity.factors_removed"


def test_only_administrators_reset(clerk: Account) -> None:
    with pytest.raises(Forbidden):
        remove_factors(actor=ANONYMOUS, account_id=clerk.pk)
    with pytest.raises(Forbidden):
        renew_password(actor=ANONYMOUS, account_id=clerk.pk, password="x" * 20)


def test_residents_have_no_password_to_renew(db: None) -> None:
    resident = Account.objects.create(username="resident-1", kind="resident")
    with pytest.raises(NotFound):
        renew_password(actor=system("test"), account_id=resident.pk, password="x" * 20)


def test_the_last_factor_cannot_be_taken_away(client: Client, clerk: Account) -> None:
    set_up_app(client, "hanako")
    for answer in (
        client.get("/accounts/2fa/totp/deactivate/"),
        client.post("/accounts/2fa/totp/deactivate/"),
    ):
        assert "最後の一つは外せません" in text_of(answer)
    assert Authenticator.objects.filter(user=clerk, type="totp").exists()


def test_the_last_passkey_stays_too(client: Client, clerk: Account) -> None:
    set_up_app(client, "hanako")
    Authenticator.objects.filter(user=clerk).delete()
    key = Authenticator.objects.create(user=clerk, type="webauthn", data={"name": "鍵", "credential": {}})
    address = f"/accounts/2fa/webauthn/keys/{key.pk}/remove/"
    assert client.post(address).status_code == 409
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_a_second_factor_is_asked_again_before_something_important(client: Client, clerk: Account) -> None:
    secret = set_up_app(client, "hanako")
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    generate = "/accounts/2fa/recovery-codes/generate/"
    assert client.get(generate)["Location"].startswith("/accounts/2fa/reauthenticate/")
    answer = client.post(f"/accounts/2fa/reauthenticate/?next={generate}", {"code": code_of(secret, 1)})
    assert answer["Location"] == generate
    assert client.get(generate).status_code == 200


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (
            {"oldpassword": "wrong", "password1": "a-new-long-one", "password2": "a-new-long-one"},
            "今のパスワードが違います",
        ),
        ({"password1": "short", "password2": "short"}, "12文字以上にしてください"),
        ({"password1": "passwordpassword", "password2": "other"}, "同じではありません"),
    ],
)
def test_a_new_password_is_checked_in_plain_words(
    client: Client, clerk: Account, typed: dict[str, str], words: str
) -> None:
    set_up_app(client, "hanako")
    answer = client.post("/accounts/password/change/", {"oldpassword": "correct-horse-battery"} | typed)
    assert words in text_of(answer)


def test_a_new_password_keeps_this_session(client: Client, clerk: Account) -> None:
    set_up_app(client, "hanako")
    fresh = "a-rather-new-long-one"
    typed = {"oldpassword": "correct-horse-battery", "password1": fresh, "password2": fresh}
    assert client.post("/accounts/password/change/", typed).status_code == 302
    assert client.get("/accounts/2fa/").status_code == 200
    assert give_password(Client(), "hanako", fresh).status_code == 302


class TestDemoCode:
    """The digits an app would show are a help for visitors of the demonstration, and for nobody else."""

    @pytest.fixture(autouse=True)
    def _demo(self, settings) -> None:  # type: ignore[no-untyped-def]
        settings.DOKODEMO_DEMO = True

    def test_a_visitor_without_an_app_gets_in_and_in_again(self, demo_clerk: Account) -> None:
        for step in (SET_UP, CODE, CODE):
            browser = Client()
            assert give_password(browser, demo_clerk.username)["Location"] == step
            page = text_of(browser.get(step))
            assert "試験用" in page
            shown = re.search(r'<p class="receipt-number">(\d{6})</p>', page)
            assert shown
            answer = browser.post(step, {"code": shown[1]})
            assert answer.status_code == 302, text_of(answer)
            if step == CODE:
                break

    def test_real_staff_never_see_it_even_beside_a_demonstration(
        self, client: Client, clerk: Account
    ) -> None:
        secret = set_up_app(client, "hanako")
        assert demo_code(clerk) is None
        assert demo_code(clerk, secret) is None
        browser = Client()
        give_password(browser, "hanako")
        assert "試験用" not in text_of(browser.get(CODE))

    def test_outside_the_demonstration_nobody_sees_it(self, demo_clerk: Account, settings) -> None:  # type: ignore[no-untyped-def]
        settings.DOKODEMO_DEMO = False
        browser = Client()
        give_password(browser, demo_clerk.username)
        page = text_of(browser.get(SET_UP))
        assert "試験用" not in page
        assert not re.search(r">\d{6}<", page)

    def test_where_a_real_provider_is_set_nobody_sees_it(self, demo_clerk: Account, settings) -> None:  # type: ignore[no-untyped-def]
        settings.CITIZEN_PROVIDER = Provider("本物", "https://id.example", "a", "b", twin=False)
        assert demo_code(demo_clerk, "A" * 32) is None
