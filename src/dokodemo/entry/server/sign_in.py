"""Signing in (ログイン): what happens the moment a person is known, for residents and for staff.

Owns the bridge from allauth to accounts and to the register's port. Never compares claims itself.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from dokodemo.city.parties import port
from dokodemo.kernel.access import Account


class StaffSignIn(DefaultAccountAdapter):  # type: ignore[misc]
    """Passwords are for staff, and nobody signs up with one: accounts come from the organisation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The page itself says what happened."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Accounts hold no mail address."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Residents go to their page; staff to the office, by way of a second factor when they have none yet."""
        if getattr(request.user, "kind", None) != Account.Kind.STAFF:
            return reverse("portal:my")
        return reverse("office:home") if is_mfa_enabled(request.user) else reverse("mfa_index")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Link a resident's sign-in to the register before the first page is shown."""
        claims = getattr(request, "citizen_claims", None)
        if claims is not None:
            port.link_sign_in(account_id=user.pk, claims=claims.as_json())
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response


class ResidentSignIn(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Residents come through the provider; their account is a random name and nothing else."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whoever the provider vouches for may have an account."""
        return True

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        """A resident's account with a name that says nothing."""
        account = sociallogin.user
        account.kind = Account.Kind.RESIDENT
        account.username = f"resident-{secrets.token_hex(12)}"
        account.email = account.first_name = account.last_name = ""
        return account
