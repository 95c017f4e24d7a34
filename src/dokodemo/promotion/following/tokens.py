"""Links in letters (メールのリンク): a letter's or a follower's key, sealed, so that nobody can make one up.

Owns their form and the addresses they stand in. Never holds an e-mail address. How long a link works is its letter's age.
"""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

from django.conf import settings

from dokodemo.kernel.crypto import CryptoError, open_sealed, seal

CONFIRM, STOP = "confirm", "stop"
_LONGEST = 200
# The addresses of `entry.portal`, which a job of the office's own process must know too; a test holds the two together.
FOLLOW_PATH, PLAN_PATH = "/plan/follow", "/plan"


class BadToken(Exception):
    """A link that no letter of ours holds."""


def make(kind: str, key: UUID) -> str:
    """A token for a link: letters, digits, - and _."""
    return base64.urlsafe_b64encode(seal(key.bytes, context=_context(kind))).decode("ascii").rstrip("=")


def read(kind: str, token: str) -> UUID:
    """The key a token was made of. Raises BadToken."""
    if len(token) > _LONGEST or not token.isascii():
        raise BadToken
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        return UUID(bytes=open_sealed(sealed, context=_context(kind)))
    except (CryptoError, binascii.Error, ValueError):
        raise BadToken from None


def _context(kind: str) -> str:
    return f"following.{kind}"


def address(path: str) -> str:
    """A path of the portal as a whole address."""
    return f"{settings.DOKODEMO_BASE_URL}{path}"


def confirm_address(mail_id: UUID, lang: str) -> str:
    """Where a letter is answered with yes."""
    return address(f"{FOLLOW_PATH}/confirm/{make(CONFIRM, mail_id)}?lang={lang}")


def stop_address(follower_id: UUID, lang: str) -> str:
    """Where following ends."""
    return address(f"{FOLLOW_PATH}/stop/{make(STOP, follower_id)}?lang={lang}")
