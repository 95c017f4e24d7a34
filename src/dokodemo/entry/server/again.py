"""A form that could not be taken is offered again as it was typed (送り直し): its fields, a fresh token, one button.

Owns what of a POST may be given back, and the answer where the token of a form is no longer the browser's (403): somebody
signed in in another tab, or the cookie is gone. Never gives back what came from another site, of signing in, or files,
and never sends anything by itself: the person presses the button again.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_FORM_KEY = "csrfmiddlewaretoken"
_SIGN_IN = "/accounts/"


def typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Everything a form held but its token, in order."""
    pairs = [(name, str(value)) for name, values in request.POST.lists() for value in values]
    return [(name, value) for name, value in pairs if name != _FORM_KEY]


def may_be_repeated(request: HttpRequest) -> bool:
    """Whether a request is a form that can be shown to its sender once more: of signing in (passwords) nothing is."""
    secret = any("password" in name.lower() for name in request.POST)
    return request.method == "POST" and not request.path.startswith(_SIGN_IN) and not secret


def came_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of ours sent this: by Origin, where there is none by Referer.

    Neither header can be set by another site, and a browser that sends neither is not believed.
    """
    ours = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin in ours
    try:
        referer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return False
    return f"{referer.scheme}://{referer.netloc}" in ours


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 where a form's token is not the browser's: a form of ours comes back as typed, any other gets nothing back."""
    del reason
    again = may_be_repeated(request) and came_from_here(request)
    page = {
        "again": again,
        "path": request.get_full_path(),
        "fields": typed_fields(request) if again else [],
        "files": again and bool(request.FILES),
        # Changing the language would leave the page, and with it what was typed.
        "switch_last": again,
    }
    response = render(request, "accounts/again.html", page, status=403)
    response.headers["Cache-Control"] = "private, no-store"
    return response
