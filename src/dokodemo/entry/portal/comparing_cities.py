"""Other cities beside this one, for residents (他の市区町村とくらべる): a page, CSV and JSON.

Owns the addresses. Never ranks, and never shows an answer that was not confirmed or published.
"""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dokodemo.entry import comparing
from dokodemo.entry.server.requests import Request


@require_safe
def compare(request: Request) -> HttpResponse:
    """This city's published values beside those of the group the reader chose."""
    text = request.GET.get("page", "1")[:6]
    page = int(text) if text.isascii() and text.isdecimal() else 1
    return render(request, "portal/compare.html", comparing.context(request, page=page))


@require_safe
def compare_table(request: Request) -> HttpResponse:
    """The group as CSV."""
    found = comparing.table(request)
    if found is None:
        raise Http404
    return found


@require_safe
def compare_numbers(request: Request) -> HttpResponse:
    """The group as JSON."""
    return comparing.numbers(request)
