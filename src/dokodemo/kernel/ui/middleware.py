"""Language and readings of each request (表示言語・ふりがなの切替).

Owns `request.lang` ("ja", "easy", "en") and `request.furigana`, read from cookies. A form's own language buttons
(`_language`, `_furigana`, `_switch`) are honoured here too, so that switching in the middle of a form sends what was typed
along.
Never stores anything about a person.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from dokodemo.kernel.ui.language import FURIGANA_COOKIE, LANGUAGE_COOKIE, as_lang, html_lang, remember
from dokodemo.kernel.ui.switching import switch_of

Handler = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """Sets the request's language and readings and activates Django's ja or en for its duration."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve one request in the chosen words."""
        lang = as_lang(request.COOKIES.get(LANGUAGE_COOKIE)) or "ja"
        _set(request, lang, request.COOKIES.get(FURIGANA_COOKIE))
        with translation.override(html_lang(lang)):
            response = self.get_response(request)
        chosen: dict[str, object] = getattr(request, "ui_chosen", {})
        if chosen:
            remember(response, **chosen)  # type: ignore[arg-type]
        patch_vary_headers(response, ["Cookie"])
        response.headers.setdefault("Content-Language", html_lang(request.lang))  # type: ignore[attr-defined]
        return response

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Obey a language button inside a posted form before the view renders its answer."""
        if request.method != "POST":
            return
        lang, furigana = as_lang(request.POST.get("_language")), request.POST.get("_furigana")
        switch = switch_of(request)
        if switch is not None:
            lang, furigana = switch.lang, switch.furigana
        if lang is None and furigana not in {"on", "off"}:
            return
        chosen: dict[str, object] = {}
        if lang:
            chosen["lang"] = lang
            translation.activate(html_lang(lang))
        if furigana in {"on", "off"}:
            chosen["furigana"] = furigana == "on"
        _set(request, lang or request.lang, furigana or request.COOKIES.get(FURIGANA_COOKIE))  # type: ignore[attr-defined]
        request.ui_chosen = chosen  # type: ignore[attr-defined]


def _set(request: HttpRequest, lang: str, furigana: str | None) -> None:
    request.lang = lang  # type: ignore[attr-defined]
    # Plain Japanese is for people who may not read kanji: readings are on until they are switched off.
    request.furigana = lang != "en" and (furigana == "on" or (furigana != "off" and lang == "easy"))  # type: ignore[attr-defined]
