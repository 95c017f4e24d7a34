"""Every screen that needs no story: seen in three languages, at two widths, judged by axe, each with a title of its own."""

from __future__ import annotations

import pytest
from journey_forms import begin
from journey_people import Town
from journey_screens import Screens

PUBLIC = {
    "home": "/",
    "search": "/search",
    "search-nothing": "/search?q=%E5%AE%87%E5%AE%99%E9%A3%9B%E8%A1%8C",
    "procedures": "/procedures/",
    "procedures-event": "/procedures/?event=birth",
    "procedure-fee": "/procedures/dog-registration/",
    "procedure-disclosure": "/procedures/personal-information-disclosure/",
    "plan": "/plan",
    "verify": "/verify",
    "verify-from-code": "/verify?number=R8-000001&code=ABCDEFGHJK",
    "accessibility": "/accessibility",
    "privacy": "/privacy",
    "sign-in": "/sign-in",
    "not-found": "/nowhere",
}
OWN = {"my-page-fresh": "/my/", "own-data": "/my/data", "people-fresh": "/my/people"}
FIRST_PAGES = (
    "care-need-certification",
    "child-allowance-claim",
    "disaster-damage-certificate",
    "dog-registration",
    "personal-information-disclosure",
    "pregnancy-notification",
    "resident-record-copy",
)
OFFICE = {
    "office-home-caseworker": ("resident-caseworker", "/office/"),
    "office-inbox-empty": ("resident-caseworker", "/office/inbox"),
    "office-inbox-no-number": ("resident-caseworker", "/office/inbox?number=261123-000000-0"),
    "office-waiting-desk": ("resident-caseworker", "/office/register/waiting"),
    "office-residents": ("resident-caseworker", "/office/register/residents"),
    "office-tally": ("resident-caseworker", "/office/tally"),
    "office-home-head": ("childcare-head", "/office/"),
    "office-home-cio": ("cio", "/office/"),
    "office-home-digital": ("digital-officer", "/office/"),
    "office-home-administrator": ("administrator", "/office/"),
    "office-home-protection": ("protection-officer", "/office/"),
}


def test_every_public_screen(town: Town) -> None:
    anybody = town.visitor()
    for name, path in PUBLIC.items():
        anybody.go(path)
        anybody.look(name)


def test_every_screen_of_ones_own(town: Town) -> None:
    person = town.resident("dog-owner")
    for name, path in OWN.items():
        person.go(path)
        person.look(name)


def test_the_first_page_of_every_procedure(town: Town) -> None:
    person = town.resident("daughter")
    for slug in FIRST_PAGES:
        begin(person, slug)
        person.look(f"form-of-{slug}")


@pytest.mark.parametrize("name", OFFICE)
def test_a_screen_of_the_office(town: Town, name: str) -> None:
    username, path = OFFICE[name]
    clerk = town.clerk(username)
    clerk.go(path)
    clerk.look(name)


def test_what_is_refused_is_said_in_style(town: Town) -> None:
    person = town.resident("mother")
    person.go("/office/")
    person.look("office-not-for-residents")
    clerk = town.clerk("childcare-caseworker")
    clerk.go("/my/")
    assert "403" in clerk.says()
    clerk.look("my-page-not-for-staff")


def test_no_two_screens_share_a_title(screens: Screens) -> None:
    """Runs after the journeys of its file: each address has a title of its own in each language."""
    named: dict[tuple[str, str], set[str]] = {}
    for (name, lang), title in screens.titles.items():
        if "not-f" in name:  # the pages that refuse have no address of their own
            continue
        named.setdefault((title, lang), set()).add(screens.seen[name].partition("?")[0])
    twice = {key: addresses for key, addresses in named.items() if len(addresses) > 1}
    assert not twice
