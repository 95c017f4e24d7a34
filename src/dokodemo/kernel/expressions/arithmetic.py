"""What each operator does with values, ranges, the unknown and errors (三値論理と区間の計算).

Owns the meaning of the rule language's operators; `duck` says the same in SQL and tests hold both equal.
Every function is sound: its outcome holds whatever the unknown parts turn out to be.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from dokodemo.kernel.expressions import ages
from dokodemo.kernel.expressions.values import (
    UNKNOWN,
    Bound,
    Failure,
    Outcome,
    between,
    bounds,
    whole,
)

type Truth = Outcome  # True, False, UNKNOWN or a Failure


def failed(*outcomes: Outcome) -> Failure | None:
    """The first error among the outcomes."""
    return next((outcome for outcome in outcomes if isinstance(outcome, Failure)), None)


def conjunction(outcomes: Iterable[Truth]) -> Truth:
    """AND: false if one is false, whatever the others; else unknown if one is; else an error if one is; else true."""
    unknown, failure = False, None
    for outcome in outcomes:
        if outcome is False:
            return False
        if outcome is UNKNOWN:
            unknown = True
        elif isinstance(outcome, Failure) and failure is None:
            failure = outcome
    return UNKNOWN if unknown else True if failure is None else failure


def disjunction(outcomes: Iterable[Truth]) -> Truth:
    """OR: true if one is true, whatever the others; else unknown if one is; else an error if one is; else false."""
    unknown, failure = False, None
    for outcome in outcomes:
        if outcome is True:
            return True
        if outcome is UNKNOWN:
            unknown = True
        elif isinstance(outcome, Failure) and failure is None:
            failure = outcome
    return UNKNOWN if unknown else False if failure is None else failure


def negation(outcome: Truth) -> Truth:
    """NOT; unknown and errors stay what they are."""
    return not outcome if isinstance(outcome, bool) else outcome


def equal(left: Outcome, right: Outcome) -> Truth:
    """=: true or false when both are known, false when the ranges do not meet, else unknown."""
    if type(left) is type(right) and isinstance(left, (int, str, date)):
        return left == right
    error = failed(left, right)
    if error is not None:
        return error
    if isinstance(left, bool) or isinstance(right, bool):
        return UNKNOWN if left is UNKNOWN or right is UNKNOWN else left is right
    (low, high), (other_low, other_high) = bounds(left), bounds(right)
    if low is not None and low == other_high and high is not None and high == other_low:
        return True
    return False if _below(high, other_low) or _below(other_high, low) else UNKNOWN


def less(left: Outcome, right: Outcome) -> Truth:
    """<: decided as soon as the ranges allow only one answer."""
    if type(left) is int and type(right) is int:
        return left < right
    error = failed(left, right)
    if error is not None:
        return error
    (low, high), (other_low, other_high) = bounds(left), bounds(right)
    if _below(high, other_low):
        return True
    if low is not None and other_high is not None and not _below(low, other_high):
        return False
    return UNKNOWN


def _below(left: Bound | None, right: Bound | None) -> bool:
    below: Any = left is not None and right is not None and left < right  # type: ignore[operator]
    return bool(below)


def _whole_bounds(outcome: Outcome) -> tuple[int | None, int | None]:
    low, high = bounds(outcome)
    return (low if isinstance(low, int) else None), (high if isinstance(high, int) else None)


def plus(left: Outcome, right: Outcome, text: str) -> Outcome:
    """Sum of whole numbers of 64 bit."""
    error = failed(left, right)
    if error is not None:
        return error
    (low, high), (other_low, other_high) = _whole_bounds(left), _whole_bounds(right)
    return whole(
        None if low is None or other_low is None else low + other_low,
        None if high is None or other_high is None else high + other_high,
        text,
    )


def opposite(outcome: Outcome, text: str) -> Outcome:
    """The negative number."""
    if isinstance(outcome, Failure):
        return outcome
    low, high = _whole_bounds(outcome)
    return whole(None if high is None else -high, None if low is None else -low, text)


def minus(left: Outcome, right: Outcome, text: str) -> Outcome:
    """Difference of whole numbers of 64 bit."""
    error = failed(left, right)
    if error is not None:
        return error
    (low, high), (other_low, other_high) = _whole_bounds(left), _whole_bounds(right)
    return whole(
        None if low is None or other_high is None else low - other_high,
        None if high is None or other_low is None else high - other_low,
        text,
    )


def times(left: Outcome, right: Outcome, text: str) -> Outcome:
    """Product; bounded when one factor is known or neither can be negative, and 0 when one factor is 0."""
    error = failed(left, right)
    if error is not None:
        return error
    a, b = _whole_bounds(left), _whole_bounds(right)
    if a == (0, 0) or b == (0, 0):
        return 0
    if a[0] is not None and a[0] >= 0 and b[0] is not None and b[0] >= 0:
        return whole(a[0] * b[0], None if a[1] is None or b[1] is None else a[1] * b[1], text)
    if b[0] is None or b[0] != b[1]:
        a, b = b, a
    factor = b[0]
    if factor is None or factor != b[1]:
        return UNKNOWN
    low, high = a if factor > 0 else (a[1], a[0])
    return whole(None if low is None else low * factor, None if high is None else high * factor, text)


def quotient(left: Outcome, right: Outcome, text: str, *, up: bool) -> Outcome:
    """floor(x / y), or ceil(x / y) when `up`; an error when y is 0, unknown while y is."""
    error = failed(left, right)
    if error is not None:
        return error
    (low, high), (divisor, other) = _whole_bounds(left), _whole_bounds(right)
    if divisor is None or divisor != other:
        return UNKNOWN
    if divisor == 0:
        return Failure("division by zero", text)
    if divisor < 0:
        low, high = high, low
    ends = [None if end is None else -(-end // divisor) if up else end // divisor for end in (low, high)]
    return whole(ends[0], ends[1], text)


def rounded_down(outcome: Outcome, unit: Outcome, text: str) -> Outcome:
    """The largest multiple of `unit` that is not above the number; an error when the unit is not above zero."""
    error = failed(outcome, unit)
    if error is not None:
        return error
    (low, high), (size, other) = _whole_bounds(outcome), _whole_bounds(unit)
    if other is not None and other <= 0:
        return Failure("the unit to round to is not above zero", text)
    if size is None or size != other:
        return UNKNOWN
    ends = [None if end is None else end // size * size for end in (low, high)]
    return whole(ends[0], ends[1], text)


def absolute(outcome: Outcome, text: str) -> Outcome:
    """The number without its sign; of an unknown number at least 0 is known."""
    if isinstance(outcome, Failure):
        return outcome
    low, high = _whole_bounds(outcome)
    if low is not None and low >= 0:
        return outcome
    if high is not None and high <= 0:
        return opposite(outcome, text)
    return whole(0, None if low is None or high is None else max(-low, high), text)


def extreme(outcomes: Iterable[Outcome], *, smallest: bool) -> Outcome:
    """least (or greatest): a known member bounds the result even when others are unknown."""
    found = list(outcomes)
    error = failed(*found)
    if error is not None:
        return error
    lows, highs = zip(*(bounds(outcome) for outcome in found), strict=True)
    pick: Callable[..., Any] = min if smallest else max
    near, far = (lows, highs) if smallest else (highs, lows)
    certain = None if None in near else pick(near)
    known = [bound for bound in far if bound is not None]
    other = pick(known) if known else None
    return between(certain, other) if smallest else between(other, certain)


def hull(outcomes: list[Outcome], *, ordered: bool) -> Outcome:
    """The result of CASE when each of these could be reached: the same known value, a range, or unknown."""
    first = outcomes[0]
    if all(isinstance(outcome, Failure) for outcome in outcomes):
        return first
    if any(outcome is UNKNOWN or isinstance(outcome, Failure) for outcome in outcomes):
        return UNKNOWN
    if all(outcome == first for outcome in outcomes):
        return first
    if not ordered:
        return UNKNOWN
    lows, highs = zip(*(bounds(outcome) for outcome in outcomes), strict=True)
    return between(None if None in lows else min(lows), None if None in highs else max(highs))


def monotone(function: Callable[[Any, Any], int], start: Outcome, end: Outcome) -> Outcome:
    """A count that falls with `start` and rises with `end` (age, months, days), on dates or ranges of dates."""
    if type(start) is date and type(end) is date:
        return function(start, end)
    error = failed(start, end)
    if error is not None:
        return error
    (low, high), (other_low, other_high) = bounds(start), bounds(end)
    return between(
        None if high is None or other_low is None else function(high, other_low),
        None if low is None or other_high is None else function(low, other_high),
    )


def fiscal_years(outcome: Outcome) -> Outcome:
    """The fiscal year of a date or of a range of dates."""
    if isinstance(outcome, Failure):
        return outcome
    low, high = bounds(outcome)
    return between(
        ages.fiscal_year(low) if isinstance(low, date) else None,
        ages.fiscal_year(high) if isinstance(high, date) else None,
    )


def later(day: Outcome, number: Outcome, text: str) -> Outcome:
    """date_add_days; an error when the day falls outside the years 1 to 9999."""
    error = failed(day, number)
    if error is not None:
        return error
    (low, high), (few, many) = bounds(day), _whole_bounds(number)
    first = ages.add_days(low, few) if isinstance(low, date) and few is not None else None
    last = ages.add_days(high, many) if isinstance(high, date) and many is not None else None
    if first is None and low is not None and few is not None and low == high and few == many:
        return Failure("the day lies outside the years 1 to 9999", text)
    return between(first, last)
