"""The day a page of the plan is looked at (いつの時点で見るか): `?on=` of an address.

Owns what a day may be: read as people write days, never in the future. Never decides what a page shows of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse, JsonResponse
from django.utils.safestring import SafeString

from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.calendar_jp import ImpossibleDate
from dokodemo.kernel.ui import texts


@dataclass(frozen=True)
class AsOf:
    """The day asked for, today where none was or it could not be; `wrong`: the key of what is wrong with what was `typed`."""

    on: date
    typed: str = ""
    wrong: str = ""

    @property
    def past(self) -> bool:
        """Whether it is a day before today."""
        return self.on < calendar_jp.today()

    @property
    def status(self) -> int:
        """The status a page answers with."""
        return 422 if self.wrong else 200

    @property
    def query(self) -> str:
        """What other addresses carry on, so that a file holds what the page showed: "" for today."""
        return f"?on={self.on.isoformat()}" if self.past else ""


def as_of(request: Request) -> AsOf:
    """The day an address asks for."""
    today, typed = calendar_jp.today(), request.GET.get("on", "").strip()[:40]
    if not typed:
        return AsOf(today)
    try:
        on = calendar_jp.parse_date(typed)
    except ImpossibleDate:
        return AsOf(today, typed, "plan.fault.day")
    return AsOf(today, typed, "plan.fault.future") if on > today else AsOf(on, typed)


def refused(request: Request, day: AsOf, *, as_json: bool = False) -> HttpResponse:
    """What a file answers to a day that cannot be (400): the reason and what to do, in the reader's language."""
    words = texts.plain(day.wrong, request.lang)
    if as_json:
        return JsonResponse({"error": words}, status=400, json_dumps_params={"ensure_ascii": False})
    return HttpResponse(SafeString(words + "\n"), status=400, content_type="text/plain; charset=utf-8")
