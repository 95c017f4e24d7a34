"""Every address of the city hall, found by walking the whole URLconf: a new one without an expectation fails here.

The pages of portal and office have tables of their own beside this file; the walk holds those tables, and the one
below, against what is really routed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.urls import URLPattern, URLResolver, get_resolver, include, path, resolve

from dokodemo.entry.office import urls as office
from dokodemo.entry.portal import urls as portal
from dokodemo.entry.server.accounts import closed
from tests.domains.entry import building as b

LOGIN, RESIDENTS = "/accounts/login/", "/sign-in"
AGAIN, SET_UP = "/accounts/reauthenticate/", "/accounts/2fa/totp/activate/"


@dataclass(frozen=True)
class Route:
    """One pattern: its whole route, and the namespace it is in."""

    text: str
    namespace: str
    pattern: URLPattern


def routes(
    patterns: list[URLPattern | URLResolver] | None = None, before: str = "", namespace: str = ""
) -> Iterator[Route]:
    """Every pattern of the URLconf, includes of includes too."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        text = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, text, pattern.namespace or namespace)
        else:
            yield Route(text, namespace, pattern)


def up_to_the_wall() -> list[Route]:
    """What can be reached: behind `closed` under /accounts/ stand names only."""
    found = list(routes())
    wall = next(place for place, route in enumerate(found) if route.pattern.callback is closed)
    end = next(place for place in range(wall, len(found)) if not found[place].text.startswith("accounts/"))
    return [*found[:wall], *found[end:]]


def behind_the_wall() -> list[str]:
    """What allauth would offer, as addresses one could type."""
    reached = {id(route.pattern) for route in up_to_the_wall()}
    texts = [route.text for route in routes() if id(route.pattern) not in reached]
    return sorted({_typed(text) for text in texts})


def _typed(route: str) -> str:
    plain = re.sub(r"\(\?P<\w+>(?:\[[^\]]*\]|[^)])*\)", "x", route.replace("^", "").replace("$", ""))
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda part: "1" if part[1] == "int" else "x", plain)


# Answers to GET: to nobody, to a resident, to a member of staff. A text is where it leads.
type Answer = int | str
type Answers = tuple[Answer, Answer, Answer]

OPEN: Answers = (200, 200, 200)
STAFF_ONLY: Answers = (LOGIN, 404, 200)
# Nobody changes a factor on the strength of an old sign-in.
STAFF_AGAIN: Answers = (LOGIN, 404, AGAIN)
# What is to be removed or shown is not there.
STAFF_NOTHING: Answers = (LOGIN, 404, 404)
OTHERS: dict[str, Answers] = {
    "livez": OPEN,
    "readyz": OPEN,
    "language/<slug:lang>": ("/", "/", "/"),
    "furigana/<slug:state>": ("/", "/", "/"),
    "accounts/": (LOGIN, "/my/", SET_UP),
    "accounts/logout/": ("/", 200, 200),
    "accounts/kept/": (LOGIN, "/accounts/", "/accounts/"),
    "accounts/login/": (200, 404, SET_UP),
    "accounts/inactive/": OPEN,
    "accounts/reauthenticate/": STAFF_ONLY,
    "accounts/password/change/": STAFF_ONLY,
    "accounts/2fa/": STAFF_ONLY,
    "accounts/2fa/authenticate/": (LOGIN, 404, SET_UP),
    "accounts/2fa/reauthenticate/": STAFF_AGAIN,
    "accounts/2fa/totp/activate/": STAFF_AGAIN,
    "accounts/2fa/totp/deactivate/": STAFF_NOTHING,
    "accounts/2fa/recovery-codes/": STAFF_NOTHING,
    "accounts/2fa/recovery-codes/generate/": STAFF_AGAIN,
    "accounts/2fa/webauthn/": STAFF_ONLY,
    "accounts/2fa/webauthn/add/": STAFF_AGAIN,
    "accounts/2fa/webauthn/login/": (LOGIN, 404, SET_UP),
    "accounts/2fa/webauthn/reauthenticate/": STAFF_AGAIN,
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": STAFF_NOTHING,
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": STAFF_AGAIN,
    "accounts/oidc/citizen/login/": (RESIDENTS, RESIDENTS, RESIDENTS),
    "accounts/oidc/citizen/login/callback/": (401, 401, 401),
    "accounts/3rdparty/login/cancelled/": OPEN,
    "accounts/3rdparty/login/error/": (401, 401, 401),
}
EXAMPLES = {"language/<slug:lang>": "/language/en", "furigana/<slug:state>": "/furigana/on"}
ROUTES = [route.text for route in up_to_the_wall() if route.namespace not in ("portal", "office")]


def test_every_address_has_an_expectation() -> None:
    assert sorted(ROUTES) == sorted(OTHERS)
    by_space = {name: [r.pattern for r in routes() if r.namespace == name] for name in ("portal", "office")}
    # The tables of test_portal_permissions and test_office_permissions are held against these two lists.
    assert by_space == {"portal": portal.urlpatterns, "office": office.urlpatterns}
    assert len(up_to_the_wall()) == len(OTHERS) + len(portal.urlpatterns) + len(office.urlpatterns)


def test_the_walk_finds_what_is_included_below_what_is_included(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = path("new/", include([path("deeper/", include([path("page", closed)]))]))
    monkeypatch.setattr(get_resolver(), "url_patterns", [*get_resolver().url_patterns, deep])
    assert "new/deeper/page" in [route.text for route in up_to_the_wall()]


@pytest.mark.parametrize("route", sorted(set(ROUTES) & set(OTHERS)))
def test_an_address_of_no_case_answers_each_as_it_should(route: str) -> None:
    found: list[Answer] = []
    for account in (None, b.resident_account(), b.caseworker()):
        answer: Any = b.browser(account).get(EXAMPLES.get(route, _typed(route)))
        where = answer.headers.get("Location", "").partition("?")[0]
        found.append(where or answer.status_code)
    assert tuple(found) == OTHERS[route]


def test_what_allauth_would_offer_behind_the_wall_is_not_there() -> None:
    opened = {resolve(_typed(route)).func for route in ROUTES if route.startswith("accounts/")}
    hidden = [address for address in behind_the_wall() if resolve(address).func not in opened]
    assert len(hidden) >= 15
    for address in hidden:
        for account in (None, b.resident_account(), b.caseworker()):
            assert b.browser(account).get(address).status_code == 404, address
            assert b.browser(account).post(address).status_code == 404, address


def test_a_passkey_of_a_colleague_is_neither_renamed_nor_removed() -> None:
    kinds = Authenticator.Type
    mine, colleague = b.caseworker(), b.head()
    key = Authenticator.objects.create(user=colleague, type=kinds.WEBAUTHN, data={"name": "机の鍵"})
    for kind in (kinds.WEBAUTHN, kinds.TOTP):
        Authenticator.objects.create(user=mine, type=kind, data={"name": "私の鍵"})
    browser = b.browser(mine)
    session = browser.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(mine.pk)
    session.save()
    for act in ("edit", "remove"):
        address = f"/accounts/2fa/webauthn/keys/{key.pk}/{act}/"
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"name": "私の鍵"}).status_code == 404
    key.refresh_from_db()
    assert key.data == {"name": "机の鍵"}
