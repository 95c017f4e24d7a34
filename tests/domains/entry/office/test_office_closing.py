"""Closing a plan on the screen: prepared, judged row by row, closed by the CIO, and never lost to a slip."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.closing import actions, queries
from dokodemo.promotion.closing.models import FinalEvaluation, FinalRow
from dokodemo.promotion.indicators.models import MonthlyReading
from dokodemo.promotion.plan import actions as plan_actions
from dokodemo.promotion.plan.models import ClosedPlan, PlanDraft
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import elsewhere, headquarters, the_cio
from tests.domains.promotion.closing_plans import REASON, closed, judged, last_year, with_successor

pytestmark = pytest.mark.django_db
WHOLE = "office:closing"
TOMORROW = (calendar_jp.today() + timedelta(days=1)).isoformat()


@pytest.fixture
def officer() -> Client:
    last_year()
    return b.browser(headquarters())


@pytest.fixture
def cio() -> Client:
    return b.browser(the_cio())


def prepared(officer: Client) -> FinalEvaluation:
    assert officer.post(reverse("office:closing_begin")).status_code == 302
    return FinalEvaluation.objects.get()


def place_of(row: FinalRow) -> str:
    return reverse("office:closing_row", args=[row.evaluation_id, row.pk])


def close(client: Client, evaluation: FinalEvaluation, **changes: str) -> Any:
    data = {
        "act": "close",
        "revision": str(evaluation.revision),
        "on": "令和8年3月31日",
        "reason": REASON,
        "despite_open": "1",
    }
    return client.post(reverse("office:closing_act", args=[evaluation.pk]), data | changes)


def test_every_row_stands_with_what_the_records_say_and_what_is_open(officer: Client) -> None:
    evaluation = prepared(officer)
    words = b.words(officer.get(reverse(WHOLE)).content)
    assert "荒尾市DX推進計画" in words
    assert f"まだ決めていない行が{evaluation.rows.count()}件あります" in words
    assert "未計測 計画の期間の値がありません" in words
    assert "未計測 取組の報告がありません" in words
    assert "まだ報告がありません" in words


def test_a_row_is_written_and_leads_to_the_next(officer: Client) -> None:
    first, second = FinalRow.objects.filter(evaluation=prepared(officer))[:2]
    answer = officer.post(
        place_of(first), {"revision": "0", "judgement": "unmeasured", "words": "", "next": "1"}
    )
    assert answer.headers["Location"] == place_of(second)
    first.refresh_from_db()
    assert first.judgement == "unmeasured"


def test_what_was_typed_stays_beside_what_somebody_else_saved(officer: Client) -> None:
    row = FinalRow.objects.filter(evaluation=prepared(officer))[0]
    officer.post(place_of(row), {"revision": "0", "judgement": "unmeasured", "words": "先に書いた人"})
    answer = officer.post(
        place_of(row), {"revision": "0", "judgement": "partly", "words": "あとから書いた人"}
    )
    assert answer.status_code == 409
    words = b.words(answer.content)
    assert "先に書いた人" in words
    assert "あとから書いた人" in answer.content.decode()
    row.refresh_from_db()
    assert row.words == "先に書いた人"


def test_a_judgement_other_than_the_records_wants_its_reason_next_to_the_box(officer: Client) -> None:
    row = FinalRow.objects.filter(evaluation=prepared(officer))[0]
    answer = officer.post(place_of(row), {"revision": "0", "judgement": "met", "words": ""})
    assert answer.status_code == 422
    assert 'id="words-error"' in answer.content.decode()
    assert "記録からの結果とちがう評価です" in b.words(answer.content)


def test_the_cio_reads_everything_that_stands_against_closing_and_loses_no_word(
    officer: Client, cio: Client
) -> None:
    evaluation = prepared(officer)
    answer = close(cio, evaluation, on="きのう", despite_open="")
    assert answer.status_code == 422
    words, page = b.words(answer.content), answer.content.decode()
    for said in ("日付として読めません", "決まっていない行があります", "住民へのまとめ（日本語）を書いて"):
        assert said in words
    assert "最後の四半期の報告が出ていません" in words
    assert REASON in page
    assert 'value="きのう"' in page
    assert not ClosedPlan.objects.exists()


def test_only_the_cio_finds_the_button_and_only_the_cio_may(officer: Client, cio: Client) -> None:
    evaluation = judged(prepared(officer), actor=b.acting(headquarters()))
    assert 'value="close"' not in officer.get(reverse(WHOLE)).content.decode()
    assert close(officer, evaluation).status_code == 403
    assert close(b.browser(elsewhere()), evaluation).status_code == 403
    answer = close(cio, evaluation)
    assert answer.headers["Location"] == reverse("office:closing_plan", args=["arao-dx"])
    assert ClosedPlan.objects.get().on.isoformat() == "2026-03-31"
    assert close(cio, evaluation).headers["Location"] == answer.headers["Location"]
    assert ClosedPlan.objects.count() == 1


def test_the_closed_plan_shows_what_it_passed_on_and_where_that_waits(officer: Client) -> None:
    closed(passed=("night-advice",))
    page = b.words(officer.get(reverse("office:closing_plan", args=["arao-dx"])).content)
    assert "次の計画に引き継ぐ" in page
    assert "次の計画を待っています" in page
    assert "引継ぎを待っている取組" in b.words(officer.get(reverse(WHOLE)).content)
    answer = officer.get(reverse("office:closing_paper", args=["arao-dx"]))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_an_action_and_its_origin_lead_to_each_other(
    officer: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    closed(passed=("night-advice", "district-board"))
    with_successor(settings, monkeypatch, tmp_path)
    officer.post(reverse("office:actions_begin"), {"year": "2026"})
    draft = PlanDraft.objects.get(plan="next-plan")
    place = reverse("office:actions_draft", args=[draft.pk])
    page = officer.get(place).content.decode()
    assert f"{reverse('office:closing_plan', args=['arao-dx'])}#action-night-advice" in page
    assert "「荒尾市DX推進計画」から引き継ぎ" in b.words(page.encode())
    assert "施策が決まっていない取組" in b.words(page.encode())
    there = officer.get(reverse("office:closing_plan", args=["arao-dx"])).content.decode()
    assert place in there
    assert "見本" in b.words(officer.get(reverse("office:actions")).content)


def test_a_draft_that_was_there_before_takes_in_what_waits(
    officer: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_successor(settings, monkeypatch, tmp_path)
    draft = plan_actions.begin(actor=b.acting(headquarters()), fiscal_year=2026)
    closed(passed=("night-advice",))
    place = reverse("office:actions_draft", args=[draft.pk])
    assert "前の計画から引き継ぐ取組が1件待っています" in b.words(officer.get(place).content)
    officer.post(reverse("office:actions_act", args=[draft.pk]), {"act": "take_in", "revision": "0"})
    draft.refresh_from_db()
    assert [one["code"] for one in draft.content["actions"]] == ["night-advice"]


@pytest.mark.parametrize("name", ["closing", "actions", "indicators"])
def test_a_day_that_cannot_be_says_what_to_do(officer: Client, name: str) -> None:
    for typed, said in (("きのう", "日付として読めません"), (TOMORROW, "まだ来ていない日です")):
        answer = officer.get(reverse(f"office:{name}"), {"on": typed})
        assert answer.status_code == 422
        assert said in b.words(answer.content)
        assert f'value="{typed}"' in answer.content.decode()


def test_the_closed_plans_of_a_day_are_those_closed_by_then(officer: Client) -> None:
    closed()
    link = reverse("office:closing_plan", args=["arao-dx"])
    assert link in officer.get(reverse(WHOLE), {"on": calendar_jp.today().isoformat()}).content.decode()
    assert link not in officer.get(reverse(WHOLE), {"on": "2026-04-01"}).content.decode()


def test_the_numbers_of_a_past_day_are_those_kept_by_then(officer: Client) -> None:
    MonthlyReading.objects.create(
        code="K1", month=date(2026, 1, 1), numerator=3, denominator=8, as_of=date(2026, 1, 1)
    )
    place = reverse("office:indicators")
    assert "37.5" not in b.words(officer.get(place, {"on": "2025-12-31"}).content)
    words = b.words(officer.get(place, {"on": "令和8年2月1日"}).content)
    assert "37.5" in words
    assert "令和8年2月1日 の時点で見ています" in words


@pytest.mark.parametrize("lang", ["easy", "en"])
def test_it_is_said_in_the_readers_language(officer: Client, lang: str) -> None:
    evaluation = prepared(officer)
    reader = b.browser(headquarters(), lang=lang)
    words = b.words(reader.get(reverse(WHOLE)).content)
    assert {"easy": "わからない", "en": "Not measured"}[lang] in words
    row = queries.rows_of(evaluation)[0]
    page = reader.get(reverse("office:closing_row", args=[evaluation.pk, row.id]))
    assert {"easy": "わかった こと", "en": "What was learned"}[lang] in b.words(page.content)


def test_an_evaluation_nobody_has_is_not_found(officer: Client) -> None:
    evaluation = prepared(officer)
    closed_one = judged(evaluation, actor=b.acting(headquarters()))
    row = evaluation.rows.all()[0]
    actions.close(
        actor=b.acting(the_cio()),
        evaluation_id=closed_one.pk,
        revision=closed_one.revision,
        on=queries.plan_of(closed_one).period.to,
        reason=REASON,
        despite_open=True,
    )
    assert officer.get(reverse("office:closing_row", args=[evaluation.pk, row.pk])).status_code == 404
    assert officer.get(reverse("office:closing_plan", args=["no-such-plan"])).status_code == 404
