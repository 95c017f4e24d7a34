"""The real sign-in twin in a process of its own, and a browser of few words to walk through it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests

from dokodemo.adapters.identity.provider import Provider, provider
from dokodemo.adapters.identity.twin.cards import Card, write_cards

CITY_HOST = "localhost:8000"


@dataclass
class Twin:
    """A running twin: where it is, where it keeps its files, and how the city is to address it."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://localhost:{self.port}"

    @property
    def provider(self) -> Provider:
        """The twin as the city's settings describe it."""
        return provider(self.home, twin_port=self.port)

    def show(self, *cards: Card) -> None:
        """Put these cards before the visitor."""
        write_cards(self.home / "twin" / "cards.json", cards)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_twin(home: Path) -> Iterator[Twin]:
    """Prepare and start the twin as `dokodemo up` does, and end it afterwards."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DOKODEMO_OIDC")},
        "DOKODEMO_HOME": str(home),
        "DOKODEMO_BASE_URL": f"http://{CITY_HOST}",
        "DJANGO_SETTINGS_MODULE": "dokodemo.adapters.identity.twin.settings",
    }
    serve = [sys.executable, "-m", "dokodemo.adapters.identity.twin.serve", str(port)]
    process = subprocess.Popen(serve, env=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/livez", process)
        yield Twin(home, port, process)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        assert process.poll() is None, "the twin ended at once"
        try:
            if requests.get(url, timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise AssertionError("the twin does not answer")


def walk(
    twin: Twin, authorize: str, card: str, *, browser: requests.Session | None = None
) -> requests.Response:
    """Lay a card at the authorisation address and follow until the twin shows a page or sends the visitor elsewhere."""
    with browser or requests.Session() as visitor:
        page = visitor.get(authorize, timeout=10)
        assert page.status_code == 200, page.text[:400]
        assert "試験用" in page.text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        following = re.search(r'name="next" value="([^"]+)"', page.text)
        assert token
        assert following
        answer = visitor.post(
            page.url,
            data={"csrfmiddlewaretoken": token[1], "next": unescape(following[1]), "card": card},
            headers={"Referer": page.url},
            timeout=10,
            allow_redirects=False,
        )
        while answer.is_redirect and urljoin(twin.url, answer.headers["Location"]).startswith(f"{twin.url}/"):
            answer = visitor.get(
                urljoin(twin.url, answer.headers["Location"]), timeout=10, allow_redirects=False
            )
    return answer


def lay_card(twin: Twin, authorize: str, card: str) -> str:
    """The same as far as the city: the path of the callback with its query."""
    answer = walk(twin, authorize, card)
    assert answer.is_redirect, answer.text[:400]
    parts = urlsplit(answer.headers["Location"])
    assert parts.netloc == CITY_HOST
    return f"{parts.path}?{parts.query}"
