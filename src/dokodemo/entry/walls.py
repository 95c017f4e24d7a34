"""A screen that turns its pages by itself until somebody stops it (会議室の画面): its addresses, its language, its clock.

Owns the turning. Never knows what stands on a page: the plan's wall is public, the headquarters' is for staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation

from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui.language import as_lang, html_lang
from dokodemo.promotion.headquarters.definitions import wall_of
from dokodemo.promotion.plan import queries as plans


def address(view: str, part: int, lang: str | None, *, still: bool) -> str:
    """Where a page of a wall stands: turning, or still; in a language of its own where the screen has one."""
    asked = {**({"lang": lang} if lang else {}), **({"still": "1"} if still else {})}
    return reverse(view, args=[part]) + (f"?{urlencode(asked)}" if asked else "")


def start(request: Request, view: str) -> HttpResponse:
    """The first page: each page of a wall has one address."""
    return HttpResponseRedirect(
        address(view, 1, as_lang(request.GET.get("lang")), still="still" in request.GET)
    )


def speak(request: Request) -> None:
    """From here on in the language the address names, for a screen that nobody touches."""
    chosen = as_lang(request.GET.get("lang"))
    if chosen is not None:
        request.lang, request.furigana = chosen, chosen == "easy"
        translation.activate(html_lang(chosen))


def show(
    request: Request, template: str, view: str, parts: list[Any], part: int, context: Mapping[str, Any]
) -> HttpResponse:
    """One page of a wall, the next after the seconds of the city's pack; `?still=1` stands. `view`: the URL name of its pages."""
    chosen, still = as_lang(request.GET.get("lang")), "still" in request.GET
    if not 1 <= part <= len(parts):
        # A page may be gone since the one before it was shown: the screen goes on from the start.
        return HttpResponseRedirect(address(view, 1, chosen, still=still))
    now = timezone.localtime(calendar_jp.now())
    after, before = part % len(parts) + 1, (part - 2) % len(parts) + 1
    common = {
        "plan": plans.plan(),
        "part": parts[part - 1],
        "number": part,
        "count": len(parts),
        "seconds": wall_of(settings.DOKODEMO_PACK).seconds,
        "still": still,
        "now": now,
        "time": f"{now:%H:%M}",
        "turn": address(view, after, chosen, still=False),
        "stop": address(view, part, chosen, still=True),
        "next": address(view, after, chosen, still=True),
        "previous": address(view, before, chosen, still=True),
    }
    return render(request, template, {**common, **context})
