"""Run one step in a city and end this process with SIGKILL at a point: `python -m tests.contracts.killing POINT STEP …`.

A point is `before` or `after`, a colon and either the dotted name of a function or `commit of` a model's label: the COMMIT
of the transaction that saved such a row.
"""

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import connections  # noqa: E402
from django.db.models.signals import post_save  # noqa: E402
from django_ox.testing import run_tasks  # noqa: E402

from dokodemo.administration.cases import actions  # noqa: E402
from dokodemo.entry.server.middleware import actor_of  # noqa: E402
from dokodemo.kernel.access import Account, Actor  # noqa: E402
from tests.domains.administration.cases.building import photograph  # noqa: E402

COMMIT_OF = "commit of "


def die() -> None:
    """As the kernel ends a process when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str) -> None:
    """Lay the trap."""
    moment, _, place = point.partition(":")
    if place.startswith(COMMIT_OF):
        _at_commit(place.removeprefix(COMMIT_OF), moment)
    else:
        owner, name = _owner_of(place)
        setattr(owner, name, _trapped(getattr(owner, name), moment, lambda: True))


def _trapped(call: Callable[..., Any], moment: str, ready: Callable[[], bool]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        if moment == "before" and ready():
            die()
        result = call(*args, **kwargs)
        if ready():
            die()
        return result

    return run


def _at_commit(label: str, moment: str) -> None:
    saved = False

    def note(sender: Any, **more: Any) -> None:
        nonlocal saved
        saved = saved or sender._meta.label_lower == label

    post_save.connect(note, weak=False)
    backend: Any = type(connections["default"])
    backend._commit = _trapped(backend._commit, moment, lambda: saved)


def _owner_of(dotted: str) -> tuple[Any, str]:
    """The module or class that holds a name."""
    parts = dotted.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            owner = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:-1]:
            owner = getattr(owner, part)
        return owner, parts[-1]
    raise LookupError(dotted)


def _actor(account: str) -> Actor:
    return actor_of(Account.objects.get(pk=account))


def attach(account: str, draft: str, term: str, width: str) -> None:
    """Attach a photograph of that width."""
    data = photograph(size=(int(width), 48))
    actions.attach(actor=_actor(account), draft_id=UUID(draft), term=term, name="通帳.jpg", data=data)


def submit(account: str, draft: str) -> None:
    """Hand a draft in."""
    actions.submit(actor=_actor(account), draft_id=UUID(draft))


def job() -> None:
    """Claim one waiting job as a worker does, and run it."""
    run_tasks(max_tasks=1)


STEPS: dict[str, Callable[..., None]] = {step.__name__: step for step in (attach, submit, job)}

if __name__ == "__main__":
    arm(sys.argv[1])
    STEPS[sys.argv[2]](*sys.argv[3:])
