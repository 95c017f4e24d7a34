"""Language and readings: cookies, the two switches, the language of the page, and the pages of failure."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client, override_settings
from django.urls import include, path
from django.utils import translation


def page(request: HttpRequest) -> HttpResponse:
    body = f"{request.lang} {request.furigana} {translation.get_language()}"  # type: ignore[attr-defined]
    return HttpResponse(body)


def layout(request: HttpRequest) -> HttpResponse:
    return render(request, "404.html")


def office(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/office_base.html")


def in_form(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/base.html", {"switch_form": "apply"})


def refuse(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken")


urlpatterns = [
    path("page", page),
    path("layout", layout),
    path("office", office),
    path("form", in_form),
    path("refuse", refuse),
    path("fail", fail),
    path("", include("dokodemo.kernel.ui.urls")),
]
handler400 = "dokodemo.kernel.ui.views.bad_request"
handler403 = "dokodemo.kernel.ui.views.forbidden"
handler404 = "dokodemo.kernel.ui.views.not_found"
handler500 = "dokodemo.kernel.ui.views.server_error"


@pytest.fixture(autouse=True)
def these_pages_only() -> Iterator[None]:
    with override_settings(
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "dokodemo.kernel.ui.middleware.LanguageMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
    ):
        yield


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


def test_a_first_visit_is_in_japanese_without_readings(browser: Client) -> None:
    response = browser.get("/page")
    assert response.content.decode() == "ja False ja"
    assert response.headers["Content-Language"] == "ja"
    assert "Cookie" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("cookies", "seen"),
    [
        ({"dokodemo_language": "easy"}, "easy True ja"),
        ({"dokodemo_language": "easy", "dokodemo_furigana": "off"}, "easy False ja"),
        ({"dokodemo_language": "ja", "dokodemo_furigana": "on"}, "ja True ja"),
        ({"dokodemo_language": "en", "dokodemo_furigana": "on"}, "en False en"),
        ({"dokodemo_language": "<script>"}, "ja False ja"),
    ],
)
def test_cookies_choose_the_words(browser: Client, cookies: dict[str, str], seen: str) -> None:
    browser.cookies.load(cookies)
    assert browser.get("/page").content.decode() == seen
    assert translation.get_language() == "ja"


def test_the_switch_remembers_and_returns_to_the_page(browser: Client) -> None:
    response = browser.get("/language/easy?next=/page%3Fa%3D1")
    assert response.headers["Location"] == "/page?a=1"
    assert browser.get("/page").content.decode() == "easy True ja"
    assert browser.get("/furigana/off?next=/page").headers["Location"] == "/page"
    assert browser.get("/page").content.decode() == "easy False ja"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_switch_never_leaves_this_site(browser: Client, target: str) -> None:
    assert browser.get("/language/en", {"next": target}).headers["Location"] == "/"
    assert browser.get("/furigana/on", {"next": target}).headers["Location"] == "/"


def test_an_unknown_choice_is_not_found(browser: Client) -> None:
    assert browser.get("/language/fr").status_code == 404
    assert browser.get("/furigana/maybe").status_code == 404
    assert browser.post("/language/en").status_code == 405


def test_a_language_button_inside_a_form_works_at_once_and_is_remembered(browser: Client) -> None:
    assert browser.post("/page", {"_language": "en"}).content.decode() == "en False en"
    assert browser.get("/page").content.decode() == "en False en"
    assert (
        browser.post("/page", {"_language": "easy", "_furigana": "off"}).content.decode() == "easy False ja"
    )


@pytest.mark.parametrize(("lang", "html"), [("ja", "ja"), ("easy", "ja"), ("en", "en")])
def test_the_page_declares_its_language_and_offers_the_others(browser: Client, lang: str, html: str) -> None:
    browser.cookies.load({"dokodemo_language": lang})
    body = browser.get("/layout").content.decode()
    assert f'<html lang="{html}"' in body
    assert '<a class="skip" href="#main">' in body
    assert '<main id="main"' in body
    for other in ("ja", "easy", "en"):
        assert f"/language/{other}?next=%2Flayout" in body
    assert ("with-ruby" in body) == (lang == "easy")


def test_on_a_form_the_switch_sends_what_was_typed_along(browser: Client) -> None:
    body = browser.get("/form").content.decode()
    assert 'form="apply" name="_language" value="en" formnovalidate' in body
    assert 'form="apply" name="_furigana" value="on"' in body


def test_the_office_is_denser(browser: Client) -> None:
    assert 'class="dense' in browser.get("/office").content.decode()


def test_failures_come_as_pages_of_the_city_hall(browser: Client) -> None:
    assert browser.get("/nowhere").status_code == 404
    assert "ページが見つかりません" in browser.get("/nowhere").content.decode()
    assert browser.get("/refuse").status_code == 403
    response = browser.get("/fail")
    assert response.status_code == 500
    assert "申し訳ありません" in response.content.decode()
    assert "broken" not in response.content.decode()


def test_a_closed_city_hall_says_when_to_come_back() -> None:
    from dokodemo.kernel.ui.views import unavailable

    response = unavailable(HttpRequest())
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
