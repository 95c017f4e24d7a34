"""The two switches in the header (言語・ふりがな) and the pages that say something went wrong (エラー画面).

Owns presentation choices kept in cookies, and the answers 400, 403, 404, 500 and 503. Never reads the database:
400, 500 and 503 use neither request nor context, for they must come out whatever is broken.
"""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_safe

from dokodemo.kernel.ui.language import as_lang, remember

RETRY_SECONDS = 60


def _back(request: HttpRequest) -> HttpResponseRedirect:
    target = request.GET.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else "/")


@require_safe
def language(request: HttpRequest, lang: str) -> HttpResponse:
    """Remember `lang` (ja, easy, en) and return to `next` within this site; 404 for any other language."""
    chosen = as_lang(lang)
    if chosen is None:
        raise Http404
    response = _back(request)
    remember(response, lang=chosen)
    return response


@require_safe
def furigana(request: HttpRequest, state: str) -> HttpResponse:
    """Remember readings `on` or `off` and return to `next` within this site; 404 for anything else."""
    if state not in {"on", "off"}:
        raise Http404
    response = _back(request)
    remember(response, furigana=state == "on")
    return response


def _alone(template: str, status: int) -> HttpResponse:
    return HttpResponse(get_template(template).render(), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what was sent could not be read."""
    del request, exception
    return _alone("400.html", 400)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: this actor may not do this. The page never says why in detail."""
    del exception
    return render(request, "403.html", status=403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: there is no such page, or it is not this actor's to see; the two look the same."""
    del exception
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours."""
    del request
    return _alone("500.html", 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: closed for a moment, with the time after which to try again (seconds)."""
    del request
    response = _alone("503.html", 503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
