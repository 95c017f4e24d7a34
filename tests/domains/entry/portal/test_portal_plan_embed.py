"""A measure on somebody else's page: framed by anybody, without cookies, forms or scripts; nothing else is framed."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from dokodemo.entry.office import urls as office
from dokodemo.promotion.plan import queries as plans
from tests.domains.city.city_builders import the_pack
from tests.domains.entry import building as b
from tests.domains.entry.test_every_address import EXAMPLES, OTHERS, _typed
from tests.domains.promotion import following_city as c

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city() -> None:
    the_pack()


def policy(answer: object) -> str:
    return str(answer.headers["Content-Security-Policy"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_every_measure_says_its_promise_its_day_and_where_more_is_in_each_language(lang: str) -> None:
    c.adopt()
    for measure in plans.plan().measures:
        answer = Client().get(f"/plan/embed/{measure.code}?lang={lang}")
        words = b.words(answer.content)
        assert answer.status_code == 200
        assert {"ja": "現在", "easy": "の 数字", "en": "As of"}[lang] in words
        assert f'href="http://localhost:8000/plan#measure-{measure.code}"' in answer.content.decode()
        if lang == "en":
            assert measure.promise.en in unescape(words)


def test_it_may_be_framed_and_brings_nothing_that_acts_or_remembers() -> None:
    c.adopt()
    c.report()
    answer = b.browser(b.caseworker()).get("/plan/embed/admin-3?lang=en")
    html = answer.content.decode()
    assert "X-Frame-Options" not in answer.headers
    assert "frame-ancestors *" in policy(answer)
    assert "script-src" not in policy(answer)
    assert "form-action 'none'" in policy(answer)
    assert not answer.cookies
    assert not re.search(r"<(form|script|input|button|iframe)\b|csrf", html)
    assert "琥珀" not in html
    assert 'target="_blank" rel="noopener"' in html


def test_the_picture_has_its_table_and_where_nothing_is_known_it_says_so() -> None:
    bare = Client().get("/plan/embed/life-2").content.decode()
    assert "この施策をはかる数字と、今年度の取組はまだありません" in bare
    assert "<svg" not in bare
    c.adopt()
    c.report("security-drill", "finished")
    page = Client().get("/plan/embed/admin-3").content.decode()
    assert page.count("<svg") == page.count("<table") == 1
    assert "（1件、うち完了1件）" in b.words(page.encode())


def test_the_language_is_the_addresss_and_not_the_readers() -> None:
    page = b.browser(lang="en").get("/plan/embed/admin-3").content.decode()
    assert '<html lang="ja"' in page
    assert Client().get("/plan/embed/none").status_code == 404


def test_the_plans_page_gives_the_code_to_copy_and_it_works() -> None:
    page = b.browser(lang="en").get("/plan").content.decode()
    boxes = re.findall(r'<textarea id="embed-([\w-]+)"[^>]*readonly[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert [code for code, _ in boxes] == [
        one.code for _, measures in plans.by_strategy() for one in measures
    ]
    code = unescape(boxes[0][1])
    source = re.findall(r'src="http://localhost:8000([^"]+)" title="[^"<>]+"', code)
    assert code.startswith("<iframe ")
    assert Client().get(source[0]).status_code == 200
    assert source[0].endswith("?lang=en")


@pytest.mark.parametrize("route", sorted(OTHERS))
def test_no_page_outside_the_portal_may_be_framed(route: str) -> None:
    for account in (None, b.caseworker()):
        answer = b.browser(account).get(EXAMPLES.get(route, _typed(route)))
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in policy(answer)


def test_neither_the_plan_nor_a_page_that_is_not_there_may_be_framed() -> None:
    for address in ("/plan", "/plan/embed/none", "/plan/embed/", "/office/", "/nowhere"):
        answer = Client().get(address)
        assert answer.headers["X-Frame-Options"] == "DENY", address
        assert "frame-ancestors 'none'" in policy(answer), address


def test_no_page_of_the_office_may_be_framed() -> None:
    account = b.head()
    places = [str(one.pattern) for one in office.urlpatterns if "<" not in str(one.pattern)]
    assert len(places) > 20
    for place in places:
        answer = b.browser(account).get(f"/office/{place}")
        assert answer.headers["X-Frame-Options"] == "DENY", place
        assert "frame-ancestors 'none'" in policy(answer), place


def test_it_shows_a_past_day_where_its_address_names_one_and_refuses_one_to_come() -> None:
    c.adopt()
    past = Client().get("/plan/embed/admin-3?on=2026-03-31")
    assert past.status_code == 200
    assert "令和8年3月31日現在" in b.words(past.content).replace(" ", "")
    assert "/plan?on=2026-03-31#measure-admin-3" in past.content.decode()
    assert Client().get("/plan/embed/admin-3?on=2999-01-01").status_code == 400
