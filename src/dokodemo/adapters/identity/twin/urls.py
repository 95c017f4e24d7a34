"""Addresses of the sign-in twin (試験用)."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path

from dokodemo.adapters.identity.twin import views


def alive(request: HttpRequest) -> HttpResponse:
    """Whether the twin answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def home(request: HttpRequest) -> HttpResponse:
    """The choice of a card is all there is."""
    return HttpResponseRedirect("/cards/")


urlpatterns = [
    path("", home),
    path("livez", alive),
    path("cards/", views.cards, name="account_login"),
    path("style.css", views.style, name="style"),
    path("", include("allauth.idp.urls")),
]
