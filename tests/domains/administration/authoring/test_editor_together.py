"""Two people on one draft, findings beside what they are about, and examples that state all they expect."""

from __future__ import annotations

from typing import Any

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


@pytest.mark.parametrize(
    ("values", "part", "box"),
    [
        ({"approval": None}, "basis", "approval"),
        ({"summary": None}, "texts", "summary"),
        ({"fee": {"method": "counter"}}, "service", "fee.amount"),
        ({"unit": "nowhere"}, "basis", "unit"),
        ({"minutes": 0}, "service", "minutes"),
    ],
)
def test_a_finding_stands_once_and_at_the_box_that_mends_it(
    values: dict[str, Any], part: str, box: str
) -> None:
    client = clerk()
    one = begun(client)
    actions.change(
        actor=b.acting(b.caseworker("green")), proposal_id=one.pk, values={"measures": ["life-4"], **values}
    )
    page = client.get(at("proposal_part", one, part)).content.decode()
    found = page.partition('class="beside"')
    assert found[1]
    after = found[2].partition("</ul>")[2].lstrip()
    assert f'="{box}' in after.partition(">")[0] + after.partition(">")[2].partition(">")[0], after[:300]
    assert page.count("直すところ</span>") == 1


def test_an_example_is_opened_and_changed_in_its_place() -> None:
    first, second = clerk(), colleague()
    one = finished(first)
    url = at("proposal_examples", one)
    page = first.get(f"{url}?open=0").content.decode()
    assert 'name="title" value="市外の人"' in page
    assert 'id="applicant.resident_here--false" checked' in page
    seen = revision(page)
    case = {"on": "2026-11-23", "applicant.resident_here": "false", "eligible": "false", "because": ["1"]}
    changed = {**case, "title": "市外に住む人", "place": "0", "revision": seen, "_save": "1"}
    assert first.post(url, changed).status_code == 302
    assert [e["title"] for e in queries.content_of(Proposal.objects.get()).examples] == ["市外に住む人"]
    late = second.post(url, {**changed, "title": "同僚の題"})
    assert late.status_code == 409
    assert "同僚の題" in late.content.decode()


def test_what_was_typed_in_an_entry_goes_with_it_when_the_list_is_moved() -> None:
    client = clerk()
    one = finished(client)
    rule = {
        "when": "applicant.nothing",
        "say.ja": "書きかけ",
        "say.easy": "い",
        "say.en": "u",
        "article": "第1条",
    }
    assert client.post(at("proposal_entry", one, "conditions", 0), rule).status_code == 422
    other = {**rule, "when": "applicant.resident_here", "say.ja": "二つ目"}
    assert client.post(at("proposal_entry", one, "conditions", 1), other).status_code == 302
    client.post(at("proposal_list", one, "conditions"), {"act": "down:0"})
    assert "applicant.nothing" in client.get(at("proposal_entry", one, "conditions", 1)).content.decode()
    assert list(Proposal.objects.get().typed) == ["conditions/1"]
    client.post(at("proposal_list", one, "conditions"), {"act": "drop:1"})
    assert Proposal.objects.get().typed == {}
