"""Questions asked once (一度だけの照会): while one page is made, the same question keeps its answer.

Owns that memory, which ends with the block. Never used around anything that writes, and never outlives a page: a number
that others change is read anew for the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

_ANSWERS: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def once() -> Iterator[None]:
    """Within it each question marked `asked_once` is asked once for the same arguments. Blocks inside one another are one."""
    if _ANSWERS.get() is not None:
        yield
        return
    token = _ANSWERS.set({})
    try:
        yield
    finally:
        _ANSWERS.reset(token)


def asked_once[**P, R](ask: Callable[P, R]) -> Callable[P, R]:
    """A question that keeps its answer within `once`; asked anew each time elsewhere. Its arguments must be hashable."""

    @wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        answers = _ANSWERS.get()
        if answers is None:
            return ask(*args, **kwargs)
        question = (ask, args, tuple(sorted(kwargs.items())))
        if question not in answers:
            answers[question] = ask(*args, **kwargs)
        found: R = answers[question]
        return found

    return asked
