"""The end of a plan for residents: said on its page, drawn, in a table, as CSV and JSON, and every page as of a day."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.indicators.models import MonthlyReading
from tests.domains.entry import building as b
from tests.domains.entry.portal.test_portal_plan import adopted, reported
from tests.domains.promotion.closing_plans import REASON, SUMMARY, closed, last_year, report, with_successor

pytestmark = pytest.mark.django_db
FINAL = "/plan/final/arao-dx/"
TOMORROW = (calendar_jp.today() + timedelta(days=1)).isoformat()


def page(address: str, lang: str = "ja") -> str:
    return b.words(b.browser(lang=lang).get(address).content)


def rows_of(address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b.browser().get(address).content.decode("utf-8-sig"))))


def test_the_plan_says_that_it_has_ended_before_anybody_judged_it() -> None:
    words = page("/plan")
    assert words.count("終わりました") == 1
    assert "最終評価はまだ決まっていません" in words
    assert b.browser().get(FINAL).status_code == 404
    assert "終わりました" not in page("/plan?on=2025-06-01")


def test_the_final_evaluation_is_drawn_and_stands_in_a_table() -> None:
    last_year()
    report("smartphone-classes", "half")
    closed(passed=("smartphone-classes",))
    on_plan = page("/plan")
    assert SUMMARY["ja"] in on_plan
    assert "まだ決まっていません" not in on_plan
    answer = b.browser().get(FINAL)
    words = b.words(answer.content)
    assert "<svg" in answer.content.decode()
    for said in (
        "荒尾市DX推進計画の最終評価",
        REASON,
        "未計測",
        "一部達成",
        "次の計画に引き継ぐ",
        "わかったこと",
    ):
        assert said in words
    assert "半分以上進んだ · 継続" in words


@pytest.mark.parametrize(("lang", "said"), [("easy", "わからない"), ("en", "Not measured")])
def test_it_is_said_in_the_readers_language(lang: str, said: str) -> None:
    last_year()
    closed()
    for address in ("/plan", FINAL):
        assert said in page(address, lang)
    if lang == "easy":
        assert "<rt>てつづ</rt>" in b.browser(lang=lang).get(FINAL).content.decode()
    # What nobody wrote in English stands in Japanese, and is marked as Japanese.
    if lang == "en":
        assert f'<p lang="ja">{SUMMARY["ja"]}' in b.browser(lang=lang).get(FINAL).content.decode()


def test_csv_and_json_hold_the_same_rows() -> None:
    last_year()
    done = closed(passed=("night-advice",))
    rows = rows_of(f"{FINAL}rows.csv")
    data = b.browser().get(f"{FINAL}rows.json").json()
    assert [(one["kind"], one["code"], one["judgement"]) for one in rows] == [
        (one["kind"], one["code"], one["judgement"]) for one in data["rows"]
    ]
    assert data["digest"] == done.digest
    assert data["closed_on"] == "2026-03-31"
    assert data["tally"]["unmeasured"] == sum(1 for one in rows if one["judgement"] == "unmeasured")
    (passed,) = [one for one in rows if one["judgement"] == "pass_on"]
    assert (passed["code"], passed["sample"]) == ("night-advice", "sample")


def test_the_evaluation_is_there_from_the_day_it_was_closed() -> None:
    last_year()
    closed()
    yesterday = (calendar_jp.today() - timedelta(days=1)).isoformat()
    for address in (FINAL, f"{FINAL}rows.csv", f"{FINAL}rows.json"):
        assert b.browser().get(address, {"on": yesterday}).status_code == 404
    assert "最終評価はまだ決まっていません" in page(f"/plan?on={yesterday}")
    assert b.browser().get("/plan/numbers.json").json()["closed_on"] == "2026-03-31"
    assert b.browser().get("/plan/numbers.json", {"on": yesterday}).json()["closed_on"] is None


def test_a_day_shows_what_was_known_by_then() -> None:
    adopted()
    reported("security-drill", "finished")
    MonthlyReading.objects.create(
        code="K1", month=date(2026, 1, 1), numerator=3, denominator=8, as_of=date(2026, 1, 1)
    )
    early = b.browser().get("/plan/numbers.json", {"on": "2026-02-01"}).json()
    found = {one["code"]: one for one in early["indicators"]}
    assert (found["K1"]["numerator"], found["K1"]["as_of"]) == (3, "2026-01-01")
    assert early["actions"] == []
    assert rows_of("/plan/actions.csv?on=2026-02-01") == []
    (number,) = [one for one in rows_of("/plan/numbers.csv?on=2026-02-01") if one["code"] == "K1"]
    assert (number["value"], number["as_of"]) == ("37.5", "2026-01-01")
    assert "令和8年2月1日 の時点で見ています" in page("/plan?on=2026-02-01")
    assert "/plan/numbers.csv?on=2026-02-01" in b.browser().get("/plan?on=2026-02-01").content.decode()
    states = {one["code"]: one["state"] for one in rows_of("/plan/actions.csv")}
    assert states["security-drill"] == "finished"


@pytest.mark.parametrize(
    ("lang", "typed", "said"),
    [
        ("ja", "きのう", "日付として読めません"),
        ("ja", TOMORROW, "まだ来ていない日です"),
        ("easy", TOMORROW, "て いない 日"),
        ("en", "2026-02-30", "This is not a day"),
    ],
)
def test_a_wrong_or_future_day_says_what_to_do(lang: str, typed: str, said: str) -> None:
    last_year()
    closed()
    reader = b.browser(lang=lang)
    for address in ("/plan", FINAL):
        answer = reader.get(address, {"on": typed})
        assert answer.status_code == 422
        assert said in b.words(answer.content)
    for address in ("/plan/numbers.csv", "/plan/actions.csv", "/plan/numbers.json", f"{FINAL}rows.csv"):
        answer = reader.get(address, {"on": typed})
        assert answer.status_code == 400
        assert said in answer.content.decode()
    assert said in reader.get(f"{FINAL}rows.json", {"on": typed}).json()["error"]


def test_a_successor_is_shown_as_a_sample_and_leads_back_to_what_came_before(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    last_year()
    closed()
    with_successor(settings, monkeypatch, tmp_path)
    words = page("/plan")
    assert "次の計画 見本" in words
    assert "荒尾市DX推進計画の最終評価" in words
    assert "荒尾市DX推進計画" in page("/plan?on=2026-03-31")
    assert b.browser().get("/plan/numbers.json").json()["plan"] == "next-plan"
    assert b.browser().get("/plan/numbers.json", {"on": "2026-03-31"}).json()["plan"] == "arao-dx"
    assert b.browser().get(FINAL).status_code == 200
