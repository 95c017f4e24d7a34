"""Tables that go out of the office and come in again (CSVの出し入れ): an answer with a file, a page with problems.

Owns the two ways. Never judges a line and never knows a column: the domain does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from dokodemo.entry.office import pages
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.tables import TableRefused
from dokodemo.kernel.ui import texts

LARGEST = 10 * 1024 * 1024  # bytes


def answer(data: bytes, name: str) -> HttpResponse:
    """A table as a file called `name`; browsers do not keep it."""
    response = HttpResponse(data, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


class Told(Exception):
    """A table was not taken in: what is wrong, in the reader's language, and how much there is of it."""

    def __init__(self, problems: list[dict[str, Any]], total: int) -> None:
        self.problems, self.total = problems, total
        super().__init__(f"{total} problems")


def take[R](request: Request, import_it: Callable[[bytes], R]) -> R:
    """What an import makes of the sent table. Raises Told for a missing, too large or refused one."""
    file = request.FILES.get("table")
    if file is None or not file.size:
        raise _told(request, "office.inventory.no_file")
    if file.size > LARGEST:
        raise _told(request, "office.inventory.too_large")
    try:
        return import_it(file.read())
    except TableRefused as refused:
        found = {"found": refused.encoding} if refused.encoding else {}
        problems = [
            {
                "line": problem.line,
                "column": problem.column,
                "message": texts.t(problem.message, request.lang, furigana=request.furigana, **found),
            }
            for problem in refused.problems
        ]
        raise Told(problems, refused.total) from None


def _told(request: Request, key: str) -> Told:
    message = texts.t(key, request.lang, furigana=request.furigana)
    return Told([{"line": "", "column": "", "message": message}], 1)


def show(
    request: Request, template: str, context: dict[str, Any], told: Told | None = None, *, tab: str = ""
) -> HttpResponse:
    """The page to send a table from, with what is wrong with the one that came."""
    problems, total = (told.problems, told.total) if told else ([], 0)
    refused = texts.t("office.inventory.refused", request.lang, furigana=request.furigana, count=total)
    found = {
        "problems": problems,
        "more": total - len(problems),
        "errors": [{"href": "#table", "message": refused}] if told else [],
    }
    return pages.show(request, template, {**context, **found}, status=422 if told else 200, tab=tab)
