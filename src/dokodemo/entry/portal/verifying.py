"""Is this letter genuine (真偽の確認)? By number and code, or by the file itself; for anybody.

Owns the public page. Never tells what a letter says: only that the city issued it, and when.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from dokodemo.administration.certificates import actions, queries
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.ui import texts


@require_http_methods(["GET", "POST"])
def verify(request: Request) -> HttpResponse:
    """Ask, and answer in one word: genuine, revoked, altered or unknown."""
    number, code = (request.POST.get(name) or request.GET.get(name, "") for name in ("number", "code"))
    outcome, errors, status = None, [], 200
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is not None:
            outcome = queries.verify_upload(upload.read(queries.MAX_UPLOAD_BYTES + 1))
        elif number.strip() and code.strip():
            try:
                outcome = actions.check_code(
                    number=number, code=code, client=request.META.get("REMOTE_ADDR", "")
                )
            except actions.TooManyGuesses:
                errors, status = [("#number", "portal.verify.too_many")], 429
        else:
            errors, status = [("#number" if not number.strip() else "#code", "portal.verify.missing")], 422
    return render(
        request,
        "portal/verify.html",
        {
            "number": number,
            "code": code,
            "outcome": outcome,
            "errors": [
                {"href": href, "message": texts.t(key, request.lang, furigana=request.furigana)}
                for href, key in errors
            ],
        },
        status=status,
    )
