"""The card is lifted once it has been read (試験用): the next sign-in asks for a card again.

Owns the end of the twin's session. A session that lasted would sign the next person at this browser in as the last one.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]


class LiftCardMiddleware:
    """Ends the session with the answer that leads back to the city."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve one request."""
        response = self.get_response(request)
        if response.status_code == 302 and "://" in response.headers["Location"].partition("?")[0]:
            request.session.flush()
        return response
