"""A browser that fills in whole forms and remembers every address it met."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from bench.forms import read_form
from dokodemo.kernel.access import Account
from tests.domains.administration.cases.building import CHILD_ALLOWANCE, photograph
from tests.domains.entry import building as b

# By the end of a field's name: what a page asks beside what the register knows.
ANSWERS: Mapping[str, str] = {
    ".phone": "090-0000-1002",
    ".is_public_servant": "false",
    ".main_earner": "true",
    ".living_together": "true",
    ".cared_for": "true",
    ".relation": "子",
    ".insurance_kind": "employee",
    ".bank_code": "0001",
    ".bank_name": "みほん銀行",
    ".branch_code": "001",
    ".branch_name": "荒尾支店",
    ".kind": "ordinary",
    ".number": "1234567",
    ".holder_kana": "アラオ　ハナコ",
}


class Walker:
    """One person's browser: goes to pages, sends forms, and keeps what came back."""

    def __init__(self, account: Account | None = None) -> None:
        self.client: Client = b.browser(account)
        self.client.raise_request_exception = False
        self.addresses: list[str] = []
        self.answers: list[Any] = []

    def get(self, address: str) -> HttpResponse:
        """Open a page."""
        return self._met(address, self.client.get(address))

    def post(self, address: str, data: Any = None, **more: Any) -> HttpResponse:
        """Send a form."""
        return self._met(address, self.client.post(address, data or {}, **more))

    def _met(self, address: str, answer: Any) -> Any:
        self.addresses.append(address)
        self.answers.append(answer)
        if "Location" in answer.headers:
            self.addresses.append(answer.headers["Location"])
        if not answer.streaming and "text/html" in answer.headers.get("Content-Type", ""):
            html = answer.content.decode()
            self.addresses += [
                unescape(found) for found in re.findall(r'(?:href|action|src)="([^"]*)"', html)
            ]
        return answer

    def fill(self, address: str, answers: Mapping[str, str], file: bytes = b"", name: str = "a") -> Any:
        """Fill in the form of a page and send it."""
        form = read_form(self.get(address).content.decode())
        kind, body = form.body({**answers, **ANSWERS}, file or photograph())
        body = body.replace(b'filename="a.png"', f'filename="{name}.png"'.encode())
        return self.post(address, body, content_type=kind)

    def applies(
        self, slug: str = CHILD_ALLOWANCE, answers: Mapping[str, str] | None = None, **file: Any
    ) -> str:
        """Apply from the first page to the check; the address of the check."""
        answer = self.fill(reverse("portal:start", args=[slug]), {})
        assert answer.status_code == 302, b.words(answer.content)[:400]
        page = answer.headers["Location"]
        for _ in range(20):
            page = urlsplit(page).path
            if page.endswith("/check"):
                return page
            answer = self.fill(page, answers or {}, **file)
            assert answer.status_code in (200, 302), b.words(answer.content)[:800]
            page = answer.headers.get("Location", page)
        raise AssertionError("the form never ends")
