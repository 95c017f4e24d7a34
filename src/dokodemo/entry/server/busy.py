"""When the city cannot write for a moment (混雑・満杯): the answer that gives back what was typed, to be sent again.

Owns the handler of errors (500): a database that is locked, full or away and a full disk are told apart from faults of
ours. Never touches the database, and never offers a form again that did not come from a page of ours.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from typing import Literal

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import get_template

from dokodemo.adapters.storage import NO_ROOM, StorageFull
from dokodemo.entry.server.again import may_be_repeated, typed_fields
from dokodemo.kernel.ui import views

RETRY_SECONDS = 30
Trouble = Literal["busy", "full"]

_SQLITE: dict[int, Trouble] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_CANTOPEN: "busy",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_IOERR: "full",
}
_POSTGRESQL_DISK_FULL = "53100"


def server_error(request: HttpRequest) -> HttpResponse:
    """500 for a fault of ours; 503 with everything typed where writing was not possible."""
    trouble = trouble_of(sys.exc_info()[1])
    if trouble is None:
        return views.server_error(request)
    page = {"full": trouble == "full", "path": request.get_full_path(), "sent": request.method == "POST"}
    page |= _typed(request)
    response = HttpResponse(get_template("busy.html").render(page), status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def trouble_of(fault: BaseException | None) -> Trouble | None:
    """Whether a fault, or what led to it, says that nothing can be written now."""
    return next((found for one in _chain(fault) if (found := _of_one(one)) is not None), None)


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or fault.__context__


def _of_one(fault: BaseException) -> Trouble | None:
    if isinstance(fault, StorageFull) or (isinstance(fault, OSError) and fault.errno in NO_ROOM):
        return "full"
    if isinstance(fault, InterfaceError):
        return "busy"
    if not isinstance(fault, OperationalError):
        return None
    cause = fault.__cause__
    if isinstance(cause, sqlite3.Error):
        # The lowest byte is the kind, the others say more of it.
        return _SQLITE.get(cause.sqlite_errorcode & 0xFF)
    return "full" if getattr(cause, "sqlstate", None) == _POSTGRESQL_DISK_FULL else "busy"


def _typed(request: HttpRequest) -> dict[str, object]:
    """The fields of a form of ours, and a token to send them with."""
    if not getattr(request, "csrf_processing_done", False) or not may_be_repeated(request):
        return {"fields": []}
    return {
        "fields": typed_fields(request),
        "files": bool(request.FILES),
        "token": get_token(request),
        "again": True,
    }
