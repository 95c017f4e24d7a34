"""Questions asked on every request (定型の照会): turned into SQL once, then asked again with other values.

Owns that shortcut. Never changes what a queryset means: Django writes the SQL, its cursor runs it, and its converters make
the same values. Building a queryset and its SQL anew costs several times what the database needs to answer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

# How a value of each type is written for the database, and a value of that type that no real row holds.
_KINDS: Mapping[type, tuple[models.Field[Any, Any], Callable[[int], Any]]] = {
    UUID: (models.UUIDField(), lambda n: UUID(int=0xD0C0DE_0000_0000_0000_0000 + n)),
    str: (models.CharField(), lambda n: f"\ue000prepared-{n}"),
    date: (models.DateField(), lambda n: date(1, 1, 1 + n)),
    datetime: (
        models.DateTimeField(),
        lambda n: datetime.fromisoformat(f"1001-01-{1 + n:02}T00:00:00+00:00"),
    ),
}


class _Question(ABC):
    """A query with values left open; every value must be used as it is, in a filter."""

    def __init__(self, make: Callable[..., models.QuerySet[Any, Any]], types: Mapping[str, type]) -> None:
        self._make, self._types = make, types

    def _asked(self, values: Mapping[str, Any]) -> tuple[_Written, list[list[Any]]]:
        """How the rows are read, and the rows with their values as Python has them."""
        if values.keys() != self._types.keys():
            raise TypeError(f"takes {sorted(self._types)}, not {sorted(values)}")
        here = connections[DEFAULT_DB_ALIAS]
        # Kept on the connection: converters belong to it, and both end together.
        kept: dict[_Question, _Written] = here.__dict__.setdefault("prepared_queries", {})
        written = kept.get(self)
        if written is None:
            written = kept[self] = self._write(here)
        ready = {
            name: _KINDS[self._types[name]][0].get_db_prep_value(value, here)
            for name, value in values.items()
        }
        filled = [ready[item.name] if isinstance(item, _Open) else item for item in written.parameters]
        with here.cursor() as cursor:
            cursor.execute(written.sql, filled)
            rows = [list(row) for row in cursor.fetchall()]
        for place, (converters, expression) in written.converters:
            for row in rows:
                for convert in converters:
                    row[place] = convert(row[place], expression, here)
        return written, rows

    def _write(self, here: BaseDatabaseWrapper) -> _Written:
        marks = {name: _KINDS[kind][1](n) for n, (name, kind) in enumerate(self._types.items())}
        query = self._make(**marks).query
        compiler = query.get_compiler(connection=here)
        sql, parameters = compiler.as_sql()
        open_at = {
            _KINDS[self._types[name]][0].get_db_prep_value(mark, here): _Open(name)
            for name, mark in marks.items()
        }
        opened = tuple(open_at.get(item, item) for item in parameters)
        unused = self._types.keys() - {item.name for item in opened if isinstance(item, _Open)}
        if unused:
            raise TypeError(f"the query does not use {sorted(unused)} as it is")
        columns = [column for column, _, _ in compiler.select]
        names, annotations = self._named(query, compiler, columns)
        return _Written(
            query.model, sql, opened, names, annotations, tuple(compiler.get_converters(columns).items())
        )

    @abstractmethod
    def _named(self, query: Any, compiler: Any, columns: list[Any]) -> tuple[list[str], _Annotations]:
        """What the columns are called, and where annotations stand. Raises TypeError for a query of another kind."""


class Prepared[M: models.Model](_Question):
    """A query of one model with values left open, by name and type (UUID, str, date, datetime).

    `make` gets a value for each name and returns the queryset; it must use every value as it is, in a filter. What the
    queryset annotates stands on the instances as usual.
    """

    def __init__(self, make: Callable[..., models.QuerySet[M]], **types: type) -> None:
        super().__init__(make, types)

    def all(self, **values: Any) -> list[M]:
        """Every row, as model instances. Raises TypeError for a name that is missing or unknown."""
        written, rows = self._asked(values)
        return [self._instance(written, row) for row in rows]

    def first(self, **values: Any) -> M | None:
        """The first row, or None."""
        return next(iter(self.all(**values)), None)

    def _instance(self, written: _Written, row: Sequence[Any]) -> M:
        made: M = written.model.from_db(DEFAULT_DB_ALIAS, written.names, row[: len(written.names)])
        for name, place in written.annotations:
            setattr(made, name, row[place])
        return made

    def _named(self, query: Any, compiler: Any, columns: list[Any]) -> tuple[list[str], _Annotations]:
        annotations = tuple(compiler.annotation_col_map.items())
        own = columns[: len(columns) - len(annotations)]
        if compiler.klass_info is None or compiler.klass_info["select_fields"] != list(range(len(own))):
            raise TypeError("the query asks for more than the rows of one model")
        return [column.target.attname for column in own], annotations


class PreparedValues(_Question):
    """The same of a queryset that ends in `values(…)`, grouped ones too: rows as dictionaries."""

    def __init__(self, make: Callable[..., models.QuerySet[Any, dict[str, Any]]], **types: type) -> None:
        super().__init__(make, types)

    def all(self, **values: Any) -> list[dict[str, Any]]:
        """Every row. Raises TypeError for a name that is missing or unknown."""
        written, rows = self._asked(values)
        return [dict(zip(written.names, row, strict=True)) for row in rows]

    def _named(self, query: Any, compiler: Any, columns: list[Any]) -> tuple[list[str], _Annotations]:
        if query.default_cols:
            raise TypeError("the query asks for instances: end it in values(…)")
        names = list(query.selected or (*query.values_select, *query.annotation_select))
        return names, ()


type _Annotations = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class _Written:
    """A query as SQL: its parameters with the places left open, and how a row is read."""

    model: Any
    sql: str
    parameters: tuple[Any, ...]
    names: list[str]
    annotations: _Annotations
    converters: tuple[tuple[int, tuple[list[Any], Any]], ...]


class _Open:
    """The place of a value among the parameters of a query."""

    def __init__(self, name: str) -> None:
        self.name = name
