"""Questions asked on every request (定型の照会): turned into SQL once, then asked again with other values.

Owns that shortcut. Never changes what a queryset means: Django writes the SQL, its cursor runs it, and its converters make
the same values. Building a queryset and its SQL anew costs several times what the database needs to answer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, get_args
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

# How a value of each type is written for the database, and a value of that type that no real row holds.
_KINDS: Mapping[type, tuple[models.Field[Any, Any], Callable[[int], Any]]] = {
    UUID: (models.UUIDField(), lambda n: UUID(int=0xD0C0DE_0000_0000_0000_0000 + n)),
    str: (models.CharField(), lambda n: f"\ue000prepared-{n}"),
    # Within what every column of whole numbers takes: Django asks nothing of a value a column cannot hold.
    int: (models.IntegerField(), lambda n: 30_013 + n),
    date: (models.DateField(), lambda n: date(1, 1, 1) + timedelta(n)),
    datetime: (models.DateTimeField(), lambda n: datetime(1001, 1, 1, tzinfo=UTC) + timedelta(n)),
}


class Question(ABC):
    """A query with values left open; every value must be used as it is, in a filter."""

    def __init__(self, make: Callable[..., models.QuerySet[Any, Any]], types: Mapping[str, type]) -> None:
        self._make = make
        # Of `list[str]` the `str`; that there are several is known by the name.
        self._several = tuple(name for name, kind in types.items() if get_args(kind))
        self._kinds = {name: _KINDS[(*get_args(kind), kind)[0]] for name, kind in types.items()}

    def _asked(self, values: Mapping[str, Any]) -> tuple[_Written, list[list[Any]]]:
        """How the rows are read, and the rows with their values as Python has them."""
        if values.keys() != self._kinds.keys():
            raise TypeError(f"takes {sorted(self._kinds)}, not {sorted(values)}")
        here = connections[DEFAULT_DB_ALIAS]
        rooms = tuple(_room(len(values[name])) for name in self._several)
        # Kept on the connection: converters belong to it, and both end together.
        kept: dict[tuple[Question, tuple[int, ...]], _Written]
        kept = here.__dict__.setdefault("prepared_queries", {})
        written = kept.get((self, rooms))
        if written is None:
            written = kept[self, rooms] = self._write(here, dict(zip(self._several, rooms, strict=True)))
        if not all(values[name] for name in self._several):
            return written, []
        ready = {name: self._ready(name, values[name], here) for name in self._kinds}
        filled = [
            ready[item.name][item.place] if isinstance(item, _Open) else item for item in written.parameters
        ]
        with here.cursor() as cursor:
            cursor.execute(written.sql, filled)
            rows = [list(row) for row in cursor.fetchall()]
        for place, (converters, expression) in written.converters:
            for row in rows:
                for convert in converters:
                    row[place] = convert(row[place], expression, here)
        return written, rows

    def _ready(self, name: str, value: Any, here: BaseDatabaseWrapper) -> list[Any]:
        """Values of a name as the database takes them; the last once more for every place that is left."""
        field = self._kinds[name][0]
        if name not in self._several:
            return [field.get_db_prep_value(value, here)]
        found = [field.get_db_prep_value(one, here) for one in value]
        return found + found[-1:] * (_room(len(found)) - len(found))

    def _write(self, here: BaseDatabaseWrapper, rooms: Mapping[str, int]) -> _Written:
        number = count()
        marks: dict[str, Any] = {
            name: [mark(next(number)) for _ in range(rooms[name])] if name in rooms else mark(next(number))
            for name, (_, mark) in self._kinds.items()
        }
        query = self._make(**marks).query
        compiler = query.get_compiler(connection=here)
        ready = {name: self._ready(name, value, here) for name, value in marks.items()}
        sql, parameters, columns = self._sql(compiler, ready)
        open_at = {
            mark: _Open(name, place) for name, some in ready.items() for place, mark in enumerate(some)
        }
        opened = tuple(open_at.get(item, item) for item in parameters)
        unused = set(open_at.values()) - {item for item in opened if isinstance(item, _Open)}
        if unused:
            raise TypeError(f"the query does not use {sorted({one.name for one in unused})} as it is")
        names, annotations = self._named(query, compiler, columns)
        return _Written(
            query.model, sql, opened, names, annotations, tuple(compiler.get_converters(columns).items())
        )

    def _sql(self, compiler: Any, ready: Mapping[str, list[Any]]) -> tuple[str, Sequence[Any], list[Any]]:
        """The query, its parameters, and what stands in each column of a row. `ready`: the marks, as the database takes them."""
        sql, parameters = compiler.as_sql()
        return sql, parameters, [column for column, _, _ in compiler.select]

    @abstractmethod
    def _named(self, query: Any, compiler: Any, columns: list[Any]) -> tuple[list[str], Annotations]:
        """What the columns are called, and where annotations stand. Raises TypeError for a query of another kind."""


class Prepared[M: models.Model](Question):
    """A query of one model with values left open, by name and type (UUID, str, int, date, datetime, or `list[…]` of one).

    `make` gets a value for each name and returns the queryset; it must use every value as it is, in a filter, and a list with
    `__in`: of no values there are no rows. What the queryset annotates stands on the instances as usual.
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

    def _named(self, query: Any, compiler: Any, columns: list[Any]) -> tuple[list[str], Annotations]:
        annotations = tuple(compiler.annotation_col_map.items())
        own = columns[: len(columns) - len(annotations)]
        if compiler.klass_info is None or compiler.klass_info["select_fields"] != list(range(len(own))):
            raise TypeError("the query asks for more than the rows of one model")
        return [column.target.attname for column in own], annotations


class PreparedValues(Question):
    """The same of a queryset that ends in `values(…)`, grouped ones too: rows as dictionaries."""

    def __init__(self, make: Callable[..., models.QuerySet[Any, Any]], **types: type) -> None:
        super().__init__(make, types)

    def all(self, **values: Any) -> list[dict[str, Any]]:
        """Every row. Raises TypeError for a name that is missing or unknown."""
        written, rows = self._asked(values)
        return [dict(zip(written.names, row, strict=True)) for row in rows]

    def _named(self, query: Any, compiler: Any, columns: list[Any]) -> tuple[list[str], Annotations]:
        if query.default_cols:
            raise TypeError("the query asks for instances: end it in values(…)")
        names = list(query.selected or (*query.values_select, *query.annotation_select))
        return names, ()


type Annotations = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class _Written:
    """A query as SQL: its parameters with the places left open, and how a row is read."""

    model: Any
    sql: str
    parameters: tuple[Any, ...]
    names: list[str]
    annotations: Annotations
    converters: tuple[tuple[int, tuple[list[Any], Any]], ...]


@dataclass(frozen=True)
class _Open:
    """The place of a value among the parameters of a query: which of the values of that name."""

    name: str
    place: int


def _room(values: int) -> int:
    """For how many values a query is written: lists of much the same length share one."""
    return 1 << max(0, values - 1).bit_length()
