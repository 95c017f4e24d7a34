"""One SELECT built in layers, so that no expression is written twice (問い合わせの層).

Owns the naming of columns and layers. Never knows what a rule means.

A layer is a subquery that adds columns to the one below it; an expression may use the columns of lower layers only.
Without layers a formula that names its operand twice at each of ten steps would be a thousand times as long.
"""

from collections.abc import Iterator
from itertools import count

from dokodemo.kernel.expressions.cells import Cell


class Layers:
    """The layers over one source of rows. `prefix` keeps the names of different sources apart."""

    def __init__(self, prefix: str, names: Iterator[int] | None = None) -> None:
        self.prefix = prefix
        self.names = names or count()
        self.base: dict[str, str] = {}
        self.above: list[dict[str, str]] = []

    def column(self, sql: str) -> str:
        """The name of a column of the source, by the SQL that reads it there."""
        if sql not in self.base:
            self.base[sql] = self._name()
        return self.base[sql]

    def short(self, cell: Cell) -> Cell:
        """The cell with each part as a column (or a literal); long parts become columns of a layer of their own."""
        if all(_is_short(part) for part in (cell.low, cell.high, cell.error or "")):
            return cell
        low, high = self._kept(cell.low, cell.level), self._kept(cell.high, cell.level)
        error = None if cell.error is None else self._kept(cell.error, cell.level)
        return Cell(low, high, error, cell.level + 1, cell.most, cell.given)

    def sql(self, source: str) -> str:
        """The rows of `source` (what follows FROM) with every column of every layer."""
        columns = [f"{sql} AS {name}" for sql, name in self.base.items()] or ["1 AS nothing"]
        query = f"SELECT {', '.join(columns)} FROM {source}"  # noqa: S608 - names and checked rules
        for layer in self.above:
            added = ", ".join(f"{sql} AS {name}" for sql, name in layer.items())
            query = f"SELECT *, {added} FROM ({query})" if added else query  # noqa: S608
        return query

    def _kept(self, sql: str, level: int) -> str:
        if _is_short(sql):
            return sql
        while len(self.above) <= level:
            self.above.append({})
        layer = self.above[level]
        if sql not in layer:
            layer[sql] = self._name()
        return layer[sql]

    def _name(self) -> str:
        return f"{self.prefix}{next(self.names)}"


def _is_short(sql: str) -> bool:
    return len(sql) <= 12 or (" " not in sql and "(" not in sql) or sql.startswith(("CAST(NULL", "DATE '"))
