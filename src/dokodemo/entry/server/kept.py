"""What was typed when a session had ended (入力の保全): kept sealed while the person signs in again, then offered back.

Owns one sealed entry in the anonymous session and the cookie that says, without naming anybody, who was here last.
Never shows what one person typed to another, never keeps attached files, and never sends anything by itself: the
person presses the button again.
"""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from hmac import compare_digest
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dokodemo.entry.server.again import typed_fields
from dokodemo.kernel.crypto import CryptoError, keyed_digest, open_sealed, seal
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import furigana_of, language_of

WHO_COOKIE = "dokodemo_was"
# A page that lies open over the longest closure of a city hall (New Year, the holidays of May) is still its owner's.
WHO_SECONDS = 14 * 24 * 3600
KEPT = "kept_post"
# More than any form without files can hold of Japanese: of the 2 MiB that the server reads, each such character takes
# nine bytes on the way and three here. Only beside files could more come.
MOST_BYTES = 1024 * 1024
KEEP_SECONDS = 2 * 3600
_CONTEXT = "server.kept_post"

Handler = Callable[[HttpRequest], HttpResponse]


def remember_who(response: HttpResponse, account_id: UUID) -> None:
    """Leave a keyed digest of the account in the browser: it outlives the session and names nobody."""
    response.set_cookie(
        WHO_COOKIE,
        _digest(account_id),
        max_age=WHO_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _digest(account_id: UUID) -> str:
    return keyed_digest(account_id.bytes, "server.who_was_here")


class KeepTypedMiddleware:
    """Keeps a form that an ended session sent to the sign-in page, and forgets it once it has been sent again."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve one request."""
        response = self.get_response(request)
        if request.method != "POST" or request.path.startswith("/accounts/"):
            return response
        if request.user.is_authenticated:
            entry = request.session.get(KEPT)
            # Where the token was another's, nothing has been sent yet.
            if entry is not None and entry["path"] == request.path and response.status_code != 403:
                del request.session[KEPT]
            return response
        target = response.headers.get("Location", "")
        if response.status_code != 302 or urlsplit(target).path not in _sign_in_pages():
            return response
        refused = _keep(request)
        if refused is not None:
            messages.warning(request, _say(request, f"account.kept.{refused}"))
            return response
        messages.info(request, _say(request, "account.kept.safe"))
        back = urlencode({"next": reverse("account_kept")})
        return HttpResponseRedirect(f"{urlsplit(target).path}?{back}")


def _say(request: HttpRequest, key: str) -> str:
    return texts.t(key, language_of(request), furigana=furigana_of(request))


def _sign_in_pages() -> set[str]:
    pages = {reverse("account_login")}
    return pages | {reverse("portal:sign_in")} if settings.DOKODEMO_ROLE != "office" else pages


def _keep(request: HttpRequest) -> Literal["signed_out", "too_much"] | None:
    """Keep the posted fields; else why not: nobody was here before, or there is too much to keep."""
    who = request.COOKIES.get(WHO_COOKIE, "")
    if not who:
        return "signed_out"
    held = {"who": who, "at": time.time(), "fields": typed_fields(request), "files": bool(request.FILES)}
    content = json.dumps(held, ensure_ascii=False).encode()
    if len(content) > MOST_BYTES:
        return "too_much"
    sealed = b64encode(seal(content, context=_CONTEXT)).decode("ascii")
    request.session[KEPT] = {"path": request.path, "sealed": sealed}
    return None


@never_cache
@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """Offer what was typed to the person who typed it, to be sent again; whoever else comes goes to their own page."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(reverse("account_login"))
    entry = request.session.get(KEPT)
    content = _open(entry["sealed"]) if entry is not None else {}
    fresh = time.time() - content.get("at", 0) < KEEP_SECONDS
    if entry is None or not fresh or not compare_digest(content["who"], _digest(request.user.pk)):
        request.session.pop(KEPT, None)
        return HttpResponseRedirect(reverse("account_home"))
    page = {"path": entry["path"], "fields": content["fields"], "files": content["files"]}
    return render(request, "accounts/kept.html", page)


def _open(sealed: str) -> dict[str, Any]:
    """The kept content; empty when its key is gone or it was tampered with."""
    try:
        found: dict[str, Any] = json.loads(open_sealed(b64decode(sealed), context=_CONTEXT))
    except (CryptoError, ValueError):
        return {}
    return found
