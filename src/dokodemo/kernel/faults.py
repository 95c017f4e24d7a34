"""What is written down of a fault (障害の記録): where it happened and of which kind, never with what content.

Owns the traceback without values and the formatter of every log line. Never decides what is logged: what a library's
exception says may quote what a person typed, so only exceptions that promise to hold nothing personal are quoted.
"""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterator
from copy import copy

CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"
CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"


class Impersonal(Exception):
    """An exception whose text never holds anything about a person, so that logs may quote it."""


def _states() -> tuple[type[BaseException], ...]:
    """What a database says of its own state: locked, full, gone. Its other errors quote the values they refuse.

    Asked for where a fault is, since the rule language and packs work without Django.
    """
    from django.db import InterfaceError, OperationalError

    return OperationalError, InterfaceError


def said(fault: BaseException) -> str:
    """The kind of a fault, and its text on one line where that is known to be about no person."""
    return next(iter(_in_full(fault).splitlines()))


def _in_full(fault: BaseException) -> str:
    kind = type(fault)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(fault, OSError):
        text = os.strerror(fault.errno) if fault.errno else ""
    elif isinstance(fault, _states()):
        # What follows the first line may quote the statement.
        text = next(iter(str(fault).splitlines()), "")
    else:
        text = str(fault) if isinstance(fault, Impersonal) else ""
    return f"{name}: {text}" if text else name


def told(fault: BaseException) -> str:
    """The traceback of a fault and of what led to it, as Python prints it, without what the exceptions say."""
    return "".join(_told(fault, set()))


def _told(fault: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(fault))
    before, link = fault.__cause__, CAUSE
    if before is None and not fault.__suppress_context__:
        before, link = fault.__context__, CONTEXT
    if before is not None and id(before) not in seen:
        yield from _told(before, seen)
        yield link
    if fault.__traceback__ is not None:
        yield "Traceback (most recent call last):\n"
        yield from traceback.format_list(traceback.extract_tb(fault.__traceback__))
    yield f"{_in_full(fault)}\n"
    if isinstance(fault, BaseExceptionGroup):
        for part in fault.exceptions:
            if id(part) not in seen:
                yield "One of the exceptions of this group:\n"
                yield from _told(part, seen)


class Line(logging.Formatter):
    """Log lines whose exceptions, logged as such or put into the text, lose what they say."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as text."""
        record = copy(record)
        # A text of the traceback that another formatter left on the record holds everything.
        record.exc_text = None
        if isinstance(record.msg, BaseException):
            record.msg, record.args = said(record.msg).replace("%", "%%"), ()
        if isinstance(record.args, tuple):
            record.args = tuple(
                said(value) if isinstance(value, BaseException) else value for value in record.args
            )
        return super().format(record)

    def formatException(self, ei: object) -> str:
        """The traceback without values."""
        fault = ei[1] if isinstance(ei, tuple) else None
        return told(fault).rstrip("\n") if isinstance(fault, BaseException) else ""
