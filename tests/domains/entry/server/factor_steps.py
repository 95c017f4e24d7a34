"""What a member of staff does to sign in, in few words."""

from __future__ import annotations

import time

from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client

PASSWORD = "correct-horse-battery"
LOGIN = "/accounts/login/"
SET_UP = "/accounts/2fa/totp/activate/"
CODE = "/accounts/2fa/authenticate/"


def code_of(secret: str, ahead: int = 0) -> str:
    """What an authenticator app shows, now or `ahead` steps of 30 seconds later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead)))


def give_password(browser: Client, username: str, password: str = PASSWORD, **extra: str) -> HttpResponse:
    """The first step."""
    return browser.post(LOGIN, {"login": username, "password": password, **extra})  # type: ignore[return-value]


def set_up_app(browser: Client, username: str) -> str:
    """Sign in for the first time and set an app up; returns its secret."""
    assert give_password(browser, username)["Location"] == SET_UP
    browser.get(SET_UP)
    secret = str(browser.session[SECRET_SESSION_KEY])
    answer = browser.post(SET_UP, {"code": code_of(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


def sign_in(browser: Client, username: str, secret: str, ahead: int = 1) -> HttpResponse:
    """Both steps."""
    assert give_password(browser, username)["Location"] == CODE
    return browser.post(CODE, {"code": code_of(secret, ahead)})  # type: ignore[return-value]
