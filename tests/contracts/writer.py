"""Run in a city: keeps a file and commits the row and the event that tell of it, again and again, until it is killed.

Says "writing" once it has begun. Each round adds to three tables in one transaction: a copy shows all of it or nothing.
"""

import django

django.setup()

from django.db import transaction  # noqa: E402

from dokodemo.adapters import storage  # noqa: E402
from dokodemo.kernel import events  # noqa: E402
from dokodemo.kernel.access import Account, system  # noqa: E402

number = 0
while True:
    number += 1
    kept = storage.put(b"x" * 5000, context="trial.copy")
    with transaction.atomic():
        first = Account.objects.create(username=f"first-{number}", kind="resident")
        events.record(
            "trial.kept",
            actor=system("test"),
            object=("file", first.pk),
            refs={"ref": kept.ref.replace("/", "-")},
        )
        Account.objects.create(username=f"second-{number}", kind="resident")
    events.seal()
    if number == 5:
        print("writing", flush=True)
