"""Closing a plan: its final evaluation filled from the records, closed once for ever, and what it passes on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.refusals import ChangedMeanwhile, Refused
from dokodemo.promotion.closing import actions, paper, queries
from dokodemo.promotion.closing.models import FinalEvaluation, FinalRow
from dokodemo.promotion.headquarters import actions as headquarters
from dokodemo.promotion.headquarters import queries as reports
from dokodemo.promotion.headquarters.logic import Quarter
from dokodemo.promotion.indicators.actions import observe
from dokodemo.promotion.indicators.definitions import Observed
from dokodemo.promotion.indicators.models import MonthlyReading
from dokodemo.promotion.plan import actions as plan_actions
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.action_plan import Origin
from dokodemo.promotion.plan.models import ClosedPlan, PlanDraft
from tests.domains.city.city_builders import the_pack
from tests.domains.promotion.closing_plans import (
    HEAD,
    LAST,
    LAST_YEAR,
    REASON,
    closed,
    judged,
    last_year,
    report,
    with_successor,
)
from tests.domains.promotion.test_action_plan import CIO, OFFICER, in_review

pytestmark = pytest.mark.django_db
CLASSES, NIGHT = "smartphone-classes", "night-advice"
END = date(2026, 3, 31)


@pytest.fixture(autouse=True)
def _city() -> None:
    the_pack()
    last_year()


def verbs(prefix: str) -> list[str]:
    return list(Event.objects.filter(verb__startswith=prefix).order_by("id").values_list("verb", flat=True))


def row(evaluation: FinalEvaluation, kind: str, code: str) -> FinalRow:
    return FinalRow.objects.get(evaluation=evaluation, kind=kind, code=code)


def keep(found: FinalRow, judgement: str, words: str = "", *, revision: int | None = None) -> FinalRow:
    return actions.keep_row(
        actor=OFFICER,
        evaluation_id=found.evaluation_id,
        row_id=found.pk,
        revision=found.revision if revision is None else revision,
        judgement=judgement,
        words=words,
    )


def income(value: str, year: int, *, vintage: str, published: str) -> None:
    observe(
        actor=OFFICER,
        observed=Observed.model_validate(
            {
                "indicator": "corporate_income",
                "from": f"{year}-04-01",
                "to": f"{year + 1}-03-31",
                "value": Decimal(value),
                "vintage": vintage,
                "published_on": published,
                "source": "市町村民経済計算",
            }
        ),
    )


def close(evaluation: FinalEvaluation, actor: Actor = CIO, **changes: Any) -> ClosedPlan:
    given: dict[str, Any] = {
        "revision": evaluation.revision,
        "on": END,
        "reason": REASON,
        "despite_open": True,
    }
    return actions.close(actor=actor, evaluation_id=evaluation.pk, **(given | changes))


def test_the_records_fill_a_row_for_every_measure_target_roadmap_number_and_action() -> None:
    report(CLASSES, "half", quarter=LAST.before, direction="expand")
    evaluation = actions.prepare(actor=OFFICER)
    plan = plans.plan_called("arao-dx")
    assert plan is not None
    kinds = [one.kind for one in queries.rows_of(evaluation)]
    assert kinds.count("measure") == len(plan.measures)
    assert kinds.count("target") == 3
    roadmap = {code for item in plan.roadmap for code in item.indicators} - {"K1"}
    assert {one.code for one in queries.rows_of(evaluation) if one.kind == "indicator"} == roadmap
    action = row(evaluation, "action", CLASSES).facts
    assert (action["state"], action["direction"], action["quarter"]) == ("half", "expand", [2025, 3])
    assert row(evaluation, "measure", "life-2").facts["result"] == "unmeasured"
    assert row(evaluation, "target", "K1").facts["why"] == "no_value"
    assert actions.prepare(actor=OFFICER).pk == evaluation.pk
    assert verbs("closing.") == ["closing.prepared"]


def test_only_values_of_the_plans_period_count_and_only_one_vintage_compares() -> None:
    income("25046", 2018, vintage="令和8年公表", published="2026-02-01")
    income("25300", 2023, vintage="令和8年公表", published="2026-02-01")
    MonthlyReading.objects.create(
        code="K1", month=date(2025, 12, 1), numerator=40, denominator=80, as_of=date(2025, 12, 1)
    )
    MonthlyReading.objects.create(
        code="K1", month=date(2026, 6, 1), numerator=80, denominator=80, as_of=date(2026, 6, 1)
    )
    evaluation = actions.prepare(actor=OFFICER)
    found = row(evaluation, "target", "corporate_income").facts
    assert (found["value"], found["result"], found["vintage"]) == (25300.0, "partly", "令和8年公表")
    counted = row(evaluation, "target", "K1").facts
    assert (counted["value"], counted["to"], counted["result"]) == (50.0, "2025-12-01", "partly")


def test_a_value_of_another_vintage_than_the_baseline_says_nothing_of_the_way() -> None:
    income("25300", 2023, vintage="新しい基準", published="2026-02-01")
    found = row(actions.prepare(actor=OFFICER), "target", "corporate_income").facts
    assert (found["result"], found["why"]) == ("not_met", "not_reached")


def test_a_draft_loses_nothing_when_two_write_at_once() -> None:
    found = row(actions.prepare(actor=OFFICER), "measure", "life-1")
    keep(found, "", "途中まで書いた")
    with pytest.raises(ChangedMeanwhile):
        keep(found, "met", "もう一人", revision=0)
    found.refresh_from_db()
    assert (found.words, found.revision) == ("途中まで書いた", 1)
    with pytest.raises(Refused) as refused:
        keep(found, "met")
    assert refused.value.faults == {"words": "closing.fault.why_differs"}


def test_a_summary_wants_its_japanese_and_readings_that_are_closed() -> None:
    evaluation = actions.prepare(actor=OFFICER)
    for said, faults in (
        ({"en": "Done"}, {"summary-ja": "closing.fault.summary"}),
        ({"ja": "終わり", "easy": "終《お"}, {"summary-easy": "closing.fault.reading"}),
        ({"ja": "長" * 4001}, {"summary-ja": "closing.fault.long"}),
    ):
        with pytest.raises(Refused) as refused:
            actions.keep_summary(actor=OFFICER, evaluation_id=evaluation.pk, revision=0, said=said)
        assert refused.value.faults == faults
    actions.keep_summary(actor=OFFICER, evaluation_id=evaluation.pk, revision=0, said={"ja": "終わり"})
    with pytest.raises(ChangedMeanwhile):
        actions.keep_summary(actor=OFFICER, evaluation_id=evaluation.pk, revision=0, said={"ja": "別"})


def test_reading_again_takes_new_records_in_and_keeps_what_was_written() -> None:
    evaluation = actions.prepare(actor=OFFICER)
    found = row(evaluation, "measure", "life-1")
    keep(found, "unmeasured", "報告がない")
    assert not queries.standing(evaluation).stale
    report(CLASSES, "finished")
    assert queries.standing(evaluation).stale
    actions.read_again(actor=OFFICER, evaluation_id=evaluation.pk)
    found.refresh_from_db()
    assert (found.facts["result"], found.words) == ("partly", "報告がない")
    assert not queries.standing(evaluation).stale


def test_those_without_the_right_prepare_and_close_nothing() -> None:
    with pytest.raises(Forbidden):
        actions.prepare(actor=HEAD)
    evaluation = judged(actions.prepare(actor=OFFICER))
    found = row(evaluation, "measure", "life-1")
    with pytest.raises(Forbidden):
        actions.keep_row(
            actor=HEAD,
            evaluation_id=evaluation.pk,
            row_id=found.pk,
            revision=found.revision,
            judgement="met",
            words="x",
        )
    with pytest.raises(Forbidden):
        close(evaluation, actor=OFFICER)
    nobody = Actor(kind="resident", account_id=None, grants=frozenset())
    with pytest.raises(NotFound):
        queries.get_evaluation(nobody, evaluation.pk)
    with pytest.raises(NotFound):
        close(evaluation, actor=nobody)


def test_a_plan_is_not_closed_with_open_rows_without_a_reason_or_on_a_day_outside() -> None:
    evaluation = actions.prepare(actor=OFFICER)
    with pytest.raises(Refused) as refused:
        close(evaluation, reason=" ", on=date(2026, 3, 30), despite_open=False)
    assert refused.value.faults == {
        "on": "plan.fault.closing_day",
        "reason": "closing.fault.reason",
        "rows": "closing.fault.unjudged",
        "summary": "closing.fault.summary",
        "despite_open": "closing.fault.open_reports",
    }
    assert not ClosedPlan.objects.exists()


def test_open_reports_of_the_last_quarter_stop_it_unless_the_reason_says_why() -> None:
    evaluation = judged(actions.prepare(actor=OFFICER))
    with pytest.raises(Refused) as refused:
        close(evaluation, despite_open=False)
    assert refused.value.faults == {"despite_open": "closing.fault.open_reports"}
    done = close(evaluation)
    version = plans.last_version(queries.plan_of(evaluation))
    assert version is not None
    assert set(done.content["open_reports"]) == {one.code for one in plans.actions_of(version)}


def test_records_that_changed_since_stop_it() -> None:
    evaluation = judged(actions.prepare(actor=OFFICER))
    report(CLASSES, "finished")
    with pytest.raises(Refused) as refused:
        close(evaluation)
    assert refused.value.faults == {"rows": "closing.fault.stale"}


def test_closing_is_one_event_and_a_second_time_gives_the_first() -> None:
    report(CLASSES, "finished")
    evaluation = judged(actions.prepare(actor=OFFICER), passed=(NIGHT,))
    before = Event.objects.count()
    done = close(evaluation)
    assert Event.objects.count() == before + 1
    event = Event.objects.order_by("-id")[0]
    assert event.verb == "plan.closed"
    assert close(evaluation, reason="ちがう理由", on=date(2026, 4, 5)).pk == done.pk
    assert ClosedPlan.objects.get().reason == REASON
    assert Event.objects.count() == before + 1
    assert not FinalEvaluation.objects.exists()
    choices = {one["action"]["code"]: one["choice"] for one in done.handed}
    assert choices[NIGHT] == "pass_on"
    assert CLASSES not in choices
    assert set(choices.values()) == {"pass_on", "end"}


def test_what_is_closed_changes_no_more() -> None:
    evaluation = actions.prepare(actor=OFFICER)
    waiting = plan_actions.begin(actor=OFFICER, fiscal_year=LAST_YEAR)
    done = closed()
    for change in (lambda: done.save(), lambda: done.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(NotFound):
        actions.read_again(actor=OFFICER, evaluation_id=evaluation.pk)
    with pytest.raises(plan_actions.Refused) as refused:
        plan_actions.begin(actor=OFFICER, fiscal_year=LAST_YEAR)
    assert refused.value.code == "plan.fault.closed"
    with pytest.raises(plan_actions.Refused):
        plan_actions.send_to_review(actor=OFFICER, draft_id=waiting.pk, revision=waiting.revision)
    with pytest.raises(Refused) as late:
        report(CLASSES, "finished")
    assert late.value.faults == {"state": "plan.fault.closed"}


def test_a_filed_report_of_a_closed_plan_is_assessed_no_more() -> None:
    report(CLASSES, "half")
    closed()
    found = reports.report_on(LAST, CLASSES)
    assert found is not None
    with pytest.raises(Refused) as refused:
        headquarters.assess(actor=CIO, report_id=found.pk, grade="ahead", direction="expand", words="")
    assert refused.value.faults == {"grade": "plan.fault.closed"}


def test_years_after_the_plan_go_on_until_a_successor_comes() -> None:
    closed()
    draft = in_review()
    assert (draft.plan, draft.fiscal_year) == ("arao-dx", 2026)
    assert queries.to_close(calendar_jp.today()) is None
    with pytest.raises(Refused) as refused:
        actions.prepare(actor=OFFICER)
    assert refused.value.faults == {"begin": "closing.fault.none"}


def test_actions_passed_on_wait_until_a_successor_is_loaded_and_stand_in_its_first_draft(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    closed(passed=(CLASSES, NIGHT, "district-board"))
    final = queries.final("arao-dx")
    assert final is not None
    assert {one.row.code: one.went_to for one in queries.passed_on(final)} == {
        CLASSES: None,
        NIGHT: None,
        "district-board": None,
    }
    with_successor(settings, monkeypatch, tmp_path)
    successor = plans.plan()
    assert successor.code == "next-plan"
    assert [one.code for one in plans.waiting(successor)] == [CLASSES, "district-board", NIGHT]
    draft = plan_actions.begin(actor=OFFICER, fiscal_year=2026)
    taken = {one.code: one for one in plans.actions_of(draft)}
    assert list(taken) == [CLASSES, "district-board", NIGHT]
    assert taken[CLASSES].measures == ("together",)
    assert taken[CLASSES].origin == Origin(plan="arao-dx", action=CLASSES)
    assert {calendar_jp.fiscal_year(one.to) for one in taken.values()} == {2026}
    assert plans.waiting(successor) == []
    final = queries.final("arao-dx")
    assert final is not None
    assert {one.went_to for one in queries.passed_on(final)} == {draft}


def test_an_action_whose_measure_nobody_takes_over_must_get_one_before_review(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    closed(passed=("district-board",))
    with_successor(settings, monkeypatch, tmp_path)
    draft = plan_actions.begin(actor=OFFICER, fiscal_year=2026)
    with pytest.raises(plan_actions.Refused) as refused:
        plan_actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=draft.revision)
    assert refused.value.code == "plan.fault.no_home"
    data = {
        key: value
        for key, value in draft.content["actions"][0].items()
        if key not in ("origin", "indicators")
    }
    draft = plan_actions.keep_action(
        actor=OFFICER,
        draft_id=draft.pk,
        revision=draft.revision,
        data=data | {"measures": ["together"]},
        code="district-board",
    )
    kept = plans.actions_of(draft)[0]
    assert kept.origin is not None, "where it came from is on record and survives its writers"
    sent = plan_actions.send_to_review(actor=OFFICER, draft_id=draft.pk, revision=draft.revision)
    assert sent.state == "in_review"


def test_a_draft_begun_before_the_closing_takes_them_in_and_one_given_up_lets_them_wait_again(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_successor(settings, monkeypatch, tmp_path)
    draft = plan_actions.begin(actor=OFFICER, fiscal_year=2026)
    assert draft.content["actions"] == []
    with pytest.raises(plan_actions.Refused) as refused:
        plan_actions.take_in(actor=OFFICER, draft_id=draft.pk, revision=draft.revision)
    assert refused.value.code == "plan.fault.nothing_waits"
    closed(passed=(CLASSES,))
    draft = plan_actions.take_in(actor=OFFICER, draft_id=draft.pk, revision=draft.revision)
    assert [one.code for one in plans.actions_of(draft)] == [CLASSES]
    plan_actions.discard(actor=OFFICER, draft_id=draft.pk)
    assert [one.code for one in plans.waiting(plans.plan())] == [CLASSES]
    assert not PlanDraft.objects.filter(fiscal_year=2026).exists()


def test_each_day_has_its_own_plan_and_reports_go_to_the_plan_of_their_quarter(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_successor(settings, monkeypatch, tmp_path)
    assert plans.plan(date(2021, 1, 1)).code == "arao-dx"
    assert plans.plan(END).code == "arao-dx"
    assert plans.plan(date(2026, 4, 1)).code == "next-plan"
    report(CLASSES, "half")
    found = reports.report_on(LAST, CLASSES)
    assert found is not None
    assert found.plan == "arao-dx"
    assert reports.report_on(Quarter(2026, 1), CLASSES) is None


def test_the_paper_is_a_pdf_of_what_was_closed() -> None:
    closed(passed=(NIGHT,))
    final = queries.final("arao-dx")
    assert final is not None
    data = paper.content(final)
    assert data["sample"]
    assert data["reason"] == REASON
    assert [one["count"] for one in data["tally"]] == [str(count) for count in final.tally.values()]
    assert any(one["choice"] == "次の計画に引き継ぐ" for one in data["actions"])
    assert paper.as_pdf(data).startswith(b"%PDF-")
