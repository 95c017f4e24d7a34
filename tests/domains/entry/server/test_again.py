"""A form whose token is no longer the browser's comes back as it was typed (送り直し); what others send does not."""

from __future__ import annotations

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dokodemo.administration.cases.models import Draft
from dokodemo.kernel.access import Account
from tests.domains.administration.cases import building
from tests.domains.entry import building as b

pytestmark = pytest.mark.django_db

HERE = {"HTTP_ORIGIN": "http://testserver"}
TYPED = {"body": "9月から\n祖母と暮らします <b>", "once": ""}


@pytest.fixture
def misaki() -> Account:
    return b.resident_account(b.household()[0])


def strict(account: Account | None = None, lang: str = "ja") -> Client:
    """A browser as it is in truth: forms need their token."""
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["dokodemo_language"] = lang
    if account is not None:
        browser.force_login(account)
    return browser


def token_of(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the form that is offered again."""
    form = page[page.index('<form id="again"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[: form.index("</form>")])
    return {html.unescape(name): html.unescape(value) for name, value in found}


def test_signing_in_elsewhere_between_typing_and_sending_loses_nothing(misaki: Account) -> None:
    browser = strict(misaki)
    draft = building.start(b.acting(misaki), building.CHILD_ALLOWANCE)
    where = reverse("portal:page", args=[draft.pk, 0])
    stale = token_of(browser.get(where).content.decode())
    browser.cookies.pop("csrftoken")
    browser.get(where)  # the other tab, after signing in: another token

    answer = browser.post(
        where, {"csrfmiddlewaretoken": stale, "applicant.phone": "090-1234-5678", "_save": "1"}, **HERE
    )
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "入力した内容は残っています" in page
    assert f'action="{where}"' in page
    fields = fields_of(page)
    fresh = fields.pop("csrfmiddlewaretoken")
    assert fields == {"applicant.phone": "090-1234-5678", "_save": "1"}
    assert "090-1234" not in str(Draft.objects.get(pk=draft.pk).content)

    sent = browser.post(where, {"csrfmiddlewaretoken": fresh, **fields}, **HERE)
    assert sent.status_code in {200, 302}
    assert "090-1234-5678" in browser.get(where).content.decode()


@pytest.mark.parametrize("headers", [HERE, {"HTTP_REFERER": "http://testserver/my/"}])
def test_without_the_cookie_the_form_comes_back_with_a_token_that_works(
    misaki: Account, headers: dict[str, str]
) -> None:
    case = b.filed(misaki)
    browser = strict(misaki)
    where = reverse("portal:message", args=[case.pk])
    answer = browser.post(where, {**TYPED, "csrfmiddlewaretoken": "a" * 64}, **headers)
    assert answer.status_code == 403
    assert answer.headers["Cache-Control"] == "private, no-store"
    fields = fields_of(answer.content.decode())
    assert {**TYPED, "csrfmiddlewaretoken": fields["csrfmiddlewaretoken"]} == fields
    assert browser.post(where, fields, **headers).status_code == 302
    assert "祖母と暮らします" in browser.get(reverse("portal:case", args=[case.pk])).content.decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_REFERER": "https://evil.example/testserver"},
        {"HTTP_REFERER": "http://[broken"},
        {"HTTP_ORIGIN": "https://evil.example", "HTTP_REFERER": "http://testserver/my/"},
        {},
    ],
)
def test_what_another_site_sends_is_not_offered(misaki: Account, headers: dict[str, str]) -> None:
    browser = strict(misaki)
    page = browser.post("/my/people", {"name": "悪い 人"}, **headers)
    assert page.status_code == 403
    assert "悪い" not in page.content.decode()
    assert 'id="again"' not in page.content.decode()
    assert "送信を受け付けられませんでした" in page.content.decode()


def test_a_password_is_never_given_back() -> None:
    for where in ("/accounts/login/", "/my/people"):
        page = strict().post(where, {"login": "hanako", "password": "correct-horse"}, **HERE)
        assert page.status_code == 403
        assert "correct-horse" not in page.content.decode()
        assert "hanako" not in page.content.decode()


def test_files_cannot_be_repeated_and_the_page_says_so(misaki: Account) -> None:
    paper = SimpleUploadedFile("a.pdf", b"%PDF-1.7", content_type="application/pdf")
    page = strict(misaki).post("/verify", {"number": "1", "file": paper}, **HERE).content.decode()
    assert "添付ファイルは残せませんでした" in page
    assert fields_of(page)["number"] == "1"


@pytest.mark.parametrize(
    ("lang", "words"),
    [("ja", "入力した内容は残っています"), ("easy", "残"), ("en", "What you typed is still here")],
)
def test_it_speaks_the_language_of_the_reader(misaki: Account, lang: str, words: str) -> None:
    page = strict(misaki, lang).post("/my/people", TYPED, **HERE).content.decode()
    assert words in b.words(page)
    assert "/language/" not in page
    assert f'<html lang="{"en" if lang == "en" else "ja"}"' in page
