"""SQLite's planner is told what its indexes are worth; PostgreSQL sees to that itself."""

import pytest
from django.db import connection

from dokodemo.kernel.access.models import Account
from dokodemo.kernel.jobs.tasks import gather_statistics


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL gathers its own statistics")
def test_the_planner_learns_how_many_rows_an_index_tells_apart() -> None:
    Account.objects.bulk_create(Account(username=f"a{number}") for number in range(50))
    gather_statistics.func()
    with connection.cursor() as cursor:
        cursor.execute("SELECT idx, stat FROM sqlite_stat1 WHERE tbl = %s", ["access_account"])
        known = dict(cursor.fetchall())
    assert len(known) >= 2
    assert set(known.values()) == {f"{Account.objects.count()} 1"}


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor == "sqlite", reason="an engine that gathers by itself is needed")
def test_another_engine_is_left_alone() -> None:
    gather_statistics.func()
    assert connection.introspection.table_names().count("sqlite_stat1") == 0
