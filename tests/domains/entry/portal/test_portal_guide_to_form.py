"""From the guide's list to one form: what was answered once is not asked again, and begins nobody else's form."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from dokodemo.administration.cases import queries
from dokodemo.administration.cases.models import Draft
from dokodemo.city.parties.actions import confirm_mandate, request_mandate
from dokodemo.city.parties.models import MandateKind
from dokodemo.kernel.access import Account, NotFound
from tests.domains.entry import building as b
from tests.domains.entry.portal.test_portal_guide import form, hidden, page, yes

pytestmark = pytest.mark.django_db
EVENT = "childcare"
TOLD = {"applicant.is_public_servant": False, "applicant.main_earner": True}
SLUGS = ["child-allowance-claim", "pregnancy-notification"]


def guided(client: Client) -> str:
    """The list of somebody who says yes to every yes-or-no question but one, and knows nothing else."""
    html = page(client, event=EVENT)
    while names := hidden(html, "_page"):
        ticked = [name for name in yes(html).get("_tick", []) if TOLD.get(name, True)]
        html = page(client, form(html, **({"_tick": ticked} if ticked else {"_skip": "1"})), EVENT)
        assert hidden(html, "_page") != names
    return html


def so_far(client: Client) -> str:
    """What the form of that list carries."""
    return hidden(guided(client), "so_far")


def to_choosing(client: Client, carried: str) -> Any:
    answer = client.post(reverse("portal:guide_apply", args=[EVENT]), {"so_far": carried})
    assert answer.status_code == 302
    return answer


def began(client: Client, account: Account, whom: str = "") -> Draft:
    actor = b.acting(account)
    data = {"for": whom or (f"self:{actor.resident_id}:" if actor.resident_id else "unconfirmed::")}
    answer = client.post("/together/", {"slug": SLUGS, "offered": SLUGS, "begin": "1", **data})
    assert answer.status_code == 302, b.words(answer.content)
    assert client.cookies["dokodemo_guide"].value == ""
    return queries.my_drafts(actor)[0]


def told_of(draft: Draft) -> dict[str, Any]:
    return {name: value for name, value in draft.content["values"].items() if name in TOLD}


def test_what_the_guide_was_told_is_in_the_form_and_in_no_address() -> None:
    client = b.browser()
    answer = to_choosing(client, so_far(client))
    assert answer.headers["Location"].startswith("/together/?slug=")
    assert "main_earner" not in answer.headers["Location"]
    carried = answer.cookies["dokodemo_guide"]
    assert (carried["path"], carried["httponly"]) == ("/together/", True)
    assert "earner" not in carried.value

    account = b.resident_account(b.household()[0])
    client.force_login(account, backend="dokodemo.entry.server.backends.PasswordBackend")
    draft = began(client, account)
    assert told_of(draft) == TOLD
    shown = "".join(
        client.get(reverse("portal:page", args=[draft.pk, index])).content.decode() for index in range(3)
    )
    assert re.search(r'name="applicant.main_earner"[^>]*value="true"[^>]*checked', shown)


def test_the_list_of_what_is_due_is_chosen_from_whatever_else_the_browser_sends() -> None:
    client = b.browser(b.resident_account(b.household()[0]))
    html = guided(client)
    assert f'action="{reverse("portal:guide_apply", args=[EVENT])}"' in html
    above = html[: html.index('id="together"')]
    address = to_choosing(client, hidden(html, "so_far")).headers["Location"]
    chosen = parse_qs(urlsplit(address).query)["slug"]
    assert len(chosen) > 1
    assert all(reverse("portal:procedure", args=[slug]) in above for slug in chosen)


def test_what_somebody_told_of_themselves_begins_nobody_elses_form() -> None:
    father = b.household()[0]
    account = b.resident_account(b.household(11)[0])
    mandate = request_mandate(
        actor=b.acting(account),
        kind=MandateKind.MANDATE,
        principal_name=f"{b.FAMILY_NAME} 伸也",
        principal_date_of_birth=date.fromisoformat(father.facts["date_of_birth"]["value"]),
    )
    confirm_mandate(actor=b.acting(b.caseworker("resident")), mandate_id=mandate, principal_id=father.pk)
    client = b.browser(account)
    to_choosing(client, so_far(client))
    whom = b.for_whom(father, "mandate", mandate_id=mandate)["for"]
    assert told_of(began(client, account, whom)) == {}


@pytest.mark.parametrize("cookie", ["", "AAAA", "%%%", "x" * 5000])
def test_a_cookie_that_is_not_ours_begins_an_ordinary_form(cookie: str) -> None:
    account = b.resident_account(b.household()[0])
    client = b.browser(account)
    client.cookies["dokodemo_guide"] = cookie
    assert told_of(began(client, account)) == {}


def test_a_life_event_that_is_gone_brings_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    account = b.resident_account(b.household()[0])
    client = b.browser(account)
    to_choosing(client, so_far(client))
    with monkeypatch.context() as gone:
        gone.setattr("dokodemo.administration.guidance.queries.opened", _gone)
        draft = began(client, account)
    assert told_of(draft) == {}


def _gone(code: str) -> Any:
    raise NotFound
