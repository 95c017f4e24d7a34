"""What a provider says about a person (基本4情報), in one shape whatever the provider calls it.

Owns the reading of claims. Never compares them with a register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

SEX = {"male": "1", "female": "2", "1": "1", "2": "2", "男": "1", "女": "2", "9": "9"}


@dataclass(frozen=True)
class CardClaims:
    """Name, date of birth, sex (ISO 5218) and address as on the card; None where the provider is silent."""

    subject: str
    full_name: str | None
    date_of_birth: date | None
    sex: str | None
    address: str | None

    def as_json(self) -> dict[str, str | None]:
        """The claims as kept, sealed, beside a link."""
        return {
            "subject": self.subject,
            "full_name": self.full_name,
            "date_of_birth": self.date_of_birth.isoformat() if self.date_of_birth else None,
            "sex": self.sex,
            "address": self.address,
        }

    @property
    def complete(self) -> bool:
        """Whether all four are known: only then can a link be made without a clerk."""
        return None not in (self.full_name, self.date_of_birth, self.sex, self.address)


def read_claims(raw: Mapping[str, Any]) -> CardClaims:
    """Standard OpenID Connect claims (Core 1.0 §5.1) as `CardClaims`. What cannot be read is None, never a guess."""
    born = None
    try:
        born = date.fromisoformat(str(raw.get("birthdate") or ""))
    except ValueError:
        born = None
    address = raw.get("address")
    written = address.get("formatted") if isinstance(address, Mapping) else address
    name = raw.get("name")
    return CardClaims(
        subject=str(raw.get("sub") or ""),
        full_name=name if isinstance(name, str) and name else None,
        date_of_birth=born,
        sex=SEX.get(str(raw.get("gender") or "").lower()),
        address=written if isinstance(written, str) and written else None,
    )
