"""Ages, months and fiscal years as SQL over columns (年齢・月数・年度のSQL).

Owns the same counts as `ages`, written for DuckDB. Never knows a rule.
"""

from dokodemo.kernel.expressions import cells as c
from dokodemo.kernel.expressions.cells import Cell


def years(start: str, end: str) -> str:
    """`ages.years`."""
    day = "(month({0}) * 100 + day({0}))"
    before = f"{day.format(end)} < {day.format(start)}"
    return f"(year({end}) - year({start}) - CASE WHEN {before} THEN 1 ELSE 0 END)"


def months(start: str, end: str) -> str:
    """`ages.months`."""
    month = "year({0}) * 12 + month({0})"
    before = f"day({end}) < day({start})"
    return f"(({month.format(end)}) - ({month.format(start)}) - CASE WHEN {before} THEN 1 ELSE 0 END)"


def days(start: str, end: str) -> str:
    """`ages.days`."""
    return f"({end} - {start})"


def fiscal_year(day: str) -> str:
    """`ages.fiscal_year`."""
    return f"(year({day}) - CASE WHEN month({day}) < 4 THEN 1 ELSE 0 END)"


def fiscal_age(birth: str, on: str) -> str:
    """`ages.fiscal_age`."""
    early = f"month({birth}) * 100 + day({birth}) < 402"
    return f"({fiscal_year(on)} - (year({birth}) - CASE WHEN {early} THEN 1 ELSE 0 END))"


def added_days(day: str, number: str) -> str:
    """`ages.add_days`."""
    there = f"({day} + {number}::INTEGER)"
    return (
        f"TRY(CASE WHEN {number} BETWEEN -3652059 AND 3652059 AND {there} BETWEEN DATE '0001-01-01' "
        f"AND DATE '9999-12-31' THEN {there} END)"
    )


def later(a: Cell, b: Cell) -> Cell:
    """date_add_days."""
    low, high = added_days(a.low, b.low), added_days(a.high, b.high)
    return c.span(low, high, a, b, error=c.sure(f"{c.known(a, b)} AND {low} IS NULL"))
