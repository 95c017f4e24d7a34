"""About this city hall (サイトについて): accessibility and privacy, in words.

Owns two pages. Never promises what the tests do not check.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dokodemo.entry.server.requests import Request


@require_safe
def accessibility(request: Request) -> HttpResponse:
    """The policy on JIS X 8341-3: scope, level, how it is tested, and where to say that something does not work."""
    return render(request, "portal/accessibility.html")


@require_safe
def privacy(request: Request) -> HttpResponse:
    """What is kept, why, for how long, and who sees it."""
    return render(request, "portal/privacy.html")
