"""Resolves the names of a rule and checks its types (規則の検査).

Owns what each name and operator means and who may stand beside whom. Never evaluates.
"""

from difflib import get_close_matches

from sqlglot import exp

from dokodemo.kernel.expressions import functions
from dokodemo.kernel.expressions.calls import call
from dokodemo.kernel.expressions.errors import ExpressionError, Source
from dokodemo.kernel.expressions.grammar import chain, offset_of, parse, written
from dokodemo.kernel.expressions.kinds import (
    BOOLEAN,
    DATE,
    INTEGER,
    NUMBERS,
    ORDERED,
    TEXT,
    YEN,
    Kind,
    Type,
    Vocabulary,
    accepts,
    type_of_term,
    unify,
)
from dokodemo.kernel.expressions.nodes import Node
from dokodemo.kernel.expressions.parameters import ParameterSet, typed

_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
_SUMS: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-"}


def check(
    source: Source,
    vocabulary: Vocabulary,
    parameters: ParameterSet,
    *,
    expected: Type | None = None,
    member_of: str | None = None,
    within: tuple[str, ...] = (),
) -> Node:
    """The checked rule. `member_of` lets it use the terms of one member of that group; `within` are the derived
    terms being expanded. ExpressionError for the first mistake.
    """
    tree = parse(source)
    checker = Checker(source, vocabulary, parameters, member_of, within)
    node = checker.node(tree, expected)
    if expected is not None and not accepts(expected, node.type):
        raise checker.wrong(
            tree, f"the rule is {node.type}, but {expected} is needed here", "Write one that is"
        )
    return node


class Checker:
    """Checks one text. `group` is the repeating group whose member is being looked at, if any."""

    def __init__(
        self,
        source: Source,
        vocabulary: Vocabulary,
        parameters: ParameterSet,
        member_of: str | None,
        within: tuple[str, ...],
    ) -> None:
        self.source = source
        self.vocabulary = vocabulary
        self.parameters = parameters
        self.member_of = member_of
        self.within = within
        self.group: str | None = None

    def wrong(self, tree: exp.Expr, message: str, remedy: str) -> ExpressionError:
        return self.source.error(offset_of(tree), f"`{written(tree, 60)}`: {message}", remedy)

    def node(self, tree: exp.Expr, hint: Type | None = None) -> Node:
        """The node of a tree; `hint` is the type that a text literal is to be read as."""
        if isinstance(tree, exp.Paren):
            return self.node(tree.this, hint)
        if isinstance(tree, (exp.And, exp.Or)):
            parts = tuple(self.boolean(part) for part in chain(tree, type(tree)))
            return self.made("and" if isinstance(tree, exp.And) else "or", BOOLEAN, parts, tree)
        if isinstance(tree, exp.Not):
            return self.made("not", BOOLEAN, (self.boolean(tree.this),), tree)
        if type(tree) in _COMPARISONS:
            return self.comparison(tree, _COMPARISONS[type(tree)], tree.this, tree.args["expression"])
        if isinstance(tree, exp.In):
            return self.membership(tree)
        if isinstance(tree, exp.Between):
            low = self.comparison(tree, ">=", tree.this, tree.args["low"])
            high = self.comparison(tree, "<=", tree.this, tree.args["high"])
            return self.made("and", BOOLEAN, (low, high), tree)
        if isinstance(tree, (exp.Add, exp.Sub, exp.Mul, exp.Neg)):
            return self.arithmetic(tree)
        if isinstance(tree, exp.Div):
            raise self.wrong(
                tree,
                "a division leaves open how it is rounded",
                "Write floor(x / y), ceil(x / y) or round_down(x / y, unit), the division outermost inside",
            )
        if isinstance(tree, exp.Case):
            return self.case(tree, hint)
        if isinstance(tree, exp.Literal):
            return self.literal(tree, hint)
        if isinstance(tree, exp.Boolean):
            return Node("literal", BOOLEAN, value=bool(tree.this), text=written(tree))
        if isinstance(tree, exp.Cast):
            return self.literal(tree.this, DATE)
        if isinstance(tree, exp.Column):
            return self.name(tree)
        if isinstance(tree, (exp.Anonymous, exp.Filter)):
            return call(self, tree)
        raise self.wrong(tree, "this has no meaning here", "Write a condition or a formula")

    def made(self, op: str, kind: Type, args: tuple[Node, ...], tree: exp.Expr) -> Node:
        return Node(op, kind, args, text=written(tree))

    def boolean(self, tree: exp.Expr) -> Node:
        node = self.node(tree)
        if node.type.kind is not Kind.BOOLEAN:
            raise self.wrong(
                tree, f"this is {node.type}, not a condition", "Compare it with something, e.g. >= 1"
            )
        return node

    def number(self, tree: exp.Expr) -> Node:
        node = self.node(tree)
        if node.type.kind not in NUMBERS:
            raise self.wrong(
                tree, f"this is {node.type}, not a number", _CALCULATE.get(node.type.kind, "Use numbers")
            )
        return node

    def literal(self, tree: exp.Expr, hint: Type | None) -> Node:
        raw = tree.name
        if not tree.is_string:
            return Node("literal", INTEGER, value=int(raw), text=written(tree))
        kind = hint or TEXT
        if kind.kind in {Kind.BOOLEAN, Kind.INTEGER, Kind.YEN}:
            raise self.wrong(tree, f"this is a text, but {kind} is needed here", "Write it without quotes")
        if kind.choices is not None and raw not in kind.choices:
            close = get_close_matches(raw, kind.choices, n=1)
            listed = ", ".join(f"'{choice}'" for choice in sorted(kind.choices)[:12])
            raise self.wrong(
                tree,
                "this is not one of the choices",
                f"Did you mean '{close[0]}'?" if close else f"Choose {listed}",
            )
        value = typed(kind.kind, raw)
        if value is None:
            example = "2026-04-01" if kind.kind is Kind.DATE else "2026-04"
            raise self.wrong(tree, f"this is not {kind}", f"Write one that exists, like '{example}'")
        text = f"DATE '{raw}'" if kind.kind is Kind.DATE else written(tree)
        return Node("literal", kind, value=value, text=text)

    def pair(self, tree: exp.Expr, left: exp.Expr, right: exp.Expr) -> tuple[Node, Node, Type]:
        """Both sides with the one type they share; text literals take the type of the other side."""
        if _waits(left) and not _waits(right):
            second = self.node(right)
            first = self.node(left, second.type)
        else:
            first = self.node(left)
            second = self.node(right, first.type)
        shared = unify(first.type, second.type)
        if shared is None:
            raise self.wrong(
                tree,
                f"{first.type} is compared with {second.type}"
                + (" of other choices" if first.type.kind is second.type.kind else ""),
                _CONVERT.get(frozenset({first.type.kind, second.type.kind}), "Compare two of the same type"),
            )
        return first, second, shared

    def comparison(self, tree: exp.Expr, op: str, left: exp.Expr, right: exp.Expr) -> Node:
        first, second, shared = self.pair(tree, left, right)
        if op not in {"=", "<>"} and shared.kind not in ORDERED:
            raise self.wrong(tree, f"{shared} has no order", "Use = , <> or IN")
        text = f"{written(left)} {op} {written(right)}"
        return Node(op, BOOLEAN, (first, second), text=text)

    def membership(self, tree: exp.In) -> Node:
        if not tree.expressions:
            raise self.wrong(tree, "IN has an empty list", "Write IN ('a', 'b')")
        nodes = [self.pair(tree, tree.this, option)[:2] for option in tree.expressions]
        return self.made("in", BOOLEAN, (nodes[0][0], *(option for _, option in nodes)), tree)

    def arithmetic(self, tree: exp.Expr) -> Node:
        if isinstance(tree, exp.Neg):
            if isinstance(tree.this, exp.Literal) and not tree.this.is_string:
                return Node("literal", INTEGER, value=-int(tree.this.name), text=written(tree))
            operand = self.number(tree.this)
            return self.made("neg", operand.type, (operand,), tree)
        left, right = self.number(tree.this), self.number(tree.args["expression"])
        yens = [side.type.kind for side in (left, right)].count(Kind.YEN)
        if isinstance(tree, exp.Mul):
            if yens == 2:
                raise self.wrong(
                    tree, "yen times yen is not an amount", "Multiply an amount by a plain number"
                )
            return self.made("*", YEN if yens else INTEGER, (left, right), tree)
        return self.made(_SUMS[type(tree)], YEN if yens else INTEGER, (left, right), tree)

    def case(self, tree: exp.Case, hint: Type | None) -> Node:
        results = [branch.args["true"] for branch in tree.args["ifs"]] + [tree.args["default"]]
        shared = hint
        checked: dict[int, Node] = {}
        for place in sorted(range(len(results)), key=lambda place: _waits(results[place])):
            node = self.node(results[place], shared)
            joint = node.type if shared is None else unify(shared, node.type)
            if joint is None:
                raise self.wrong(
                    results[place],
                    f"this result is {node.type}, not {shared} as needed here or given elsewhere",
                    "Give all the same type",
                )
            shared = joint
            checked[place] = node
        if shared is None:
            raise self.wrong(tree, "CASE has no result", "Write CASE WHEN … THEN … ELSE … END")
        args: list[Node] = []
        for place, branch in enumerate(tree.args["ifs"]):
            condition = branch.this
            args.append(
                self.boolean(condition)
                if tree.this is None
                else self.comparison(branch, "=", tree.this, condition)
            )
            args.append(checked[place])
        args.append(checked[len(results) - 1])
        return self.made("case", _result_type(shared, checked), tuple(args), tree)

    def name(self, tree: exp.Column) -> Node:
        name = f"{tree.table}.{tree.name}" if tree.table else tree.name
        if tree.table == "param":
            return self.parameter(tree)
        if name == functions.TODAY and name not in self.vocabulary.terms:
            return Node("today", DATE, text=name)
        if name in self.vocabulary.terms:
            return self.term(tree, name)
        if name in self.vocabulary.groups:
            raise self.wrong(
                tree, "this is a group, not a term", f"Write count({name}) or one term, {name}.…"
            )
        raise self.wrong(tree, "no such term in the vocabulary", self.suggestion(name, self.vocabulary.terms))

    def parameter(self, tree: exp.Column) -> Node:
        if tree.name not in self.parameters:
            raise self.wrong(tree, "no such parameter", self.suggestion(tree.name, self.parameters))
        parameter = self.parameters[tree.name]
        return Node("parameter", parameter.type, name=tree.name, parameter=parameter, text=parameter.text)

    def term(self, tree: exp.Column, name: str) -> Node:
        term = self.vocabulary.terms[name]
        kind = type_of_term(term)
        if kind is None:
            raise self.wrong(
                tree,
                f"a rule cannot test a term of type {term.type}",
                "Test a term of another type, or derive one",
            )
        group = tree.table if tree.table and self.repeats(tree.table) else None
        if group is not None and group not in (self.group, self.member_of):
            raise self.wrong(
                tree,
                f"this has one value for each {group}",
                f"Put it into an aggregate, e.g. bool_or({name} …) or count(*) FILTER (WHERE {name} …)",
            )
        if term.derive is not None:
            return self.derived(tree, name, term.derive, kind, group)
        if group is not None and group == self.group:
            return Node("field", kind, name=name, group=group, text=name)
        return Node("term", kind, name=name, text=name)

    def derived(self, tree: exp.Column, name: str, text: str, kind: Type, group: str | None) -> Node:
        if name in self.within:
            circle = " → ".join([*self.within[self.within.index(name) :], name])
            raise self.wrong(tree, f"the derived term needs itself: {circle}", "Break the circle")
        inner = Checker(Source(text), self.vocabulary, self.parameters, self.member_of, (*self.within, name))
        inner.group = group if group == self.group else None
        try:
            body = inner.node(parse(inner.source), kind)
        except ExpressionError as error:
            place = f" (column {error.column} of its text)" if error.column else ""
            raise self.wrong(tree, f"in the derived term: {error.message}{place}", error.remedy) from None
        if not accepts(kind, body.type):
            raise self.wrong(
                tree, f"the derived term is {body.type}, not {kind}", "Correct its type or its text"
            )
        if self.group is not None and body.aggregates:
            raise self.wrong(
                tree,
                "an aggregate inside an aggregate",
                "Compare the results of the aggregates outside instead",
            )
        return Node("derived", kind, (body,), name=name, text=name)

    def repeats(self, group: str) -> bool:
        found = self.vocabulary.groups.get(group)
        return found is not None and bool(found.repeats)

    def suggestion(self, name: str, known: object) -> str:
        names = list(known) if hasattr(known, "__iter__") else []
        close = get_close_matches(name, names, n=1, cutoff=0.6)
        return f"Did you mean {close[0]}?" if close else "Correct its spelling or define it in the pack"


def _waits(tree: exp.Expr) -> bool:
    """Whether the tree is or may be a text literal, which takes its type from its surroundings."""
    if isinstance(tree, exp.Paren):
        return _waits(tree.this)
    if isinstance(tree, exp.Case):
        return any(_waits(branch.args["true"]) for branch in tree.args["ifs"]) or _waits(tree.args["default"])
    return isinstance(tree, exp.Literal) and bool(tree.is_string)


def _result_type(shared: Type, checked: dict[int, Node]) -> Type:
    if shared.kind in NUMBERS:
        return YEN if any(node.type.kind is Kind.YEN for node in checked.values()) else INTEGER
    return shared


_CALCULATE = {
    Kind.DATE: "Use days_between, months_between, years_between or date_add_days",
    Kind.BOOLEAN: "Use CASE WHEN … THEN 1 ELSE 0 END or count(*) FILTER (WHERE …)",
    Kind.YEAR_MONTH: "Use a date and months_between",
}

_CONVERT = {
    frozenset({Kind.DATE, Kind.INTEGER}): "Write age(date) >= 18, or a day as DATE '2026-04-01'",
    frozenset({Kind.DATE, Kind.TEXT}): "Write the day as DATE '2026-04-01'",
    frozenset({Kind.BOOLEAN, Kind.INTEGER}): "Write TRUE or FALSE instead of 1 or 0",
    frozenset({Kind.CHOICE, Kind.TEXT}): "Compare the choice with one of its values in quotes",
}
