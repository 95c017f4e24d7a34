"""The first row for each of many keys (キーごとの先頭の行): one look into an index for each, all in one question.

Owns that one way of asking. Grouped, a database walks through every row of every key before it knows which comes first.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import batched
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

# Keys asked for in one question: as many values as both databases take, with room for those of the rows themselves.
AT_ONCE = 500


def first_of_each[K: str | int](
    rows: QuerySet[Any], column: str, *, key: str, keys: Iterable[K]
) -> dict[K, Any]:
    """For each of `keys` the value of `column` in the first of the ordered `rows` that have it in their column `key`.

    No entry where there is no such row, or its value is null. Cheap where an index begins with `key` and goes on as `rows` are
    ordered. Raises ValueError for rows without an order.
    """
    if not rows.ordered:
        raise ValueError("rows without an order have no first one")
    here = connections[DEFAULT_DB_ALIAS]
    # Both databases call the only column of nameless VALUES so.
    asked = rows.filter(**{key: RawSQL("column1", ())}).values_list(column)[:1]
    compiler = asked.query.get_compiler(connection=here)
    first, values = compiler.as_sql()
    # What was worked out comes as it lies in the table: of SQLite a day is text.
    converters = compiler.get_converters([one for one, _, _ in compiler.select]).values()
    found: dict[K, Any] = {}
    with here.cursor() as cursor:
        for some in batched(keys, AT_ONCE):
            places = ", ".join(["(%s)"] * len(some))
            question = f"SELECT column1, ({first}) FROM (VALUES {places}) AS named"  # noqa: S608 - only places of values
            cursor.execute(question, [*values, *some])
            for one, value in cursor.fetchall():
                converted = _converted(value, converters, here)
                if converted is not None:
                    found[one] = converted
    return found


def _converted(value: Any, converters: Iterable[tuple[list[Any], Any]], here: BaseDatabaseWrapper) -> Any:
    for each, expression in converters:
        for convert in each:
            value = convert(value, expression, here)
    return value
