"""Signing in as a resident through the real twin (サインインの往復): what is kept, what is refused, what is said."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from city_builders import FULL_ADDRESS, bring_in, row, the_pack
from django.contrib.sessions.models import Session
from django.test import Client
from twin_runner import CITY_HOST, Twin, free_port, lay_card, running_twin, walk

from dokodemo.adapters.identity.provider import Provider
from dokodemo.adapters.identity.twin.cards import Card
from dokodemo.city.parties import port
from dokodemo.city.parties.models import SignInLink
from dokodemo.kernel.access import Account

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/oidc/citizen/login/"
MISAKI = Card("misaki", "髙木 美咲", "タカキ ミサキ", "1990-05-17", "female", FULL_ADDRESS)
NOBODY = Card("nobody", "遠方 太郎", "エンポウ タロウ", "1970-01-01", "male", "東京都千代田区千代田1-1")


@pytest.fixture(autouse=True)
def _people(twin: Twin) -> None:
    the_pack()
    bring_in(row(1, 1, givenName="伸也"), row(2, 1, "妻", givenName="美咲"))
    twin.show(MISAKI, NOBODY)


def ask(city: Client, **query: str) -> str:
    answer = city.post(f"{LOGIN}?{urlencode(query)}")
    assert answer.status_code == 302
    return str(answer["Location"])


def sign_in(city: Client, twin: Twin, card: Card, **query: str) -> str:
    answer = city.get(lay_card(twin, ask(city, **query), card.id))
    assert answer.status_code == 302, answer.content.decode()[:600]
    return str(answer["Location"])


def test_a_card_is_the_same_person_at_a_twin_whose_database_is_new(
    city: Client, twin: Twin, settings, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    sign_in(city, twin, MISAKI)
    (before,) = SocialAccount.objects.values_list("uid", "user_id")
    with running_twin(tmp_path) as renewed:
        renewed.show(MISAKI, NOBODY)
        settings.SOCIALACCOUNT_PROVIDERS = renewed.provider.as_setting()
        sign_in(Client(headers={"host": CITY_HOST}), renewed, NOBODY)
        sign_in(Client(headers={"host": CITY_HOST}), renewed, MISAKI)
    after = list(SocialAccount.objects.order_by("pk").values_list("uid", "user_id"))
    assert after[0] == before
    assert len({uid for uid, _ in after}) == len({user for _, user in after}) == len(after) == 2


def test_a_card_opens_an_account_that_says_nothing_about_its_holder(city: Client, twin: Twin) -> None:
    assert sign_in(city, twin, MISAKI) == "/my/"

    account = Account.objects.get(kind="resident")
    assert account.username.startswith("resident-")
    assert not account.has_usable_password()
    link = SocialAccount.objects.get()
    assert link.extra_data == {}
    kept = json.dumps(
        [list(model.objects.values()) for model in (Account, SocialAccount, SocialToken, EmailAddress)],
        default=str,
    )
    kept += "".join(str(session.get_decoded()) for session in Session.objects.all())
    for secret in ("髙木", "美咲", "1990-05", "緑ケ丘", "タカキ", "female", "@"):
        assert secret not in kept, secret
    assert SocialToken.objects.count() == EmailAddress.objects.count() == 0


def test_a_card_that_fits_one_resident_is_linked_to_them_at_once(city: Client, twin: Twin) -> None:
    sign_in(city, twin, MISAKI)

    link = SignInLink.objects.get()
    assert link.state == "linked"
    assert link.resident is not None
    assert link.resident.number == "2"
    assert port.resident_of(Account.objects.get(kind="resident").pk) == link.resident_id


def test_the_same_card_comes_back_to_the_same_account_also_from_another_browser(
    city: Client, twin: Twin
) -> None:
    sign_in(city, twin, MISAKI)
    other = Client(headers={"host": "localhost:8000"})
    sign_in(other, twin, MISAKI)

    assert Account.objects.filter(kind="resident").count() == 1
    assert SocialAccount.objects.count() == SignInLink.objects.count() == 1
    assert city.session["_auth_user_id"] == other.session["_auth_user_id"]


def test_a_card_nobody_of_the_city_holds_waits_for_a_clerk(city: Client, twin: Twin) -> None:
    sign_in(city, twin, NOBODY)

    assert SignInLink.objects.get().state == "awaiting_clerk"
    assert port.resident_of(Account.objects.get(kind="resident").pk) is None


def test_namesakes_born_on_one_day_in_one_house_wait_for_a_clerk(city: Client, twin: Twin) -> None:
    bring_in(row(3, 2, givenName="美咲", sex="2"))
    sign_in(city, twin, MISAKI)

    assert SignInLink.objects.get().state == "awaiting_clerk"


def test_a_person_comes_back_to_the_page_they_wanted(city: Client, twin: Twin) -> None:
    assert sign_in(city, twin, MISAKI, next="/my/people") == "/my/people"


def test_a_page_of_another_site_is_not_gone_to_afterwards(city: Client, twin: Twin) -> None:
    assert sign_in(city, twin, MISAKI, next="https://evil.example/") == "/my/"


def test_the_session_gets_a_new_name_at_sign_in_and_ends_at_sign_out(city: Client, twin: Twin) -> None:
    back = lay_card(twin, ask(city), MISAKI.id)
    before = city.session.session_key
    city.get(back)
    during = city.session.session_key
    assert before != during
    assert not Session.objects.filter(pk=before).exists()

    city.post("/accounts/logout/")
    assert not Session.objects.filter(pk=during).exists()
    stolen = Client(headers={"host": "localhost:8000"})
    stolen.cookies["dokodemo_session"] = during
    assert stolen.get("/my/").status_code == 302


def test_an_answer_with_another_state_is_refused(city: Client, twin: Twin) -> None:
    back = urlsplit(lay_card(twin, ask(city), MISAKI.id))
    code = parse_qs(back.query)["code"][0]
    answer = city.get(f"{back.path}?{urlencode({'code': code, 'state': 'forged'})}")

    assert answer.status_code == 401
    assert "ログインできませんでした" in answer.content.decode()
    assert not Account.objects.filter(kind="resident").exists()


def test_an_answer_carried_into_another_browser_is_refused(city: Client, twin: Twin) -> None:
    back = lay_card(twin, ask(city), MISAKI.id)
    victim = Client(headers={"host": "localhost:8000"})

    assert victim.get(back).status_code == 401
    assert not Account.objects.filter(kind="resident").exists()


def test_a_code_of_another_question_is_refused_by_its_verifier(city: Client, twin: Twin) -> None:
    other = Client(headers={"host": "localhost:8000"})
    stolen = parse_qs(urlsplit(lay_card(twin, ask(other), MISAKI.id)).query)["code"][0]
    mine = parse_qs(urlsplit(ask(city)).query)["state"][0]

    answer = city.get(f"{LOGIN}callback/?{urlencode({'code': stolen, 'state': mine})}")
    assert answer.status_code == 401
    assert not Account.objects.filter(kind="resident").exists()


def test_an_id_token_with_another_nonce_is_refused(city: Client, twin: Twin) -> None:
    asked = ask(city)
    parts = urlsplit(asked)
    forged = {name: values[0] for name, values in parse_qs(parts.query).items()} | {"nonce": "another"}
    back = lay_card(twin, f"{parts.scheme}://{parts.netloc}{parts.path}?{urlencode(forged)}", MISAKI.id)

    assert city.get(back).status_code == 401
    assert not Account.objects.filter(kind="resident").exists()


def test_a_question_carries_state_nonce_and_challenge_and_nothing_from_outside(
    city: Client, twin: Twin
) -> None:
    query = parse_qs(urlsplit(ask(city, scope="email", auth_params="prompt=none")).query)

    assert {"state", "nonce", "code_challenge"} <= set(query)
    assert query["code_challenge_method"] == ["S256"]
    assert set(query["scope"][0].split()) == {"openid", "profile", "address"}
    assert "prompt" not in query


def test_signing_in_never_joins_an_identity_to_an_account(city: Client, twin: Twin) -> None:
    assert city.post(f"{LOGIN}?process=connect").status_code == 404
    assert city.post(LOGIN, {"process": "connect"}).status_code == 404


def test_a_cancelled_sign_in_says_so_and_what_to_do(city: Client, twin: Twin) -> None:
    state = parse_qs(urlsplit(ask(city)).query)["state"][0]
    answer = city.get(
        f"{LOGIN}callback/?{urlencode({'error': 'access_denied', 'state': state})}", follow=True
    )

    assert "ログインをやめました" in answer.content.decode()
    assert 'href="/sign-in"' in answer.content.decode()


def test_an_error_of_the_provider_says_so_without_repeating_its_text(city: Client, twin: Twin) -> None:
    state = parse_qs(urlsplit(ask(city)).query)["state"][0]
    query = {"error": "server_error", "error_description": "髙木様の情報", "state": state}
    answer = city.get(f"{LOGIN}callback/?{urlencode(query)}")

    assert answer.status_code == 401
    assert "髙木" not in answer.content.decode()


def _absent() -> Provider:
    return Provider("見本マイナ", f"http://localhost:{free_port()}", "dokodemo", "s", twin=True)


@pytest.mark.parametrize(("lang", "words"), [("ja", "つながりません"), ("en", "does not answer")])
def test_a_provider_that_is_down_gives_a_page_with_what_to_do(settings, lang: str, words: str) -> None:  # type: ignore[no-untyped-def]
    settings.SOCIALACCOUNT_PROVIDERS = _absent().as_setting()
    visitor = Client(headers={"host": "localhost:8000"})
    visitor.cookies["dokodemo_language"] = lang
    answer = visitor.post(LOGIN)

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert words in answer.content.decode()


def test_a_provider_that_goes_down_in_the_middle_gives_the_same_page(
    city: Client, twin: Twin, settings
) -> None:  # type: ignore[no-untyped-def]
    back = lay_card(twin, ask(city), MISAKI.id)
    settings.SOCIALACCOUNT_PROVIDERS = _absent().as_setting()

    assert city.get(back).status_code == 503
    assert not Account.objects.filter(kind="resident").exists()


def test_the_twin_marks_every_page_and_never_debugs(twin: Twin) -> None:
    assert "試験用" in requests.get(f"{twin.url}/cards/", timeout=10).text
    missing = requests.get(f"{twin.url}/no-such-page", timeout=10)
    assert missing.status_code == 404
    assert "urlpatterns" not in missing.text
    assert "DEBUG" not in missing.text


def test_the_card_is_lifted_so_the_next_person_at_the_browser_lays_their_own(
    city: Client, twin: Twin
) -> None:
    browser = requests.Session()
    for card in (MISAKI, NOBODY):
        back = walk(twin, ask(city), card.id, browser=browser).headers["Location"]
        city.get(back.removeprefix("http://localhost:8000"))
        city.post("/accounts/logout/")
    assert Account.objects.filter(kind="resident").count() == 2


def test_the_twin_goes_nowhere_but_back(twin: Twin) -> None:
    page = requests.get(f"{twin.url}/cards/?next=https://evil.example/", timeout=10)
    assert "evil.example" not in page.text


@pytest.mark.parametrize("client", ["somebody", "dokodemo"])
def test_the_twin_sends_nobody_to_an_address_it_does_not_know(twin: Twin, client: str) -> None:
    question = {
        "client_id": client,
        "redirect_uri": "https://evil.example/",
        "response_type": "code",
        "scope": "openid",
        "state": "x",
    }
    answer = walk(twin, f"{twin.url}/identity/o/authorize?{urlencode(question)}", MISAKI.id)
    assert not answer.is_redirect
    assert "試験用" in answer.text
    assert "code=" not in answer.text
