"""Working out the queries of the pack (集計式の計算): from the counters of this fiscal year and from other indicators.

Owns which number a name stands for on a day. Never decides what a query may say: that is `formulas`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from dokodemo.administration.procedures import queries as procedures
from dokodemo.kernel import calendar_jp
from dokodemo.promotion.indicators import counted
from dokodemo.promotion.indicators.definitions import Indicator
from dokodemo.promotion.indicators.formulas import Query, name_of, part, worked_out
from dokodemo.promotion.indicators.logic import Amount, Ratio

type Count = Callable[[str], Ratio | Amount | None]


def work_out(indicator: Indicator, query: Query, on: date, other: Count) -> Ratio | Amount | None:
    """The number of an indicator with a query; None while one it is worked out from is not known (未計測).

    `other`: the number of another indicator by its code.
    """
    facts = _facts(indicator, on)
    for code in query.indicators:
        found = other(code)
        if isinstance(found, Ratio):
            facts |= {
                f"{name_of(code)}.numerator": found.numerator,
                f"{name_of(code)}.denominator": found.denominator,
            }
        elif found is not None:
            facts |= {
                f"{name_of(code)}.value": round(found.value),
                f"{name_of(code)}.thousandths": round(1000 * found.value),
            }
    if not query.names <= facts.keys():
        return None
    of, over = worked_out(query, facts, on)
    if over is None:
        return Amount(Decimal(of), on)
    if indicator.unit == "percent":
        return Ratio(of, over, on)
    value = part(of, over)
    return Amount(value, on) if value is not None else None


def _facts(indicator: Indicator, on: date) -> dict[str, int]:
    """What cases and forms count this fiscal year, of the procedures the query is about."""
    measure = indicator.query.measure if indicator.query is not None else None
    slugs = None if measure is None else [one.slug for one in procedures.by_measure(measure)]
    since = calendar_jp.fiscal_year_start(calendar_jp.fiscal_year(on))
    return asdict(counted.tally(since=since, until=on, procedures=slugs))
