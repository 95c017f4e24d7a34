"""The allauth provider that keeps nothing (個人情報を残さない): claims are handed on, never stored beside the account.

Owns what we change in allauth's OpenID Connect provider: no claim is stored, an answer must belong to the request it
answers (nonce, one subject), and nobody adds parameters to the request from outside. Never decides who a resident is.
"""

from __future__ import annotations

import secrets
from hmac import compare_digest
from typing import Any

from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest

from dokodemo.adapters.identity.claims import read_claims


class AnswerRefused(ProviderException):  # type: ignore[misc]
    """The provider's answer does not belong to our question. Carries no claim."""


class CitizenProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """allauth would store every claim in plain JSON; here they live for one request as `request.citizen_claims`."""

    @classmethod
    def get_package(cls) -> str:
        """Where allauth finds the addresses: its own provider keeps them."""
        package: str = OpenIDConnectProvider.get_package()
        return package

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, Any]:
        """Only what we ask for ourselves: allauth would take `auth_params` from the address."""
        params: dict[str, Any] = self.get_auth_params()
        return params

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Only the scopes of the settings: allauth would take more from the address."""
        scope: list[str] = self.get_scope()
        return scope

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """Ask with a nonce that is remembered beside the state (OpenID Connect Core 1.0 §3.1.2.1)."""
        nonce = secrets.token_urlsafe(24)
        params = {**(kwargs.pop("auth_params", None) or {}), "nonce": nonce}
        return super().redirect(request, process, next_url, data, auth_params=params, nonce=nonce, **kwargs)

    def sociallogin_from_response(self, request: Any, response: dict[str, Any]) -> Any:
        """Hand the claims to the request, then go on without them.

        Raises AnswerRefused when there is no ID token, or when it speaks of somebody else than the user information
        (Core 1.0 §5.3.2).
        """
        token, told = response.get("id_token") or {}, response.get("userinfo") or {}
        if not token.get("sub"):
            raise AnswerRefused("the answer has no ID token")
        if told and told.get("sub") != token["sub"]:
            raise AnswerRefused("ID token and user information speak of two people")
        request.citizen_claims = read_claims({**token, **told})
        request.citizen_nonce = str(token.get("nonce") or "")
        return super().sociallogin_from_response(request, response)

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing is kept."""
        del data
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """No name, no e-mail: the account is a number."""
        del data
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """None are asked for."""
        del data
        return []


def check_nonce(request: HttpRequest, state: dict[str, Any]) -> None:
    """Raises AnswerRefused unless the ID token carries the nonce of the question that `state` belongs to."""
    asked, answered = str(state.get("nonce") or ""), str(getattr(request, "citizen_nonce", ""))
    if not asked or not compare_digest(asked, answered):
        raise AnswerRefused("the ID token answers another request")
