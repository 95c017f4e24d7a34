"""Jobs for the contract tests, over rows of a library's own table; what was done is told by events."""

import time

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from dokodemo.kernel import events
from dokodemo.kernel.access import system
from dokodemo.kernel.jobs import job

TODO, DONE = "todo", "done"


def add(key: str, state: str = TODO) -> bool:
    """A row with a state; False when it is there already."""
    _, made = Session.objects.get_or_create(
        session_key=key, defaults={"session_data": state, "expire_date": timezone.now()}
    )
    return made


def finish(key: str) -> None:
    """An action that the state of its row decides: whoever comes second finds nothing left to do."""
    with transaction.atomic():
        if Session.objects.filter(session_key=key, session_data=TODO).update(session_data=DONE):
            events.record("samples.finished", actor=system("tests"), object=("sample", key))


@job
def finish_row(key: str) -> None:
    """Do the row."""
    finish(key)


@job
def hang_the_first_time(key: str) -> None:
    """Hang until killed; whoever takes over does the row."""
    if add(f"{key}-begun"):
        time.sleep(600)
    finish(key)


@job
def fail_the_first_time(key: str) -> None:
    """Fail once, after writing in a transaction that must not survive."""
    first = add(f"{key}-tried")
    with transaction.atomic():
        finish(key)
        if first:
            raise RuntimeError("the first try fails")
