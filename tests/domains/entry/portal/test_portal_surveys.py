"""Answering a survey without signing in, and the published results."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from dokodemo.promotion.surveys.models import Answer, Invitation
from tests.domains.entry import building as b
from tests.domains.promotion.surveys import survey_city as c

HERE = "/survey/"


def test_a_letter_is_answered_from_code_to_thanks() -> None:
    c.people()
    _, rows = c.opened(c.officer(), 20)
    client = b.browser()
    assert client.get(HERE).status_code == 200
    form = client.post(HERE, {"code": f" {rows[0].code.lower()} ", "at": "code", "step": "begin"})
    assert form.status_code == 200
    assert "市のデジタル化により便利になったと感じますか" in form.content.decode()
    sent = {"code": rows[0].code, "q-convenience": "rather", "q-words": "一行目\r\n<b>二行目"}
    check = client.post(HERE, {**sent, "at": "questions", "step": "check"}).content.decode()
    assert "やや感じる" in check
    assert "&lt;b&gt;二行目" in check
    assert not Answer.objects.exists()
    back = client.post(HERE, {**sent, "at": "check", "step": "change"}).content.decode()
    assert re.search(r'value="rather" ?checked', back)
    done = client.post(HERE, {**sent, "at": "check", "step": "send"})
    assert done.headers["Location"] == "/survey/thanks"
    assert client.get("/survey/thanks").status_code == 200
    assert Answer.objects.get().sealed["answers"] == {"convenience": "rather", "words": "一行目\n<b>二行目"}


def test_a_used_and_an_unknown_code_get_the_same_page() -> None:
    c.people()
    _, rows = c.opened(c.officer(), 20)
    client = b.browser()
    client.post(HERE, {"code": rows[0].code, "at": "check", "step": "send", "q-used": "never"})

    def page(code: str) -> tuple[int, str]:
        answer = client.post(HERE, {"code": code, "at": "code", "step": "begin"})
        text = answer.content.decode().replace(code, "CODE")
        return answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)

    assert page(rows[0].code) == page("QRST-UVWX-3456") == page("XYZ-XYZ-XYZ")
    status, text = page(rows[0].code)
    assert status == 422
    assert "新しい番号をお伝えします" in text


@pytest.mark.parametrize(
    ("changes", "box", "kept"),
    [
        ({"q-convenience": "maybe"}, "q-convenience", "残る言葉"),
        ({"q-words": "長" * 401}, "q-words", "長" * 401),
        ({"q-convenience": "", "q-words": " \x00 "}, "q-convenience", ""),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_typed_is_lost(
    changes: dict[str, str], box: str, kept: str
) -> None:
    c.people()
    _, rows = c.opened(c.officer(), 20)
    sent = {
        "code": rows[0].code,
        "q-convenience": "rather",
        "q-words": "残る言葉",
        "at": "questions",
    } | changes
    for step in ("check", "send"):
        answer = b.browser().post(HERE, {**sent, "step": step})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert f'href="#{box}"' in page
        assert f'id="{box}"' in page
        assert kept in page
        assert rows[0].code in page
    assert not Answer.objects.exists()
    assert not Invitation.objects.filter(used=True).exists()


@pytest.mark.parametrize("at", ["questions", "check"])
def test_the_language_changes_in_the_middle_and_answers_stay(at: str) -> None:
    c.people()
    _, rows = c.opened(c.officer(), 20)
    sent = {"code": rows[0].code, "q-convenience": "rather", "q-words": "残る言葉", "at": at}
    page = b.browser().post(HERE, {**sent, "_language": "en"}).content.decode()
    assert "残る言葉" in page
    assert 'lang="en"' in page
    assert {"questions": "Check your answers", "check": "Your answers"}[at] in page
    start = b.browser().post(HERE, {"code": "ABC", "at": "code", "_language": "easy"})
    assert start.status_code == 200
    assert 'value="ABC"' in start.content.decode()


def test_no_code_and_too_many_wrong_ones_are_told_beside_the_box() -> None:
    client = b.browser()
    empty = client.post(HERE, {"code": "  ", "at": "code", "step": "begin"})
    assert empty.status_code == 422
    assert 'href="#code"' in empty.content.decode()
    for _ in range(30):
        assert client.post(HERE, {"code": "x", "step": "begin"}).status_code == 422
    assert client.post(HERE, {"code": "x", "step": "begin"}).status_code == 429


def test_a_page_with_a_code_is_never_kept_by_the_browser() -> None:
    c.people()
    _, rows = c.opened(c.officer(), 20)
    client = b.browser()
    for form in ({"code": rows[0].code, "step": "begin"}, {"code": "x", "step": "begin"}):
        assert client.post(HERE, form).headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_everybody_reads_the_published_results(lang: str) -> None:
    c.people()
    actor = c.officer()
    client: Client = b.browser(lang=lang)
    wave = c.closed(actor, 110)
    place = f"/plan/surveys/{c.SURVEY}/"
    assert client.get(place).status_code == 404
    from dokodemo.promotion.surveys import actions

    actions.publish(actor=actor, wave_id=wave.pk)
    page = client.get(place).content.decode()
    share = wave.results["questions"][0]["shares"]["all_valid"]
    assert f"{share['percent']:.1f}" in page
    assert "<svg" in page
    assert place in client.get("/plan").content.decode()
    assert place in client.get("/survey/thanks").content.decode()
    table = client.get(f"{place}results.csv").content.decode("utf-8-sig")
    assert f",{share['percent']},{share['low']},{share['high']}," in table
    found = json.loads(client.get(f"{place}results.json").content)["waves"][0]
    assert found["results"] == wave.results
    assert found["definition_sha256"] == wave.digest
    assert client.get(f"{place}?wave=99").status_code == 200
    assert client.get("/plan/surveys/nothing/").status_code == 404


def test_numbers_that_are_hidden_are_in_no_page_and_no_file() -> None:
    c.people()
    actor = c.officer()
    wave, rows = c.opened(actor, 110)
    from dokodemo.promotion.surveys import actions

    for place, one in enumerate(rows):
        said = "strongly" if place < 60 else "neither" if place < 103 else "unsure"
        actions.answer(code=one.code, answers={"convenience": said}, client="192.0.2.1")
    actions.close_wave(actor=actor, wave_id=wave.pk)
    actions.publish(actor=actor, wave_id=wave.pk)
    client = b.browser()
    found = json.loads(client.get(f"/plan/surveys/{c.SURVEY}/results.json").content)["waves"][0]["results"]
    question = found["questions"][0]
    by_code = {one["code"]: one["n"] for one in question["options"]}
    # Seven do not know: neither they nor the others can be shown, nor the denominator without them.
    assert by_code["unsure"] is None
    assert by_code["neither"] is None
    assert question["shares"]["without_unsure"] is None
    assert question["shares"]["all_valid"]["n"] == 110
    table = client.get(f"/plan/surveys/{c.SURVEY}/results.csv").content.decode("utf-8-sig")
    unsure = next(line for line in table.splitlines() if ",option,unsure," in line and "convenience" in line)
    assert unsure.endswith(",,,,,,,,")
