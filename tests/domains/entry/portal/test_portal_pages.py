"""The public pages and one's own: words kept, titles of their own, numbers with what they are made of."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse
from django.utils.html import escape

from tests.domains.entry import building as b

PUBLIC = (
    "home",
    "search",
    "tell",
    "told",
    "procedures",
    "sign_in",
    "verify",
    "plan",
    "plan_missing",
    "accessibility",
    "privacy",
)
LANGS = ("ja", "easy", "en")


def title(html: str) -> str:
    found = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize("lang", LANGS)
def test_every_public_page_has_a_title_of_its_own_and_the_language_it_speaks(lang: str) -> None:
    anybody = b.browser(lang=lang)
    pages = {name: anybody.get(reverse(f"portal:{name}")).content.decode() for name in PUBLIC}
    assert len({title(html) for html in pages.values()}) == len(PUBLIC)
    for html in pages.values():
        assert f'<html lang="{"en" if lang == "en" else "ja"}"' in html


# A page with a form speaks another language by sending the form, so that nothing typed is lost.
@pytest.mark.parametrize("name", [name for name in PUBLIC if name not in {"tell", "verify"}])
def test_the_language_links_come_back_to_the_same_page(name: str) -> None:
    address = reverse(f"portal:{name}")
    html = b.browser().get(address, {"q": "犬"} if name == "search" else {}).content.decode()
    link = re.search(r'href="(/language/en\?next=[^"]*)"', html)
    assert link
    back = b.browser().get(link[1].replace("&amp;", "&"))
    assert back.headers["Location"].startswith(address)


def test_a_search_finds_by_everyday_words_and_keeps_them_in_the_box() -> None:
    html = b.browser().get("/search", {"q": "子どもが生まれた"}).content.decode()
    assert 'value="子どもが生まれた"' in html
    assert html.index("児童手当の認定請求") < html.index("</ul>", html.index('class="cards"'))


@pytest.mark.parametrize("words", ["宇宙飛行", "<script>alert(1)</script>", "🦖" * 80])
def test_a_search_that_finds_nothing_says_so_and_shows_what_there_is(words: str) -> None:
    html = b.browser().get("/search", {"q": words}).content.decode()
    assert "見つかりませんでした" in b.words(html)
    assert "<script>alert" not in html
    assert "児童手当の認定請求" in html


def test_a_turn_of_life_nobody_knows_is_not_found() -> None:
    assert b.browser().get("/procedures/?event=birth").status_code == 200
    assert b.browser().get("/procedures/?event=nothing").status_code == 404


def test_a_procedure_says_who_what_how_long_how_much_and_by_which_law() -> None:
    words = b.words(b.browser().get("/procedures/dog-registration/").content)
    for said in ("3,000円", "見本", "未確認", "狂犬病予防法", "犬の登録", "対象となる人", "用意するもの"):
        assert said in words


def test_the_plan_shows_numerator_and_denominator_and_gives_them_to_machines() -> None:
    words = b.words(b.browser().get("/plan").content)
    numbers = {
        one["code"]: one for one in json.loads(b.browser().get("/plan/numbers.json").content)["indicators"]
    }
    online = numbers["K1"]
    assert f"（{online['denominator']}のうち{online['numerator']}）" in words
    before = numbers["K2"]["numerator"]
    b.filed()
    after = json.loads(b.browser().get("/plan/numbers.json").content)["indicators"]
    assert next(one for one in after if one["code"] == "K2")["numerator"] == before + 1


def test_where_a_page_is_stands_above_it() -> None:
    html = b.browser().get("/procedures/dog-registration/").content.decode()
    crumbs = html[html.index('class="breadcrumbs"') : html.index("</nav>", html.index('class="breadcrumbs"'))]
    assert reverse("portal:procedures") in crumbs
    assert 'aria-current="page"' in crumbs


def test_who_looked_is_told_once_a_day_with_how_often_and_why() -> None:
    person = b.browser(b.resident_account(b.household()[0]))
    for _ in range(3):
        words = b.words(person.get(reverse("portal:data")).content)
    assert "自分の情報を確かめた" in words
    assert words.count("自分の情報を確かめた") == 1
    assert "回）" in words
    assert "own-data" not in words


def test_whoever_is_not_in_the_register_is_told_and_may_still_apply() -> None:
    person = b.browser(b.resident_account())
    assert "確認しています" in b.words(person.get(reverse("portal:my")).content)
    start = person.get(reverse("portal:start", args=["dog-registration"]))
    assert "確認できていません" in b.words(start.content)
    begun = person.post(reverse("portal:start", args=["dog-registration"]), b.for_whom(None))
    assert begun.status_code == 302


def test_asking_for_a_mandate_says_what_is_missing_and_keeps_what_was_typed() -> None:
    person = b.browser(b.resident_account(b.household()[0]))
    answer = person.post(reverse("portal:people"), {"name": "見本 <b>太郎</b>", "born": "きのう"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="見本 &lt;b&gt;太郎&lt;/b&gt;"' in html
    assert 'value="きのう"' in html
    for field in ("kind", "born"):
        assert f'href="#{field}"' in html


@pytest.mark.parametrize(
    "data", [{}, {"number": "令8-000001"}, {"code": "ABCDEFGHJK"}, {"number": "x" * 5000, "code": "💥"}]
)
def test_a_document_is_not_confirmed_by_half_a_question_or_nonsense(data: dict[str, str]) -> None:
    answer = b.browser().post(reverse("portal:verify"), data)
    assert answer.status_code in (200, 422)
    assert "本物です" not in b.words(answer.content)


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        ({}, {"number", "code"}),
        ({"number": "荒市第1号 <b>"}, {"code"}),
        ({"code": "ABCDE", "number": "　"}, {"number"}),
    ],
)
@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_what_is_missing_to_check_a_document_is_said_beside_its_box(
    data: dict[str, str], missing: set[str], lang: str
) -> None:
    answer = b.browser(lang=lang).post(reverse("portal:verify"), data)
    html = answer.content.decode()
    assert answer.status_code == 422
    for box in ("number", "code"):
        field = re.search(rf'<input id="{box}"[^>]*>', html)
        assert field is not None
        assert ('aria-invalid="true"' in field[0]) == (box in missing)
        assert (f'aria-describedby="{box}-hint {box}-error"' in field[0]) == (box in missing)
        assert (f'id="{box}-error"' in html) == (box in missing)
        assert (f'href="#{box}"' in html) == (box in missing)
        assert box in missing or escape(data[box]) in field[0]


def test_the_door_leads_back_only_within_the_city() -> None:
    html = b.browser().get("/sign-in?next=https://evil.example/").content.decode()
    form = re.search(r'<form method="post" action="([^"]*)"', html)
    assert form
    assert form[1].endswith("next=/my/")
