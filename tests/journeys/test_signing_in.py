"""Journeys of signing in (ログイン): a clerk's first day, a passkey, a browser without scripts, a provider that is down."""

from __future__ import annotations

import re
import time

from journey_forms import begin
from journey_people import Clerk, Town, one_time_code
from playwright.sync_api import expect

# Each works through the second factor's first time, so no other journey may have used them.
CLERK, PASSKEY_HOLDER, WITHOUT_SCRIPTS = "general-affairs-caseworker", "general-affairs-head", "policy-head"
OURS = {
    "sign-in-staff",
    "sign-in-staff-wrong",
    "second-factor-set-up",
    "second-factor-set-up-wrong",
    "second-factor",
    "recovery-codes",
    "recovery-codes-gone",
    "recovery-codes-new",
    "sign-in-settings",
    "app-last-one",
    "passkey-add",
    "passkeys",
    "passkey-rename",
    "password-change",
    "sign-out",
    "sign-in-cancelled",
    "sign-in-refused",
    "kept",
}
SIX_DIGITS = re.compile(r"^\d{6}$")


def give_password(clerk: Clerk, username: str) -> None:
    clerk.go("/accounts/login/")
    clerk.box("login").fill(username)
    clerk.box("password").fill(clerk.city.password(username))
    clerk.press("ログイン")


def newcomer(town: Town) -> Clerk:
    """A clerk with a window of their own that has never been signed in."""
    found = Clerk(town.city, town._context(), town.screens)
    return town._keep(found)


def shown_code(clerk: Clerk) -> str:
    """The digits the demonstration shows in place of an app."""
    return clerk.page.locator("p.receipt-number").filter(has_text=SIX_DIGITS).inner_text()


def test_a_clerk_without_an_app_gets_from_the_password_to_the_office(town: Town) -> None:
    clerk = newcomer(town)
    clerk.go("/office/")
    clerk.look("sign-in-staff")
    clerk.box("login").fill(CLERK)
    clerk.box("password").fill("wrong")
    clerk.press("ログイン")
    expect(clerk.page.locator("#error-summary")).to_be_focused()
    expect(clerk.box("login")).to_have_value(CLERK)
    clerk.look("sign-in-staff-wrong", again="send")

    give_password(clerk, CLERK)
    clerk.page.wait_for_url("**/2fa/totp/activate/")
    clerk.look("second-factor-set-up")
    clerk.box("code").fill("000000")
    clerk.press("登録する")
    clerk.look("second-factor-set-up-wrong", again="send")
    clerk.box("code").fill(shown_code(clerk))
    clerk.press("登録する")
    clerk.page.wait_for_url("**/recovery-codes/")
    assert len(clerk.page.locator("main code").all()) == 10
    clerk.look("recovery-codes", again="never")
    clerk.follow("控えました")
    clerk.page.wait_for_url("**/office/")

    for name, path in (
        ("sign-in-settings", "/accounts/2fa/"),
        ("recovery-codes-gone", "/accounts/2fa/recovery-codes/"),
        ("recovery-codes-new", "/accounts/2fa/recovery-codes/generate/"),
        ("app-last-one", "/accounts/2fa/totp/deactivate/"),
        ("passkey-add", "/accounts/2fa/webauthn/add/"),
        ("password-change", "/accounts/password/change/"),
        ("sign-out", "/accounts/logout/"),
    ):
        clerk.go(path)
        clerk.look(name)
    clerk.go("/accounts/logout/")
    clerk.page.locator("main").get_by_role("button", name="ログアウト").click()

    give_password(clerk, CLERK)
    clerk.page.wait_for_url("**/2fa/authenticate/")
    clerk.look("second-factor")
    clerk.box("code").fill(shown_code(clerk))
    clerk.press("ログイン")
    clerk.page.wait_for_url("**/office/")


def test_a_passkey_is_registered_and_then_signs_in_alone(town: Town) -> None:
    clerk = newcomer(town)
    devtools = clerk.context.new_cdp_session(clerk.page)
    devtools.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    give_password(clerk, PASSKEY_HOLDER)
    clerk.page.wait_for_url("**/2fa/totp/activate/")
    clerk.follow("代わりにパスキーを登録する")
    clerk.box("passwordless").check()
    clerk.box("name").fill("職場のパソコン")
    clerk.press("登録を始める")
    clerk.page.wait_for_url("**/recovery-codes/")
    clerk.go("/accounts/2fa/webauthn/")
    assert "職場のパソコン" in clerk.says()
    clerk.look("passkeys")
    clerk.follow("登録を外す")
    assert "最後の一つは外せません" in clerk.heading()
    clerk.go("/accounts/2fa/webauthn/")
    clerk.follow("名前を変える")
    clerk.look("passkey-rename")
    clerk.box("name").fill("窓口のパソコン")
    clerk.press("保存")
    assert "窓口のパソコン" in clerk.says()

    clerk.go("/accounts/logout/")
    clerk.page.locator("main").get_by_role("button", name="ログアウト").click()
    clerk.go("/accounts/login/")
    clerk.press("パスキーを使う")
    clerk.page.wait_for_url("**/office/")

    clerk.go("/accounts/logout/")
    clerk.page.locator("main").get_by_role("button", name="ログアウト").click()
    give_password(clerk, PASSKEY_HOLDER)
    clerk.press("パスキーで確認")
    clerk.page.wait_for_url("**/office/")


def test_a_passkey_that_is_refused_is_said_on_the_page(town: Town) -> None:
    clerk = newcomer(town)
    devtools = clerk.context.new_cdp_session(clerk.page)
    devtools.send("WebAuthn.enable")
    empty = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
    }
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": empty | {"isUserVerified": False, "automaticPresenceSimulation": True}},
    )
    clerk.go("/accounts/login/")
    expect(clerk.page.locator("#passkey-failed")).to_be_hidden()
    # A refusal stays on the page: nothing is loaded, so nothing may be waited for.
    clerk.page.get_by_role("button", name="パスキーを使う").click()
    expect(clerk.page.locator("#passkey-failed")).to_be_visible()


def test_without_scripts_an_app_is_enough_and_passkeys_say_what_they_need(town: Town) -> None:
    clerk = Clerk(town.city, town._context(java_script_enabled=False), town.screens)
    town._keep(clerk)
    clerk.go("/accounts/login/")
    assert "JavaScript" in clerk.says()
    expect(clerk.page.locator("#passkey_login")).to_be_hidden()
    give_password(clerk, WITHOUT_SCRIPTS)
    secret = clerk.page.locator("main code").inner_text()
    clerk.box("code").fill(one_time_code(secret, time.time()))
    clerk.press("登録する")
    clerk.page.wait_for_url("**/recovery-codes/")
    clerk.follow("控えました")
    clerk.page.wait_for_url("**/office/")


def test_a_resident_who_cancels_or_is_refused_reads_what_to_do(town: Town) -> None:
    visitor = town.visitor()
    visitor.go("/accounts/3rdparty/login/cancelled/")
    visitor.look("sign-in-cancelled")
    visitor.go("/accounts/3rdparty/login/error/")
    visitor.look("sign-in-refused")
    visitor.follow("もう一度ログインする")
    assert visitor.page.url.endswith("/sign-in")


def test_what_was_typed_survives_the_end_of_the_session(town: Town) -> None:
    person = town.resident("foreigner")
    begin(person, "dog-registration")
    person.next()
    box = person.page.locator("main form input[type=text]").first
    name = box.get_attribute("name") or ""
    box.fill("書きかけのことば")
    person.context.clear_cookies(name="dokodemo_session")
    person.next()
    assert "入力した内容は残してあります" in person.says()
    person.page.locator("main form button").first.click()
    person.page.locator('button[value="foreigner"]').click()
    person.page.wait_for_url("**/accounts/kept/")
    person.look("kept")
    person.press("送って続ける")
    assert person.box(name).input_value() == "書きかけのことば"


def test_every_screen_of_signing_in_was_as_it_must_be(town: Town) -> None:
    assert [line for line in town.screens.wrong if line.split(" ")[0] in OURS] == []
