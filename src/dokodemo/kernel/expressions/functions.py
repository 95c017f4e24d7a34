"""The functions a rule may call, their arguments and results (規則で使える関数).

Owns the allow-list. Never computes: `ages` and `arithmetic` do.

age(date[, on])                      completed years on the day `on` (default: today), by the birthday
fiscal_age_at_most(date, n[, on])    the first 31 March on or after the day the age n is reached has not passed
fiscal_year(date)                    the year in which the fiscal year began (1 April)
years_between(from, to), months_between(from, to), days_between(from, to)   completed; negative backwards
date_add_days(date, days)            that many days later
floor(x / y), ceil(x / y), round_down(x, unit)   the only places where a division may stand
least(x, …), greatest(x, …), abs(x)
"""

from dataclasses import dataclass
from typing import Final

from dokodemo.kernel.expressions.kinds import BOOLEAN, DATE, INTEGER, Type

TODAY: Final = "today"


@dataclass(frozen=True, slots=True)
class Function:
    """A function with fixed argument types: `op` of its node; a missing last argument may be `today`."""

    op: str
    arguments: tuple[Type, ...]
    result: Type
    usage: str
    today_last: bool = False


FUNCTIONS: Final[dict[str, Function]] = {
    "age": Function("years", (DATE, DATE), INTEGER, "age(date) or age(date, on)", today_last=True),
    "fiscal_age_at_most": Function(
        "fiscal_age_at_most",
        (DATE, INTEGER, DATE),
        BOOLEAN,
        "fiscal_age_at_most(date, 18) or fiscal_age_at_most(date, 18, on)",
        today_last=True,
    ),
    "fiscal_year": Function("fiscal_year", (DATE,), INTEGER, "fiscal_year(date)"),
    "years_between": Function("years", (DATE, DATE), INTEGER, "years_between(from, to)"),
    "months_between": Function("months", (DATE, DATE), INTEGER, "months_between(from, to)"),
    "days_between": Function("days", (DATE, DATE), INTEGER, "days_between(from, to)"),
    "date_add_days": Function("date_add_days", (DATE, INTEGER), DATE, "date_add_days(date, days)"),
}

ROUNDING: Final = {"floor": "floor(x / y)", "ceil": "ceil(x / y)", "round_down": "round_down(x, unit)"}
EXTREMES: Final = frozenset({"least", "greatest"})
AGGREGATE_USAGE: Final = {
    "count": "count(child) or count(*) FILTER (WHERE child.term …)",
    "sum": "sum(child.term)",
    "min": "min(child.term)",
    "max": "max(child.term)",
    "bool_or": "bool_or(child.term)",
    "bool_and": "bool_and(child.term)",
}

_REMEDIES: Final = {
    "not known yet is no value that a rule may replace; leave it to the language": (
        "coalesce ifnull isnull nullif nvl iif if try"
    ),
    "join or cut texts in the letter or form instead": (
        "concat substring substr left right trim upper lower replace length"
    ),
    "write `today`, the day the rule is asked for": "now current_date getdate current_timestamp",
    "use sum, count, min or max; an average as floor(sum(…) / count(…))": "avg mean median",
    "write floor, ceil or round_down": "round trunc truncate ceiling",
}
REFUSED: Final = {name: remedy for remedy, names in _REMEDIES.items() for name in names.split()}

ALL: Final = sorted([*FUNCTIONS, *ROUNDING, *EXTREMES, "abs", *AGGREGATE_USAGE])
