"""Which OpenID Connect provider residents sign in with (利用者証明の提供者).

Owns the provider's address and credentials, from the environment or, with nothing set, from the local twin 見本マイナ.
Never decides who a resident is: claims are only handed on.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dokodemo.kernel.secrets import secret

PROVIDER_ID = "citizen"
SCOPES = ("openid", "profile", "address")


@dataclass(frozen=True)
class Provider:
    """An OpenID Connect provider as a relying party sees it. `twin` marks the local one, labelled 試験用."""

    name: str
    issuer: str
    client_id: str
    secret: str
    twin: bool

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a content-security policy names."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    def as_setting(self) -> dict[str, Any]:
        """What allauth expects under SOCIALACCOUNT_PROVIDERS."""
        return {
            "openid_connect": {
                "provider_class": "dokodemo.adapters.identity.citizen.CitizenProvider",
                "SCOPE": list(SCOPES),
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": PROVIDER_ID,
                        "name": self.name,
                        "client_id": self.client_id,
                        "secret": self.secret,
                        "settings": {"server_url": self.issuer, "fetch_userinfo": True},
                    }
                ],
            }
        }


def provider(home: Path, *, twin_port: int) -> Provider:
    """The provider named by DOKODEMO_OIDC_ISSUER, _CLIENT_ID, _SECRET and _NAME; the twin when no issuer is named.

    Raises ValueError when only some of the settings are given.
    """
    issuer = os.environ.get("DOKODEMO_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return Provider(
            name="見本マイナ",
            issuer=f"http://localhost:{twin_port}",
            client_id="dokodemo",
            secret=secret(home, "twin-client"),
            twin=True,
        )
    client_id, password = (
        os.environ.get("DOKODEMO_OIDC_CLIENT_ID", ""),
        os.environ.get("DOKODEMO_OIDC_SECRET", ""),
    )
    if not client_id or not password:
        raise ValueError(
            "DOKODEMO_OIDC_ISSUER is set: set DOKODEMO_OIDC_CLIENT_ID and DOKODEMO_OIDC_SECRET too."
        )
    return Provider(
        os.environ.get("DOKODEMO_OIDC_NAME", "マイナンバーカード"), issuer, client_id, password, twin=False
    )
