"""Reminders when two workers run the job at once, and when a worker is killed in the middle of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from dokodemo.kernel import events
from dokodemo.kernel.access import system
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.responsibility import actions
from dokodemo.promotion.responsibility.models import Notice, Reminder
from tests.domains.entry import building as b
from tests.domains.own_database import on_file
from tests.domains.promotion.plan_people import TODAY, adopted_plan

pytestmark = pytest.mark.django_db(transaction=True)
JOB = system("reminders")


@pytest.fixture(autouse=True)
def _city_of_its_own(transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DOKODEMO_TODAY = TODAY.isoformat()

    def people() -> None:
        adopted_plan()
        b.head("policy")
        b.head("resident")

    if connection.vendor != "sqlite":
        people()
        yield
        return
    for _ in on_file(tmp_path / "city.sqlite3"):
        people()
        yield


def sent() -> tuple[int, int, int]:
    """Reminders, notices and events there are."""
    return (
        Reminder.objects.count(),
        Notice.objects.count(),
        Event.objects.filter(verb="responsibility.reminded").count(),
    )


def test_two_workers_at_once_send_each_reminder_once() -> None:
    def one(_: int) -> int:
        try:
            return actions.remind(actor=JOB)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=3) as pool:
        counts = list(pool.map(one, range(3)))
    assert sent() == (sum(counts),) * 3
    assert sum(counts) > 3


def test_a_worker_that_is_killed_in_the_middle_loses_and_doubles_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection.close()
    child = os.fork()
    if child == 0:
        real, count = events.record, 0

        def record(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            if count == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        monkeypatch.setattr(events, "record", record)
        actions.remind(actor=JOB)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert sent() == (2, 2, 2)
    rest = actions.remind(actor=JOB)
    assert rest > 0
    assert sent() == (2 + rest,) * 3
    assert actions.remind(actor=JOB) == 0
    assert actions.remind(actor=JOB, on=TODAY - timedelta(days=1)) == 0
