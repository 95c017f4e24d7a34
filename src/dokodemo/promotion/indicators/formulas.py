"""Numbers worked out by a query of the pack (集計式): what it may name, what it depends on, and its arithmetic.

Pure. Never reads a record. The text is the rule language; what it names are whole numbers of this fiscal year so far:

    online, other, answers, …     of cases and forms, as `cases.daily.Tally` has them; paper tallies are in `other`
    CODE.numerator, CODE.denominator   of another indicator that is a ratio (its code in small letters)
    CODE.value, CODE.thousandths       of another one that is an amount: in whole units, and in thousandths of them
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from dokodemo.kernel.expressions import Expression, ParameterSet, compile_expression
from dokodemo.kernel.packs import Text
from dokodemo.kernel.vocabulary import Term, TermType, Vocabulary

if TYPE_CHECKING:
    from dokodemo.promotion.indicators.definitions import Indicator

# What cases and forms are counted by: the columns of `cases.daily.Tally`, which this file may not import.
COUNTERS = (
    "online",
    "other",
    "answers",
    "typed",
    "decided",
    "in_time",
    "begun",
    "handed_in",
    "said_1",
    "said_2",
    "said_3",
    "said_4",
    "said_5",
    "apart",
    "once",
)
RATIO, AMOUNT = ("numerator", "denominator"), ("value", "thousandths")
_FIGURE = Text(ja="数値", easy="数字《すうじ》", en="figure")


@dataclass(frozen=True)
class Query:
    """A query of the pack ready for use: `over` is None for a number that is a part of nothing."""

    of: Expression
    over: Expression | None
    indicators: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        """Everything it asks for."""
        return self.of.terms | (self.over.terms if self.over is not None else frozenset())


def name_of(code: str) -> str:
    """What an indicator is called in a query: its code in small letters, since the language knows no others."""
    return code.lower().replace("-", "_")


def places(known: Sequence[Indicator]) -> dict[str, str]:
    """Every name of another indicator that a query may use, with its code: only counted ones, which have a value of today."""
    found: dict[str, str] = {}
    for one in known:
        if one.state == "works":
            parts = RATIO if one.unit == "percent" else AMOUNT
            found |= {f"{name_of(one.code)}.{part}": one.code for part in parts}
    return found


def compiled(numerator: str, denominator: str | None, names: Mapping[str, str]) -> Query:
    """A query from its texts. Raises ExpressionError for what is not whole numbers of what there is."""
    of, over = _compiled(numerator, denominator, tuple(names))
    query = Query(of, over, frozenset())
    return Query(of, over, frozenset(names[name] for name in query.names if name in names))


@lru_cache(maxsize=500)
def _compiled(
    numerator: str, denominator: str | None, names: tuple[str, ...]
) -> tuple[Expression, Expression | None]:
    terms = {name: figure(name) for name in (*COUNTERS, *names)}
    vocabulary = Vocabulary(terms=terms, groups={})

    def whole(text: str) -> Expression:
        return compile_expression(text, vocabulary, ParameterSet({}), expected="integer")

    return whole(numerator), whole(denominator) if denominator is not None else None


def figure(name: str, *, own: str = "a number of the records") -> Term:
    """What a formula of the plan may name: a whole number, `own` says of what."""
    return Term(
        name=name,
        type=TermType.INTEGER,
        label=_FIGURE,
        confidentiality="1",
        purpose="plan",
        gif=None,
        own=own,
    )


def worked_out(query: Query, facts: Mapping[str, int], on: date) -> tuple[int, int | None]:
    """The two whole numbers of a query; the second is None where it has none. Raises ExpressionError for its arithmetic."""
    of = int(str(query.of.evaluate(facts, on)))
    return of, int(str(query.over.evaluate(facts, on))) if query.over is not None else None


def part(numerator: int, denominator: int) -> Decimal | None:
    """An amount per something, such as minutes a case; None while there is nothing to divide by."""
    return Decimal(numerator) / denominator if denominator else None


def circle(code: str, depends_on: Callable[[str], Sequence[str]]) -> list[str] | None:
    """The shortest way by which an indicator depends on itself, from it back to it; None where it does not."""
    came_from: dict[str, str] = {}
    waiting = [code]
    for here in waiting:
        for other in depends_on(here):
            if other == code:
                way = [here]
                while way[-1] != code:
                    way.append(came_from[way[-1]])
                return [*reversed(way), code]
            if other not in came_from:
                came_from[other] = here
                waiting.append(other)
    return None
