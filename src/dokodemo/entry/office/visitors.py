"""Who may open a page of the office (職員の入口): staff with a second factor.

Owns the way in. Never decides about a single case: fetching it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, cast
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Forbidden, Role

type View[**P, R: HttpResponseBase] = Callable[Concatenate[Request, P], R]

SECOND_FACTOR = "office_second_factor"


def needs_staff[**P, R: HttpResponseBase](view: View[P, R]) -> View[P, R]:
    """Anonymous people sign in, residents are refused, staff without a second factor set one up first."""

    @wraps(view)
    def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.actor.kind == "anonymous":
            back = urlencode({"next": _back(request, kwargs)})
            return HttpResponseRedirect(f"{reverse('account_login')}?{back}")
        if request.actor.kind != "staff":
            raise Forbidden
        if not _has_second_factor(request):
            return HttpResponseRedirect(reverse("mfa_index"))
        return view(request, *args, **kwargs)

    return cast(View[P, R], guarded)


def _back(request: Request, parts: Mapping[str, object]) -> str:
    """Where to go on after signing in: this page, or the case an act belongs to, since an act is no page."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    case = parts.get("case_id")
    return reverse("office:case", args=[case]) if case else reverse("office:home")


def _has_second_factor(request: Request) -> bool:
    """Asked once a session: a factor cannot be taken away without signing in again with it."""
    known: bool = request.session.get(SECOND_FACTOR, False)
    if not known:
        known = is_mfa_enabled(request.user)
        if known:
            request.session[SECOND_FACTOR] = True
    return known


def needs_role[**P](*roles: Role) -> Callable[[View[P, HttpResponse]], View[P, HttpResponse]]:
    """Staff who hold one of the roles in any section; everybody else is refused."""

    def wrap(view: View[P, HttpResponse]) -> View[P, HttpResponse]:
        @wraps(view)
        def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not any(request.actor.has(role) for role in roles):
                raise Forbidden
            return view(request, *args, **kwargs)

        return needs_staff(cast(View[P, HttpResponse], guarded))

    return wrap
