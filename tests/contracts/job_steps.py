"""What the tests of jobs ask of a city, run in that city: `python -m tests.contracts.job_steps STEP …` prints JSON."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402
from django_ox.models import OxTask  # noqa: E402

from dokodemo.kernel import events  # noqa: E402
from dokodemo.kernel.access import Account, system  # noqa: E402
from dokodemo.kernel.crypto import check_key_ring, ensure_key_ring  # noqa: E402
from dokodemo.kernel.events.standing import standing  # noqa: E402
from tests.contracts import trial_jobs  # noqa: E402


def prepare() -> str:
    """Keys and tables."""
    from django.core.management import call_command

    ensure_key_ring()
    call_command("migrate", interactive=False, verbosity=0)
    check_key_ring()
    return "ready"


def undo() -> dict[str, int]:
    """Enqueue in a transaction that is taken back, and in one that is not."""
    _account("undone")
    try:
        with transaction.atomic():
            trial_jobs.mark_once.enqueue("undone")
            raise LookupError
    except LookupError:
        after_rollback = len(_jobs("undone"))
    with transaction.atomic():
        trial_jobs.mark_once.enqueue("undone")
    return {"after_rollback": after_rollback, "after_commit": len(_jobs("undone"))}


def slow(flag: str) -> str:
    """Enqueue a job that waits to be killed."""
    _account("slow")
    trial_jobs.mark_slowly.enqueue("slow", flag)
    return "enqueued"


def failing() -> str:
    """Enqueue a job that fails."""
    trial_jobs.fail.enqueue("of-nobody")
    return "enqueued"


def many(number: str) -> str:
    """Accounts that are to be marked, three jobs for each."""
    for one in range(int(number)):
        _account(f"many-{one}")
    for _ in range(3):
        for one in range(int(number)):
            trial_jobs.mark_once.enqueue(f"many-{one}")
    return "enqueued"


def happen() -> str:
    """Record an event, which waits for its seal."""
    with transaction.atomic():
        events.record("trial.happened", actor=system("test"), object=("trial", "1"))
    return "recorded"


def settled(prefix: str, seconds: str) -> dict[str, Any]:
    """How the jobs stand whose account begins with `prefix`, once none of them waits or runs any more."""
    give_up = time.monotonic() + float(seconds)
    while (open_ := _jobs(prefix, open_only=True)) and time.monotonic() < give_up:
        time.sleep(0.1)
    while events.seal():
        pass
    marks = {event.object_id for _, event in events.sealed(verbs=["trial.marked"])}
    accounts = Account.objects.filter(username__startswith=prefix, is_active=False)
    return {
        "open": len(open_),
        "jobs": [
            {
                "status": task.status,
                "attempts": task.attempts,
                "workers": len(set(task.worker_ids)),
                "errors": task.errors,
                "seconds": (task.finished_at - task.started_at).total_seconds() if task.finished_at else None,
            }
            for task in _jobs(prefix)
        ],
        "marked": accounts.count(),
        "marks": sum(str(account.pk) in marks for account in accounts),
        "all_marks": sum(1 for _ in events.sealed(verbs=["trial.marked"])),
        "all_marked": Account.objects.filter(is_active=False).count(),
    }


def sealed_within(seconds: str) -> dict[str, Any]:
    """Whether everything that waits is sealed by somebody else within so many seconds."""
    give_up = time.monotonic() + float(seconds)
    while standing().waiting and time.monotonic() < give_up:
        time.sleep(0.1)
    return {"waiting": standing().waiting, "sealed": standing().sealed}


def _jobs(prefix: str, *, open_only: bool = False) -> list[OxTask]:
    tasks = OxTask.objects.filter(task_path__startswith="tests.contracts").order_by("enqueued_at")
    if open_only:
        tasks = tasks.filter(status__in=["READY", "RUNNING"])
    return [task for task in tasks if str(task.args[0]).startswith(prefix)]


def _account(name: str) -> None:
    Account.objects.create(username=name, kind="resident")


STEPS: dict[str, Callable[..., Any]] = {
    step.__name__: step for step in (prepare, undo, slow, failing, many, happen, settled, sealed_within)
}

if __name__ == "__main__":
    json.dump(STEPS[sys.argv[1]](*sys.argv[2:]), sys.stdout)
