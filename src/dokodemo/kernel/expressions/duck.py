"""Many rules over a whole register as one DuckDB query (台帳全体への規則の適用).

Owns the way from checked rules to SQL; `cells` says what each operator is in SQL. Never opens a database and never
imports DuckDB: whoever runs the text does.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from dokodemo.kernel.expressions import cells as c
from dokodemo.kernel.expressions import day_cells as d
from dokodemo.kernel.expressions import limits
from dokodemo.kernel.expressions.cells import SQL_TYPES, Cell
from dokodemo.kernel.expressions.kinds import ORDERED
from dokodemo.kernel.expressions.layers import Layers
from dokodemo.kernel.expressions.masks import Masks
from dokodemo.kernel.expressions.members import Aggregate, aggregate
from dokodemo.kernel.expressions.nodes import AGGREGATES, Node
from dokodemo.kernel.expressions.register import GroupTable, RegisterSchema, quoted, table
from dokodemo.kernel.expressions.rules import Expression
from dokodemo.kernel.expressions.tallies import Tallies
from dokodemo.kernel.expressions.values import Failure, Value

ERROR, MISSING = ".error", ".missing"


def to_duckdb(
    expressions: Mapping[str, Expression], schema: RegisterSchema, on: date, *, missing: bool = False
) -> str:
    """One SELECT over the register: a row for each resident, for the day `on`.

    Columns: the key, and for each rule `name` (BOOLEAN, BIGINT, DATE or VARCHAR; NULL: unknown) and `name.error`
    (BOOLEAN, never NULL): true where `evaluate` would raise an arithmetic error, `name` being NULL there. With
    `missing` also `name.missing` (BIGINT): what `trace` would name as unknown, as bits that `missing_terms` reads.
    """
    if schema.key in expressions:
        raise ValueError(f"a rule cannot be called like the key of the register, {schema.key}")
    nodes = {name: expression.node for name, expression in expressions.items()}
    writer = Writer(schema, on, nodes.values())
    outputs = [f"key AS {quoted(schema.key)}"]
    for name, node in nodes.items():
        cell = writer.people.short(writer.cell(node))
        outputs.append(f"{c.settled(cell)} AS {quoted(name)}")
        outputs.append(f"{cell.error or 'FALSE'} AS {quoted(name + ERROR)}")
        if missing:
            mask = Masks(writer, expressions[name].askable).of(node)
            outputs.append(f"{writer.people.short(mask).low} AS {quoted(name + MISSING)}")
    return f"SELECT {', '.join(outputs)} FROM ({writer.people.sql(writer.source())})"  # noqa: S608 - checked rules


class Writer:
    """Writes the cells of all rules; `people` has a row for each resident, `groups` a row for each member."""

    def __init__(self, schema: RegisterSchema, on: date, nodes: Iterable[Node]) -> None:
        self.schema = schema
        self.on = on
        self.people = Layers("p")
        self.people.base[f"r.{quoted(schema.key)}"] = "key"
        self.groups: dict[str, Layers] = {}
        self.aggregates: dict[str, dict[str, str]] = {}
        self.tallies: dict[str, Tallies] = {}
        self.cells: dict[tuple[str | None, Node], Cell] = {}
        self.uses = _uses(nodes)

    def layers(self, group: str | None) -> Layers:
        """Where a node is worked out: with the residents, or with the members of a group."""
        if group is None:
            return self.people
        if group not in self.groups:
            self.groups[group] = Layers("m")
            owner = f"m.{quoted(self.schema.groups[group].owner)}"
            self.groups[group].base[owner] = "owner"
        return self.groups[group]

    def cell(self, node: Node, group: str | None = None) -> Cell:
        """The node's cell; worked out once however often rules use it."""
        found = self.cells.get((group, node))
        if found is None:
            found = self._written(node, group)
            if self.uses[node] > 1 or len(found.low) > 400:
                found = self.layers(group).short(found)
            self.cells[group, node] = found
        return found

    def source(self) -> str:
        """FROM: the residents, beside each of them what its groups come to."""
        source = f"{table(self.schema.residents)} r"
        for number, (group, columns) in enumerate(self.aggregates.items()):
            name = f"g{number}"
            every = [*columns.items(), *self.tallies[group].sums()]
            if not every:
                continue
            select = ", ".join(f"{sql} AS {column}" for sql, column in every)
            rows = self.groups[group].sql(self._members(group))
            source += (
                f" LEFT JOIN (SELECT owner, {select} FROM ({rows}) GROUP BY owner) {name}"  # noqa: S608
                f" ON {name}.owner = r.{quoted(self.schema.key)}"
            )
        return source

    def _members(self, group: str) -> str:
        place = self.schema.groups[group]
        source = f"{table(place.table)} m"
        if any(sql.startswith("r.") for sql in self.groups[group].base):
            residents, key = table(self.schema.residents), quoted(self.schema.key)
            source += f" JOIN {residents} r ON r.{key} = m.{quoted(place.owner)}"
        return source

    def _written(self, node: Node, group: str | None) -> Cell:
        if node.op in AGGREGATES:
            return self._aggregate(node)
        if node.op in _LEAVES:
            return self._leaf(node, group)
        if node.op == "derived":
            return self.cell(node.args[0], group)
        limit = limits.limit_of(node, self.on)
        if limit is not None:
            day = self.layers(group).short(self.cell(limit.birth, group))
            if day.point:
                return c.point(f"({day.low} {limit.sign} {literal(limit.day)})", day)
        args = [self.cell(arg, group) for arg in node.args]
        if node.op not in _TAKES_GIVEN:
            args = [c.plain(arg) for arg in args]
        if not (node.op in _NAMES_ONCE and all(arg.point and arg.error is None for arg in args)):
            args = [self.layers(group).short(arg) for arg in args]
        if node.op == "case":
            return self._case(node, args, group)
        return _OPERATORS[node.op](node, args)

    def _case(self, node: Node, args: Sequence[Cell], group: str | None) -> Cell:
        result = args[-1]
        for place in range(len(args) - 3, -1, -2):
            result = c.choose(args[place], args[place + 1], result, ordered=node.type.kind in ORDERED)
            result = self.layers(group).short(result)
        return result

    def _leaf(self, node: Node, group: str | None) -> Cell:
        sql_type = SQL_TYPES[node.type.kind]
        nothing = f"CAST(NULL AS {sql_type})"
        if node.op == "today":
            return c.point(literal(self.on))
        if node.op == "literal" and node.value is not None:
            return _constant(node.value)
        if node.op == "parameter" and node.parameter is not None:
            value = node.parameter.on(self.on)
            return c.point(nothing, error="TRUE") if isinstance(value, Failure) else _constant(value)
        if node.op == "field" and node.group is not None:
            column, row = self.schema.groups[node.group].columns.get(node.name), "m"
        else:
            column, row = self.schema.columns.get(node.name), "r"
        if column is None:
            return c.point(nothing)
        return c.point(self.layers(group).column(f"{row}.{quoted(column)}::{sql_type}"))

    def _aggregate(self, node: Node) -> Cell:
        group = node.group or ""
        place = self.schema.groups.get(group)
        if place is None:
            return c.span("0::BIGINT", "CAST(NULL AS BIGINT)") if node.op == "count" else _nothing(node)
        members = self.layers(group)
        condition = None if node.filter is None else members.short(self.cell(node.filter, group))
        operand = None if node.operand is None else members.short(self.cell(node.operand, group))
        return aggregate(node.op, operand, condition, self.aggregate_of(group, place))

    def aggregate_of(self, group: str, place: GroupTable) -> Aggregate:
        columns = self.aggregates.setdefault(group, {})
        source = f"g{list(self.aggregates).index(group)}"

        def kept(sql: str) -> str:
            name = columns.setdefault(sql, f"a{len(columns)}")
            return self.people.column(f"{source}.{name}")

        known = f"coalesce(r.{quoted(place.known)}, FALSE)"
        others = None if place.others is None else f"coalesce(r.{quoted(place.others)}, FALSE)"
        if group not in self.tallies:

            def beside(column: str) -> str:
                return self.people.column(f"CASE WHEN {known} THEN coalesce({source}.{column}, 0) ELSE 0 END")

            self.tallies[group] = Tallies(place.most, beside)
        return Aggregate(
            kept,
            self.tallies[group].of,
            self.people.column(known),
            self.people.column(known if others is None else f"({known} AND NOT {others})"),
            self.groups[group],
            self.people,
            None if others is None else self.people.column(others),
        )


def _constant(value: Value) -> Cell:
    cell = c.point(literal(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return replace(cell, most=abs(value), given=(c.ALWAYS, c.ALWAYS))
    return cell


def literal(value: Value) -> str:
    """A value as SQL writes it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return f"{value}::BIGINT" if value >= 0 else f"'{value}'::BIGINT"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'"


def _nothing(node: Node) -> Cell:
    return c.point(f"CAST(NULL AS {SQL_TYPES[node.type.kind]})")


def _uses(nodes: Iterable[Node]) -> Counter[Node]:
    uses: Counter[Node] = Counter()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        uses[node] += 1
        if uses[node] == 1:
            waiting += node.args
    return uses


_LEAVES = frozenset({"literal", "today", "parameter", "term", "field"})
# Operators that know where bounds are given by other columns.
_TAKES_GIVEN = frozenset({"+", "-", "*", "least", "greatest", "=", "<>", "<", "<=", ">", ">=", "in"})
# Operators that write each operand once as long as operands are points that cannot fail.
_NAMES_ONCE = frozenset({"and", "or", "not", "=", "<>", "<", "<=", ">", ">="})


def _counted(function: Callable[[str, str], str]) -> Callable[[Node, Sequence[Cell]], Cell]:
    return lambda _, args: c.span(
        function(args[0].high, args[1].low), function(args[0].low, args[1].high), args[0], args[1]
    )


def _fiscal_age_at_most(_: Node, args: Sequence[Cell]) -> Cell:
    birth, limit, on = args
    age = c.span(d.fiscal_age(birth.high, on.low), d.fiscal_age(birth.low, on.high), birth, on)
    return c.negation(c.less(limit, age))


def _quotient(*, up: bool) -> Callable[[Node, Sequence[Cell]], Cell]:
    def write(node: Node, args: Sequence[Cell]) -> Cell:
        divisor = node.args[1]
        safe = divisor.op == "literal" and isinstance(divisor.value, int) and divisor.value > 0
        return c.quotient(args[0], args[1], up=up, safe=safe)

    return write


_OPERATORS: dict[str, Callable[[Node, Sequence[Cell]], Cell]] = {
    "and": lambda _, args: c.conjunction(args),
    "or": lambda _, args: c.disjunction(args),
    "not": lambda _, args: c.negation(args[0]),
    "in": lambda _, args: c.disjunction([c.equal(args[0], option) for option in args[1:]]),
    "=": lambda _, args: c.equal(args[0], args[1]),
    "<>": lambda _, args: c.negation(c.equal(args[0], args[1])),
    "<": lambda _, args: c.less(args[0], args[1]),
    ">": lambda _, args: c.less(args[1], args[0]),
    "<=": lambda _, args: c.negation(c.less(args[1], args[0])),
    ">=": lambda _, args: c.negation(c.less(args[0], args[1])),
    "+": lambda _, args: c.plus(args[0], args[1]),
    "-": lambda _, args: c.minus(args[0], args[1]),
    "*": lambda _, args: c.times(args[0], args[1]),
    "floor_div": _quotient(up=False),
    "ceil_div": _quotient(up=True),
    "round_down": lambda _, args: c.rounded_down(args[0], args[1]),
    "neg": lambda _, args: c.opposite(args[0]),
    "abs": lambda _, args: c.absolute(args[0]),
    "least": lambda _, args: c.extreme(args, smallest=True),
    "greatest": lambda _, args: c.extreme(args, smallest=False),
    "years": _counted(d.years),
    "months": _counted(d.months),
    "days": _counted(d.days),
    "fiscal_year": lambda _, args: c.span(d.fiscal_year(args[0].low), d.fiscal_year(args[0].high), args[0]),
    "fiscal_age_at_most": _fiscal_age_at_most,
    "date_add_days": lambda _, args: d.later(args[0], args[1]),
}
