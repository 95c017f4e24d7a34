"""The allauth provider that keeps nothing (個人情報を残さない): claims are handed on, never stored beside the account.

Owns the one change to allauth's OpenID Connect provider. Never decides who a resident is.
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider

from dokodemo.adapters.identity.claims import read_claims


class CitizenProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """allauth would store every claim in plain JSON; here they live for one request as `request.citizen_claims`."""

    @classmethod
    def get_package(cls) -> str:
        """Where allauth finds the addresses: its own provider keeps them."""
        package: str = OpenIDConnectProvider.get_package()
        return package

    def sociallogin_from_response(self, request: Any, response: dict[str, Any]) -> Any:
        """Hand the claims to the request, then go on without them."""
        request.citizen_claims = read_claims(response.get("userinfo") or response.get("id_token") or response)
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
