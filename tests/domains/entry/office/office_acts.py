"""How a clerk sends a form of a case's page in tests, and reads what stands beside its boxes."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from dokodemo.administration.cases.models import Case
from dokodemo.kernel.access import Account
from tests.domains.entry import building as b

WORDS = "口座の名義人が違います <b>太字</b>"
APPROVED = {"outcome": "approved", "finding-pays_from": "2026-12"}
ESCAPED = "口座の名義人が違います &lt;b&gt;太字&lt;/b&gt;"


def send(case: Case, act: str, account: Account | None = None, **data: Any) -> HttpResponse:
    client = b.browser(account or b.caseworker(case.section))
    return client.post(reverse(f"office:{act}", args=[case.pk]), data)


def error_beside(response: HttpResponse, box: str, code: int = 422) -> str:
    """The page, after making sure that the error stands beside the box, is announced, and in the summary."""
    html = response.content.decode()
    assert response.status_code == code
    assert f'id="{box}-error"' in html
    assert "error-summary" in html
    assert "<title>エラー" in html
    return html
