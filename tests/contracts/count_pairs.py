"""Run in a city restored from a copy that was made while `writer` wrote. Prints rows, events and files that are missing."""

import json
import sys

import django

django.setup()

from dokodemo.adapters import storage  # noqa: E402
from dokodemo.kernel import events  # noqa: E402
from dokodemo.kernel.access import Account  # noqa: E402

refs = [event.refs["ref"].replace("-", "/") for _, event in events.sealed(verbs=["trial.kept"])]
unread = [ref for ref in refs if storage.get(ref) != b"x" * 5000]
json.dump(
    {
        "first": Account.objects.filter(username__startswith="first-").count(),
        "second": Account.objects.filter(username__startswith="second-").count(),
        "events": len(refs),
        "unread": unread,
    },
    sys.stdout,
)
