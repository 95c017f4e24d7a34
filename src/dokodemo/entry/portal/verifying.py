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
    outcome, status = None, 200
    wrong: dict[str, str] = {}
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
                wrong, status = {"number": "portal.verify.too_many"}, 429
        else:
            typed = {"number": number, "code": code}
            wrong = {
                name: f"portal.verify.{name}_missing" for name, text in typed.items() if not text.strip()
            }
            status = 422
    return render(
        request,
        "portal/verify.html",
        {
            "number": number,
            "code": code,
            "outcome": outcome,
            "errors": [
                {"href": f"#{box}", "message": texts.t(key, request.lang, furigana=request.furigana)}
                for box, key in wrong.items()
            ],
            "wrong": wrong,
            "typed_form": "by-code",
        },
        status=status,
    )
