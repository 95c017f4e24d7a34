"""Jobs for the contract tests, as a domain writes them: one line each, calling an action that looks at its rows.

What they do is an account by name (there when it ran) and an event for each time it really did something.
"""

import time
from pathlib import Path

from django.db import transaction

from dokodemo.kernel import events
from dokodemo.kernel.access import Account, system
from dokodemo.kernel.jobs import job

SECRET = "髙木 伸也"


def mark(name: str) -> bool:
    """Do something once, by the state of its row; whether there was anything left to do."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(username=name)
        if not account.is_active:
            return False
        account.is_active = False
        account.save(update_fields=["is_active"])
        events.record("trial.marked", actor=system("test"), object=("account", account.pk))
        return True


@job
def mark_once(name: str) -> None:
    """Mark an account."""
    mark(name)


@job
def mark_slowly(name: str, flag: str) -> None:
    """The first to run waits to be killed; whoever comes after it marks the account."""
    if not Path(flag).exists():
        Path(flag).write_text("running", encoding="ascii")
        time.sleep(120)
    mark(name)


@job
def fail(name: str) -> None:
    """Fail with a person's name on the lips."""
    raise LookupError(f"no letter of {name} for " + SECRET)
