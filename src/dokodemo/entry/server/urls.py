"""Addresses of the city hall (URL): the portal, the office, or both, as `DOKODEMO_ROLE` says.

Owns which doors are open. Never owns a page.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, include, path

from dokodemo.entry.server.accounts import addresses
from dokodemo.entry.server.health import ready_report


def alive(request: HttpRequest) -> HttpResponse:
    """Whether this process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:
    """Whether the city can serve: database, keys and published procedures."""
    report = ready_report()
    return JsonResponse(report, status=200 if report["ready"] else 503)


urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", alive, name="alive"),
    path("readyz", ready, name="ready"),
    path("", include("dokodemo.kernel.ui.urls")),
    path("accounts/", include(addresses(settings.DOKODEMO_ROLE))),
]
if settings.DOKODEMO_ROLE in {"portal", "all"}:
    urlpatterns.append(path("", include("dokodemo.entry.portal.urls")))
if settings.DOKODEMO_ROLE in {"office", "all"}:
    urlpatterns.append(path("office/", include("dokodemo.entry.office.urls")))

handler400 = "dokodemo.kernel.ui.views.bad_request"
handler403 = "dokodemo.kernel.ui.views.forbidden"
handler404 = "dokodemo.kernel.ui.views.not_found"
handler500 = "dokodemo.entry.server.busy.server_error"
