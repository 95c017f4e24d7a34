"""A plan of many years: what is read of it does not grow with its versions, its reports and its series."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Role, system
from dokodemo.kernel.crypto import new_id
from dokodemo.promotion.following import changes
from dokodemo.promotion.headquarters import queries as headquarters
from dokodemo.promotion.headquarters.models import Report
from dokodemo.promotion.indicators import actions as indicator_actions
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.awaiting import awaited
from dokodemo.promotion.indicators.models import Observation
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.training import queries as training
from dokodemo.promotion.training.people import completion
from tests.domains.city.city_builders import the_pack
from tests.domains.entry import building as b
from tests.domains.promotion import following_city as c
from tests.domains.promotion.test_action_plan import OFFICER

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _city(settings: pytest.FixtureRequest) -> None:
    settings.DOKODEMO_TODAY = TODAY.isoformat()  # type: ignore[attr-defined]
    the_pack()
    c.adopt()


def asked(what: Callable[[], object]) -> list[str]:
    """What the database is asked for something, once it was asked for before."""
    what()
    with CaptureQueriesContext(connection) as caught:
        what()
    return [one["sql"] for one in caught.captured_queries]


def test_the_actions_of_an_adopted_version_are_read_once() -> None:
    version = plans.in_force()
    assert version is not None
    assert asked(lambda: plans.actions_of(version)) == []
    assert [one.code for one in plans.actions_of(version)] == [
        one["code"] for one in version.content["actions"]
    ]


def test_a_version_that_is_adopted_later_is_read_of_its_own() -> None:
    before = plans.in_force()
    assert before is not None
    assert plans.actions_of(before)
    c.adopt()
    after = plans.in_force()
    assert after is not None
    assert after.number == before.number + 1
    assert plans.actions_of(after) is not plans.actions_of(before)


def test_news_of_the_plan_are_read_as_quickly_after_many_versions_as_after_one() -> None:
    few = asked(changes.latest)
    for _ in range(3):
        c.adopt()
    many = asked(changes.latest)
    assert len(changes.latest()) == 4
    # Versions, reports and what was withdrawn.
    assert len(many) == len(few) == 3
    assert not [sql for sql in many if '"content"' in sql]


def filed(action: str, year: int, quarter: int, state: str, *, at: datetime | None) -> None:
    """A report as it lies in the table."""
    version = plans.in_force()
    assert version is not None
    Report.objects.create(
        plan=version.plan,
        action=action,
        fiscal_year=year,
        quarter=quarter,
        section="policy",
        state=state,
        grade="on_track",
        changed_at=datetime(year, 7, 1, tzinfo=UTC),
        changed_by=new_id(),
        filed_at=at,
    )


def test_the_last_state_of_each_action_is_found_by_one_question_whatever_was_reported_before() -> None:
    one, other, silent = "security-drill", "night-advice", "card-helpdesk"
    for year in range(2010, 2026):
        for quarter in (1, 2, 3, 4):
            filed(one, year, quarter, "started", at=datetime(year, 7, quarter, tzinfo=UTC))
    filed(one, 2026, 1, "half", at=datetime(2026, 7, 1, tzinfo=UTC))
    # In Japan it is the 10th already, and a draft tells nobody anything.
    filed(one, 2026, 2, "finished", at=datetime(2026, 10, 9, 15, 0, tzinfo=UTC))
    filed(other, 2026, 1, "planned", at=datetime(2026, 7, 1, tzinfo=UTC))
    filed(other, 2026, 2, "finished", at=None)
    codes = [one, other, silent, "it's none"]
    assert len(asked(lambda: headquarters.public_states(codes))) == 1
    assert headquarters.public_states(codes) == {one: "finished", other: "planned"}
    assert headquarters.public_states(codes, date(2026, 10, 10))[one] == "finished"
    assert headquarters.public_states(codes, date(2026, 10, 9))[one] == "half"
    assert headquarters.public_states([]) == {}


def series(code: str, months: int) -> None:
    """A value a month, the last of them for October 2026."""
    first = date(2026, 10, 1)
    rows = []
    for back in range(months):
        since = calendar_jp.months_before(first, back)
        until = calendar_jp.add_months(since, 1) - timedelta(days=1)
        rows.append(
            Observation(
                code=code,
                period_from=since,
                period_to=until,
                value=back % 100,
                status="final",
                vintage="first",
                published_on=until + timedelta(days=1),
                source="test",
                entered_at=datetime(2026, 11, 20, tzinfo=UTC),
            )
        )
    Observation.objects.bulk_create(rows)


def test_what_is_awaited_reads_the_last_value_of_a_series_and_not_the_series() -> None:
    assert "card_holding" in {one.indicator.code for one in awaited(TODAY, ahead_days=0)}
    series("card_holding", 240)
    assert len(asked(lambda: awaited(TODAY, ahead_days=0))) == 2
    assert "card_holding" not in {one.indicator.code for one in awaited(TODAY, ahead_days=0)}


def test_a_series_whose_last_value_was_withdrawn_is_not_read_for_the_one_before() -> None:
    series("card_holding", 240)
    last = Observation.objects.filter(code="card_holding").latest("period_to")
    indicator_actions.withdraw(actor=OFFICER, observation_id=last.pk, reason="誤り")
    found = asked(lambda: indicators.newest_entered(indicators.definitions()))
    # Where the last values stand and those; the same of what was withdrawn.
    assert len(found) == 4
    assert indicators.newest_entered(indicators.definitions())["card_holding"].to == date(2026, 9, 30)
    assert "card_holding" in {one.indicator.code for one in awaited(date(2027, 1, 5), ahead_days=0)}


def test_all_values_are_read_one_indicator_at_a_time() -> None:
    series("card_holding", 3)
    series("convenience", 2)
    values = indicators.all_kept(["card_holding", "convenience"])
    with CaptureQueriesContext(connection) as caught:
        assert next(values).indicator == "card_holding"
    assert len(caught.captured_queries) == 1
    assert [one.indicator for one in values] == ["card_holding"] * 2 + ["convenience"] * 2


def test_a_table_sent_again_is_compared_value_by_value() -> None:
    before = indicator_actions.load_of_pack(actor=system("up"))
    assert before > 0
    assert indicator_actions.load_of_pack(actor=system("up")) == 0


def test_people_are_counted_once_for_sections_and_for_the_city() -> None:
    chief = b.acting(b.staff_account(("policy", Role.CIO), name="最高 情報"))
    for number in range(3):
        b.staff_account(("childcare", Role.CASEWORKER), ("policy", Role.CASEWORKER), name=f"担当 {number}")
    found = training.sections(chief, TODAY)
    assert found.city == completion(TODAY)
    assert sum(row.people for row in found.rows) == 7
    # Posts, the three kinds of what was done, what is left of erased records, and the last scores.
    assert len(asked(lambda: training.sections(chief, TODAY))) == 6


def one_year() -> None:
    """A report and some values."""
    filed("security-drill", 2025, 1, "half", at=datetime(2025, 7, 1, tzinfo=UTC))
    for code in ("card_holding", "convenience"):
        series(code, 2)


def many_years() -> None:
    """More versions, reports and values of the same."""
    for _ in range(2):
        c.adopt()
    for year in range(2016, 2025):
        filed("security-drill", year, 1, "half", at=datetime(year, 7, 1, tzinfo=UTC))
    for code in ("card_holding", "convenience"):
        series(code, 120)


@pytest.mark.parametrize("page", ["/plan", "/plan?on=2026-10-01", "/plan/numbers.json", "/plan/feed.atom"])
def test_a_page_of_the_plan_asks_as_often_after_many_years_as_after_one(page: str) -> None:
    resident = b.browser()
    one_year()
    few = len(asked(lambda: resident.get(page)))
    many_years()
    assert len(asked(lambda: resident.get(page))) <= few


OFFICE_PAGES = (
    "/office/",
    "/office/actions/",
    "/office/indicators/",
    "/office/indicators/one/card_holding/",
    "/office/training/sections",
    "/office/improvement/judge",
    "/office/improvement/findings",
)


@pytest.mark.parametrize("page", OFFICE_PAGES)
def test_a_page_of_the_office_asks_as_often_after_many_years_as_after_one(page: str) -> None:
    chief = b.browser(b.staff_account(("policy", Role.CIO), name="最高 情報"))
    one_year()
    few = len(asked(lambda: chief.get(page)))
    many_years()
    for number in range(5):
        b.staff_account(("childcare", Role.CASEWORKER), ("health", Role.CASEWORKER), name=f"担当 {number}")
    assert len(asked(lambda: chief.get(page))) <= few


def test_forms_and_opinions_are_counted_once_for_the_cycle_and_its_findings() -> None:
    chief = b.browser(b.staff_account(("policy", Role.CIO), name="最高 情報"))
    queries = asked(lambda: chief.get("/office/improvement/"))
    assert len([sql for sql in queries if "pages_done" in sql]) == 1
    assert len([sql for sql in queries if "satisfaction" in sql]) == 1


def test_a_version_is_written_as_a_file_once() -> None:
    version = plans.in_force()
    assert version is not None
    chief = b.browser(b.staff_account(("policy", Role.CIO), name="最高 情報"))
    address = f"/office/actions/versions/{version.pk}/actions.yaml"
    files = []
    queries = asked(lambda: files.append(chief.get(address).content))
    assert files[0] == files[1]
    assert b"security-drill" in files[0]
    assert not [sql for sql in queries if '"content"' in sql]


def test_the_newest_value_of_a_past_day_is_what_was_published_by_then_also_after_a_correction() -> None:
    series("card_holding", 6)
    assert indicators.readings(["card_holding"], on=date(2026, 9, 1))["card_holding"].value == 2
    assert indicators.readings(["card_holding"], on=date(2026, 8, 31))["card_holding"].value == 3
    # What was published for August is corrected by a later publication: on that day July is the newest.
    row = Observation.objects.get(code="card_holding", period_to=date(2026, 8, 31))
    Observation.objects.create(
        code=row.code,
        period_from=row.period_from,
        period_to=row.period_to,
        value=55,
        status="final",
        vintage=row.vintage,
        published_on=date(2026, 10, 15),
        source="test",
        entered_at=datetime(2026, 11, 21, tzinfo=UTC),
    )
    assert indicators.readings(["card_holding"], on=date(2026, 9, 1))["card_holding"].value == 3
    assert indicators.readings(["card_holding"], on=date(2026, 10, 15))["card_holding"].value == 1
