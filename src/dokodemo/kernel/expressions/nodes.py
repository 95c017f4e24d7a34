"""A checked rule: every name resolved, every type known (検査済みの規則).

Owns the tree that all evaluators read. Never holds a fact of a person.

| op                                     | args                                              |
|----------------------------------------|---------------------------------------------------|
| literal, today, parameter, term, field | none; value, parameter or name                    |
| derived                                | the rule of the derived term                      |
| and, or, in                            | two or more                                       |
| not, neg, abs                          | one                                               |
| = <> < <= > >=                         | two                                               |
| + - *, floor_div, ceil_div, round_down | two                                               |
| least, greatest                        | one or more                                       |
| case                                   | condition, result, condition, result, …, result   |
| years, months, days, date_add_days     | two                                               |
| fiscal_year, fiscal_age_at_most        | one; date, number, day                            |
| count, sum, min, max, bool_or, bool_and| [what is added up], [filter]; `group`, `filtered` |
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from dokodemo.kernel.expressions.kinds import Type
from dokodemo.kernel.expressions.parameters import Parameter
from dokodemo.kernel.expressions.values import Value

AGGREGATES = frozenset({"count", "sum", "min", "max", "bool_or", "bool_and"})


@dataclass(frozen=True)
class Node:
    """One step of a rule. Two nodes are equal when they mean the same; `text` is only for people."""

    op: str
    type: Type
    args: tuple["Node", ...] = ()
    name: str = ""
    value: Value | None = None
    parameter: Parameter | None = None
    group: str | None = None
    filtered: bool = False
    text: str = field(default="", compare=False)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # Once for each node: from the whole tree each time, a deep rule would take the square of its size.
        return hash((self.op, self.type, self.args, self.name, self.value, self.group, self.filtered))

    @cached_property
    def aggregates(self) -> bool:
        """Whether an aggregate over a repeating group is part of this node."""
        return self.op in AGGREGATES or any(arg.aggregates for arg in self.args)

    @property
    def filter(self) -> "Node | None":
        """An aggregate's FILTER condition."""
        return self.args[-1] if self.filtered else None

    @property
    def operand(self) -> "Node | None":
        """What an aggregate adds up or compares; None for count."""
        return None if self.op == "count" else self.args[0]

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, parents first."""
        yield self
        for arg in self.args:
            yield from arg.walk()

    def leaves(self) -> frozenset[str]:
        """The terms a person can be asked for: plain terms, "group.term" of members, and counted groups."""
        found = {node.name for node in self.walk() if node.op in {"term", "field"}}
        return frozenset(found | {node.group for node in self.walk() if node.group and node.op == "count"})
