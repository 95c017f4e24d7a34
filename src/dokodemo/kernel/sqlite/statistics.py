"""The planner's statistics (統計情報): how many rows each index tells apart.

Owns when they are gathered: at every start and every night. Never touches PostgreSQL, which gathers its own.
"""

from django.db import DEFAULT_DB_ALIAS, connections

from dokodemo.kernel.sqlite.base import DatabaseWrapper

# Rows of each index that are looked at: enough to tell few from many, and soon done.
_ROWS = 1000


def gather_statistics() -> None:
    """Let SQLite know; without them it guesses the same for every index, and may read a whole table for one row."""
    here = connections[DEFAULT_DB_ALIAS]
    if isinstance(here, DatabaseWrapper):
        with here.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit={_ROWS}")
            here.in_turn(lambda: cursor.execute("ANALYZE"))
