"""Who may open a page of the portal (閲覧者): anybody, or only somebody signed in as a resident.

Owns the way to the sign-in page and back. Never decides about a single case.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Forbidden

type View[**P] = Callable[Concatenate[Request, P], HttpResponse]


def needs_resident[**P](view: View[P]) -> View[P]:
    """Send whoever is not signed in to sign in, and back; staff accounts have no applications of their own."""

    @wraps(view)
    def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.actor.kind == "anonymous":
            back = request.get_full_path() if request.method == "GET" else request.path
            return HttpResponseRedirect(f"{reverse('portal:sign_in')}?{urlencode({'next': back})}")
        if request.actor.kind != "resident":
            raise Forbidden
        response = view(request, *args, **kwargs)
        # What one person reads stays in no cache; going back inside a form may still show what was typed.
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-cache"
        return response

    return cast(View[P], guarded)
