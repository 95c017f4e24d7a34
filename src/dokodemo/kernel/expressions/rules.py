"""A rule ready for use: compile once, ask for any person and any day (規則).

Owns `compile_expression` and Expression. Never reads files or databases.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal

from dokodemo.kernel.expressions.check import check
from dokodemo.kernel.expressions.errors import NOWHERE, ExpressionError, Source
from dokodemo.kernel.expressions.evaluate import Scene, Step, build
from dokodemo.kernel.expressions.kinds import Kind, Type, Vocabulary, kind_named
from dokodemo.kernel.expressions.nodes import Node
from dokodemo.kernel.expressions.parameters import ParameterSet
from dokodemo.kernel.expressions.trace import Trace, trace
from dokodemo.kernel.expressions.values import Failure, Unknown, Value, settled


class Expression:
    """One checked rule. Immutable; may be shared between threads."""

    def __init__(self, source: Source, node: Node) -> None:
        self.source = source
        self.node = node

    @property
    def text(self) -> str:
        """The rule as it was written."""
        return self.source.text

    @property
    def type(self) -> Kind:
        """What it comes to; equal to the vocabulary's term type of the same name ("boolean", "yen", …)."""
        return self.node.type.kind

    @cached_property
    def terms(self) -> frozenset[str]:
        """The terms it can ask for: plain terms, "group.term" of repeating groups, and groups that it counts."""
        return self.node.leaves()

    @cached_property
    def groups(self) -> frozenset[str]:
        """The repeating groups that its aggregates look at."""
        return frozenset(node.group for node in self.node.walk() if node.group)

    @cached_property
    def askable(self) -> tuple[str, ...]:
        """All terms and groups that a trace can name as unknown, in the order of the bits of a register query."""
        return tuple(sorted(self.terms | self.groups))

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of the dated parameters it uses."""
        return frozenset(node.name for node in self.node.walk() if node.op == "parameter")

    @cached_property
    def step(self) -> Step:
        """The closures; made at the first use."""
        return build(self.node)

    def evaluate(self, facts: Mapping[str, Any], on: date) -> Value | Literal[Unknown.UNKNOWN]:
        """The value for one person on the day `on`, or UNKNOWN while what is unknown could change it.

        Dates are `datetime.date`, months "YYYY-MM", amounts whole yen. Raises ExpressionError for an arithmetic
        error (an error of the pack), FactError for a fact of the wrong type.
        """
        outcome = settled(self.step.run(Scene(facts, on)))
        if isinstance(outcome, Failure):
            raise self._failed(f"`{outcome.text}`: {outcome.reason}")
        return outcome

    def trace(self, facts: Mapping[str, Any], on: date) -> Trace:
        """As `evaluate`, with every part's text, outcome and missing terms; raises the same."""
        found = trace(self.step, Scene(facts, on))
        if found.error is not None:
            raise self._failed(found.error)
        return found

    def _failed(self, message: str) -> ExpressionError:
        rule = self.text if len(self.text) <= 80 else f"{self.text[:79]}…"
        return ExpressionError(
            f"the rule `{rule}` ends in an arithmetic error at {message}",
            "Guard it with CASE WHEN … THEN … ELSE … END or correct the figures",
            file=self.source.file,
            line=None if self.source.file == NOWHERE else self.source.line,
        )

    def __repr__(self) -> str:
        return f"<Expression {self.type} {self.text!r}>"


def compile_expression(
    text: str,
    vocabulary: Vocabulary,
    parameters: ParameterSet,
    *,
    expected: str | None = None,
    where: tuple[str, int] | None = None,
    member_of: str | None = None,
) -> Expression:
    """The rule `text`, checked against the vocabulary and the parameters.

    `expected` is the term type it must come to ("boolean" for conditions, "yen" for amounts; whole numbers may stand
    for yen). `where` is the file and line at which the text starts. `member_of` names a repeating group: the rule is
    then asked about one member, whose facts stand in `facts` as "group.term".
    Raises ExpressionError with file, line, column and remedy.
    """
    source = Source(text, *where) if where is not None else Source(text)
    wanted = None
    if expected is not None:
        kind = kind_named(expected)
        if kind is None:
            raise source.error(0, f"a rule cannot come to {expected}", "Choose another type for its term")
        wanted = Type(kind)
    return Expression(source, check(source, vocabulary, parameters, expected=wanted, member_of=member_of))
