"""Rows made once and put into the tables again, for what takes seconds to make and is the same for many tests."""

from collections.abc import Callable

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.sql import InsertQuery
from django.utils import timezone

from dokodemo.kernel.events.models import Event

type Rows = list[tuple[type[Model], list[Model]]]

# SQLite takes a limited number of values in one statement.
_AT_ONCE = 50


def made(make: Callable[[], object]) -> Rows:
    """What `make` writes into empty tables, table by table. Raises AssertionError when a table it fills was not empty."""
    before = {model for model in _models() if model._base_manager.exists()}
    make()
    found = [(model, list(model._base_manager.order_by("pk"))) for model in _models()]
    rows = [(model, objects) for model, objects in found if objects and model not in before]
    assert rows, "nothing was made"
    return rows


def put_back(rows: Rows) -> None:
    """Write rows again as they were: same keys and values, events alone of this moment.

    Numbers that the database gives go on after the highest.
    """
    with transaction.atomic():
        for model, objects in rows:
            fields = list(model._meta.local_concrete_fields)
            if model is Event:
                # What happens again happens now, under the next numbers of this log.
                fields.remove(model._meta.pk)
                for event in objects:
                    event.at = timezone.now()  # type: ignore[attr-defined]
            for start in range(0, len(objects), _AT_ONCE):
                query = InsertQuery(model)
                query.insert_values(fields, objects[start : start + _AT_ONCE], raw=True)
                query.get_compiler(using=connection.alias).execute_sql()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [model for model, _ in rows]):
                cursor.execute(statement)


def _models() -> list[type[Model]]:
    """Every table's model, those that others point to first."""
    there = set(connection.introspection.table_names())
    every = [model for config in apps.get_app_configs() for model in config.get_models()]
    # A test may bring a model of its own, whose table is gone with it.
    mine = [model for model in every if model._meta.db_table in there]
    done: list[type[Model]] = []

    def add(model: type[Model], on_the_way: tuple[type[Model], ...]) -> None:
        if model in done or model in on_the_way:
            return
        for field in model._meta.local_concrete_fields:
            if field.is_relation and field.related_model in mine:
                add(field.related_model, (*on_the_way, model))  # type: ignore[arg-type]
        done.append(model)

    for model in mine:
        add(model, ())
    return done
