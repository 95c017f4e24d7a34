"""A plan ends: its final evaluation comes from the records, the CIO closes it, residents read it, and its successor goes on.

In a small city of its own, whose plan ended with the last fiscal year: what is closed here stays closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from journey_city import City, free_pair
from journey_people import Clerk, Town
from journey_screens import Screens
from playwright.sync_api import Browser

from dokodemo.kernel.packs import DEFAULT_ROOT
from dokodemo.kernel.packs.loading import ROOTS_VARIABLE

TODAY = date.today()
YEAR = TODAY.year - (TODAY.month < 4)
PLAN, ACTION = "mihon-digital", "ごみ箱の連絡を夜も"
LEARNED = "夜の連絡は三倍になった"
# What the plan of the fictional city and its successor say of their time, and what they say here.
MOVED = {
    "plan.yaml": {"2024-04-01": f"{YEAR - 4}-04-01", "2029-03-31": f"{YEAR}-03-31"},
    "plans/mihon-digital-2.yaml": {"2029-04-01": f"{YEAR}-04-01", "2034-03-31": f"{YEAR + 5}-03-31"},
    "actions.yaml": {
        "fiscal_year: 2025": f"fiscal_year: {YEAR - 1}",
        "2026-": f"{YEAR}-",
        "2025-": f"{YEAR - 1}-",
    },
}


def a_pack_whose_plan_ended(folder: Path) -> None:
    """The fictional city again, a plan further on."""
    pack = folder / "ended"
    (pack / "plan" / "plans").mkdir(parents=True)
    (pack / "pack.yaml").write_text(
        "name: ended\ntitle: {ja: 次の市, easy: つぎの 市《し》, en: Next}\nextends: [mihon]\ndemo: true\n",
        "utf-8",
    )
    for name, moves in MOVED.items():
        text = (DEFAULT_ROOT / "mihon" / "plan" / name).read_text("utf-8")
        for old, new in moves.items():
            assert old in text, (name, old)
            text = text.replace(old, new)
        (pack / "plan" / name).write_text(text, "utf-8")


@pytest.fixture
def small_town(tmp_path: Path, browser: Browser, screens: Screens) -> Iterator[Town]:
    """Everybody of a city whose plan ended; afterwards nothing may have been wrong with a screen."""
    a_pack_whose_plan_ended(tmp_path / "packs")
    told = {"DOKODEMO_PACK": "ended", ROOTS_VARIABLE: str(tmp_path / "packs")}
    city = City(tmp_path, *free_pair(), told=told)
    before = len(screens.wrong)
    town = Town(city, browser, screens)
    try:
        city.open(residents=20)
        yield town
        town.close_windows()
    finally:
        city.close()
    assert not screens.wrong[before:]
    assert not city.faults()


def report_the_last_quarter(officer: Clerk) -> None:
    officer.go(f"/office/reports/?quarter={YEAR - 1}-4")
    officer.follow(ACTION)
    if not officer.box("state").count():  # in spring the city's own sample has reported on it
        return
    for name, value in (("state", "half"), ("grade", "on_track"), ("direction", "continue")):
        officer.choose(name, value)
    officer.fill(done="当番を決めた。")
    officer.press("報告する")
    assert "報告しました。" in officer.says()


def judge_every_row(cio: Clerk) -> None:
    """From row to row, as the button leads; what is not achieved goes on in the next plan."""
    cio.click("table a")
    cio.look("office-closing-row")
    while re.search(r"/rows?/", cio.page.url):
        passed = cio.page.locator('[name="judgement"][value="pass_on"]')
        (passed if passed.count() else cio.page.locator('[name="judgement"][value="partly"]')).check()
        cio.fill(words=LEARNED)
        cio.press("保存して、次の行へ")
    assert "評価を保存しました。" in cio.says()


def test_a_plan_is_closed_from_its_records_and_what_was_not_done_goes_on_in_the_next(
    small_town: Town,
) -> None:
    report_the_last_quarter(small_town.clerk("digital-officer"))

    cio = small_town.clerk("cio")
    cio.go("/office/closing/")
    cio.press("最終評価の準備を始める")
    # What the section reported stands there without anybody writing it again.
    assert "半分以上進んだ" in cio.page.locator("tr", has_text=ACTION).inner_text()
    cio.press("この計画を終える")
    assert "入力を確かめてください" in cio.says()
    cio.look("office-closing-refused", again="send")
    judge_every_row(cio)
    cio.page.locator("#summary-ja").fill("夜でも連絡できる町になりました。")
    cio.press("まとめを保存する")
    cio.page.locator("#on").fill(f"{YEAR}-03-31")
    cio.page.locator("#reason").fill("計画の期間が終わったため")
    cio.press("この計画を終える")
    assert "計画を終えました。" in cio.says()
    cio.look("office-closing-closed")

    anybody = small_town.visitor()
    anybody.go("/plan")
    anybody.follow("最終評価")
    assert anybody.page.url.endswith(f"/plan/final/{PLAN}/")
    assert "夜でも連絡できる町になりました。" in anybody.says()
    assert LEARNED in anybody.says()
    anybody.look("plan-final")

    cio.go("/office/actions/")
    cio.press(re.compile("の次の版を作る"))
    assert ACTION in cio.says()
    assert LEARNED not in cio.says()
    cio.go(f"/office/closing/plans/{PLAN}/")
    assert f"令和{YEAR - 2018}年度" in cio.page.locator("tr", has_text=ACTION).inner_text()
