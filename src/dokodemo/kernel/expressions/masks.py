"""What is missing, for a whole register at once: the terms a trace would name, as bits (まだわからない項目).

Owns the way from a node to the SQL of its mask, part by part as `trace` collects its leaves. Never decides whether a
part is unknown: that is the cell's.
"""

from collections.abc import Sequence
from typing import Protocol

from dokodemo.kernel.expressions.cells import Cell, unsettled
from dokodemo.kernel.expressions.layers import Layers
from dokodemo.kernel.expressions.members import Aggregate
from dokodemo.kernel.expressions.nodes import AGGREGATES, Node
from dokodemo.kernel.expressions.register import GroupTable, RegisterSchema
from dokodemo.kernel.expressions.rules import Expression

MOST_TERMS = 62  # bits of a BIGINT above its sign
NOTHING = Cell("0", "0")


class _Writer(Protocol):
    """What `duck` offers: cells, layers and aggregates of the query being written."""

    schema: RegisterSchema

    def cell(self, node: Node, group: str | None = None) -> Cell: ...
    def layers(self, group: str | None) -> Layers: ...
    def aggregate_of(self, group: str, place: GroupTable) -> Aggregate: ...


def missing_terms(expression: Expression, mask: int) -> tuple[str, ...]:
    """The terms and groups that a value of the column `name.missing` stands for, sorted."""
    return tuple(name for bit, name in enumerate(expression.askable) if mask >> bit & 1)


class Masks:
    """The masks of one rule; `names` in the order of their bits. Raises ValueError for more than MOST_TERMS names."""

    def __init__(self, writer: _Writer, names: Sequence[str]) -> None:
        if len(names) > MOST_TERMS:
            raise ValueError(f"a rule over more than {MOST_TERMS} terms cannot say which are missing")
        self.writer = writer
        self.bits = {name: str(1 << bit) for bit, name in enumerate(names)}
        self.known: dict[tuple[str | None, Node], Cell] = {}

    def of(self, node: Node, group: str | None = None) -> Cell:
        """The mask of a node: 0 as soon as the node is known or fails."""
        found = self.known.get((group, node))
        if found is None:
            found = self._written(node, group)
            if found.low != "0":
                found = self.writer.layers(group).short(found)
            self.known[group, node] = found
        return found

    def _written(self, node: Node, group: str | None) -> Cell:
        layers = self.writer.layers(group)
        if node.op in {"term", "field"}:
            return _while_unknown(layers.short(self.writer.cell(node, group)), _same(self.bits[node.name]))
        if node.op in AGGREGATES:
            inside = self._members(node)
        elif node.op == "case":
            inside = self._case(node, group)
        else:
            inside = _union([self.of(arg, group) for arg in node.args])
        if inside.low == "0":
            return NOTHING
        return _while_unknown(layers.short(self.writer.cell(node, group)), inside)

    def _case(self, node: Node, group: str | None) -> Cell:
        conditions, results = node.args[0:-1:2], (*node.args[1:-1:2], node.args[-1])
        layers = self.writer.layers(group)
        masks: list[Cell] = []
        passed: list[Cell] = []
        for condition, result in zip(conditions, results[:-1], strict=True):
            cell = layers.short(self.writer.cell(condition, group))
            masks.append(_guarded(self.of(condition, group), passed))
            masks.append(
                _guarded(self.of(result, group), [*passed, _condition(f"{cell.low} IS NOT FALSE", cell)])
            )
            passed.append(_condition(f"{cell.low} IS NOT TRUE", cell))
        masks.append(_guarded(self.of(results[-1], group), passed))
        return _union([mask if mask.low == "0" else layers.short(mask) for mask in masks])

    def _members(self, node: Node) -> Cell:
        group = node.group or ""
        whole = self.bits[group]
        place = self.writer.schema.groups.get(group)
        if place is None:
            return _same(whole)
        at = self.writer.aggregate_of(group, place)
        masks = [] if node.filter is None else [self.of(node.filter, group)]
        if node.operand is not None:
            operand = self.of(node.operand, group)
            if node.filter is not None:
                chosen = at.members.short(self.writer.cell(node.filter, group))
                chosen = _same(f"({chosen.low} IS NOT FALSE)", chosen.level)
                operand = _guarded(operand, [chosen])
            masks.append(operand)
        inside = _union(masks)
        total = "0" if inside.low == "0" else f"coalesce({at.kept(f'bit_or({inside.low})')}, 0)"
        if at.others is not None:
            total = f"({total} | CASE WHEN {at.others} THEN {whole} ELSE 0 END)"
        sql = f"CASE WHEN NOT {at.known} THEN {whole} ELSE {total} END"
        return _same(sql)


def _same(sql: str, level: int = 0) -> Cell:
    return Cell(sql, sql, level=level)


def _condition(sql: str, cell: Cell) -> Cell:
    sql = f"({sql})" if cell.error is None else f"({sql} AND NOT {cell.error})"
    return _same(sql, cell.level)


def _guarded(mask: Cell, conditions: Sequence[Cell]) -> Cell:
    """The mask where all conditions hold, else 0."""
    if mask.low == "0" or not conditions:
        return mask
    sql = f"CASE WHEN {' AND '.join(one.low for one in conditions)} THEN {mask.low} ELSE 0 END"
    return _same(sql, max(mask.level, *(one.level for one in conditions)))


def _union(masks: Sequence[Cell]) -> Cell:
    found = list(dict.fromkeys(mask for mask in masks if mask.low != "0"))
    if len(found) <= 1:
        return found[0] if found else NOTHING
    sql = f"({' | '.join(mask.low for mask in found)})"
    return _same(sql, max(mask.level for mask in found))


def _while_unknown(cell: Cell, mask: Cell) -> Cell:
    unknown = unsettled(cell)
    if cell.error is not None:
        unknown += f" AND NOT {cell.error}"
    sql = f"CASE WHEN {unknown} THEN {mask.low} ELSE 0 END"
    return _same(sql, max(cell.level, mask.level))
