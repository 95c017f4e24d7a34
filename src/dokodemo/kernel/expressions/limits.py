"""Age limits as days (年齢の限度を日で言う): `age(born) < 3` is the same as "born after a certain day".

Owns finding that day: by halving over all days with the very functions that count ages, so that nothing about leap years
or the fiscal year is said twice. A register then compares one day for each person instead of taking days apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dokodemo.kernel.expressions import ages
from dokodemo.kernel.expressions.nodes import Node

_COUNTS: dict[str, Callable[[date, date], int]] = {
    "years": ages.years,
    "months": ages.months,
    "days": ages.days,
    "fiscal_age_at_most": ages.fiscal_age,
}
_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Limit:
    """`birth` compared with `day` by `sign` says what the node says."""

    birth: Node
    sign: str
    day: date


def limit_of(node: Node, on: date) -> Limit | None:
    """The node as a comparison of one day, or None when it is no age against a fixed number on a fixed day."""
    if node.op == "fiscal_age_at_most":
        birth, number, end = node.args
        return _limit("fiscal_age_at_most", birth, "<=", _number(number, on), _day(end, on))
    if node.op not in _MIRROR:
        return None
    left, right = node.args
    count, number = (left, right) if left.op in _COUNTS else (right, left)
    sign = node.op if count is left else _MIRROR[node.op]
    if count.op not in _COUNTS or count.op == "fiscal_age_at_most":
        return None
    return _limit(count.op, count.args[0], sign, _number(number, on), _day(count.args[1], on))


def _limit(op: str, birth: Node, sign: str, number: int | None, end: date | None) -> Limit | None:
    if number is None or end is None or birth.op not in {"term", "field"}:
        return None
    # Counts fall as the birth comes later: at most n is "from this day on", more than n "before it".
    most = number - 1 if sign in {"<", ">="} else number
    first = _first_day(op, end, most)
    if first is None:
        return None
    return Limit(birth, ">=" if sign in {"<", "<="} else "<", first)


@lru_cache(maxsize=512)
def _first_day(op: str, end: date, most: int) -> date | None:
    """The first day of birth with a count of at most `most` on `end`; None when it lies outside the calendar."""
    count = _COUNTS[op]
    low, high = date.min.toordinal(), date.max.toordinal()
    if count(date.max, end) > most or count(date.min, end) <= most:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if count(date.fromordinal(middle), end) <= most:
            high = middle
        else:
            low = middle
    return date.fromordinal(high)


def _number(node: Node, on: date) -> int | None:
    value = node.value if node.op == "literal" else None
    if node.op == "parameter" and node.parameter is not None:
        found = node.parameter.on(on)
        value = found if isinstance(found, int) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _day(node: Node, on: date) -> date | None:
    if node.op == "today":
        return on
    return node.value if node.op == "literal" and isinstance(node.value, date) else None
