"""Surveys in the office: planning, the list seen once, paper, closing, results, and what bad input is told."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Role
from dokodemo.promotion.surveys.models import Answer, FrameReading, Invitation, Wave
from tests.domains.entry import building as b
from tests.domains.promotion.surveys import survey_city as c

LIST, PLAN = "/office/surveys/", f"/office/surveys/{c.SURVEY}/plan"


def officer(lang: str = "ja") -> Client:
    return b.browser(b.staff_account(("policy", Role.DIGITAL_OFFICER)), lang=lang)


def form(**changes: str) -> dict[str, str]:
    today = calendar_jp.today()
    return {
        "by": "size",
        "size": "60",
        "margin": "4",
        "share": "50",
        "response": "40",
        "effect": "1.3",
        "opens": calendar_jp.to_wareki(today),
        "closes": (today + timedelta(days=30)).isoformat(),
        "seed": "",
    } | changes


def test_a_wave_is_run_from_plan_to_publication_on_the_screens() -> None:
    c.people()
    client = officer()
    assert "デジタル化についての市民アンケート" in client.get(LIST).content.decode()
    answer = client.post(PLAN, form(by="margin", margin="8", response="60"))
    place = answer.headers["Location"].partition("?")[0]
    assert answer.status_code == 302
    waiting = client.get(answer.headers["Location"])
    assert waiting.headers["Refresh"] == f"2; url={place}"
    assert "まもなく始まります。" in waiting.content.decode()
    wave_id = Wave.objects.get().pk
    FrameReading.objects.update(done=2000, total=5000)
    assert "5000人のうち2000人" in client.get(place).content.decode()
    c.read_frame(wave_id)
    settled = client.get(place)
    assert "Refresh" not in settled.headers
    page = settled.content.decode()
    assert "<svg" in page
    assert "計画。まだ抽出していません" in page
    assert not Invitation.objects.exists()
    assert client.post(f"{place}draw").headers["Location"] == place
    assert "対象者を抽出しています" in client.get(place).content.decode()
    c.read_frame(wave_id)
    letters = client.post(f"{place}letters.csv")
    assert letters.headers["Cache-Control"] == "private, no-store"
    rows = list(csv.DictReader(io.StringIO(letters.content.decode("utf-8-sig"))))
    assert len(rows) == Wave.objects.get().sample
    assert list(rows[0]) == ["整理番号", "氏名", "フリガナ", "郵便番号", "住所", "回答番号"]
    assert rows[0]["回答番号"] not in client.get(place).content.decode()
    assert client.post(f"{place}open").status_code == 302
    paper = {"code": rows[0]["回答番号"], "q-convenience": "rather", "q-words": "紙の回答"}
    assert client.post(f"{place}paper", paper).headers["Location"] == f"{place}paper?done=1"
    new = client.post(f"{place}code", {"number": rows[1]["整理番号"]}).content.decode()
    assert "この画面を離れると" in new
    assert rows[1]["回答番号"] not in new
    assert "回収率" in client.get(place).content.decode()
    assert client.post(f"{place}close").status_code == 422
    assert client.post(f"{place}close", {"sure": "yes"}).headers["Location"] == f"{place}?done=closed"
    assert client.get(f"{place}results").status_code == 200
    assert "紙の回答" in client.get(f"{place}words/words").content.decode()
    assert client.get(f"{place}results.csv").status_code == 404
    assert client.post(f"{place}publish").status_code == 302
    assert client.get(f"{place}results.csv").content.decode("utf-8-sig").startswith("wave,question,row,code")
    assert json.loads(client.get(f"{place}results.json").content)["results"]["returned"] == 1


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_results_show_both_denominators_intervals_and_age_bands(lang: str) -> None:
    c.people()
    wave = c.closed(c.officer(), 110)
    client = officer(lang)
    page = client.get(reverse("office:surveys_results", args=[wave.pk])).content.decode()
    share = wave.results["questions"][0]["shares"]
    for rule in ("all_valid", "without_unsure"):
        assert f"{share[rule]['percent']:.1f}%" in page
        assert f"{share[rule]['low']:.1f}–{share[rule]['high']:.1f}%" in page
    assert page.count("<svg") >= 7
    assert {"ja": "75歳以上", "en": "75 and over", "easy": "75"}[lang] in page


def test_waves_are_compared_in_one_picture() -> None:
    c.people()
    actor = c.officer()
    c.published(actor, 110)
    second = c.closed(actor, 110)
    page = officer().get(reverse("office:surveys_results", args=[second.pk])).content.decode()
    assert "これまでの調査との比較" in page


@pytest.mark.parametrize(
    ("box", "typed", "said"),
    [
        ("opens", "きのう", "始まりの日を"),
        ("closes", "", "終わりの日を"),
        ("closes", "2020-01-01", "終わりの日"),
        ("size", "たくさん", "人数を"),
        ("size", "0", "人数を"),
        ("size", "1" * 60, "人数を"),
        ("seed", "<b>", "英数字"),
    ],
)
def test_what_does_not_fit_a_plan_is_told_beside_its_box_and_nothing_is_lost(
    box: str, typed: str, said: str
) -> None:
    c.people(24)
    answer = officer().post(PLAN, form(**{box: typed}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{box}"' in page
    assert f'id="{box}-error"' in page
    assert said in b.words(page)
    assert "<b>" not in page
    assert 'value="60"' in page or box == "size"
    assert not Wave.objects.exists()


@pytest.mark.parametrize(
    ("box", "typed"),
    [("margin", "0"), ("share", "100"), ("response", "x"), ("effect", "0.5"), ("margin", "1.2.3")],
)
def test_numbers_of_a_margin_are_held_to_their_bounds(box: str, typed: str) -> None:
    c.people(24)
    answer = officer("en").post(PLAN, form(by="margin", **{box: typed}))
    assert answer.status_code == 422
    assert f'id="{box}-error"' in answer.content.decode()


def test_a_second_running_wave_is_refused_on_the_form() -> None:
    c.people(24)
    c.planned(c.officer(), 10)
    answer = officer().post(PLAN, form())
    assert answer.status_code == 422
    assert "終わっていない回" in b.words(answer.content)
    assert 'href="#plan-form"' in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "box"),
    [
        ({"code": "ABCD-EFGH-2345"}, "code"),
        ({"code": ""}, "code"),
        ({"q-convenience": "maybe"}, "q-convenience"),
        ({"q-words": "あ" * 401}, "q-words"),
        ({"q-convenience": "", "q-words": ""}, "code"),
    ],
)
def test_paper_that_does_not_fit_comes_back_whole(changes: dict[str, str], box: str) -> None:
    c.people()
    wave, rows = c.opened(c.officer(), 20)
    sent = {"code": rows[0].code, "q-convenience": "rather", "q-words": "そのまま残る言葉"} | changes
    answer = officer().post(reverse("office:surveys_paper", args=[wave.pk]), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{box}"' in page
    assert f'id="{box}-error"' in page
    assert sent["code"] in page
    assert sent["q-words"] in page
    assert not Answer.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "999999", "１２３４５６７８９", "-1"])
def test_a_number_that_is_not_on_the_list_gets_no_code(number: str) -> None:
    c.people()
    wave, _ = c.opened(c.officer(), 20)
    answer = officer().post(reverse("office:surveys_code", args=[wave.pk]), {"number": number})
    assert answer.status_code == 422
    assert 'href="#number"' in answer.content.decode()


def test_a_step_out_of_turn_is_told_on_the_page_of_the_wave() -> None:
    c.people(24)
    wave = c.planned(c.officer(), 10)
    client = officer()
    for name in ("list", "open", "publish"):
        answer = client.post(reverse(f"office:surveys_{name}", args=[wave.pk]))
        assert answer.status_code == 422
        assert 'href="#next"' in answer.content.decode()
    assert client.get(reverse("office:surveys_paper", args=[wave.pk])).status_code == 404


def test_the_cio_and_heads_look_and_have_no_buttons() -> None:
    c.people()
    wave, _ = c.opened(c.officer(), 20)
    for account in (b.head(), b.staff_account(("policy", Role.CIO))):
        page: Any = b.browser(account).get(reverse("office:surveys_wave", args=[wave.pk]))
        assert page.status_code == 200
        assert "<form" not in page.content.decode().partition("<main")[2]
        assert "アンケート" in b.browser(account).get(LIST).content.decode()


def published_twice(client: Client) -> tuple[Wave, str]:
    """A wave published as provisional on the screen, and the address where it is published again."""
    c.people()
    wave = c.closed(c.officer(), 110)
    place = reverse("office:surveys_wave", args=[wave.pk])
    answer = client.post(f"{place}publish", {"status": "provisional"})
    assert answer.headers["Location"] == f"{place}?done=published"
    return wave, place


def test_results_are_published_as_provisional_and_then_as_final() -> None:
    client = officer()
    wave, place = published_twice(client)
    assert "結果を公表しました。" in b.words(client.get(f"{place}?done=published").content).replace(" ", "")
    assert (
        client.post(f"{place}publish", {"status": "final"}).headers["Location"] == f"{place}?done=published"
    )
    again = client.post(f"{place}publish", {"status": "final"})
    assert again.headers["Location"] == f"{place}?done=same"
    page = b.words(client.get(again.headers["Location"]).content).replace(" ", "")
    assert "前の公表と同じ結果でした。" in page
    assert "これまでの公表" in page
    assert [one.status for one in wave.publications.order_by("number")] == ["provisional", "final"]


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_what_does_not_fit_a_publication_is_told_beside_its_box_and_nothing_is_lost(lang: str) -> None:
    client = officer(lang)
    wave, place = published_twice(officer())
    client.post(f"{place}publish", {"status": "final"})
    for typed, box in (
        ({"status": "perhaps"}, "status"),
        ({"status": "provisional"}, "status"),
        ({"status": "final", "reason": "残る言葉" * 126}, "reason"),
    ):
        Answer.objects.filter(pk=Answer.objects.filter(wave=wave).values("pk")[:1]).delete()
        answer = client.post(f"{place}publish", typed)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert f'id="{box}-error"' in page
        assert f'href="#{box}"' in page
        assert typed.get("reason", "") in page
    assert wave.publications.count() == 2


def test_a_closed_wave_says_until_when_single_answers_are_kept() -> None:
    c.people()
    wave = c.closed(c.officer(), 110)
    page = b.words(officer().get(reverse("office:surveys_wave", args=[wave.pk])).content)
    assert "まで保存し、その後に消します。公表した結果は残ります。 見本" in page.replace("  ", " ")
