"""Reads of costs (費用の照会): what procedures cost in a year, and what one completed transaction costs.

Owns which entry counts. Never says a cost for a year that is not over: its transactions are not all there yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings

from dokodemo.administration.cases import counts
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.prepared import PreparedValues
from dokodemo.promotion.costs import logic, policies
from dokodemo.promotion.costs.definitions import Rate, costs_of
from dokodemo.promotion.costs.models import CostEntry

MOST_ENTRIES = 50


@dataclass(frozen=True)
class Cost:
    """What one procedure cost in a year (None: nobody entered it), and how many transactions were completed in it.

    `sample`: it was reckoned at a rate that is made up.
    """

    slug: str
    total: int | None
    completed: int
    sample: bool = False

    @property
    def each(self) -> Decimal | None:
        """Yen for one completed transaction; None while that is not measured."""
        return logic.per_transaction(self.total, self.completed)


def is_over(fiscal_year: int) -> bool:
    """Whether a fiscal year has ended."""
    return calendar_jp.fiscal_year_end(fiscal_year) < calendar_jp.today()


def rate(fiscal_year: int) -> Rate | None:
    """What a minute of staff cost at the beginning of a fiscal year; None where the pack does not say."""
    return costs_of(settings.DOKODEMO_PACK).on(calendar_jp.fiscal_year_start(fiscal_year))


def costs(fiscal_year: int) -> Mapping[str, Cost]:
    """What each procedure with an entry or a completed transaction cost in a year, by slug; empty until it is over."""
    if not is_over(fiscal_year):
        return {}
    entered = {one.procedure: one for one in _entries(fiscal_year)}
    since, until = calendar_jp.fiscal_year_start(fiscal_year), calendar_jp.fiscal_year_end(fiscal_year)
    completed = counts.completed(since=since, until=until)
    return {
        slug: Cost(
            slug,
            entered[slug].costs.total if slug in entered else None,
            completed.get(slug, 0),
            slug in entered and entered[slug].sample,
        )
        for slug in sorted({*entered, *completed})
    }


def _entries(fiscal_year: int) -> list[CostEntry]:
    """The entries of a year, of each procedure the one that counts last."""
    return list(CostEntry.objects.filter(fiscal_year=fiscal_year).order_by("entered_at", "pk"))


def overall(on: date) -> tuple[Decimal, date] | None:
    """Yen for one completed transaction over all procedures whose cost is known and no sample, of the last year with any.

    With the last day of that year; None while there is none.
    """
    for year in (row["fiscal_year"] for row in _YEARS.all(before=calendar_jp.fiscal_year(on))):
        known = [one for one in costs(year).values() if one.each is not None and not one.sample]
        each = logic.per_transaction(
            sum(one.total or 0 for one in known), sum(one.completed for one in known)
        )
        if each is not None:
            return each, calendar_jp.fiscal_year_end(year)
    return None


_YEARS = PreparedValues(
    lambda before: (
        CostEntry.objects.filter(fiscal_year__lt=before)
        .order_by("-fiscal_year")
        .values("fiscal_year")
        .distinct()[:5]
    ),
    before=int,
)


def get_procedure(actor: Actor, slug: str) -> CompiledProcedure:
    """A procedure whose costs this actor may read. Raises NotFound."""
    if not policies.may_read(actor):
        raise NotFound
    return procedures.get_published(slug)


def history(actor: Actor, slug: str, fiscal_year: int) -> list[CostEntry]:
    """What was entered for a procedure and a year, the last first. Raises NotFound."""
    get_procedure(actor, slug)
    rows = CostEntry.objects.filter(procedure=slug, fiscal_year=fiscal_year)
    return list(rows.order_by("-entered_at", "-pk")[:MOST_ENTRIES])
