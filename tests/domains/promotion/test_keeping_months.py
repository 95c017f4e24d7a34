"""Keeping indicators month by month: once, for ever, and only what was measured."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from dokodemo.administration.cases.actions import tally_paper
from dokodemo.administration.inventory.actions import confirm
from dokodemo.administration.inventory.definitions import OnlineState, Performed
from dokodemo.administration.inventory.logic import Answer
from dokodemo.administration.procedures import queries as procedures
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Role, system
from dokodemo.kernel.events.models import Event
from dokodemo.promotion.indicators import going_online, queries, sources
from dokodemo.promotion.indicators.actions import keep_month, load_of_pack
from dokodemo.promotion.indicators.logic import Amount
from dokodemo.promotion.indicators.models import MonthlyAmount, MonthlyReading
from dokodemo.promotion.indicators.months import history, kept_between
from dokodemo.promotion.indicators.tasks import keep_indicators
from tests.domains.administration.inventory.inventory_city import clerk_of, give, take_in
from tests.domains.administration.inventory.surveys import row
from tests.domains.entry import building as b

pytestmark = pytest.mark.usefixtures("in_the_city")

JOB = system("indicators")
HOURS = "freed_core_measured"


def test_a_month_is_kept_once_with_one_event() -> None:
    first = keep_month(actor=JOB, on=date(2026, 10, 5))
    assert first == sum(reading.ratio is not None for reading in queries.readings().values())
    assert keep_month(actor=JOB, on=date(2026, 10, 31)) == 0
    assert keep_month(actor=JOB, on=date(2026, 11, 1)) == first
    assert Event.objects.filter(verb="indicators.month_kept").count() == 2
    assert [past.month for past in history("K1")] == [date(2026, 10, 1), date(2026, 11, 1)]


def test_what_is_measured_for_the_first_time_in_a_month_joins_it() -> None:
    keep_month(actor=JOB, on=date(2026, 10, 5))
    assert history("K4") == ()
    take_in(row("101"))
    assert keep_month(actor=JOB, on=date(2026, 10, 6)) == 2
    assert history("K4")[0].ratio.denominator == 26


def test_the_job_keeps_the_month_of_today() -> None:
    keep_indicators.call()
    assert MonthlyReading.objects.filter(code="K1").get().month == calendar_jp.today().replace(day=1)


def test_amounts_are_kept_month_by_month_like_ratios(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    hours = {"now": Decimal("12.5")}
    monkeypatch.setattr(
        sources.reform, "freed_for_core", lambda *, measured: hours["now"] if measured else None
    )
    settings.DOKODEMO_TODAY = "2026-10-05"
    keep_indicators.call()
    hours["now"] = Decimal("20.25")
    settings.DOKODEMO_TODAY = "2026-10-31"
    keep_indicators.call()
    settings.DOKODEMO_TODAY = "2026-11-02"
    keep_indicators.call()
    months = history(HOURS)
    assert [(past.month, past.value, past.ratio) for past in months] == [
        (date(2026, 10, 1), 12.5, None),
        (date(2026, 11, 1), 20.25, None),
    ]
    assert history("freed_core_estimated") == ()
    assert Event.objects.filter(verb="indicators.month_kept").count() == 2
    # A past day shows the amount kept last by then, and nothing before the first.
    past = queries.readings([HOURS], on=date(2026, 10, 31))[HOURS]
    assert (past.value, past.ratio) == (12.5, None)
    assert queries.readings([HOURS], on=date(2026, 10, 4))[HOURS].value is None
    assert kept_between(date(2026, 11, 1), date(2026, 11, 30))[HOURS] == [
        Amount(Decimal("20.25"), date(2026, 11, 2))
    ]


def test_an_amount_measured_first_within_a_month_joins_it(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_month(actor=JOB, on=date(2026, 10, 5))
    assert history(HOURS) == ()
    monkeypatch.setattr(sources.reform, "freed_for_core", lambda *, measured: Decimal(3))
    assert keep_month(actor=JOB, on=date(2026, 10, 6)) == 2
    assert history(HOURS)[0].counted.as_of == date(2026, 10, 6)


@pytest.mark.parametrize("lang", ["ja", "easy", "en"])
def test_the_public_page_draws_an_amount_over_its_months(
    lang: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.DOKODEMO_TODAY = "2026-11-27"
    monkeypatch.setattr(
        sources.reform, "freed_for_core", lambda *, measured: Decimal("20.25") if measured else None
    )
    place = "amounts-freed-core-measured"
    assert place not in b.browser(lang=lang).get("/plan").content.decode()
    for month, value in ((9, "8"), (10, "12.5")):
        MonthlyAmount.objects.create(
            code=HOURS, month=date(2026, month, 1), value=value, as_of=date(2026, month, 1)
        )
    page = b.browser(lang=lang).get("/plan").content.decode()
    assert place in page
    for shown in ("2026/9", "2026/10", "12.5"):
        assert shown in page
    # Of a past day only what was kept by then.
    past = b.browser(lang=lang).get("/plan?on=2026-09-30").content.decode()
    assert "2026/10<" not in past
    office = b.browser(b.staff_account(("policy", Role.DIGITAL_OFFICER)), lang=lang)
    one = office.get(f"/office/indicators/one/{HOURS}/").content.decode()
    assert "<svg" in one
    assert "12.5" in b.words(one)


def test_the_database_refuses_to_change_a_kept_month() -> None:
    keep_month(actor=JOB, on=date(2026, 10, 5))
    MonthlyAmount.objects.create(code=HOURS, month=date(2026, 10, 1), value=1, as_of=date(2026, 10, 5))
    load_of_pack(actor=JOB)
    for statement in (
        "UPDATE indicators_monthlyreading SET numerator = 0",
        "DELETE FROM indicators_monthlyreading",
        "UPDATE indicators_monthlyamount SET value = 0",
        "DELETE FROM indicators_monthlyamount",
        "UPDATE indicators_observation SET value = 0",
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
