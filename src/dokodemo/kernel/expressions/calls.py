"""Checks the calls of functions and aggregates in a rule (規則の関数と集計の検査).

Owns argument counts, roundings and the one group an aggregate looks at. Never evaluates.
"""

from typing import TYPE_CHECKING

from sqlglot import exp

from dokodemo.kernel.expressions import functions
from dokodemo.kernel.expressions.grammar import written
from dokodemo.kernel.expressions.kinds import BOOLEAN, DATE, INTEGER, NUMBERS, ORDERED, YEN, Kind, Type, unify
from dokodemo.kernel.expressions.nodes import AGGREGATES, Node

if TYPE_CHECKING:
    from dokodemo.kernel.expressions.check import Checker


def call(checker: "Checker", tree: exp.Expr) -> Node:
    """The node of `name(…)` or `aggregate(…) FILTER (WHERE …)`."""
    if isinstance(tree, exp.Filter):
        inner = tree.this
        if not isinstance(inner, exp.Anonymous) or inner.name.lower() not in AGGREGATES:
            raise checker.wrong(
                tree, "FILTER stands only after an aggregate", "Use it after count, sum, min, max …"
            )
        return _aggregate(checker, tree, inner, tree.args["expression"].this)
    name = tree.name.lower()
    if name in AGGREGATES:
        return _aggregate(checker, tree, tree, None)
    if name in functions.FUNCTIONS:
        return _plain(checker, tree, functions.FUNCTIONS[name])
    if name in functions.ROUNDING:
        return _rounding(checker, tree, name)
    if name in functions.EXTREMES:
        return _extreme(checker, tree, name)
    if name == "abs":
        _arguments(checker, tree, 1, 1, "abs(x)")
        operand = checker.number(tree.expressions[0])
        return checker.made("abs", operand.type, (operand,), tree)
    remedy = functions.REFUSED.get(name, f"Use one of {', '.join(functions.ALL)}")
    raise checker.wrong(tree, "no such function in the rule language", remedy[0].upper() + remedy[1:])


def _arguments(checker: "Checker", tree: exp.Expr, least: int, most: int, usage: str) -> None:
    if not least <= len(tree.expressions) <= most:
        raise checker.wrong(tree, f"this has {len(tree.expressions)} arguments", f"Write {usage}")


def _plain(checker: "Checker", tree: exp.Expr, function: functions.Function) -> Node:
    most = len(function.arguments)
    _arguments(checker, tree, most - function.today_last, most, function.usage)
    nodes = [
        _typed(checker, argument, kind)
        for argument, kind in zip(tree.expressions, function.arguments, strict=False)
    ]
    if len(nodes) < most:
        nodes.append(Node("today", DATE, text=functions.TODAY))
    return checker.made(function.op, function.result, tuple(nodes), tree)


def _typed(checker: "Checker", tree: exp.Expr, kind: Type) -> Node:
    if kind.kind is Kind.INTEGER:
        return checker.number(tree)
    node = checker.node(tree, kind)
    if node.type.kind is not kind.kind:
        raise checker.wrong(
            tree, f"this is {node.type}, but {kind} is needed", "Give a term or value of that type"
        )
    return node


def _rounding(checker: "Checker", tree: exp.Expr, name: str) -> Node:
    most = 2 if name == "round_down" else 1
    _arguments(checker, tree, most, most, functions.ROUNDING[name])
    operand = tree.expressions[0]
    while isinstance(operand, exp.Paren):
        operand = operand.this
    if isinstance(operand, exp.Div):
        inner = _division(checker, operand, "ceil_div" if name == "ceil" else "floor_div")
    else:
        inner = checker.number(operand)
        if name != "round_down":
            raise checker.wrong(
                tree, "there is nothing to round", f"Write {functions.ROUNDING[name]}, or leave it out"
            )
    if name != "round_down":
        return Node(inner.op, inner.type, inner.args, text=written(tree))
    unit = checker.number(tree.expressions[1])
    if unit.op == "literal" and isinstance(unit.value, int) and unit.value <= 0:
        raise checker.wrong(
            tree, "the unit is not above zero", "Round down to a unit such as 10, 100 or 1000"
        )
    kind = YEN if Kind.YEN in (inner.type.kind, unit.type.kind) else INTEGER
    return checker.made("round_down", kind, (inner, unit), tree)


def _division(checker: "Checker", tree: exp.Div, op: str) -> Node:
    above, below = checker.number(tree.this), checker.number(tree.args["expression"])
    if below.op == "literal" and below.value == 0:
        raise checker.wrong(tree, "this divides by zero", "Correct the divisor")
    if below.type.kind is Kind.YEN:
        if above.type.kind is not Kind.YEN:
            raise checker.wrong(
                tree, "a plain number is divided by yen", "Divide yen by a number, or yen by yen"
            )
        return checker.made(op, INTEGER, (above, below), tree)
    return checker.made(op, above.type, (above, below), tree)


def _extreme(checker: "Checker", tree: exp.Expr, name: str) -> Node:
    _arguments(checker, tree, 1, 50, f"{name}(x, y)")
    nodes = [checker.node(tree.expressions[0])]
    nodes += [checker.node(argument, nodes[0].type) for argument in tree.expressions[1:]]
    shared: Type | None = nodes[0].type
    for node, argument in zip(nodes, tree.expressions, strict=True):
        shared = unify(shared, node.type) if shared is not None else None
        if shared is None or shared.kind not in ORDERED:
            raise checker.wrong(
                argument, f"{name} cannot compare {node.type} with the others", "Give numbers or dates"
            )
    return checker.made(name, shared or INTEGER, tuple(nodes), tree)


def _aggregate(checker: "Checker", tree: exp.Expr, inner: exp.Expr, condition: exp.Expr | None) -> Node:
    name = inner.name.lower()
    usage = functions.AGGREGATE_USAGE[name]
    _arguments(checker, inner, 1, 1, usage)
    if checker.group is not None:
        raise checker.wrong(tree, "an aggregate inside an aggregate", "Compare the results outside instead")
    argument = inner.expressions[0]
    if isinstance(argument, exp.Star) and name != "count":
        raise checker.wrong(tree, "* stands only in count(*)", f"Write {usage}")
    group = _group(checker, tree, argument, condition, counts=name == "count")
    checker.group = group
    try:
        filter_node = None if condition is None else checker.boolean(condition)
        operand = None if name == "count" else checker.node(argument)
    finally:
        checker.group = None
    kind = INTEGER if operand is None else _result(checker, argument, name, operand.type, usage)
    args = tuple(node for node in (operand, filter_node) if node is not None)
    return Node(name, kind, args, group=group, filtered=filter_node is not None, text=written(tree))


def _result(checker: "Checker", tree: exp.Expr, name: str, kind: Type, usage: str) -> Type:
    wanted = {"sum": NUMBERS, "min": ORDERED, "max": ORDERED}.get(name, frozenset({Kind.BOOLEAN}))
    if kind.kind not in wanted:
        raise checker.wrong(
            tree, f"{name} cannot take {kind}", f"Write {usage} with a term of a fitting type"
        )
    return BOOLEAN if wanted == {Kind.BOOLEAN} else kind


def _group(
    checker: "Checker", tree: exp.Expr, argument: exp.Expr, condition: exp.Expr | None, *, counts: bool
) -> str:
    """The one repeating group that the argument and the filter speak of."""
    named: set[str] = set()
    if counts and not isinstance(argument, exp.Star):
        if not isinstance(argument, exp.Column) or argument.table or not checker.repeats(argument.name):
            raise checker.wrong(
                tree, "count takes a repeating group", "Write count(child), child being the group"
            )
        named.add(argument.name)
    for part in (argument, condition):
        if part is not None and not (part is argument and counts):
            columns = part.find_all(exp.Column)
            named |= {column.table for column in columns if column.table and checker.repeats(column.table)}
    if len(named) > 1 and checker.member_of is not None:
        named.discard(checker.member_of)
    if len(named) == 1:
        return named.pop()
    if named:
        raise checker.wrong(
            tree, f"this looks at two groups: {', '.join(sorted(named))}", "Use one group for each aggregate"
        )
    raise checker.wrong(
        tree, "this names no repeating group", "Name a term of the group inside, or write count(child)"
    )
