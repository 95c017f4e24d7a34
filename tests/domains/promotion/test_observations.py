"""Observed values: entered once with their proof, corrected by another row, and read where nothing is counted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from dokodemo.kernel.access import Actor, Forbidden, NotFound, Role, system
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.tables import TableRefused
from dokodemo.promotion.indicators import actions, queries
from dokodemo.promotion.indicators.actions import Impossible
from dokodemo.promotion.indicators.definitions import Observed
from dokodemo.promotion.indicators.models import Observation
from dokodemo.promotion.indicators.targeting import TargetReading, targets
from tests.domains.city.city_builders import the_pack
from tests.domains.promotion.test_action_plan import OFFICER, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city() -> None:
    the_pack()


def a_value(**changes: Any) -> Observed:
    data = {
        "indicator": "card_holding",
        "from": "2026-08-01",
        "to": "2026-08-31",
        "value": "81.2",
        "vintage": "2026年8月末",
        "published_on": "2026-09-20",
        "source": "総務省の公表",
    }
    return Observed.model_validate(data | changes)


def observe(actor: Actor = OFFICER, **changes: Any) -> Observation:
    return actions.observe(actor=actor, observed=a_value(**changes))


def test_a_value_is_entered_once_with_one_event() -> None:
    assert observe().pk == observe().pk
    (event,) = Event.objects.filter(verb="indicators.observed")
    assert event.refs == {"indicator": "card_holding", "status": "final"}
    assert queries.readings()["card_holding"].value == pytest.approx(81.2)


def test_a_correction_is_another_row_and_what_was_believed_stays() -> None:
    observe()
    observe(value="81.4")
    assert [str(one.value) for one in queries.observed("card_holding")] == ["81.4000"]
    assert Observation.objects.count() == 2
    observe(value="81.2")
    # The first value again is a third row and no return to the first.
    rows = Observation.objects.order_by("pk").values_list("value", flat=True)
    assert [str(value) for value in rows] == ["81.2000", "81.4000", "81.2000"]
    assert [str(one.value) for one in queries.observed("card_holding")] == ["81.2000"]


def test_what_was_entered_is_changed_by_nobody() -> None:
    row = observe()
    for change in (
        lambda: Observation.objects.filter(pk=row.pk).update(value=1),
        lambda: Observation.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_owner_and_the_coordinators_enter_and_nobody_else() -> None:
    observe(staff(Role.HEAD_OF_SECTION, "resident"))
    for actor in (
        staff(Role.HEAD_OF_SECTION, "childcare"),
        staff(Role.CASEWORKER, "resident"),
        Actor(kind="resident"),
    ):
        with pytest.raises(Forbidden):
            observe(actor, value="50")
    with pytest.raises(NotFound):
        observe(indicator="no_such")


def test_what_cannot_be_is_refused_and_nothing_is_kept() -> None:
    with pytest.raises(Impossible) as refused:
        observe(to="2030-08-31", value="181")
    assert {key for key, _, _ in refused.value.faults} == {"to", "published_on", "value"}
    with pytest.raises(Impossible, match="counted from records"):
        observe(indicator="K1")
    assert not Observation.objects.exists()


def test_the_packs_values_are_there_once_and_what_nobody_entered_is_unmeasured() -> None:
    assert actions.load_of_pack(actor=system("up")) == 2
    assert actions.load_of_pack(actor=system("up")) == 0
    readings = queries.readings()
    assert readings["internet_use"].value == 57.0
    assert readings["card_holding"].value is None
    assert readings["internet_use"].observed is not None
    assert readings["internet_use"].observed.to == date(2020, 3, 31)


def test_progress_is_told_within_one_vintage_only() -> None:
    actions.load_of_pack(actor=system("up"))

    def target() -> TargetReading:
        found = targets(queries.readings())
        return next(one for one in found if one.target.indicator == "corporate_income")

    def year(of: int, value: str, vintage: str) -> None:
        observe(
            indicator="corporate_income",
            vintage=vintage,
            value=value,
            published_on="2026-03-31",
            **{"from": f"{of}-04-01", "to": f"{of + 1}-03-31"},
        )

    assert target().progress is None
    year(2023, "25400", "令和5年度推計")
    assert target().pair is None
    assert target().progress is None
    year(2018, "25200", "令和5年度推計")
    assert target().progress == pytest.approx((25400 - 25200) / (25607 - 25200))


HEADER = "indicator,from,to,value,unit,vintage,published_on,source\n"


def test_a_table_is_taken_whole_or_not_at_all() -> None:
    good = "card_holding,2026-08-01,2026-08-31,81.2,percent,8月末,2026-09-20,総務省\n"
    bad = good.replace("2026-08-01,2026-08-31", "2026-07-01,2026-07-31").replace("percent", "count")
    with pytest.raises(TableRefused) as refused:
        actions.take_table(actor=OFFICER, data=(HEADER + good + bad).encode())
    assert [(one.line, one.column) for one in refused.value.problems] == [(3, "unit")]
    assert not Observation.objects.exists()
    assert actions.take_table(actor=OFFICER, data=(HEADER + good).encode()) == 1
    assert actions.take_table(actor=OFFICER, data=(HEADER + good).encode()) == 0
    with pytest.raises(Forbidden):
        actions.take_table(actor=staff(Role.HEAD_OF_SECTION, "resident"), data=b"")


def test_training_is_counted_from_its_records_and_unmeasured_while_nobody_must() -> None:
    assert queries.readings()["staff_trained"].ratio is None
