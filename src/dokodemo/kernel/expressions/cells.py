"""The same operators as `arithmetic`, written as SQL over columns (三値論理と区間のSQL).

Owns Cell and the SQL of each operator. Never knows where a column comes from: `duck` does.

SQL's own AND, OR, NOT and comparisons are Kleene's when NULL stands for unknown; all that SQL does otherwise
(aggregates, CASE, errors) is written out here. Operands must be short (columns or literals): most are named twice.
TRY turns an overflow into NULL, which is at once "no bound" and, for two known operands, the sign of an error.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dokodemo.kernel.expressions.kinds import Kind
from dokodemo.kernel.expressions.values import LARGEST

# A whole number above 0 as `literal` writes it.
_WHOLE = re.compile(r"([1-9][0-9]*)::BIGINT")
SQL_TYPES = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.INTEGER: "BIGINT",
    Kind.YEN: "BIGINT",
    Kind.DATE: "DATE",
    Kind.YEAR_MONTH: "VARCHAR",
    Kind.TEXT: "VARCHAR",
    Kind.CHOICE: "VARCHAR",
}


type Conditions = frozenset[str]
ALWAYS: Conditions = frozenset()


@dataclass(frozen=True, slots=True)
class Cell:
    """SQL for one outcome: `low` and `high` bound it (NULL: no bound). A point is one expression, NULL when unknown.

    `error` is a condition that is never NULL; where it is true, `low` and `high` are NULL. None: cannot fail.
    `level` is the layer of the query in which all its columns exist. `most` bounds the size of a number, where it is
    known: what stays within 64 bit can neither overflow nor fail, and needs no guard.

    `given`: `low` and `high` are never NULL; they are bounds where all columns of the first (second) set are true, and
    some number within `most` elsewhere. Columns without NULL are reckoned with many times as fast.
    """

    low: str
    high: str
    error: str | None = None
    level: int = 0
    most: int | None = None
    given: tuple[Conditions, Conditions] | None = None

    @property
    def point(self) -> bool:
        return self.low == self.high and self.needs[0] == self.needs[1]

    @property
    def needs(self) -> tuple[Conditions, Conditions]:
        """The columns that must be true for `low` and for `high` to be bounds."""
        return self.given or (ALWAYS, ALWAYS)


def point(value: str, *operands: Cell, error: str | None = None) -> Cell:
    """A point that fails where an operand fails, or where `error` says so."""
    return Cell(value, value, either(error, *(operand.error for operand in operands)), _level(operands))


def span(low: str, high: str, *operands: Cell, error: str | None = None) -> Cell:
    """A range that fails where an operand fails, or where `error` says so."""
    return Cell(low, high, either(error, *(operand.error for operand in operands)), _level(operands))


def _level(operands: Sequence[Cell]) -> int:
    return max((operand.level for operand in operands), default=0)


def either(*conditions: str | None) -> str | None:
    """OR of the conditions that exist."""
    found = list(dict.fromkeys(condition for condition in conditions if condition is not None))
    return None if not found else found[0] if len(found) == 1 else f"({' OR '.join(found)})"


def sure(condition: str) -> str:
    """The condition with unknown as false."""
    return f"coalesce({condition}, FALSE)"


def masked(cell: Cell) -> Cell:
    """The cell without bounds where it fails."""
    if cell.error is None:
        return cell
    low, high = (f"CASE WHEN NOT {cell.error} THEN {end} END" for end in (cell.low, cell.high))
    return Cell(low, high, cell.error, cell.level, cell.most)


def plain(cell: Cell) -> Cell:
    """The cell with NULL where it has no bound, as operators need it that know nothing of `given`."""
    if cell.given is None or cell.given == (ALWAYS, ALWAYS):
        return cell
    low, high = (
        f"CASE WHEN {where(needs)} THEN {end} END" if needs else end
        for end, needs in zip((cell.low, cell.high), cell.needs, strict=True)
    )
    return Cell(low, high, cell.error, cell.level, cell.most)


def where(needs: Conditions, *others: str) -> str:
    """AND of the columns and of what else must hold."""
    return " AND ".join([*sorted(needs), *others])


def settled(cell: Cell) -> str:
    """The single value of a cell, NULL where it is not known."""
    low, high = cell.needs
    if cell.point and not low:
        return cell.low
    same = [] if cell.low == cell.high else [f"{cell.low} = {cell.high}"]
    return f"CASE WHEN {where(low | high, *same)} THEN {cell.low} END"


def unsettled(cell: Cell) -> str:
    """The condition, never NULL, that a cell is no single known value."""
    if cell.point and not cell.needs[0]:
        return f"{cell.low} IS NULL"
    low, high = cell.needs
    return f"NOT {sure(where(low | high, f'{cell.low} = {cell.high}'))}"


def within(cell: Cell, most: int) -> Cell:
    """The cell with a bound of its size."""
    return replace(cell, most=most)


def _bounded(
    low: str, high: str, most: int | None, left: Cell, right: Cell, *, mirrored: bool
) -> Cell | None:
    """The calculation without guards, when it cannot leave 64 bit; `mirrored`: the right side's ends change places."""
    if most is None or most > LARGEST:
        return None
    made = within(span(low, high, left, right), most)
    if left.given is None or right.given is None:
        return made
    others = right.given[::-1] if mirrored else right.given
    return replace(made, given=(left.given[0] | others[0], left.given[1] | others[1]))


def _alike(cells: Sequence[Cell]) -> list[Cell]:
    """All with `given` and within bounds, or all plain."""
    if all(cell.given is not None and cell.most is not None and cell.error is None for cell in cells):
        return list(cells)
    return [plain(cell) for cell in cells]


def _sum_of_most(left: Cell, right: Cell) -> int | None:
    return None if left.most is None or right.most is None else left.most + right.most


def conjunction(cells: Sequence[Cell]) -> Cell:
    """AND; an error only where every other condition is true or fails too."""
    value = "(" + " AND ".join(cell.low for cell in cells) + ")"
    return point(value, *map(_harmless, cells), error=_undecided(cells, "{}"))


def disjunction(cells: Sequence[Cell]) -> Cell:
    """OR; an error only where every other condition is false or fails too."""
    value = "(" + " OR ".join(cell.low for cell in cells) + ")"
    return point(value, *map(_harmless, cells), error=_undecided(cells, "NOT {}"))


def _harmless(cell: Cell) -> Cell:
    return Cell(cell.low, cell.high, None, cell.level, cell.most)


def _undecided(cells: Sequence[Cell], passing: str) -> str | None:
    failing = either(*(cell.error for cell in cells))
    if failing is None:
        return None
    passed = [
        passing.format(cell.low) if cell.error is None else f"({passing.format(cell.low)} OR {cell.error})"
        for cell in cells
    ]
    return f"({failing} AND {sure(' AND '.join(passed))})"


def negation(cell: Cell) -> Cell:
    """NOT."""
    return point(f"(NOT {cell.low})", cell)


def equal(left: Cell, right: Cell) -> Cell:
    """=."""
    if _always(left, right):
        return point(f"({left.low} = {right.low})", left, right)
    (a, b), (c, d) = left.needs, right.needs
    same = where(a | b | c | d, f"{left.low} = {right.high}", f"{left.high} = {right.low}")
    below = where(b | c, f"{left.high} < {right.low}")
    above = where(a | d, f"{right.high} < {left.low}")
    return point(f"CASE WHEN {same} THEN TRUE WHEN {below} OR {above} THEN FALSE END", left, right)


def _always(left: Cell, right: Cell) -> bool:
    return left.point and right.point and not left.needs[0] and not right.needs[0]


def less(left: Cell, right: Cell) -> Cell:
    """<."""
    if _always(left, right):
        return point(f"({left.low} < {right.low})", left, right)
    (a, b), (c, d) = left.needs, right.needs
    below = where(b | c, f"{left.high} < {right.low}")
    beyond = where(a | d, f"{left.low} >= {right.high}")
    return point(f"CASE WHEN {below} THEN TRUE WHEN {beyond} THEN FALSE END", left, right)


def known(*cells: Cell) -> str:
    """The condition that every cell is a single known value; NULL where it is not."""
    return " AND ".join(
        f"{cell.low} IS NOT NULL" if cell.point else f"{cell.low} = {cell.high}" for cell in cells
    )


def plus(left: Cell, right: Cell) -> Cell:
    """+."""
    left, right = _alike((left, right))
    ends = f"({left.low} + {right.low})", f"({left.high} + {right.high})"
    simple = _bounded(*ends, _sum_of_most(left, right), left, right, mirrored=False)
    if simple is not None:
        return simple
    left, right = plain(left), plain(right)
    low, high = f"TRY({left.low} + {right.low})", f"TRY({left.high} + {right.high})"
    return span(low, high, left, right, error=sure(f"{known(left, right)} AND {low} IS NULL"))


def minus(left: Cell, right: Cell) -> Cell:
    """-."""
    left, right = _alike((left, right))
    ends = f"({left.low} - {right.high})", f"({left.high} - {right.low})"
    simple = _bounded(*ends, _sum_of_most(left, right), left, right, mirrored=True)
    if simple is not None:
        return simple
    left, right = plain(left), plain(right)
    low, high = f"TRY({left.low} - {right.high})", f"TRY({left.high} - {right.low})"
    return span(low, high, left, right, error=sure(f"{known(left, right)} AND {low} IS NULL"))


def opposite(cell: Cell) -> Cell:
    """The negative number."""
    low, high = f"TRY(- {cell.high})", f"TRY(- {cell.low})"
    return span(low, high, cell, error=sure(f"{known(cell)} AND {low} IS NULL"))


def times(a: Cell, b: Cell) -> Cell:
    """*, with the same cases in the same order as `arithmetic.times`."""
    a, b = _alike((a, b))
    for factor, other in ((a, b), (b, a)):
        found = _WHOLE.fullmatch(factor.low) if factor.point and factor.error is None else None
        if found is None or other.most is None:
            continue
        ends = f"({factor.low} * {other.low})", f"({factor.low} * {other.high})"
        simple = _bounded(*ends, int(found[1]) * other.most, a, b, mirrored=False)
        if simple is not None:
            return simple
    a, b = plain(a), plain(b)
    if a.point and b.point:
        value = f"CASE WHEN {a.low} = 0 OR {b.low} = 0 THEN 0 ELSE TRY({a.low} * {b.low}) END"
        made = point(value, a, b, error=sure(f"{known(a, b)} AND {value} IS NULL"))
        return masked(made) if a.error or b.error else made
    zero = f"({a.low} = 0 AND {a.high} = 0) OR ({b.low} = 0 AND {b.high} = 0)"
    positive = f"{a.low} >= 0 AND {b.low} >= 0"

    def end(near: str, far: str) -> str:
        # `near` is the bound taken for factors above zero, `far` for those below.
        bound = {"low": (a.low, b.low), "high": (a.high, b.high)}
        return (
            f"CASE WHEN {zero} THEN 0 WHEN {positive} THEN TRY({bound[near][0]} * {bound[near][1]}) "
            f"WHEN {b.low} = {b.high} AND {b.low} > 0 THEN TRY({bound[near][0]} * {b.low}) "
            f"WHEN {b.low} = {b.high} THEN TRY({bound[far][0]} * {b.low}) "
            f"WHEN {a.low} = {a.high} AND {a.low} > 0 THEN TRY({bound[near][1]} * {a.low}) "
            f"WHEN {a.low} = {a.high} THEN TRY({bound[far][1]} * {a.low}) END"
        )

    low = end("low", "high")
    overflow = sure(f"{known(a, b)} AND {low} IS NULL")
    return masked(span(low, end("high", "low"), a, b, error=overflow))


def _divided(number: str, divisor: str, *, up: bool) -> str:
    # SQL's // cuts towards zero; one step more where the signs (up: do not) differ and something is left over.
    sign, step = ("=", "+") if up else ("<>", "-")
    left_over = f"{number} % {divisor} <> 0 AND ({number} < 0) {sign} ({divisor} < 0)"
    return f"(({number} // {divisor}) {step} CASE WHEN {left_over} THEN 1 ELSE 0 END)"


def quotient(a: Cell, b: Cell, *, up: bool, safe: bool) -> Cell:
    """floor(x / y) or ceil(x / y); `safe`: the divisor is known to be above zero."""
    if safe:
        low, high = (f"TRY({_divided(end, b.low, up=up)})" for end in (a.low, a.high))
        return span(low, high, a, b)

    def end(near: str, far: str) -> str:
        return (
            f"CASE WHEN {b.low} = {b.high} THEN TRY(CASE WHEN {b.low} > 0 THEN {_divided(near, b.low, up=up)} "
            f"WHEN {b.low} < 0 THEN {_divided(far, b.low, up=up)} END) END"
        )

    low = end(a.low, a.high)
    zero = sure(f"({b.low} = 0 AND {b.high} = 0)")
    overflow = sure(f"{known(a, b)} AND {low} IS NULL")
    return span(low, end(a.high, a.low), a, b, error=either(zero, overflow))


def rounded_down(a: Cell, unit: Cell) -> Cell:
    """round_down(x, unit)."""

    def end(number: str) -> str:
        down = f"TRY({_divided(number, unit.low, up=False)} * {unit.low})"
        return f"CASE WHEN {unit.low} = {unit.high} AND {unit.low} > 0 THEN {down} END"

    low = end(a.low)
    bad_unit = sure(f"{unit.high} <= 0")
    overflow = sure(f"{known(a, unit)} AND {low} IS NULL")
    return span(low, end(a.high), a, unit, error=either(bad_unit, overflow))


def absolute(a: Cell) -> Cell:
    """abs(x)."""
    down, up = f"TRY(- {a.low})", f"TRY(- {a.high})"
    low = f"CASE WHEN {a.low} >= 0 THEN {a.low} WHEN {a.high} <= 0 THEN {up} ELSE 0 END"
    high = (
        f"CASE WHEN {a.low} >= 0 THEN {a.high} WHEN {a.high} <= 0 THEN {down} "
        f"WHEN {down} >= {a.high} THEN {down} WHEN {down} < {a.high} THEN {a.high} END"
    )
    return masked(span(low, high, a, error=sure(f"{known(a)} AND {a.low} < 0 AND {up} IS NULL")))


def extreme(cells: Sequence[Cell], *, smallest: bool) -> Cell:
    """least(…) or greatest(…): DuckDB's own pass over NULL, which is right for one of the two bounds only."""
    if len(cells) == 1:
        return cells[0]
    name = "least" if smallest else "greatest"
    cells = _alike(cells)
    found = _extreme_given(cells, name, smallest=smallest)
    if found is not None:
        return found
    cells = [plain(cell) for cell in cells]
    near = [cell.low if smallest else cell.high for cell in cells]
    far = [cell.high if smallest else cell.low for cell in cells]
    missing = [f"{end} IS NULL" for end, cell in zip(near, cells, strict=True) if cell.given is None]
    certain = f"{name}({', '.join(near)})"
    if missing:
        certain = f"CASE WHEN {' OR '.join(missing)} THEN NULL ELSE {certain} END"
    other = f"{name}({', '.join(far)})"
    low, high = (certain, other) if smallest else (other, certain)
    made = masked(span(low, high, *cells))
    sizes = [cell.most for cell in cells if cell.most is not None]
    return within(made, max(sizes)) if len(sizes) == len(cells) else made


def _extreme_given(cells: Sequence[Cell], name: str, *, smallest: bool) -> Cell | None:
    """The same of cells with `given`: the near bound needs all; the far one needs what one operand's does, at least."""
    sizes = [cell.most for cell in cells if cell.most is not None]
    if len(sizes) < len(cells) or any(cell.given is None for cell in cells):
        return None
    near = [(cell.low, cell.needs[0]) if smallest else (cell.high, cell.needs[1]) for cell in cells]
    far = [(cell.high, cell.needs[1]) if smallest else (cell.low, cell.needs[0]) for cell in cells]
    base, least = min(far, key=lambda end: len(end[1]))
    if not all(least <= needs for _, needs in far):
        return None
    ends = [
        sql if needs == least else f"CASE WHEN {where(needs - least)} THEN {sql} ELSE {base} END"
        for sql, needs in far
    ]
    certain = f"{name}({', '.join(sql for sql, _ in near)})", ALWAYS.union(*(needs for _, needs in near))
    other = f"{name}({', '.join(ends)})", least
    (low, low_needs), (high, high_needs) = (certain, other) if smallest else (other, certain)
    return replace(within(span(low, high, *cells), max(sizes)), given=(low_needs, high_needs))


def choose(condition: Cell, then: Cell, other: Cell, *, ordered: bool) -> Cell:
    """CASE WHEN condition THEN … ELSE …, with both results possible while the condition is unknown."""
    c = condition.low
    failing = "" if condition.error is None else f"WHEN {condition.error} THEN NULL "

    def end(one: str, two: str, undecided: str) -> str:
        return f"CASE WHEN {c} THEN {one} WHEN NOT {c} THEN {two} {failing}{undecided} END"

    def nearest(one: str, two: str, sign: str) -> str:
        return end(one, two, f"WHEN {one} {sign} {two} THEN {one} WHEN {two} {sign} {one} THEN {two}")

    if ordered:
        low, high = nearest(then.low, other.low, "<="), nearest(then.high, other.high, ">=")
    else:
        low = high = end(then.low, other.low, f"WHEN {then.low} = {other.low} THEN {then.low}")
    error = None
    if then.error is not None or other.error is not None:
        one, two = then.error or "FALSE", other.error or "FALSE"
        error = f"CASE WHEN {c} THEN {one} WHEN NOT {c} THEN {two} ELSE {one} AND {two} END"
    harmless = (_harmless(cell) for cell in (then, other))
    return span(low, high, condition, *harmless, error=error)
