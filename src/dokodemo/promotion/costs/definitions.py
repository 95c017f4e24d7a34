"""What a minute of staff costs (職員の費用の単価): `plan/costs.yaml` of a pack.

Owns the keys of the file. Never knows a city: one without the file has no rate, and no cost is worked out there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from pydantic import Field

from dokodemo.kernel.packs import Pack, PackModel, Problem, Text, open_pack, validate

COSTS_FILE = "plan/costs.yaml"


class Rate(PackModel):
    """Yen a minute of staff costs from a day on, and where that stands. `sample`: made up, so screens say 見本."""

    from_: date = Field(alias="from")
    yen_per_minute: Decimal = Field(gt=0, le=10_000, max_digits=8, decimal_places=2)
    source: Text
    sample: bool = False


class CostsFile(PackModel):
    """The whole of `plan/costs.yaml`."""

    rates: tuple[Rate, ...] = Field(default=(), max_length=100)

    def on(self, day: date) -> Rate | None:
        """The rate in force on a day; None before the first."""
        known = [one for one in self.rates if one.from_ <= day]
        return max(known, key=lambda one: one.from_) if known else None


def load_costs(pack: Pack) -> CostsFile:
    """The rates of a city; none when it has no file. Raises PackError with file, line and remedy."""
    document = pack.document(COSTS_FILE)
    return CostsFile() if document is None else validate(CostsFile, document)


@lru_cache(maxsize=4)
def costs_of(pack: str) -> CostsFile:
    """The same by the pack's name, read once. Raises PackError."""
    return load_costs(open_pack(pack))


def check(pack: Pack) -> list[Problem]:
    """What is wrong with the rates: two that begin on one day."""
    return list(_twice(pack))


def _twice(pack: Pack) -> Iterator[Problem]:
    document, rates = pack.document(COSTS_FILE), load_costs(pack).rates
    days = [one.from_ for one in rates]
    for place, day in enumerate(days):
        if document is not None and day in days[:place]:
            yield document.problem(
                ("rates", place, "from"), f"Two rates begin on {day}", "Take one of them out, or move its day"
            )
