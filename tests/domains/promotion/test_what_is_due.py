"""Values and reports that are due: seen on the right day, reminded of by the job of the morning."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from dokodemo.promotion.headquarters.logic import to_report
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.awaiting import awaited
from dokodemo.promotion.responsibility import actions
from dokodemo.promotion.responsibility.models import Notice, Reminder
from dokodemo.promotion.responsibility.tasks import remind_of_what_is_due
from tests.domains.entry import building as b
from tests.domains.promotion.plan_people import ACTION, INDICATOR, SECTION, SINCE, TODAY, adopted_plan, clerk
from tests.domains.promotion.test_action_plan import OFFICER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city(settings: Any) -> None:
    settings.DOKODEMO_TODAY = TODAY.isoformat()
    adopted_plan()


def test_values_and_reports_are_reminded_of_too_and_the_job_does_it_for_today() -> None:
    person, head = clerk(), b.head(SECTION)
    actions.assign(actor=OFFICER, kind="action", code=ACTION, account_id=person.pk, since=SINCE)
    remind_of_what_is_due.call()
    quarter = to_report(TODAY)
    rows = Reminder.objects.filter(section=SECTION)
    assert rows.filter(thing__kind="action", thing__code=ACTION).get().period == (
        f"{quarter.fiscal_year}-{quarter.number}"
    )
    # The month before last is long overdue, the last one due on Monday.
    values = rows.filter(thing__kind="indicator", thing__code=INDICATOR).order_by("due")
    assert [(row.period, row.stage) for row in values] == [("2026-08-31", "after"), ("2026-09-30", "before")]
    before = Reminder.objects.count()
    remind_of_what_is_due.call()
    assert Reminder.objects.count() == before
    assert Notice.objects.filter(account=head.pk).exists()


def test_a_value_is_due_on_the_last_day_in_time_and_late_the_day_after() -> None:
    found = {one.indicator.code: one for one in awaited(TODAY, ahead_days=0)}
    one = found[INDICATOR]
    assert INDICATOR in indicators.due(TODAY)
    on_the_day = {row.indicator.code: row for row in awaited(one.due, ahead_days=0)}[INDICATOR]
    assert on_the_day.to == one.to
    assert INDICATOR in indicators.due(one.due + timedelta(days=1))
    listed = [row.due for row in awaited(one.due - timedelta(days=7), ahead_days=7) if row.to == one.to]
    assert one.due in listed
    assert one.due < date(2026, 11, 27) + timedelta(days=370)
