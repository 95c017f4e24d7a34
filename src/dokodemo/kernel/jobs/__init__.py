"""Background jobs (非同期処理): a thin seam over Django's tasks.

Owns the decorator `job`. Never contains a business rule: a job's body is one line that calls an action. Jobs run at least
once, so an action decides by the state of its rows whether there is anything left to do. What failed is kept with its
row to be looked at, for months: so a failure leaves a job without what its exceptions say.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.tasks import Task, task

from dokodemo.kernel.faults import Impersonal, told


class JobFailed(Impersonal):
    """A job failed. The text is the traceback of the fault without values."""


def job[**P, R](body: Callable[P, R]) -> Task[P, R]:
    """A function as a job: `body.enqueue(…)` in the transaction that makes it necessary.

    Arguments are kept in clear with the job: references only, never anything about a person.
    """

    @wraps(body)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return body(*args, **kwargs)
        except Exception as fault:
            raise JobFailed(told(fault)) from None

    return task(guarded)


__all__ = ["JobFailed", "job"]
