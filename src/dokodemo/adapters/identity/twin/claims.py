"""What the twin tells about the holder of a card (基本4情報・試験用).

Owns the claims. Never tells more than name, date of birth, sex and address.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from dokodemo.adapters.identity.twin.cards import CARDS, read_cards


class TwinAdapter(DefaultOIDCAdapter):  # type: ignore[misc]
    """Reads the claims from the card the user's name stands for."""

    def get_claims(
        self, purpose: str, user: AbstractBaseUser, client: Any, scopes: Any, **kwargs: Any
    ) -> dict[str, Any]:
        """Subject, and by scope the card's four facts."""
        claims = {"sub": self.get_user_sub(client, user)}
        card = read_cards(Path(settings.DOKODEMO_HOME) / CARDS).get(user.get_username())
        if card is not None and "profile" in scopes:
            claims.update({"name": card.name, "birthdate": card.birthdate, "gender": card.gender})
        if card is not None and "address" in scopes:
            claims["address"] = {"formatted": card.address}
        return claims
