"""Two people on one draft, findings beside what they are about, and examples that state all they expect."""

from __future__ import annotations

import pytest
from django.test import Client

from dokodemo.administration.authoring import actions, queries
from dokodemo.administration.authoring.models import Proposal
from dokodemo.kernel.access import Role
from tests.domains.administration.authoring.test_editor_pages import (
    NEEDED,
    SAID,
    TITLE,
    at,
    begun,
    clerk,
    finished,
)
from tests.domains.entry import building as b

pytestmark = pytest.mark.django_db


def revision(page: str) -> str:
    return page.partition('name="revision" value="')[2].partition('"')[0]


def opened(client: Client, url: str) -> str:
    return revision(client.get(url).content.decode())


def colleague() -> Client:
    return b.browser(b.staff_account(("green", Role.CASEWORKER), name="松本つばき"))


def test_who_saves_second_is_told_and_loses_nothing() -> None:
    first, second = clerk(), colleague()
    one = begun(first)
    url = at("proposal_part", one, "texts")
    seen = opened(first, url)
    assert second.post(url, {**TITLE, **NEEDED, **SAID, "revision": seen}).status_code == 302
    mine = {**TITLE, **NEEDED, **SAID, "summary.ja": "私の説明です。", "revision": seen}
    answer = first.post(url, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "松本つばきさんが" in page
    assert "私の説明です。" in page
    assert NEEDED["summary.ja"] in page
    assert queries.content_of(Proposal.objects.get()).data["summary"]["ja"] == NEEDED["summary.ja"]
    assert first.post(url, {**mine, "revision": revision(page)}).status_code == 302
    assert queries.content_of(Proposal.objects.get()).data["summary"]["ja"] == "私の説明です。"


def test_two_people_on_two_pages_do_not_meet() -> None:
    first, second = clerk(), colleague()
    one = begun(first)
    seen = opened(first, at("proposal_part", one, "texts"))
    service = {
        "online.state": "full", "minutes": "7", "standard_period.days": "20", "standard_period.count": "calendar",
        "fee.amount": "0", "revision": seen,
    }  # fmt: skip
    assert second.post(at("proposal_part", one, "service"), service).status_code == 302
    texts = {**TITLE, **NEEDED, **SAID, "revision": seen}
    assert first.post(at("proposal_part", one, "texts"), texts).status_code == 302
    data = queries.content_of(Proposal.objects.get()).data
    assert (data["minutes"], data["summary"]["ja"]) == (7, NEEDED["summary.ja"])


def test_an_entry_saved_meanwhile_is_shown_beside_mine() -> None:
    first, second = clerk(), colleague()
    one = finished(first)
    url = at("proposal_entry", one, "conditions", 0)
    seen = opened(first, url)
    rule = {
        "when": "applicant.resident_here",
        "say.easy": "い",
        "say.en": "u",
        "article": "第1条",
        "revision": seen,
    }
    assert second.post(url, {**rule, "say.ja": "同僚の文"}).status_code == 302
    answer = first.post(url, {**rule, "say.ja": "私の文"})
    assert answer.status_code == 409
    assert "同僚の文" in answer.content.decode()
    assert "私の文" in answer.content.decode()
    moved = first.post(
        at("proposal_list", one, "conditions"), {"act": "drop:0", "revision": seen}, follow=True
    )
    assert "ほかの人が先に変えました" in moved.content.decode()
    assert len(queries.content_of(Proposal.objects.get()).data["eligible"]) == 1


def test_a_letter_saved_meanwhile_is_shown_beside_mine() -> None:
    first, second = clerk(), colleague()
    one = finished(first)
    url = at("proposal_letters", one)
    seen = opened(first, url)
    source = '#set document(title: "決定")\n#set text(lang: "ja", font: "Noto Serif JP")\n= {}\n'
    second.post(url, {"outcome": "approved", "source": source.replace("{}", "同僚の"), "revision": seen})
    answer = first.post(
        url, {"outcome": "approved", "source": source.replace("{}", "私の"), "revision": seen}
    )
    assert answer.status_code == 409
    assert "同僚の" in answer.content.decode()
    assert "私の" in answer.content.decode()


def test_what_is_typed_while_it_is_handed_in_stands_on_the_page() -> None:
    client = clerk()
    one = finished(client)
    actions.submit(actor=b.acting(b.caseworker("green")), proposal_id=one.pk)
    answer = client.post(
        at("proposal_part", one, "texts"), {**TITLE, **NEEDED, **SAID, "summary.ja": "あとから"}
    )
    assert answer.status_code == 409
    assert "あとから" in answer.content.decode()
    assert "決裁待ちか公開済みなので" in answer.content.decode()


def test_examples_of_two_people_are_both_kept() -> None:
    first, second = clerk(), colleague()
    one = finished(first)
    seen = opened(first, at("proposal_examples", one))
    case = {
        "on": "2026-11-23",
        "applicant.resident_here": "true",
        "eligible": "true",
        "_save": "1",
        "revision": seen,
    }
    for client, title in ((first, "一人目の例"), (second, "二人目の例")):
        assert client.post(at("proposal_examples", one), {**case, "title": title}).status_code == 302
    titles = [example["title"] for example in queries.content_of(Proposal.objects.get()).examples]
    assert titles == ["市外の人", "一人目の例", "二人目の例"]


def test_an_example_states_what_is_asked_the_decision_and_the_words_of_its_letter() -> None:
    client = clerk()
    one = finished(client)
    case = {
        "title": "まだ答えていない人", "on": "2026-11-23", "eligible": "unknown", "because": ["1"], "asks_stated": "1",
        "asks": ["applicant.resident_here"], "_save": "1",
    }  # fmt: skip
    assert client.post(at("proposal_examples", one), case).status_code == 302
    yes = {"title": "住んでいる人", "on": "2026-11-23", "applicant.resident_here": "true", "eligible": "true"}
    letter = {"decision": "approved", "letter_contains": "決定\n桜の木", "_save": "1"}
    assert client.post(at("proposal_examples", one), {**yes, **letter}).status_code == 302
    asked, letters = queries.content_of(Proposal.objects.get()).examples[1:]
    assert asked["asks"] == ["applicant.resident_here"]
    assert (letters["decision"], letters["letter_contains"]) == ("approved", ["決定", "桜の木"])
    page = client.get(at("proposal_examples", one)).content.decode()
    assert "「住んでいる人」の通知書に、次の言葉が見つかりません：桜の木" in page
    assert "公開を止める問題はありません" in client.get(at("proposal_checks", one)).content.decode()


def test_what_came_out_becomes_what_is_expected() -> None:
    client = clerk()
    one = finished(client)
    case = {"title": "市外", "on": "2026-11-23", "applicant.resident_here": "false", "_take": "1"}
    page = client.post(at("proposal_examples", one), case).content.decode()
    assert '<option value="false" selected>' in page
    assert 'name="because" value="1" checked' in page


def test_an_example_that_fails_is_told_in_japanese_beside_it() -> None:
    client = clerk()
    one = finished(client)
    wrong = {
        "title": "まちがい",
        "on": "2026-11-23",
        "applicant.resident_here": "false",
        "eligible": "true",
        "_save": "1",
    }
    client.post(at("proposal_examples", one), wrong)
    page = client.get(at("proposal_examples", one)).content.decode()
    entry = page.partition("まちがい")[0].rpartition("<li>")[0]
    assert "判定は「いいえ（当てはまらない）」になります" in entry


def test_a_finding_stands_at_its_box_on_its_page_and_in_the_language_of_the_page() -> None:
    client = clerk()
    one = begun(client)
    values = {
        "online.state": "partial", "minutes": "7", "standard_period.days": "20", "standard_period.count": "calendar",
        "fee.amount": "500",
    }  # fmt: skip
    client.post(at("proposal_part", one, "service"), values)
    page = client.get(at("proposal_part", one, "service")).content.decode()
    assert "支払いの場所が選ばれていません" in page
    assert "まだできないことが書かれていません" in page
    assert "does not say" not in page
    english = b.browser(b.caseworker("green"), lang="en").get(at("proposal_checks", one)).content.decode()
    assert "A fee above 0 yen does not say where it is paid" in english


def test_a_letter_is_drawn_and_a_broken_one_says_where() -> None:
    client = clerk()
    one = finished(client)
    assert "data:image/png;base64," in client.get(at("proposal_letters", one)).content.decode()
    client.post(at("proposal_letters", one), {"outcome": "approved", "source": "= 決定\n#nothing()\n"})
    assert "approval.typ:2" in client.get(at("proposal_letters", one)).content.decode()
