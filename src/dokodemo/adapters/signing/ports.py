"""The seam of electronic signatures (電子署名の口): what a city's signing service must offer.

Owns the two Protocols, their result and their errors. Never signs: an adapter does.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dokodemo.kernel.faults import Impersonal


class SigningError(Impersonal):
    """A signature could not be made. The text says what to do."""


class SigningKeyMissing(SigningError):
    """There is no usable signing key."""


class SigningKeyExpired(SigningError):
    """The certificate of the signing key is not valid at this time."""


@dataclass(frozen=True)
class Verification:
    """What a file's signature says.

    `intact`: the signed bytes are unchanged and the signature fits its certificate. `trusted`: the certificate
    leads to the city's authority and was valid at `signed_at` (UTC, from the timestamp when there is one).
    `covers_whole_file`: nothing was added after signing. `test_only`: signed with a test authority (試験用).
    `problem`: why not, plainly.
    """

    intact: bool
    trusted: bool
    covers_whole_file: bool
    signer: str | None = None
    signed_at: datetime | None = None
    timestamped: bool = False
    test_only: bool = False
    problem: str | None = None

    @property
    def good(self) -> bool:
        """Intact, trusted and covering the whole file."""
        return self.intact and self.trusted and self.covers_whole_file


class Signer(Protocol):
    """Signs letters for the city."""

    def sign(self, pdf: bytes, *, reason: str, signer_name: str) -> bytes:
        """The file with one PAdES signature over all of it (ETSI EN 319 142-1). Raises SigningError."""
        ...

    def check(self) -> list[str]:
        """What is wrong with this signer, in plain sentences; empty when it can sign."""
        ...


class Verifier(Protocol):
    """Reads signatures."""

    def verify(self, pdf: bytes) -> Verification:
        """What the file's only signature says. Never raises for a bad file; a file may be hostile."""
        ...
