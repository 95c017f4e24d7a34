"""What the twin tells about the holder of a card (基本4情報・試験用).

Owns the claims. Never tells more than name, date of birth, sex and address.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from dokodemo.adapters.identity.twin.cards import CARDS, read_cards


def subject_of(card: str) -> str:
    """The subject of a card: 40 hex digits that follow from the card alone.

    A row number would begin at 1 again in a new database of the twin, and sign whoever comes first in as somebody else.
    """
    return hashlib.sha256(f"dokodemo twin card {card}".encode()).hexdigest()[:40]


class TwinAdapter(DefaultOIDCAdapter):  # type: ignore[misc]
    """Reads the claims from the card the user's name stands for."""

    def get_user_sub(self, client: Any, user: AbstractBaseUser) -> str:
        """The subject of the card the user's name stands for."""
        del client
        return subject_of(user.get_username())

    def get_user_by_sub(self, client: Any, sub: str) -> AbstractBaseUser | None:
        """The user whose card has this subject; only cards that were laid before have one."""
        del client
        known: list[AbstractBaseUser] = list(get_user_model().objects.filter(is_active=True))
        return next((user for user in known if subject_of(user.get_username()) == sub), None)

    def get_claims(
        self, purpose: str, user: AbstractBaseUser, client: Any, scopes: Any, **kwargs: Any
    ) -> dict[str, Any]:
        """Subject, and by scope the card's four facts."""
        claims: dict[str, Any] = {"sub": self.get_user_sub(client, user)}
        card = read_cards(Path(settings.DOKODEMO_HOME) / CARDS).get(user.get_username())
        if card is not None and "profile" in scopes:
            claims.update({"name": card.name, "birthdate": card.birthdate, "gender": card.gender})
        if card is not None and "address" in scopes:
            claims["address"] = {"formatted": card.address}
        return claims
