"""Aggregates over a repeating group as SQL: counting what is certain and what is possible (集計のSQL).

Owns the meaning of count, sum, min, max, bool_or and bool_and in SQL, as `evaluate` has it. Never knows tables.

SQL alone passes over NULL in aggregates and would call a family without a known date of birth childless; here every
aggregate is worked out from below and from above.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from dokodemo.kernel.expressions import cells as c
from dokodemo.kernel.expressions.cells import ALWAYS, Cell
from dokodemo.kernel.expressions.layers import Layers


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Where an aggregate is worked out.

    `kept` turns an aggregate's SQL over the members into a column beside the resident; `tally` a condition on members
    (None: all) into how many fulfil it and how many may, 0 while the group is not known, never NULL. `known` is the
    column that says whether the group is known, `complete` whether these are all its members, `others` whether there
    may be more (None: never).
    """

    kept: Callable[[str], str]
    tally: Callable[[str | None], tuple[str, str, int]]
    known: str
    complete: str
    members: Layers
    people: Layers
    others: str | None = None

    @property
    def some(self) -> str:
        """The column that is NULL where there is no member."""
        return self.kept("TRUE")


def aggregate(op: str, operand: Cell | None, condition: Cell | None, at: Aggregate) -> Cell:
    """The cell beside the resident of an aggregate over its members."""
    if operand is None:
        return _count(condition, at)
    if op == "sum":
        return _sum(operand, condition, at)
    if op in {"min", "max"}:
        return _end(operand, condition, at, smallest=op == "min")
    return _truth(op, operand, condition, at)


def _where(condition: str) -> str:
    return f"FILTER (WHERE {condition})"


def _certain(condition: Cell | None) -> str:
    return "TRUE" if condition is None else condition.low


def _possible(condition: Cell | None) -> str:
    return "TRUE" if condition is None else f"{condition.low} IS NOT FALSE"


def _any(condition: str | None, at: Aggregate) -> str | None:
    """The condition, beside the resident, that some member fulfils `condition`."""
    if condition is None:
        return None
    return f"({at.known} AND {c.sure(at.kept(f'coalesce(bool_or({condition}), FALSE)'))})"


def _error(operand: Cell | None, condition: Cell | None, at: Aggregate) -> str | None:
    """An error in a filter, or in the value of a member that certainly counts."""
    inside = None if operand is None else operand.error
    if inside is not None and condition is not None:
        inside = c.sure(f"{condition.low} AND {inside}")
    return _any(c.either(None if condition is None else condition.error, inside), at)


def _count(condition: Cell | None, at: Aggregate) -> Cell:
    low, high, most = at.tally(None if condition is None else condition.low)
    found = Cell(low, high, most=most, given=(ALWAYS, frozenset({at.complete})))
    error = _error(None, condition, at)
    return found if error is None else c.masked(replace(c.plain(found), error=error))


def _sum(operand: Cell, condition: Cell | None, at: Aggregate) -> Cell:
    def end(value: str, sign: str) -> str:
        if condition is not None:
            perhaps = f"WHEN {value} {sign} 0 THEN {value} WHEN {value} IS NOT NULL THEN 0"
            value = f"CASE WHEN {condition.low} THEN {value} {perhaps} END"
        where = _where(_possible(condition))
        unbounded = f"coalesce(bool_or({value} IS NULL) {where}, FALSE)"
        total = at.kept(f"CASE WHEN {unbounded} THEN NULL ELSE coalesce(sum({value}) {where}, 0) END")
        return f"CASE WHEN NOT {at.complete} THEN NULL WHEN {at.some} IS NULL THEN 0 ELSE {total} END"

    # Sums are of 128 bit until here; what does not fit 64 bit is an error if certain, else no bound.
    wide = at.people.short(c.span(end(operand.low, "<"), end(operand.high, ">")))
    low, high = (f"TRY_CAST({end} AS BIGINT)" for end in (wide.low, wide.high))
    overflow = c.sure(f"{wide.low} = {wide.high} AND {low} IS NULL")
    return c.masked(c.span(low, high, wide, error=c.either(overflow, _error(operand, condition, at))))


def _end(operand: Cell, condition: Cell | None, at: Aggregate, *, smallest: bool) -> Cell:
    name = "min" if smallest else "max"
    near, far = (operand.low, operand.high) if smallest else (operand.high, operand.low)
    certain, possible = _where(_certain(condition)), _where(_possible(condition))
    somebody = "TRUE" if condition is None else f"count(*) {certain} > 0"
    bounded = f"{somebody} AND NOT coalesce(bool_or({near} IS NULL) {possible}, FALSE)"
    outer = f"CASE WHEN {bounded} THEN {name}({near}) {possible} END"
    sound = somebody
    if condition is not None and operand.error is not None:
        sound += f" AND NOT coalesce(bool_or({operand.error}) {_where(f'{condition.low} IS NULL')}, FALSE)"
    inner = f"CASE WHEN {sound} THEN {name}({far}) {certain} END"
    ends = [f"CASE WHEN {at.complete} THEN {at.kept(sql)} END" for sql in (outer, inner)]
    low, high = ends if smallest else ends[::-1]
    none = f"({at.complete} AND coalesce({at.kept(f'count(*) {possible}')}, 0) = 0)"
    return c.masked(c.span(low, high, error=c.either(none, _error(operand, condition, at))))


def _truth(op: str, operand: Cell, condition: Cell | None, at: Aggregate) -> Cell:
    member = operand
    if condition is not None:
        joint = c.conjunction([condition, operand]) if op == "bool_or" else None
        member = joint or c.disjunction([c.negation(condition), operand])
        member = at.members.short(member)
    decisive = member.low if op == "bool_or" else f"NOT {member.low}"
    decided, otherwise = ("TRUE", "FALSE") if op == "bool_or" else ("FALSE", "TRUE")
    value = at.kept(
        f"CASE WHEN bool_or({decisive}) THEN {decided} "
        f"WHEN bool_or({member.low} IS NULL) THEN NULL ELSE {otherwise} END"
    )
    error = None
    if member.error is not None:
        open_still = f"bool_or({member.low} IS NULL AND NOT {member.error})"
        failing = at.kept(
            f"coalesce(bool_or({member.error}), FALSE) AND NOT coalesce(bool_or({decisive}), FALSE) "
            f"AND NOT coalesce({open_still}, FALSE)"
        )
        error = f"({at.complete} AND {c.sure(failing)})"
    complete = f"WHEN {at.some} IS NULL THEN {otherwise} ELSE {value} END"
    if at.others is not None:
        complete = f"WHEN {at.others} AND {value} IS NOT DISTINCT FROM {otherwise} THEN NULL {complete}"
        complete = f"WHEN {at.others} AND {at.some} IS NULL THEN NULL {complete}"
    return c.point(f"CASE WHEN NOT {at.known} THEN NULL {complete}", error=error)
