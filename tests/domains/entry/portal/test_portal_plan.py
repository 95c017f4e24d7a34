"""The plan for residents: what is done for each promise, in which state, and never what a section wrote of it."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dokodemo.administration.cases import actions as cases
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Role, system
from dokodemo.promotion.headquarters import actions
from dokodemo.promotion.headquarters.logic import to_report
from dokodemo.promotion.indicators.actions import load_of_pack, observe
from dokodemo.promotion.indicators.definitions import Observed
from dokodemo.promotion.plan import actions as plan_actions
from dokodemo.promotion.plan import queries as plans
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import headquarters, the_cio

ATOM = {"a": "http://www.w3.org/2005/Atom"}

pytestmark = pytest.mark.django_db


def adopted() -> None:
    officer, year = b.acting(headquarters()), calendar_jp.fiscal_year(calendar_jp.today())
    draft = plan_actions.begin(actor=officer, fiscal_year=year)
    draft = plan_actions.send_to_review(actor=officer, draft_id=draft.pk, revision=draft.revision)
    plan_actions.adopt(actor=b.acting(the_cio()), draft_id=draft.pk, revision=draft.revision)


def reported(code: str, state: str) -> None:
    today = calendar_jp.today()
    quarter = to_report(today)
    if quarter.fiscal_year != calendar_jp.fiscal_year(today):
        quarter = quarter.next
    said = {"state": state, "done": "琥珀色のこと", "grade": "on_track", "direction": "continue"}
    actions.keep_report(
        actor=b.acting(headquarters()), quarter=quarter, action=code, revision=0, said=said, file=True
    )


def test_each_promise_shows_what_is_done_for_it_and_how_far_it_is() -> None:
    assert "今年度に行っていること" not in b.words(b.browser().get("/plan").content)
    adopted()
    reported("security-drill", "finished")
    words = b.words(b.browser().get("/plan").content)
    assert "今年度に行っていること（1件、うち完了1件） 全職員のセキュリティ研修と訓練" in words
    assert "まだ報告がありません" in words
    assert "琥珀" not in words


def test_each_measure_has_its_picture_and_the_table_of_its_numbers_with_their_targets() -> None:
    adopted()
    html = b.browser(lang="en").get("/plan").content.decode()
    for _, measures in plans.by_strategy():
        for measure in measures:
            own = html.split(f'id="measure-{measure.code}"')[1].split('class="card plan-measure"')[0]
            assert "What measures it" in own or "of this year" in own
    admin = html.split('id="measure-admin-1"')[1].split('class="card plan-measure"')[0]
    assert admin.count("<svg") == 1
    row = b.words(admin.split('<a href="#K1">')[1].split("</tr>")[0])
    assert "100%" in row
    assert "fiscal year 2025" in row
    nothing = b.words(admin.split('<a href="#K2">')[1].split("</tr>")[0])
    assert "not measured" in nothing
    assert "0/0" not in nothing
    assert html.count('id="measure-admin-1-picture-title"') == 1


@pytest.mark.parametrize("lang", ["easy", "en"])
def test_it_is_said_in_the_readers_language(lang: str) -> None:
    adopted()
    words = b.words(b.browser(lang=lang).get("/plan").content)
    assert {"easy": "まだ 報告", "en": "not reported yet"}[lang] in words


def test_machines_read_the_same_and_no_more() -> None:
    adopted()
    reported("security-drill", "half")
    content = b.browser().get("/plan/numbers.json").json()
    (found,) = [one for one in content["actions"] if one["code"] == "security-drill"]
    assert (found["state"], found["sample"], found["measures"]) == ("half", True, ["admin-3"])
    assert "琥珀" not in repr(content)


def entries(address: str) -> list[tuple[str, str, str]]:
    """Of every entry of a feed its title, its address and its lasting name."""
    answer = b.browser().get(address)
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert "琥珀" not in answer.content.decode()
    tree = ElementTree.fromstring(answer.content)
    return [
        (
            one.findtext("a:title", "", ATOM),
            one.find("a:link", ATOM).attrib["href"],
            one.findtext("a:id", "", ATOM),
        )  # type: ignore[union-attr]
        for one in tree.findall("a:entry", ATOM)
    ]


def test_a_feed_tells_what_was_adopted_and_reported_the_newest_first() -> None:
    assert entries("/plan/feed.atom") == []
    adopted()
    reported("security-drill", "half")
    report, adoption = entries("/plan/feed.atom")
    assert report[0].startswith("見本 全職員のセキュリティ研修と訓練: 半分以上進んだ – 令和")
    assert report[1] == "http://testserver/plan#measure-admin-3"
    assert "アクションプラン（第1版）を決定しました" in adoption[0]
    assert report[2] != adoption[2]
    assert report[2].startswith("urn:uuid:")


def test_a_feed_follows_one_measure_in_the_language_of_its_address() -> None:
    adopted()
    reported("security-drill", "finished")
    titles = [title for title, _, _ in entries("/plan/feed.atom?measure=admin-3&lang=en")]
    assert "Finished – quarter" in titles[0]
    assert "was adopted" in titles[1]
    (other,) = entries("/plan/feed.atom?measure=admin-1&lang=easy")
    assert "決まりました" in other[0]
    assert b.browser().get("/plan/feed.atom?measure=none").status_code == 404


def table(address: str) -> list[dict[str, str]]:
    content = b.browser().get(address).getvalue().decode("utf-8-sig")
    assert "琥珀" not in content
    return list(csv.DictReader(io.StringIO(content)))


def test_every_number_is_a_row_and_what_nobody_measures_stays_empty() -> None:
    rows = table("/plan/numbers.csv")
    codes = [one["code"] for one in b.browser().get("/plan/numbers.json").json()["indicators"]]
    assert [row["code"] for row in rows] == codes
    by_code = {row["code"]: row for row in rows}
    assert (by_code["convenience"]["value"], by_code["convenience"]["as_of"]) == ("", "")
    assert by_code["K1"]["denominator"] != ""


def test_the_whole_plan_is_there_for_machines_with_promises_targets_and_cycle() -> None:
    adopted()
    reported("security-drill", "finished")
    said = b.browser().get("/plan/plan.json").json()
    assert [one["code"] for one in said["measures"]] == [one.code for one in plans.plan().measures]
    drill = next(one for one in said["measures"] if one["code"] == "admin-3")
    assert (drill["actions"], drill["actions_finished"]) == (["security-drill"], 1)
    assert drill["promise"]["en"]
    income = next(one for one in said["targets"] if one["indicator"] == "corporate_income")
    assert (income["target"]["value"], income["recomputed"], income["unit"]) == (25607, 25607, "million_yen")
    assert set(said["cycle"]) == {"fiscal_year", "seen", "taken_up", "decided", "done", "moved"}
    assert len(said["guidelines"]) == 9
    assert said["roadmap"][0]["from"]
    assert b.browser().get("/plan/plan.json?on=2025-06-01").json()["cycle"] is None
    rows = {row["code"]: row for row in table("/plan/measures.csv")}
    assert rows["admin-3"]["actions_finished"] == "1"
    assert "dog-registration" in rows["admin-1"]["procedures"].split()
    goals = {row["indicator"]: row for row in table("/plan/targets.csv")}
    assert (goals["K1"]["baseline"], goals["K1"]["target"]) == ("2.7", "100")
    assert goals["convenience"]["baseline"] == ""
    assert [row["stage"] for row in table("/plan/cycle.csv")] == [
        "seen",
        "taken_up",
        "decided",
        "done",
        "moved",
    ]


def test_every_value_so_far_is_a_row_in_its_vintage_or_month() -> None:
    officer = b.acting(headquarters())
    for vintage, value in (("first", "57.0"), ("revised", "58.5")):
        observe(
            actor=officer,
            observed=Observed.model_validate(
                {
                    "indicator": "internet_use",
                    "from": "2024-04-01",
                    "to": "2025-03-31",
                    "value": value,
                    "vintage": vintage,
                    "published_on": "2025-11-01",
                    "source": "survey",
                }
            ),
        )
    found = [row for row in table("/plan/history.csv") if row["indicator"] == "internet_use"]
    assert [(row["value"], row["vintage"]) for row in found if row["to"] == "2025-03-31"] == [
        ("57.0000", "first"),
        ("58.5000", "revised"),
    ]
    values = json.loads(b.browser().get("/plan/history.json").getvalue())["values"]
    assert next(one for one in values if one["vintage"] == "revised")["counted"] == "observed"
    early = json.loads(b.browser().get("/plan/history.json?on=2025-10-31").getvalue())["values"]
    assert not [one for one in early if one["vintage"] == "revised"]
    assert b.browser().get("/plan/history.csv?on=2999-01-01").status_code == 400


def test_every_action_is_a_row_with_its_state() -> None:
    assert table("/plan/actions.csv") == []
    adopted()
    reported("security-drill", "half")
    rows = {row["code"]: row for row in table("/plan/actions.csv")}
    assert rows["security-drill"]["state"] == "half"
    assert rows["security-drill"]["sample"] == "sample"
    assert {row["state"] for code, row in rows.items() if code != "security-drill"} == {""}


def test_promises_come_before_numbers_and_what_nobody_measures_comes_last() -> None:
    words = b.words(b.browser().get("/plan").content)
    places = [
        words.index(one)
        for one in (
            "約束はどこまで進んだか",
            "数値目標 線の左",
            "暮らしのDX",
            "いまの数字",
            "まだ測れていない数字",
        )
    ]
    assert places == sorted(places)
    assert "（百万円）" in words


def test_nothing_is_asked_twice_for_one_page() -> None:
    adopted()
    browser = b.browser()
    browser.get("/plan")
    with CaptureQueriesContext(connection) as asked:
        browser.get("/plan")
    questions = [one["sql"] for one in asked.captured_queries]
    assert questions == list(dict.fromkeys(questions))


def test_a_number_that_moved_is_drawn_anew() -> None:
    browser = b.browser()
    assert "（3のうち0）" not in b.words(browser.get("/plan").content)
    clerk = b.acting(b.staff_account(("environment", Role.CASEWORKER), name="担当 三"))
    today = calendar_jp.today()
    cases.tally_paper(actor=clerk, slug="dog-registration", month=today.replace(day=1), cases=3)
    assert "（3のうち0）" in b.words(browser.get("/plan").content)


@pytest.mark.parametrize(
    ("lang", "glance", "unknown"),
    [
        (
            "ja",
            "数値目標3件のうち、届いたもの0、届いていないもの1、まだわからないもの2。",
            "まだ測れていないので",
        ),
        ("easy", "できた 0、まだ 1、わからない 2。", "いません。"),
        ("en", "Of 3 targets: 0 reached, 1 not reached, 2 not known yet.", "It is not measured yet"),
    ],
)
def test_whether_the_promise_is_kept_is_said_first_and_what_is_not_known_is_said_so(
    lang: str, glance: str, unknown: str
) -> None:
    b.filed()
    load_of_pack(actor=system("up"))
    adopted()
    reported("security-drill", "finished")
    words = b.words(b.browser(lang=lang).get("/plan").content)
    assert glance in words
    assert unknown in words
    for said in {
        "ja": (
            "施策11のうち、動いているもの2、一部動いているもの4、準備中5。",
            "取組13件のうち、完了1件、進行中0件、これから0件、報告のないもの12件。",
            "計画を始めたときより新しい値がまだ出ていないので、目標の25,607百万円に届いたかどうかはわかりません。",
            "目標の100%に届いていません。",
            "目標の年度（令和7年度）を過ぎています。",
        ),
        "easy": ("あと",),
        "en": ("The target of 100% is not reached", "points to go"),
    }[lang]:
        assert said in words


def test_the_roadmap_names_its_years_its_measures_and_its_numbers(client: Client) -> None:
    words = b.words(client.get("/plan").content)
    assert "令和4年度 – 令和7年度" in words
    assert "ワンストップの実現 書かない・迷わない・待たない。" in words
    assert "五つのマネジメントで市の経営を支える 地域マネジメント" in words
