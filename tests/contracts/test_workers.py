"""What background jobs promise (非同期処理), with real workers that are really killed, on the engine of this round."""

from __future__ import annotations

import importlib
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.tasks import Task
from django.utils.module_loading import import_string

from tests.contracts.cities import City, fresh_database
from tests.contracts.trial_jobs import SECRET

WORKER = ("-m", "dokodemo.entry.cli.main", "worker")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city without people whose workers wait shortly."""
    with fresh_database() as url:
        settings_module = {"DJANGO_SETTINGS_MODULE": "tests.contracts.short_settings"}
        made = City(tmp_path_factory.mktemp("jobs") / "var", url, settings_module)
        assert step(made, "prepare") == "ready"
        yield made


def step(city: City, *arguments: str) -> Any:
    """One step of `job_steps`, run in the city."""
    done = city.python("-m", "tests.contracts.job_steps", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_job_of_a_transaction_that_is_taken_back_does_not_exist(city: City) -> None:
    assert step(city, "undo") == {"after_rollback": 0, "after_commit": 1}


def test_a_job_whose_worker_was_killed_is_finished_by_another(city: City, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    step(city, "slow", str(flag))
    with city.started(*WORKER) as first:
        wait_for(flag)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait(timeout=10)
    with city.started(*WORKER):
        found = step(city, "settled", "slow", "35")
    (job,) = found["jobs"]
    assert (job["status"], job["attempts"], job["workers"]) == ("SUCCESSFUL", 2, 2)
    assert (found["marked"], found["marks"]) == (1, 1)


def test_a_failing_job_is_tried_again_and_then_kept_with_its_traceback_and_without_a_name(city: City) -> None:
    step(city, "failing")
    with city.started(*WORKER):
        (job,) = step(city, "settled", "of-nobody", "30")["jobs"]
    assert (job["status"], job["attempts"], len(job["errors"])) == ("FAILED", 3, 3)
    # Between the three tries lie two waits, 0.2 s and 0.4 s less jitter.
    assert job["seconds"] > 0.2
    for error in job["errors"]:
        assert error["exception_class_path"] == "dokodemo.kernel.jobs.JobFailed"
        assert 'trial_jobs.py", line' in error["traceback"]
        assert "LookupError" in error["traceback"]
        assert not any(word in error["traceback"] for word in SECRET.split())


def test_two_workers_do_once_what_is_asked_three_times(city: City) -> None:
    with ExitStack() as workers:
        for _ in range(2):
            workers.enter_context(city.started(*WORKER, "--threads", "2"))
        step(city, "many", "15")
        found = step(city, "settled", "many-", "120")
    assert {job["status"] for job in found["jobs"]} == {"SUCCESSFUL"}
    assert len(found["jobs"]) == 45
    assert (found["marked"], found["marks"]) == (15, 15)
    assert found["all_marks"] == found["all_marked"]


def test_under_a_running_worker_events_are_sealed_within_seconds(city: City) -> None:
    step(city, "happen")
    assert step(city, "sealed_within", "0")["waiting"] > 0
    with city.started(*WORKER):
        found = step(city, "sealed_within", "20")
    assert found["waiting"] == 0
    assert found["sealed"] > 0


def test_every_schedule_names_a_job_that_exists() -> None:
    schedules = settings.TASKS["default"]["OPTIONS"]["SCHEDULES"]
    assert {"seal-events", "keep-head", "prune-jobs"} <= set(schedules)
    for name, schedule in schedules.items():
        module, _, attribute = schedule["task"].rpartition(".")
        assert isinstance(getattr(importlib.import_module(module), attribute), Task), name
        assert import_string(schedule["task"]).module_path == schedule["task"], name
        assert ("every" in schedule) != ("cron" in schedule), name
    assert schedules["seal-events"]["every"] <= 10


def test_jobs_of_domains_are_found_by_their_path(project: Path) -> None:
    found = 0
    source = project / "src"
    for path in source.glob("dokodemo/*/*/tasks.py"):
        module = importlib.import_module(".".join(path.relative_to(source).with_suffix("").parts))
        jobs = [job for job in vars(module).values() if isinstance(job, Task)]
        assert jobs, path
        assert all(import_string(job.module_path) is job for job in jobs)
        found += len(jobs)
    assert found >= 5


def wait_for(path: Path, seconds: float = 30) -> None:
    """Wait until another process made a file."""
    give_up = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < give_up, f"{path.name} did not appear"
        time.sleep(0.05)
