"""Searching on the portal: nothing found leads on, telling the city works without a name, and a row has a page of its own."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.test import Client

from dokodemo.administration.findings import actions
from dokodemo.administration.findings.logic import Tally
from dokodemo.administration.findings.models import Finding, Question, SearchDay
from dokodemo.administration.inventory.actions import confirm
from dokodemo.administration.inventory.definitions import OnlineState, Performed
from dokodemo.administration.inventory.logic import Answer
from tests.domains.administration.inventory.inventory_city import clerk_of, give, take_in
from tests.domains.administration.inventory.surveys import row
from tests.domains.entry import building as b

NOTHING = "宇宙飛行"


@pytest.fixture(autouse=True)
def tally(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A tally of its own, as a new process has one."""
    monkeypatch.setattr(actions, "_tally", Tally(3600.0))
    return


def counted() -> tuple[int, int]:
    actions.keep()
    rows = SearchDay.objects.all()
    return sum(one.searches for one in rows), sum(one.found for one in rows)


def test_nothing_found_leads_to_guide_list_telephone_and_the_city() -> None:
    html = b.browser().get("/search", {"q": NOTHING}).content.decode()
    for part in (
        'href="/guide/"',
        'href="/procedures/"',
        'href="tel:',
        'action="/search/tell"',
        'value="宇宙飛行"',
    ):
        assert part in html
    assert "「宇宙飛行」では見つかりませんでした" in b.words(html)
    assert "noindex" in html


def test_below_what_was_found_stands_what_to_do_when_it_is_not_among_it() -> None:
    html = b.browser().get("/search", {"q": "犬"}).content.decode()
    assert "この中にないとき" in b.words(html)
    assert 'href="/search/tell?q=%E7%8A%AC"' in html


def test_a_search_is_counted_once_however_often_its_page_is_shown_again() -> None:
    anybody = b.browser()
    anybody.get("/search", {"q": NOTHING})
    for address in (f"https://city.example/search?q={quote(NOTHING)}", f"/search?lang=en&q=+{NOTHING}"):
        anybody.get("/search", {"q": NOTHING}, headers={"referer": quote(address, safe=":/?=&%+")})
    anybody.get("/search", {"q": NOTHING}, headers={"sec-purpose": "prefetch"})
    anybody.head("/search", {"q": NOTHING})
    anybody.get("/search", {"q": "   "})
    anybody.get("/search", {"q": "犬"}, headers={"referer": "http://[broken/search?q=%ff"})
    assert counted() == (2, 1)
    assert [(one.words, one.times) for one in Finding.objects.all()] == [(NOTHING, 1)]


def test_one_press_tells_the_city_and_thanks() -> None:
    anybody = b.browser()
    answer = anybody.post("/search/tell", {"words": NOTHING})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/search/told")
    assert "ありがとうございます" in b.words(anybody.get("/search/told").content)
    assert Finding.objects.get().told == 1


def test_a_resident_who_tells_is_as_nameless_as_anybody() -> None:
    from dokodemo.kernel.events.models import Event

    person = b.browser(b.resident_account(b.household()[0]))
    person.post("/search/tell", {"words": "犬", "text": "犬の散歩の場所を知りたい"})
    told = Event.objects.get(verb="findings.told")
    assert (told.actor, told.refs, told.numbers) == ("anonymous", {}, {"with_text": 1})
    assert Finding.objects.get().counts.get().outcome == "not_among"


def post(client: Client, **typed: str) -> tuple[int, str]:
    answer = client.post("/search/tell", typed)
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        ("", "", "入れてください"),
        ("   ", "\r\n ", "入れてください"),
        ("佐藤花子", "", "名前や番号"),
        ("!?、。", "", "名前や番号"),
        ("🐈‍⬛", "", "名前や番号"),
        ("\x00", "", "名前や番号"),
        ("犬", "あ" * 501, "500文字まで"),
    ],
)
def test_what_cannot_be_sent_says_why_beside_the_box_and_keeps_it(words: str, text: str, said: str) -> None:
    status, html = post(b.browser(), words=words, text=text)
    assert status == 422
    assert said in b.words(html)
    assert 'aria-invalid="true"' in html
    assert text.strip()[:100] in html
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    "typed", ["あ" * 10_000, "\x00ごみ", "🦖" * 300, "<script>alert(1)</script>", "' OR 1=1 --"]
)
def test_hostile_words_break_neither_search_nor_form(typed: str) -> None:
    anybody = b.browser()
    assert anybody.get("/search", {"q": typed}).status_code == 200
    status, html = post(anybody, words=typed, text=typed[:400])
    assert status in (302, 422)
    assert "<script>alert" not in html
    assert all(len(one.words) <= 60 for one in Finding.objects.all())


def test_the_language_is_changed_in_the_form_without_losing_what_was_typed() -> None:
    answer = b.browser().post("/search/tell", {"words": "ドローン", "text": "川で飛ばす", "_language": "en"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Tell the city" in html
    assert 'value="ドローン"' in html
    assert "川で飛ばす" in html
    assert not Question.objects.exists()


@pytest.fixture
def rows() -> None:
    """101 at the health section and not online, 102 not performed, 103 of nobody, 48899 answered by a procedure."""
    take_in(
        row("101", 手続名="見本税の申告", 申請時に添付させる書類="住民票"),
        row("102"),
        row("103", 手続名="見本橋の占用"),
        row("48899", 手続名="犬の登録"),
    )
    give("health", "101", "102")
    say = {"101": Answer(Performed.PERFORMED, OnlineState.NOT_YET), "102": Answer(Performed.NOT_PERFORMED)}
    for number, answer in say.items():
        confirm(actor=clerk_of("health"), number=number, answer=answer, revision=0)


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_a_row_has_a_page_that_says_whose_it_is_and_what_to_do(rows: None, lang: str) -> None:
    anybody = b.browser(lang=lang)
    words = b.words(anybody.get("/inventory/101/").content)
    section = {"ja": "健康課", "easy": "健康課", "en": "Health Section"}[lang]
    for said in (section, "見本法", "第1条第1項", "1月", {"en": "Resident record"}.get(lang, "住民")):
        assert said in words
    assert {"ja": "窓口で手続きします", "en": "at the counter"}.get(lang, "窓口") in words


def test_a_row_nobody_has_confirmed_promises_nothing(rows: None) -> None:
    words = b.words(b.browser().get("/inventory/103/").content)
    assert "未確認" in words
    assert "来る前に、電話で" in words
    assert "窓口で手続きします" not in words


def test_a_row_of_a_procedure_leads_there_and_what_is_not_performed_is_not_found(rows: None) -> None:
    anybody = b.browser()
    assert anybody.get("/inventory/48899/").headers["Location"] == "/procedures/dog-registration/"
    for number in ("102", "999", "x" * 300):
        assert anybody.get(f"/inventory/{number}/").status_code == 404


def test_the_share_of_searches_that_found_something_is_a_number_of_the_plan() -> None:
    import json

    def number() -> dict[str, object]:
        found = json.loads(b.browser().get("/plan/numbers.json").content)["indicators"]
        return next(one for one in found if one["code"] == "searches_found")

    assert number()["percent"] is None
    for words in (NOTHING, "犬", "住民票", "児童手当"):
        b.browser().get("/search", {"q": words})
    actions.keep()
    assert (number()["numerator"], number()["denominator"]) == (3, 4)
