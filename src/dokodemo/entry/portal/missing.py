"""What still asks for a visit (まだオンラインでできない手続), for residents: by section and by volume.

Owns the page. Never shows what the city does not perform, and never an estimate without saying that it is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from dokodemo.administration.inventory import queries
from dokodemo.administration.inventory.queries import Missing
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import text_jp
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say

PAGE = 50
ORDERS = ("volume", "section")


@dataclass(frozen=True)
class Row:
    """One thing that is missing, in the reader's language; `japanese` where only Japanese words exist."""

    missing: Missing
    title: SafeString
    japanese: bool
    words: SafeString
    section: Text | None
    volume: str


@require_safe
def missing(request: Request) -> HttpResponse:
    """A page of what is missing, the most frequent first or section by section."""
    by = request.GET.get("by", "")
    by = by if by in ORDERS else "volume"
    section = request.GET.get("section", "")
    names = {one.code: one.name for one in organisation.sections()}
    everything = queries.missing(by=by)
    counts: dict[str, int] = {}
    for one in everything:
        counts[one.section] = counts.get(one.section, 0) + 1
    chosen = [one for one in everything if one.section == section] if section in counts else everything
    page = Paginator(chosen, PAGE).get_page(request.GET.get("page", 1))
    context = {
        "page": page,
        "rows": [_row(request, one, names) for one in page],
        "total": len(everything),
        "by": by,
        "section": section if section in counts else "",
        "sections": [(code, names.get(code), number) for code, number in sorted(counts.items())],
        "tabs": _tabs(request, by, section if section in counts else ""),
        "imported": queries.imported(),
    }
    return render(request, "portal/plan_missing.html", context)


def _tabs(request: Request, by: str, section: str) -> list[dict[str, Any]]:
    kept = f"&section={section}" if section else ""
    return [
        {
            "label": texts.t(f"portal.missing.by_{order}", request.lang, furigana=request.furigana),
            "href": f"?by={order}{kept}",
            "current": order == by,
        }
        for order in ORDERS
    ]


def _row(request: Request, one: Missing, names: dict[str, Text]) -> Row:
    return Row(
        missing=one,
        title=_said(request, one.title),
        japanese=isinstance(one.title, str),
        words=_said(request, one.missing),
        section=names.get(one.section),
        volume="" if one.volume is None else f"{one.volume:,}",
    )


def _said(request: Request, text: Text | str) -> SafeString:
    """Words of the survey or of a section are Japanese; readings are added for whoever reads them with readings."""
    if isinstance(text, str) and request.furigana and request.lang != "en":
        text = text_jp.add_furigana(text)
    return say(text, request.lang, furigana=request.furigana)
