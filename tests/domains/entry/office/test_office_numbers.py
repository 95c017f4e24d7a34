"""The plan's numbers as staff see them: listed with what is due, entered box by box, sent as a table and downloaded."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dokodemo.entry.office import numbers
from dokodemo.kernel.access import Role, system
from dokodemo.promotion.indicators import actions, queries
from dokodemo.promotion.indicators.models import Observation
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import headquarters

pytestmark = pytest.mark.django_db
PAGE = "/office/indicators/one/card_holding/"
TYPED = {
    "from": "令和8年8月1日",
    "to": "2026-08-31",
    "value": "８１．２",
    "numerator": "40,031",
    "denominator": "49,299",
    "status": "final",
    "vintage": "2026年8月末",
    "published_on": "2026-09-20",
    "source": "総務省の公表",
    "evidence": "表1",
}


@pytest.fixture
def officer() -> Client:
    return b.browser(headquarters())


def test_the_list_says_what_is_unmeasured_what_is_due_and_which_measures_count_no_outcome(
    officer: Client,
) -> None:
    actions.load_of_pack(actor=system("up"))
    words = b.words(officer.get(reverse("office:indicators")).content)
    assert "57.0%" in words
    assert "25,046百万円" in words
    assert "値を入れる時期です" in words
    assert "未計測" in words
    assert "成果を測っていない施策" not in words


def test_a_measure_that_counts_only_what_is_done_is_named(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = queries.definitions()
    done = {code: one.model_copy(update={"kind": "activity"}) for code, one in known.items()}
    monkeypatch.setattr(queries, "definitions", lambda: done | {"convenience": known["convenience"]})
    words = b.words(officer.get(reverse("office:indicators")).content)
    assert "成果を測っていない施策（7件）" in words
    named = words.partition("成果を測っていない施策")[2]
    assert "行政手続きのオンライン化" in named
    assert "身体的な健康を支える" not in named


def test_a_long_list_has_pages_and_every_number_is_on_one_of_them(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "PAGE_SIZE", 6)
    codes = list(queries.definitions())
    seen: list[str] = []
    for number in range(1, -(-len(codes) // 6) + 1):
        page = officer.get(reverse("office:indicators"), {"page": number}).content.decode()
        seen += [code for code in codes if f'href="/office/indicators/one/{code}/"' in page]
    assert seen == codes


def test_a_number_is_shown_as_it_was_known_on_a_past_day_with_how_it_comes_about(officer: Client) -> None:
    officer.post(PAGE, TYPED)
    officer.post(PAGE, {**TYPED, "value": "81.21", "vintage": "2026年9月末", "published_on": "2026-10-20"})
    then = b.words(officer.get(PAGE, {"on": "2026-09-30"}).content)
    assert "81.2%" in then
    assert "2026年8月末" in then
    assert "2026年9月末" not in then
    assert "この値を入れる" not in then
    assert "2026年8月末" not in b.words(officer.get(PAGE, {"on": "令和8年9月19日"}).content)
    wrong = officer.get(PAGE, {"on": "2027-12-01"})
    assert wrong.status_code == 422
    assert "まだ来ていない日です" in b.words(wrong.content)
    words = b.words(officer.get(reverse("office:indicators_one", args=["safe_online"])).content)
    for said in (
        "成果（中期）",
        "増えるほどよい",
        "毎日",
        "online ÷ online + other 施策「心の健康を支える安心安全なまちづくり」の手続きだけ",
    ):
        assert said in words
    assert "期間が終わって1か月後にわかる" in b.words(officer.get(PAGE).content)


def test_a_correction_of_the_newest_value_is_what_the_list_shows(officer: Client) -> None:
    officer.post(PAGE, TYPED)
    officer.post(PAGE, {**TYPED, "from": "2026-07-01", "to": "2026-07-31", "vintage": "2026年7月末"})
    officer.post(PAGE, {**TYPED, "value": "81.21"})
    reading = queries.readings(["card_holding"])["card_holding"]
    assert reading.observed == queries.newest(queries.observed("card_holding"))
    assert reading.value == 81.21


def test_a_value_is_entered_as_people_write_and_shown_with_its_proof(officer: Client) -> None:
    assert officer.post(PAGE, TYPED).headers["Location"] == PAGE
    row = Observation.objects.get()
    assert (row.period_from.isoformat(), float(row.value), row.numerator) == ("2026-08-01", 81.2, 40031)
    words = b.words(officer.get(PAGE).content)
    assert "81.2" in words
    assert "総務省の公表" in words
    officer.post(PAGE, {**TYPED, "value": "81.21"})
    assert "訂正前" in b.words(officer.get(PAGE).content)


def test_what_was_entered_long_ago_is_on_a_later_page_with_what_corrected_it_on_the_first(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "PAGE_SIZE", 2)
    for value in ("81.2", "81.21"):
        officer.post(PAGE, {**TYPED, "value": value})
    officer.post(PAGE, {**TYPED, "from": "2026-07-01", "to": "2026-07-31", "vintage": "2026年7月末"})
    first, second = (b.words(officer.get(PAGE, {"page": page}).content) for page in (1, 2))
    assert "訂正前" not in first
    assert "訂正前" in second
    assert "2026年7月末" in first
    assert "2026年7月末" not in second


@pytest.mark.parametrize(
    ("changes", "box", "words"),
    [
        ({"from": "8月"}, "from", "日付ではありません"),
        ({"to": "2030-01-01"}, "to", "まだ終わっていない"),
        ({"value": "たくさん"}, "value", "数ではありません"),
        ({"value": "50"}, "value", "分子を分母で割ったもの"),
        ({"value": ""}, "value", ""),
        ({"denominator": "0"}, "denominator", "分母が0です"),
        ({"numerator": ""}, "numerator", "両方書く"),
        ({"published_on": "2026-08-01"}, "published_on", "期間が終わる前"),
        ({"source": ""}, "source", ""),
        ({"vintage": "長" * 81}, "vintage", "読み取れません"),
        ({"status": "sure"}, "status", "ない状態です"),
    ],
)
def test_what_is_wrong_is_said_beside_its_box_and_nothing_typed_is_lost(
    officer: Client, changes: dict[str, Any], box: str, words: str
) -> None:
    answer = officer.post(PAGE, TYPED | changes)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{box}"' in html
    assert words in b.words(html)
    assert "総務省の公表" in html or "source" in changes
    assert not Observation.objects.exists()


@pytest.mark.parametrize("lang", ["easy", "en"])
def test_what_is_wrong_is_said_in_the_readers_language(lang: str) -> None:
    client = b.browser(headquarters(), lang=lang)
    words = b.words(client.post(PAGE, TYPED | {"denominator": "0"}).content)
    assert {"easy": "0です", "en": "The denominator is zero."}[lang] in words


def test_only_the_owner_and_the_coordinators_get_the_form() -> None:
    owner = b.browser(b.staff_account(("resident", Role.HEAD_OF_SECTION)))
    other = b.browser(b.staff_account(("childcare", Role.HEAD_OF_SECTION)))
    assert 'name="vintage"' in owner.get(PAGE).content.decode()
    assert 'name="vintage"' not in other.get(PAGE).content.decode()
    assert other.post(PAGE, TYPED).status_code == 403
    assert owner.post("/office/indicators/one/K1/", TYPED).status_code == 403
    assert other.get("/office/indicators/one/no_such/").status_code == 404


def test_a_table_is_reported_by_line_or_taken_and_comes_back_as_it_was_sent(officer: Client) -> None:
    place = reverse("office:indicators_upload")
    header = "indicator,from,to,value,unit,vintage,published_on,source\r\n"
    good = "card_holding,2026-08-01,2026-08-31,81.2,percent,8月末,2026-09-20,総務省\r\n"

    def send(text: str) -> Any:
        return officer.post(place, {"table": SimpleUploadedFile("a.csv", text.encode())})

    assert officer.post(place, {}).status_code == 422
    refused = send(header + good.replace("percent", "count"))
    assert refused.status_code == 422
    assert "2 unit 単位がこの指標の単位と違います" in b.words(refused.content)
    assert send(header + good).status_code == 302
    table = officer.get(reverse("office:indicators_table")).getvalue()
    assert "81.2" in table.decode()
    assert actions.take_table(actor=b.acting(headquarters()), data=table) == 0
    assert len(queries.observed("card_holding")) == 1


def test_a_value_of_a_survey_is_entered_with_its_answers_and_interval(officer: Client) -> None:
    survey = {
        **TYPED,
        "numerator": "",
        "denominator": "",
        "answers": "１，２００",
        "low": "79.0",
        "high": "83.3",
    }
    assert officer.post(PAGE, survey).status_code == 302
    row = Observation.objects.get()
    assert (row.answers, float(row.low), float(row.high), row.wave) == (1200, 79.0, 83.3, None)
    page = b.words(officer.get(PAGE).content)
    assert "回答1200人、95%信頼区間79.0〜83.3%" in page
    # Downloaded and sent back it is the same value.
    table = officer.get(reverse("office:indicators_table")).getvalue()
    file = SimpleUploadedFile("observations.csv", table)
    assert officer.post(reverse("office:indicators_upload"), {"table": file}).status_code == 302
    assert Observation.objects.count() == 1


@pytest.mark.parametrize(
    ("box", "typed"),
    [("answers", "たくさん"), ("low", "82"), ("high", ""), ("low", "八十"), ("answers", "0")],
)
def test_an_interval_that_cannot_be_is_told_beside_its_box(officer: Client, box: str, typed: str) -> None:
    survey = {**TYPED, "answers": "1200", "low": "79.0", "high": "83.3", box: typed}
    answer = officer.post(PAGE, survey)
    assert answer.status_code == 422
    assert f'id="{box}-error"' in answer.content.decode()
    assert not Observation.objects.exists()


WHY = "七月末の数でした"


def place(row: Observation) -> str:
    return reverse("office:indicators_withdraw", args=[row.code, row.pk])


def test_a_value_is_withdrawn_on_a_page_that_says_first_what_is_seen_afterwards(officer: Client) -> None:
    officer.post(PAGE, {**TYPED, "from": "2026-07-01", "to": "2026-07-31", "vintage": "2026年7月末"})
    officer.post(PAGE, {**TYPED, "value": "81.21"})
    older, row = Observation.objects.order_by("entered_at")
    assert place(row) in officer.get(PAGE).content.decode()
    asked = b.words(officer.get(place(row)).content)
    assert "81.21" in asked
    assert "代わりに出る値：81.2%" in asked.replace(" ", "")
    assert Observation.objects.filter(withdrawal=None).count() == 2
    assert officer.post(place(row), {"reason": WHY}).headers["Location"] == PAGE
    page = officer.get(PAGE).content.decode()
    assert "値を取り下げました" in b.words(page)
    assert "<del>81.21" in page
    assert WHY in page
    assert "取下げ" in b.words(page)
    assert place(row) not in page
    assert place(older) in page
    assert "ほかに値がない" in b.words(officer.get(place(older)).content)
    assert queries.readings(["card_holding"])["card_holding"].value == 81.2


@pytest.mark.parametrize(("typed", "said"), [("", "理由を書いて"), ("長" * 501, "理由が長すぎます")])
def test_a_reason_that_is_missing_or_too_long_is_told_beside_its_box(
    officer: Client, typed: str, said: str
) -> None:
    officer.post(PAGE, TYPED)
    row = Observation.objects.get()
    answer = officer.post(place(row), {"reason": typed})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#reason"' in html
    assert 'id="reason-error"' in html
    assert said in b.words(html)
    assert f">{typed}</textarea>" in html
    assert queries.counts(row)


def test_what_somebody_else_withdrew_meanwhile_is_not_withdrawn_again(officer: Client) -> None:
    officer.post(PAGE, TYPED)
    row = Observation.objects.get()
    officer.post(place(row), {"reason": WHY})
    again = officer.post(place(row), {"reason": "二人目の理由"})
    assert again.status_code == 409
    assert "すでに訂正されたか取り下げられています" in b.words(again.content)
    assert 'name="reason"' not in again.content.decode()
    assert officer.get(place(row)).status_code == 200
    assert "二人目の理由" not in b.words(officer.get(PAGE).content)


def test_only_the_owner_and_the_coordinators_withdraw_and_a_value_only_where_it_stands(
    officer: Client,
) -> None:
    officer.post(PAGE, TYPED)
    row = Observation.objects.get()
    owner = b.browser(b.staff_account(("resident", Role.HEAD_OF_SECTION)))
    other = b.browser(b.staff_account(("childcare", Role.HEAD_OF_SECTION)))
    assert place(row) not in other.get(PAGE).content.decode()
    assert other.get(place(row)).status_code == 403
    assert other.post(place(row), {"reason": WHY}).status_code == 403
    elsewhere = reverse("office:indicators_withdraw", args=["internet_use", row.pk])
    assert owner.get(elsewhere).status_code == 404
    assert owner.post(elsewhere, {"reason": WHY}).status_code == 404
    assert queries.counts(row)
    assert owner.post(place(row), {"reason": WHY}).status_code == 302


@pytest.mark.parametrize(
    ("lang", "said"), [("easy", "わけ"), ("en", "The published value was withdrawn|was withdrawn on")]
)
def test_what_was_withdrawn_is_said_in_the_readers_language(officer: Client, lang: Any, said: str) -> None:
    officer.post(PAGE, TYPED)
    row = Observation.objects.get()
    officer.post(place(row), {"reason": WHY})
    client = b.browser(headquarters(), lang=lang)
    for address in (PAGE, reverse("office:indicators")):
        words = b.words(client.get(address).content)
        assert any(one in words for one in said.split("|"))
    assert WHY in b.words(client.get(PAGE).content)
