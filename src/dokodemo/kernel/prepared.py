"""Questions asked on every request (定型の照会): turned into SQL once, then asked again with other values.

Owns that shortcut. Never changes what a queryset means: Django writes the SQL, its cursor runs it, and rows become
the same model instances. Building a queryset and its SQL anew costs several times what the database needs to answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

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


class Prepared[M: models.Model]:
    """A query of one model with values left open, by name and type (UUID, str, date, datetime).

    `make` gets a value for each name and returns the queryset; it must use every value as it is, in a filter.
    """

    def __init__(self, make: Callable[..., models.QuerySet[M]], **types: type) -> None:
        self._make, self._types = make, types
        self._written: dict[str, tuple[models.Manager[M], str, tuple[Any, ...]]] = {}

    def all(self, **values: Any) -> list[M]:
        """Every row, as model instances. Raises TypeError for a name that is missing or unknown."""
        if values.keys() != self._types.keys():
            raise TypeError(f"takes {sorted(self._types)}, not {sorted(values)}")
        written = self._written.get(connection.vendor) or self._write()
        manager, sql, parameters = written
        ready = {
            name: _KINDS[self._types[name]][0].get_db_prep_value(value, connection)
            for name, value in values.items()
        }
        filled = [ready[item.name] if isinstance(item, _Open) else item for item in parameters]
        return list(manager.raw(sql, filled))

    def first(self, **values: Any) -> M | None:
        """The first row, or None."""
        return next(iter(self.all(**values)), None)

    def _write(self) -> tuple[models.Manager[M], str, tuple[Any, ...]]:
        marks = {name: _KINDS[kind][1](n) for n, (name, kind) in enumerate(self._types.items())}
        queryset = self._make(**marks)
        sql, parameters = queryset.query.sql_with_params()
        fields = {name: _KINDS[kind][0] for name, kind in self._types.items()}
        open_at = {
            fields[name].get_db_prep_value(mark, connection): _Open(name) for name, mark in marks.items()
        }
        opened = tuple(open_at.get(item, item) for item in parameters)
        unused = self._types.keys() - {item.name for item in opened if isinstance(item, _Open)}
        if unused:
            raise TypeError(f"the query does not use {sorted(unused)} as it is")
        manager: models.Manager[M] = queryset.model._default_manager
        written = self._written[connection.vendor] = (manager, sql, opened)
        return written


class _Open:
    """The place of a value among the parameters of a query."""

    def __init__(self, name: str) -> None:
        self.name = name
