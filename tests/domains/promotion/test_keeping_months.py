"""Keeping indicators month by month: once, for ever, and only what was measured."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from dokodemo.administration.cases.actions import tally_paper
from dokodemo.administration.inventory.actions import confirm
from dokodemo.administration.inventory.definitions import OnlineState, Performed
from dokodemo.administration.inventory.logic import Answer
from dokodemo.administration.procedures import queries as procedures
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import system
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.indicators import going_online, queries
from dokodemo.promotion.indicators.actions import keep_month
from dokodemo.promotion.indicators.models import MonthlyReading
from dokodemo.promotion.indicators.tasks import keep_indicators
from tests.domains.administration.inventory.inventory_city import clerk_of, give, take_in
from tests.domains.administration.inventory.surveys import row
from tests.domains.entry import building as b

pytestmark = pytest.mark.usefixtures("in_the_city")

JOB = system("indicators")


def test_a_month_is_kept_once_with_one_event() -> None:
    first = keep_month(actor=JOB, on=date(2026, 10, 5))
    assert first == sum(reading.ratio is not None for reading in queries.readings().values())
    assert keep_month(actor=JOB, on=date(2026, 10, 31)) == 0
    assert keep_month(actor=JOB, on=date(2026, 11, 1)) == first
    assert Event.objects.filter(verb="indicators.month_kept").count() == 2
    assert [past.month for past in queries.history("K1")] == [date(2026, 10, 1), date(2026, 11, 1)]


def test_what_is_measured_for_the_first_time_in_a_month_joins_it() -> None:
    keep_month(actor=JOB, on=date(2026, 10, 5))
    assert queries.history("K4") == ()
    take_in(row("101"))
    assert keep_month(actor=JOB, on=date(2026, 10, 6)) == 2
    assert queries.history("K4")[0].ratio.denominator == 26


def test_the_job_keeps_the_month_of_today() -> None:
    keep_indicators.call()
    assert MonthlyReading.objects.filter(code="K1").get().month == calendar_jp.today().replace(day=1)


def test_the_database_refuses_to_change_a_kept_month() -> None:
    keep_month(actor=JOB, on=date(2026, 10, 5))
    for statement in (
        "UPDATE indicators_monthlyreading SET numerator = 0",
        "DELETE FROM indicators_monthlyreading",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_each_of_the_five_says_what_it_counts_in_which_unit_on_which_day() -> None:
    measures = going_online.five(date(2026, 11, 26))
    assert [measure.code for measure in measures] == ["K1", "K2", "K3", "K4", "K5"]
    for measure in measures:
        told = measure.as_json()
        assert told["as_of"] == "2026-11-26"
        assert told["unit"]
        assert "/" in told["counts"] or "of the 26" in told["counts"]
    assert len({measure.counts for measure in measures}) == 5


def test_k3_counts_cases_of_each_procedure_with_paper_and_none_for_what_is_not_performed() -> None:
    case = b.filed()
    today = calendar_jp.today()
    tally_paper(
        actor=b.acting(b.caseworker(case.section)),
        slug=case.procedure,
        month=today.replace(day=1),
        cases=4,
    )
    by_procedure = going_online.applications_by_procedure(today)
    assert by_procedure[case.procedure] == (1, 5)
    count = going_online.online_applications(today).count
    assert (count.numerator, count.denominator) == (1, 5)
    not_performed = {p.slug for p in procedures.published() if not p.definition.performed}
    assert {slug for slug, cases in by_procedure.items() if cases is None} == not_performed


def test_an_estimate_never_enters_a_number() -> None:
    before = going_online.online_applications(calendar_jp.today()).count
    take_in(row("101", 総手続件数="9000000"))
    give("health", "101")
    answer = Answer(Performed.PERFORMED, OnlineState.FULL)
    confirm(actor=clerk_of("health"), number="101", answer=answer, revision=0)
    after = going_online.online_applications(calendar_jp.today()).count
    assert after.denominator == before.denominator
    assert after.beside["uncounted"] == before.beside["uncounted"] + 1
