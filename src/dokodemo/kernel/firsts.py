"""The first row for each of many keys (キーごとの先頭の行): one look into an index for each, all in one question.

Owns that one way of asking. Grouped, a database walks through every row of every key before it knows which comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import batched
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from dokodemo.kernel.prepared import Annotations, Question

# Keys asked for in one question: as many values as both databases take, with room for those of the rows themselves.
AT_ONCE = 500


class FirstOfEach[K: str | int](Question):
    """The value of `column` in the first of the ordered rows that have a key in their column `key`, a prepared question.

    `make` gets a value for each name of `types` and returns the rows. Cheap where an index begins with `key` and goes on as the
    rows are ordered.
    """

    def __init__(
        self, make: Callable[..., QuerySet[Any]], column: str, *, key: str, of: type[K], **types: type
    ) -> None:
        def rows(keys: Iterable[K], **values: Any) -> QuerySet[Any, Any]:
            ordered = make(**values)
            if not ordered.ordered:
                raise ValueError("rows without an order have no first one")
            # Both databases call the only column of nameless VALUES so.
            return ordered.filter(**{key: RawSQL("column1", ())}).values_list(column)[:1]

        super().__init__(rows, {"keys": list[of], **types})  # type: ignore[valid-type]

    def all(self, keys: Iterable[K], **values: Any) -> dict[K, Any]:
        """The value of each key; no entry where there is no such row, or its value is null.

        Raises ValueError for rows without an order, TypeError for a name that is missing or unknown.
        """
        asked = (self._asked({"keys": some, **values})[1] for some in batched(keys, AT_ONCE))
        return {key: value for rows in asked for key, value in rows if value is not None}

    def _sql(self, compiler: Any, ready: Mapping[str, list[Any]]) -> tuple[str, Sequence[Any], list[Any]]:
        first, parameters = compiler.as_sql()
        [(column, _, _)] = compiler.select
        places = ", ".join(["(%s)"] * len(ready["keys"]))
        sql = f"SELECT column1, ({first}) FROM (VALUES {places}) AS named"  # noqa: S608 - only places of values
        return sql, [*parameters, *ready["keys"]], [None, column]

    def _named(self, query: Any, compiler: Any, columns: list[Any]) -> tuple[list[str], Annotations]:
        return ["key", "first"], ()
