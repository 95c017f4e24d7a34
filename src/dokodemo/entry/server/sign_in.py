"""Signing in (ログイン): what happens the moment a person is known, for residents and for staff.

Owns the bridge from allauth to accounts and to the register's port. Never compares claims itself.
"""

from __future__ import annotations

import logging
import secrets
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from requests import RequestException

from dokodemo.adapters.identity.citizen import check_nonce
from dokodemo.city.parties import port
from dokodemo.entry.server.kept import remember_who
from dokodemo.entry.server.second_factor import said
from dokodemo.kernel.access import Account

_log = logging.getLogger(__name__)
RETRY_SECONDS = 60


def provider_unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """The page for a provider that does not answer. What it said is not logged: it may name a person."""
    _log.warning("the sign-in provider does not answer: %s", type(error).__name__)
    response = render(request, "socialaccount/unavailable.html", status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


class StaffSignIn(DefaultAccountAdapter):  # type: ignore[misc]
    """Passwords are for staff, and nobody signs up with one: accounts come from the organisation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def validation_error(self, code: str, *args: object) -> ValidationError:
        """The error in our words."""
        return ValidationError(said(f"account.error.{code}"), code=code)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """The page itself says what happened; only what went wrong needs a word (a refused passkey)."""
        if level == messages.ERROR and kwargs.get("message"):
            messages.error(request, str(kwargs["message"]))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Accounts hold no mail address."""

    def get_login_redirect_url(self, request: Any) -> str:
        """Residents go to their page; staff to the office, by way of a second factor when they have none yet."""
        if request.user.kind != Account.Kind.STAFF:
            return reverse("portal:my")
        return reverse("office:home") if is_mfa_enabled(request.user) else reverse("mfa_activate_totp")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Link a resident's sign-in to the register before the first page is shown."""
        claims = getattr(request, "citizen_claims", None)
        if claims is not None:
            port.link_sign_in(account_id=user.pk, claims=claims.as_json())
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_who(response, user.pk)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has only just signed in is not asked for the password a second time."""
        request = context.request
        recent = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
        if any(record["at"] > recent for record in get_authentication_records(request, request.user)):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """With a second factor it is asked for; a password alone could have been looked at over a shoulder."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        stronger = [method for method in methods if method["id"] != "reauthenticate"] or methods
        return [
            method | {"description": said(f"account.reauth.{_word(method['id'])}")} for method in stronger
        ]


def _word(method: str) -> str:
    return {"reauthenticate": "by_password", "mfa_reauthenticate": "by_code"}.get(method, "by_passkey")


class ResidentSignIn(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Residents come through the provider; their account is a random name and nothing else."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whoever the provider vouches for may have an account."""
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Refuse an answer to somebody else's question. Raises AnswerRefused."""
        check_nonce(request, sociallogin.state)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, **kwargs: Any
    ) -> None:
        """Tell a provider that is down from one that says no; the log gets the kind of error, never its text."""
        if isinstance(exception, RequestException):
            raise ImmediateHttpResponse(provider_unavailable(request, exception))
        _log.info("sign-in refused: %s %s", error, type(exception).__name__ if exception else "")

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        """A resident's account with a name that says nothing."""
        account = sociallogin.user
        account.kind = Account.Kind.RESIDENT
        account.username = f"resident-{secrets.token_hex(12)}"
        account.email = account.first_name = account.last_name = ""
        return account
