"""The plan for residents: what is done for each promise, in which state, and never what a section wrote of it."""

from __future__ import annotations

import pytest

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.headquarters import actions
from dokodemo.promotion.headquarters.logic import to_report
from dokodemo.promotion.plan import actions as plan_actions
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import headquarters, the_cio

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
