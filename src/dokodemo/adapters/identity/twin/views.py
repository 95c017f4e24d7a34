"""The twin's one page (試験用): choose whose card lies on the reader.

Owns the choice of a card. Never asks for a PIN: nothing here is real.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from dokodemo.adapters.identity.twin.cards import CARDS, find_cards, read_cards


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or "/"
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else "/"


@require_http_methods(["GET", "POST"])
def cards(request: HttpRequest) -> HttpResponse:
    """Show cards to choose from; a chosen one is signed in and the request goes on."""
    known = read_cards(Path(settings.DOKODEMO_HOME) / CARDS)
    if request.method == "POST":
        card = known.get(request.POST.get("card", ""))
        if card is None:
            raise Http404
        user, _ = get_user_model().objects.get_or_create(username=card.id)
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return HttpResponseRedirect(_next(request))
    text = request.GET.get("q", "").strip()[:50]
    return render(
        request,
        "twin/cards.html",
        {
            "cards": find_cards(known, text),
            "q": text,
            "next": _next(request),
            "city_url": settings.DOKODEMO_BASE_URL,
        },
    )


def style(request: HttpRequest) -> HttpResponse:
    """The twin's few lines of style, so that it needs no static-file server."""
    return render(request, "twin/style.css", content_type="text/css")
