"""The seam of mail (電子メールの口): what a way of sending must offer.

Owns the letter, the Protocol and the two errors. Never sends: `sending` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from dokodemo.kernel.faults import Impersonal


class Refused(Impersonal):
    """The mailbox is refused for good (RFC 5321 §4.2.1, a 5yz answer to RCPT). The text never names it."""


class Unreachable(Impersonal):
    """It could not be sent now. `everybody`: the relay itself is away, so that no other letter would go either."""

    def __init__(self, text: str, *, everybody: bool) -> None:
        super().__init__(text)
        self.everybody = everybody


@dataclass(frozen=True)
class Letter:
    """One mail to one address. `name` makes its Message-ID: the same letter sent again has the same one (RFC 5322 §3.6.4).

    `sender` is shown as its writer. `stop`: the address that ends these letters with one POST (RFC 8058), None where there is
    nothing to end.
    """

    name: str
    to: str
    sender: str
    subject: str
    text: str
    html: str
    stop: str | None = None


class Post(Protocol):
    """A way of sending, open for a number of letters."""

    def __enter__(self) -> Self:
        """Open it; the relay itself is only called with the first letter."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it; nothing is raised."""
        ...

    def send(self, letter: Letter) -> None:
        """Hand one letter over. Raises Refused, Unreachable."""
        ...
