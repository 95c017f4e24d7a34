"""Who signs in how (認証バックエンド), and whose account a session belongs to, found by a query that is written once.

The resident the account is linked to comes with it (`linked_resident`): every page of the portal asks for both.

Owns `AUTHENTICATION_BACKENDS`. Never decides what an account may do.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend

from dokodemo.city.parties.port import resident_beside_account
from dokodemo.kernel.access import Account
from dokodemo.kernel.prepared import Prepared

# What every request needs of an account; the rest is read by who asks for it.
_NEEDED = ("kind", "username", "password", "is_active")
_ACCOUNT = Prepared(
    lambda pk: (
        Account.objects.filter(pk=pk).only(*_NEEDED).annotate(linked_resident=resident_beside_account())
    ),
    pk=UUID,
)


class _Remembered(ModelBackend):
    """Django's own backend; only finding the account of a session is shorter."""

    def get_user(self, user_id: Any) -> Account | None:
        found = _ACCOUNT.first(pk=user_id)
        return found if found is not None and self.user_can_authenticate(found) else None


class PasswordBackend(_Remembered):
    """A name and a password (職員)."""


class ProviderBackend(_Remembered, AuthenticationBackend):  # type: ignore[misc]
    """Whatever allauth has verified: a provider's answer, a passkey, a login code (市民・職員)."""
