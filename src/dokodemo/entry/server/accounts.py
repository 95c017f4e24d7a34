"""The addresses under /accounts/ (ログイン関係のURL): a list of what is open; everything else allauth offers is not there.

Owns which page of signing in exists in which role, and for whom. Never signs anybody in itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, URLResolver, include, path, re_path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from requests import RequestException

from dokodemo.adapters.identity.provider import PROVIDER_ID
from dokodemo.entry.server.kept import kept
from dokodemo.entry.server.second_factor import SecondFactor
from dokodemo.entry.server.sign_in import provider_unavailable
from dokodemo.kernel.access import Account

View = Callable[..., HttpResponseBase]


def for_staff(view: View) -> View:
    """Passwords and second factors are for staff: to a resident these pages do not exist."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.kind != Account.Kind.STAFF:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where somebody belongs: the office, the page of a resident, or the sign-in."""
    known = request.user.is_authenticated
    return HttpResponseRedirect(
        get_adapter().get_login_redirect_url(request) if known else reverse("account_login")
    )


def closed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """A page allauth knows and this city hall does not offer."""
    raise Http404


@require_safe
def to_residents(request: HttpRequest) -> HttpResponse:
    """Where only the portal runs, signing in is the residents' way."""
    query = urlencode({"next": request.GET["next"]}) if "next" in request.GET else ""
    return HttpResponseRedirect(
        f"{reverse('portal:sign_in')}?{query}" if query else reverse("portal:sign_in")
    )


@never_cache
@require_http_methods(["GET", "POST"])
def citizen_login(request: HttpRequest) -> HttpResponseBase:
    """Send a resident to the provider. A sign-in is never joined to an account that is already signed in."""
    if {request.GET.get("process", "login"), request.POST.get("process", "login")} != {"login"}:
        raise Http404
    if request.method == "GET":
        return to_residents(request)
    return _asking_provider(oidc.login, request)


@never_cache
def citizen_callback(request: HttpRequest) -> HttpResponseBase:
    """Take the provider's answer."""
    return _asking_provider(oidc.callback, request)


def _asking_provider(view: View, request: HttpRequest) -> HttpResponseBase:
    try:
        return view(request, PROVIDER_ID)
    except RequestException as error:
        return provider_unavailable(request, error)


def remove_passkey(request: HttpRequest, pk: int) -> HttpResponseBase:
    """allauth's page, except for the last second factor of all, which stays."""
    if request.user.is_authenticated:
        key = get_object_or_404(Authenticator, user=request.user, type=Authenticator.Type.WEBAUTHN, pk=pk)
        if not SecondFactor().can_delete_authenticator(key):
            return render(request, "mfa/webauthn/last_one.html", {"authenticator": key}, status=409)
    return webauthn.remove_webauthn(request, pk=pk)  # type: ignore[no-any-return]


_STAFF: list[URLPattern] = [
    path("login/", for_staff(account.login), name="account_login"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", for_staff(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", for_staff(account.password_change), name="account_change_password"),
    path("2fa/", for_staff(mfa.index), name="mfa_index"),
    path("2fa/authenticate/", for_staff(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", for_staff(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", for_staff(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", for_staff(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", for_staff(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        for_staff(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("2fa/webauthn/", for_staff(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", for_staff(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", for_staff(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        for_staff(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("2fa/webauthn/keys/<int:pk>/remove/", for_staff(remove_passkey), name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", for_staff(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
]
_RESIDENTS: list[URLPattern] = [
    path(f"oidc/{PROVIDER_ID}/login/", citizen_login),
    path(f"oidc/{PROVIDER_ID}/login/callback/", citizen_callback),
    path("3rdparty/login/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("3rdparty/login/error/", social.login_error, name="socialaccount_login_error"),
]


def addresses(role: str) -> list[URLPattern | URLResolver]:
    """The open addresses of a role (portal, office, all), then a wall, then allauth's own, which only give names."""
    both: list[URLPattern | URLResolver] = [
        path("", home, name="account_home"),
        path("logout/", never_cache(account.logout), name="account_logout"),
        path("kept/", kept, name="account_kept"),
    ]
    if role in {"office", "all"}:
        both += _STAFF
    else:
        both.append(path("login/", to_residents, name="account_login"))
    if role in {"portal", "all"}:
        both += _RESIDENTS
    return [*both, re_path("", closed), path("", include("allauth.urls"))]
