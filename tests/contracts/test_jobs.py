"""What the city relies on in its jobs: enqueued with the transaction, done at least once, whoever dies."""

import signal
from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from django_ox.models import OxTask

from dokodemo.kernel import events
from dokodemo.kernel.access import system
from dokodemo.kernel.events.models import Event, Seal
from tests.contracts import job_samples as samples


def finished(key: str) -> int:
    return Event.objects.filter(verb="samples.finished", object_id=key).count()


def state(key: str) -> str:
    return samples.Session.objects.get(session_key=key).session_data


def test_a_job_disappears_with_its_transaction(shared_city: Any) -> None:
    def change_one_s_mind() -> None:
        with transaction.atomic():
            samples.add("a")
            samples.finish_row.enqueue("a")
            raise KeyError

    with pytest.raises(KeyError):
        change_one_s_mind()
    assert not OxTask.objects.exists()
    with transaction.atomic():
        samples.add("b")
        samples.finish_row.enqueue("b")
        assert OxTask.objects.count() == 1
    shared_city.start_worker("--batch")
    shared_city.wait(lambda: state("b") == samples.DONE)
    assert finished("b") == 1
    assert not samples.Session.objects.filter(session_key="a").exists()


def test_a_job_whose_worker_is_killed_is_done_by_another(shared_city: Any) -> None:
    with transaction.atomic():
        samples.add("a")
        samples.hang_the_first_time.enqueue("a")
    first = shared_city.start_worker()
    shared_city.wait(lambda: samples.Session.objects.filter(session_key="a-begun").exists())
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert finished("a") == 0
    shared_city.start_worker()
    shared_city.wait(lambda: finished("a"))
    assert finished("a") == 1


def test_a_job_that_fails_is_tried_again_and_leaves_nothing_half_done(shared_city: Any) -> None:
    samples.add("a")
    samples.fail_the_first_time.enqueue("a")
    shared_city.start_worker()
    shared_city.wait(lambda: samples.Session.objects.filter(session_key="a-tried").exists())
    assert finished("a") == 0
    shared_city.wait(lambda: finished("a"))
    task = OxTask.objects.get(task_path__endswith="fail_the_first_time")
    shared_city.wait(lambda: OxTask.objects.get(pk=task.pk).status == "SUCCESSFUL")
    assert OxTask.objects.get(pk=task.pk).attempts == 2
    assert finished("a") == 1


def test_two_workers_and_doubled_jobs_do_each_row_exactly_once(shared_city: Any) -> None:
    keys = [f"row-{number}" for number in range(12)]
    for key in keys:
        samples.add(key)
    with transaction.atomic():
        for _ in range(4):
            for key in keys:
                samples.finish_row.enqueue(key)
    for _ in range(2):
        shared_city.start_worker("--concurrency", "2")
    jobs = OxTask.objects.filter(task_path__endswith="finish_row")
    shared_city.wait(lambda: jobs.filter(status="SUCCESSFUL").count() == 48)
    assert Counter(
        Event.objects.filter(verb="samples.finished").values_list("object_id", flat=True)
    ) == Counter(keys)


def test_the_worker_seals_events_by_itself(shared_city: Any) -> None:
    with transaction.atomic():
        events.record("samples.happened", actor=system("tests"), object=("sample", "x"))
    shared_city.start_worker()
    shared_city.wait(Seal.objects.exists)
    assert events.verify().good
