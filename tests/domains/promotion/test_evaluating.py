"""Evaluations as they are kept: asked once, estimated once, final once, and never changed; effort apart by its basis."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from dokodemo.kernel.access import Actor, Forbidden, NotFound, Role, system
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.evaluation import actions, queries, tasks
from dokodemo.promotion.evaluation.asking import question, told
from dokodemo.promotion.evaluation.models import EffortRecord, Evaluation, Outcome, Publication
from dokodemo.promotion.evaluation.reading import Refused
from dokodemo.promotion.indicators.models import MonthlyReading
from tests.domains.entry import building as b
from tests.domains.promotion.evaluation_forms import TASK, asked, table

pytestmark = pytest.mark.usefixtures("in_the_city", "estimated_here")


def officer() -> Actor:
    return b.acting(b.staff_account(("policy", Role.DIGITAL_OFFICER)))


def reader() -> Actor:
    return b.acting(b.staff_account(("policy", Role.CIO)))


def verbs() -> list[str]:
    return list(
        Event.objects.filter(verb__startswith="evaluation.").order_by("id").values_list("verb", flat=True)
    )


def keys(refused: pytest.ExceptionInfo[Refused]) -> set[tuple[str, str]]:
    return {(fault.box, fault.key.partition(".")[2]) for fault in refused.value.faults}


def test_what_was_asked_is_estimated_by_a_job_once() -> None:
    actor = officer()
    made = actions.submit(actor=actor, question=question(asked()))
    assert queries.get(actor, made).row.result is None
    with pytest.raises(actions.NotYet):
        actions.publish(actor=actor, evaluation_id=made)
    tasks.estimate.func(str(made))
    tasks.estimate.func(str(made))
    found = queries.get(actor, made)
    assert found.row.result is not None
    assert found.row.result.end is not None
    assert found.row.result.end.verdict == "lower"
    assert found.row.result.end.low <= -40 <= found.row.result.end.high
    assert [month.after for month in found.months].index(True) == 26
    assert verbs() == ["evaluation.submitted", "evaluation.estimated"]


def test_too_little_data_has_its_means_at_once_and_no_estimate() -> None:
    actor = officer()
    made = actions.submit(
        actor=actor, question=question(asked(months=6, table=table([10, 20, 30, 40, 50, 60])))
    )
    found = queries.get(actor, made).row.result
    assert found is not None
    assert (found.lacks, found.end) == (("before", "after"), None)
    assert (found.mean_before, found.mean_after) == (25.0, 55.0)
    assert not Outcome.objects.get().estimated


def test_it_is_made_final_once_and_nothing_of_it_can_be_changed() -> None:
    actor = officer()
    made = actions.submit(actor=actor, question=question(asked(months=6)))
    actions.publish(actor=actor, evaluation_id=made)
    actions.publish(actor=officer(), evaluation_id=made)
    assert Publication.objects.get().by == actor.account_id
    assert verbs().count("evaluation.published") == 1
    for rows, change in (
        (Evaluation.objects.all(), {"title": "別の題"}),
        (Outcome.objects.all(), {"estimated": True}),
        (Publication.objects.all(), {"by": uuid4()}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()


def test_who_only_reads_writes_nothing_and_who_may_not_look_sees_nothing() -> None:
    made = actions.submit(actor=officer(), question=question(asked(months=6)))
    record = actions.keep_effort(actor=officer(), told=told(TASK))
    clerk = b.acting(b.caseworker())
    for actor, refusal in ((reader(), Forbidden), (clerk, NotFound)):
        with pytest.raises(refusal):
            actions.submit(actor=actor, question=question(asked(months=6)))
        with pytest.raises(refusal):
            actions.publish(actor=actor, evaluation_id=made)
        with pytest.raises(refusal):
            actions.keep_effort(actor=actor, told=told(TASK))
        with pytest.raises(refusal):
            actions.withdraw_effort(actor=actor, record_id=record)
    for look in (
        lambda: queries.listed(clerk),
        lambda: queries.get(clerk, made),
        lambda: queries.efforts(clerk),
        lambda: queries.effort_totals(clerk),
        lambda: queries.logic_models(clerk),
    ):
        with pytest.raises(NotFound):
            look()
    with pytest.raises(NotFound):
        queries.get(reader(), uuid4())
    with pytest.raises(NotFound):
        actions.publish(actor=officer(), evaluation_id=uuid4())


def test_every_fault_of_a_question_is_told_at_once_and_nothing_is_kept() -> None:
    with pytest.raises(Refused) as refused:
        question(
            asked(
                title=" ",
                measure="nothing",
                unit="apples",
                change="春",
                happened="制度改正",
                table="month,value\n",
            )
        )
    assert keys(refused) == {
        ("title", "ask.title"),
        ("measure", "ask.measure"),
        ("unit", "ask.choice"),
        ("change", "ask.month"),
        ("happened", "happened.month"),
    }
    for changes, key in (
        ({"change": "2020-01"}, ("change", "refused.outside")),
        ({"table": table([5] * 40)}, ("table", "refused.constant")),
        ({"table": "month,value\n2024-01,1\n2024-03,2\n"}, ("table", "csv.gap")),
        ({"title": "長" * 121}, ("title", "ask.long")),
        ({"source": "nothing"}, ("source", "ask.source")),
    ):
        with pytest.raises(Refused) as refused:
            question(asked(**changes))
        assert keys(refused) == {key}
    assert not Evaluation.objects.exists()


def test_an_indicator_gives_its_kept_months_but_not_one_that_is_counted_anew_each_april() -> None:
    for n in range(6):
        for code in ("K1", "K2"):
            MonthlyReading.objects.create(
                code=code,
                month=date(2026, n + 1, 1),
                numerator=n + 3,
                denominator=50,
                as_of=date(2026, n + 1, 1),
            )
    asked_of = question(asked(source="K1", change="2026-03", table=""))
    assert (asked_of.indicator, asked_of.unit, asked_of.kind) == ("K1", "percent", "rate")
    assert [point.value for point in asked_of.series] == [6.0, 8.0, 10.0, 12.0, 14.0, 16.0]
    with pytest.raises(Refused) as refused:
        question(asked(source="K2", change="2026-03"))
    assert keys(refused) == {("source", "ask.source")}


def test_effort_is_kept_apart_by_its_basis_and_a_withdrawn_record_counts_nowhere() -> None:
    actor = officer()
    actions.keep_effort(actor=actor, told=told(TASK))
    guessed = actions.keep_effort(actor=actor, told=told({**TASK, "after_basis": "estimated", "build": ""}))
    totals = queries.effort_totals(actor)
    assert (totals["measured"].hours, totals["measured"].tasks) == (Decimal("364.75"), 1)
    assert (totals["estimated"].hours, totals["estimated"].tasks) == (Decimal("404.75"), 1)
    actions.withdraw_effort(actor=actor, record_id=guessed)
    actions.withdraw_effort(actor=actor, record_id=guessed)
    assert queries.effort_totals(actor)["estimated"].tasks == 0
    assert EffortRecord.objects.count() == 2
    assert verbs() == ["evaluation.effort_kept"] * 2 + ["evaluation.effort_withdrawn"]


def test_no_record_is_taken_that_the_totals_would_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_RECORDS", 1)
    actor = officer()
    first = actions.keep_effort(actor=actor, told=told(TASK))
    with pytest.raises(Refused) as refused:
        actions.keep_effort(actor=actor, told=told(TASK))
    assert keys(refused) == {("task", "ask.full")}
    actions.withdraw_effort(actor=actor, record_id=first)
    actions.keep_effort(actor=actor, told=told(TASK))


def test_every_fault_of_a_task_is_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        told(
            {
                "task": "",
                "measure": "",
                "first": "x",
                "last": "2026-13",
                "before": "-1",
                "after": "十",
                "cases": "0",
            }
        )
    assert keys(refused) == {
        ("task", "ask.task"),
        ("measure", "ask.measure"),
        ("first", "ask.month"),
        ("last", "ask.month"),
        ("before", "ask.number"),
        ("after", "ask.number"),
        ("cases", "ask.whole"),
        ("before_basis", "ask.choice"),
        ("after_basis", "ask.choice"),
    }
    with pytest.raises(Refused) as refused:
        told({**TASK, "first": "2026-03", "last": "2026-02", "before": "1.234", "cases": "1.5"})
    assert keys(refused) == {("last", "ask.order"), ("before", "ask.number"), ("cases", "ask.whole")}
    with pytest.raises(Refused) as refused:
        told({**TASK, "last": "2099-01"})
    assert keys(refused) == {("last", "ask.later")}


def test_a_download_names_no_person_and_carries_the_method() -> None:
    actor = officer()
    made = actions.submit(actor=actor, question=question(asked()))
    actions.estimate(actor=system("evaluation"), evaluation_id=made)
    found = queries.as_json(queries.get(actor, made))
    assert found["result"]["versions"]["method"] == "its-1"
    assert found["verdicts"]["end"] == "lower"
    assert found["other_events"] == [{"month": "2023-04", "what": "手数料の改定"}]
    assert len(found["months"]) == 40
    assert str(actor.account_id) not in str(found)
    lines = queries.as_table(queries.get(actor, made))
    assert lines[0][:2] == ["month", "value"]
    assert lines[1][0] == "2022-01"
    assert len(lines) == 41


def test_no_web_process_loads_what_estimates() -> None:
    import subprocess
    import sys

    code = (
        "import django, sys; django.setup(); import dokodemo.entry.server.urls; "
        "import dokodemo.promotion.evaluation.estimation; "
        "print([name for name in ('statsmodels', 'scipy', 'pandas', 'numpy') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
