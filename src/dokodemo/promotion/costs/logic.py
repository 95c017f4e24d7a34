"""The arithmetic of costs (費用の計算): staff minutes × rate, system and postage, over the transactions that were completed.

Pure. Never reads a record; yen are whole but for the rate and the cost of one transaction.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MOST_YEN = 10**11
MOST_MINUTES = 10**9
LONGEST_EVIDENCE = 2000


@dataclass(frozen=True)
class Costs:
    """What a procedure cost in a fiscal year: minutes of staff, yen of one, and yen for its share of systems and postage."""

    staff_minutes: int
    yen_per_minute: Decimal
    system_yen: int
    postage_yen: int

    @property
    def total(self) -> int:
        """Yen of the year."""
        staff = (self.staff_minutes * self.yen_per_minute).quantize(Decimal(1), ROUND_HALF_UP)
        return int(staff) + self.system_yen + self.postage_yen


def per_transaction(total: int | None, completed: int) -> Decimal | None:
    """Yen for one completed transaction, to a tenth; None while costs or transactions are missing: nothing is divided by 0."""
    if total is None or completed <= 0:
        return None
    return (Decimal(total) / completed).quantize(Decimal("0.1"), ROUND_HALF_UP)


def whole(text: str, most: int) -> int | None:
    """A whole number as people type it, full width and with separators too; None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 13):
        return None
    return int(plain) if int(plain) <= most else None
