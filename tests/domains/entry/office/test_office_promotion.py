"""The menu within promotion: four groups, and beneath them the pages of the group in use; nobody is led where they may not go."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from dokodemo.entry.office import promoting
from dokodemo.kernel.access import Account, Role
from tests.domains.city.city_builders import the_pack
from tests.domains.entry import building as b

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a href="([^"]+)"(?: aria-current="(\w+)")?')


@pytest.fixture(autouse=True)
def _city() -> None:
    the_pack()


def officer() -> Account:
    return b.staff_account(("policy", Role.DIGITAL_OFFICER))


def rows(account: Account, address: str, lang: str = "ja") -> tuple[dict[str, str], dict[str, str]]:
    """Of a page's two rows of tabs each link with how it is marked."""
    html = b.browser(account, lang=lang).get(address).content.decode()
    found = [
        dict(LINK.findall(nav)) for nav in re.findall(r'<nav class="tabs tabs-\w+".*?</nav>', html, re.DOTALL)
    ]
    assert len(found) == 2, address
    return found[0], found[1]


def test_every_page_of_promotion_stands_in_one_group_and_is_reached_in_two_steps() -> None:
    account, reached = officer(), set()
    first, _ = rows(account, reverse(f"office:{promoting.TABS[0].name}"))
    assert len(first) == len(promoting.GROUPS)
    for group in first:
        reached |= rows(account, group)[1].keys()
    assert reached == {reverse(f"office:{tab.name}") for tab in promoting.TABS}


def test_the_page_and_its_group_are_marked_and_nothing_else() -> None:
    account = officer()
    groups, pages = rows(account, "/office/surveys/")
    assert [one for one in groups.items() if one[1]] == [("/office/indicators/", "true")]
    assert [one for one in pages.items() if one[1]] == [("/office/surveys/", "page")]
    # The first page of a group is where the group's own link leads, and a page under a tab is not the tab's page.
    groups, pages = rows(account, "/office/actions/")
    assert groups["/office/actions/"] == pages["/office/actions/"] == "page"
    groups, pages = rows(account, "/office/improvement/issues")
    assert (groups["/office/improvement/"], pages["/office/improvement/"]) == ("true", "true")


def test_a_group_leads_to_the_first_of_its_pages_that_one_may_open() -> None:
    clerk = b.caseworker()
    groups, pages = rows(clerk, "/office/actions/")
    assert list(groups) == [
        "/office/actions/",
        "/office/reports/",
        "/office/indicators/",
        "/office/improvement/",
    ]
    assert list(pages) == ["/office/actions/", "/office/owners/", "/office/closing/"]
    _, numbers = rows(clerk, "/office/indicators/")
    assert "/office/evaluation/" not in numbers
    assert "/office/surveys/" not in numbers


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_both_rows_have_names_of_their_own_in_each_language(lang: str) -> None:
    html = b.browser(officer(), lang=lang).get("/office/evaluation/").content.decode()
    names = re.findall(r'<nav[^>]* aria-label="([^"]+)"', html)
    assert len(set(names)) == len(names) >= 4
    assert "office.promotion" not in html


@pytest.mark.parametrize("address", ["/office/owners/seats", "/office/training/sections", "/office/owners/"])
def test_every_page_says_whose_city_hall_it_is(address: str) -> None:
    html = b.browser(officer()).get(address).content.decode()
    assert "荒尾市" in html.partition("<main")[0]
    assert "荒尾市" in html.partition("</main>")[2]
