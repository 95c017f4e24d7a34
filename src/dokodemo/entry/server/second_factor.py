"""The second step of staff signing in (二要素認証): how it is kept, named and explained, and the demo's help.

Owns the bridge to allauth's multi-factor part. Never decides who needs a second factor: `entry.office.visitors` does.
"""

from __future__ import annotations

import time
from base64 import b64decode, b64encode
from typing import Any

from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction

from dokodemo.city.organisation.demo_staff import is_demo_staff
from dokodemo.kernel.access import Account
from dokodemo.kernel.crypto import needs_rotation, open_sealed, seal
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import language_of

_SEALED_FOR = "mfa.authenticator"
# Where allauth keeps what it gave to `encrypt`: of authenticator apps, and of recovery codes.
_SECRETS = ("secret", "seed")
# A code is accepted one step early and late, so it must stay used for three steps.
_USED_STEPS = 3


def reseal_secrets() -> int:
    """Seal the secrets of second factors that an older key sealed with the active one; how many. Raises CryptoError."""
    renewed = 0
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
            old = {name: factor.data[name] for name in _SECRETS if name in factor.data} if factor else {}
            late = {name: text for name, text in old.items() if needs_rotation(b64decode(text))}
            if factor is not None and late:
                adapter = SecondFactor()
                factor.data |= {name: adapter.encrypt(adapter.decrypt(text)) for name, text in late.items()}
                factor.save(update_fields=["data"])
                renewed += len(late)
    return renewed


def said(key: str, **params: object) -> str:
    """One text of ours in the language of the request that is being served."""
    return texts.plain(key, language_of(context.request), **params)


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are sealed, messages are ours, and the last factor of a member of staff stays."""

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored."""
        return b64encode(seal(text.encode(), context=_SEALED_FOR)).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Open a stored secret."""
        return open_sealed(b64decode(encrypted_text), context=_SEALED_FOR).decode()

    def validation_error(self, code: str, *args: object) -> ValidationError:
        """The error in our words."""
        return ValidationError(said(f"account.error.{code}"), code=code)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one: without a second factor nobody of the staff gets in."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """A first name for a new passkey."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return said("account.passkey.default_name", number=count + 1)

    def _get_site_name(self) -> str:
        return said("ui.product")


def mark_used(account: Account, code: str) -> bool:
    """Remember a code of an authenticator app; False when it has been used before (RFC 6238 §5.2)."""
    digits = "".join(filter(str.isdigit, code))
    return cache.add(_used(account, digits), 1, _USED_STEPS * app_settings.TOTP_PERIOD)


def _used(account: Account, code: str) -> str:
    return f"second-factor-used:{account.pk}:{code}"


def demo_code(account: Account, secret: str | None = None) -> str | None:
    """The code an authenticator app would show now, for a visitor of the demonstration who has none (試験用).

    `secret` is the one being set up; without it the account's own is taken. None for everybody outside the
    demonstration, for residents, and where a real provider signs residents in.
    """
    if not (settings.DOKODEMO_DEMO and settings.CITIZEN_PROVIDER.twin and is_demo_staff(account.pk)):
        return None
    secret = secret or _secret_of(account)
    if secret is None:
        return None
    step = int(time.time()) // app_settings.TOTP_PERIOD
    codes = [format_hotp_value(hotp_value(secret, step + ahead)) for ahead in (0, 1)]
    return next((str(code) for code in codes if not cache.get(_used(account, code))), str(codes[-1]))


def _secret_of(account: Account) -> str | None:
    found = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).first()
    return str(decrypt(found.data["secret"])) if found else None
