"""Django, set up once for verbs that need the database, and what is said where there is none (起動準備).

Owns that answer. Never makes a database: `up` and `migrate` do.
"""

from pathlib import Path

import click
import django
from django.apps import apps

FIRST = "Run: dokodemo up (prepares and starts it), or dokodemo migrate (makes its tables alone)."


def ready() -> None:
    """Set Django up; a second call does nothing."""
    if not apps.ready:
        django.setup()


def city_ready() -> None:
    """Set Django up for a verb that works on a city; ends it where none was ever made, before SQLite makes an empty one."""
    ready()
    from django.conf import settings
    from django.db import connection

    if connection.vendor != "sqlite" or connection.is_in_memory_db():  # type: ignore[attr-defined]
        return
    file = Path(str(connection.settings_dict["NAME"]))
    if not file.is_file() or not file.stat().st_size:
        raise click.ClickException(
            f"There is no city in DOKODEMO_HOME={str(settings.DOKODEMO_HOME)!r} yet. {FIRST}"
        )


def database_fault() -> str | None:
    """What is wrong with the database as a whole, and the remedy; None when it is there and of this release."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    connection.close()
    place = connection.settings_dict
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        if connection.vendor == "sqlite":
            return f"{place['NAME']} cannot be used ({_first_line(error)})."
        where = f"{place['HOST'] or 'this machine'}:{place['PORT'] or 5432}"
        return (
            f"DATABASE_URL: PostgreSQL at {where} cannot be used ({_first_line(error)}). "
            "Start it, or mend the address; leave DATABASE_URL unset to use SQLite."
        )
    finally:
        connection.close()
    if not waiting:
        return None
    if executor.loader.applied_migrations:
        return f"The database is of an earlier release: {len(waiting)} migrations wait. Run: dokodemo migrate"
    named = "the database of DATABASE_URL" if connection.vendor == "postgresql" else place["NAME"]
    return f"There is no city in {named} yet. {FIRST}"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
