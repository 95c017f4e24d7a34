"""Sending through Django's mail backends (メールの送信): which one is the city's setting.

Owns the headers of every letter and the reading of a relay's answers. Never keeps or logs an address.
"""

from __future__ import annotations

import logging
import re
import smtplib
from email.utils import formataddr
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers

from dokodemo.adapters.mail.ports import Letter, Post, Refused, Unreachable

# Answers that are about this mailbox (RFC 5321 §4.2.3); a relay that tells more says 5.1.x or 5.2.x (RFC 3463). 5.7.x is its
# policy, which the city has to settle with it and no reader can help.
_NO_SUCH_BOX = {550, 551, 553}
_ENHANCED = re.compile(rb"\s*5\.(\d{1,3})\.\d{1,3}\b")
_log = logging.getLogger(__name__)


def is_offered() -> bool:
    """Whether this city sends mail at all."""
    return bool(settings.DOKODEMO_MAIL.kind != "none")


def post() -> Post:
    """The city's way of sending."""
    return _Backend()


class _Backend:
    """One of Django's backends, kept open for several letters."""

    def __init__(self) -> None:
        self._connection: Any = None

    def __enter__(self) -> Self:
        if settings.DOKODEMO_MAIL.kind == "file":
            # What the twin writes holds addresses in clear.
            (settings.DOKODEMO_HOME / "mail").mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connection = mailers.default
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        try:
            self._connection.close()
        except (OSError, smtplib.SMTPException) as fault:
            _log.info("The relay did not say goodbye: %s", type(fault).__name__)

    def send(self, letter: Letter) -> None:
        """Hand one letter over. Raises Refused, Unreachable."""
        try:
            # Kept open until the end: a connection for each letter costs a relay more than the letter.
            self._connection.open()
            self._connection.send_messages([_message(letter)])
        except smtplib.SMTPRecipientsRefused as fault:
            raise _refusal(fault) from None
        except ValueError:
            raise Refused("This address cannot be written in an envelope.") from None
        except smtplib.SMTPDataError as fault:
            raise Unreachable(
                f"The relay did not take the letter ({fault.smtp_code}).", everybody=False
            ) from None
        except (OSError, smtplib.SMTPException) as fault:
            # What was half said on it must not be followed by the next letter.
            self._close()
            raise Unreachable(f"The relay is not reached ({type(fault).__name__}).", everybody=True) from None


def _refusal(fault: smtplib.SMTPRecipientsRefused) -> Refused | Unreachable:
    code, said = next(iter(fault.recipients.values()))
    detail = _ENHANCED.match(said if isinstance(said, bytes) else str(said).encode())
    about_the_box = detail[1] in (b"1", b"2") if detail else code in _NO_SUCH_BOX
    if 500 <= code < 600 and about_the_box:
        return Refused(f"The mailbox is refused ({code}).")
    return Unreachable(f"The relay does not take this letter now ({code}).", everybody=False)


def _message(letter: Letter) -> EmailMultiAlternatives:
    sender = settings.DOKODEMO_MAIL.sender
    headers = {
        "Message-ID": f"<{letter.name}@{sender.rpartition('@')[2]}>",
        # No answer by a machine is wanted (RFC 3834).
        "Auto-Submitted": "auto-generated",
    }
    if letter.stop is not None:
        headers["List-Unsubscribe"] = f"<{letter.stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=formataddr((letter.sender, sender)),
        to=[letter.to],
        headers=headers,
    )
    message.attach_alternative(letter.html, "text/html")
    return message
