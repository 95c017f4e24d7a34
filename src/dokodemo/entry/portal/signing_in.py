"""The way in (ログイン): for residents through the provider, for staff to their own door.

Owns the page that offers both. Never signs anybody in.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from dokodemo.adapters.identity.provider import PROVIDER_ID
from dokodemo.entry.server.requests import Request


@require_safe
def sign_in(request: Request) -> HttpResponse:
    """Say how to sign in; whoever already is goes on."""
    target = request.GET.get("next", "/my/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/my/"
    if request.actor.kind == "resident":
        return HttpResponseRedirect(target)
    return render(
        request,
        "portal/sign_in.html",
        {"provider": settings.CITIZEN_PROVIDER, "provider_id": PROVIDER_ID, "next": target},
    )
