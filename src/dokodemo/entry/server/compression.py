"""Smaller answers (圧縮): pages leave compressed, files leave as they are.

Owns which answers are compressed. Why BREACH finds nothing here: the attack needs somebody else's page to send many
requests with the visitor's cookie and to watch a secret in the answer grow shorter. Our cookies are SameSite=Lax, so
those requests come without them; the only secret in a page, the CSRF token, is masked anew in every answer; and
Django's middleware adds a random number of bytes to each.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

WORDS = ("text/", "application/json", "image/svg+xml")


class CompressionMiddleware(GZipMiddleware):
    """Compresses what is made of words; a letter or a photo is compressed already."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress one answer when its reader can open it."""
        if response.streaming or not response.headers.get("Content-Type", "").startswith(WORDS):
            return response
        return super().process_response(request, response)
