"""The cost of a case: entered with its evidence, divided by completed cases, and not measured while either is missing."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from dokodemo.administration.cases.models import Case, PaperTally
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, NotFound, Role
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.refusals import Refused
from dokodemo.promotion.costs import actions, logic, queries
from dokodemo.promotion.costs.definitions import CostsFile
from dokodemo.promotion.costs.models import CostEntry
from dokodemo.promotion.indicators import queries as indicators
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import headquarters
from tests.domains.promotion.test_action_plan import OFFICER, staff

pytestmark = pytest.mark.usefixtures("in_the_city")
SLUG = "child-allowance-claim"
HEAD = staff(Role.HEAD_OF_SECTION, "childcare")
SAID = {
    "staff_minutes": "１，０００",
    "system_yen": "30,000",
    "postage_yen": "0",
    "evidence": "業務棚卸と契約書",
}


def last_year() -> int:
    return calendar_jp.fiscal_year(calendar_jp.today()) - 1


REAL = CostsFile.model_validate(
    {
        "rates": [
            {
                "from": "2020-04-01",
                "yen_per_minute": "60",
                "source": {"ja": "決算", "easy": "決算", "en": "Settlement"},
            }
        ]
    }
)


@pytest.fixture
def real_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rate of the city's own, in place of the sample of its pack."""
    monkeypatch.setattr(queries, "costs_of", lambda pack: REAL)


def entered(**changes: str) -> CostEntry:
    return actions.enter(actor=HEAD, procedure=SLUG, fiscal_year=last_year(), said=SAID | changes)


def completed(number: int) -> None:
    """Cases decided last year at the counter."""
    month = calendar_jp.fiscal_year_start(last_year())
    PaperTally.objects.create(
        section="childcare",
        procedure=SLUG,
        month=month,
        cases=number,
        recorded_at=calendar_jp.now(),
        recorded_by=b.head(),
    )


def test_a_cost_is_entered_once_with_one_event_and_a_correction_is_another_row() -> None:
    made = entered()
    assert entered() == made
    assert made.costs.total == 1000 * 60 + 30_000
    assert entered(postage_yen="500").costs.total == 90_500
    assert Event.objects.filter(verb="costs.entered").count() == 2
    assert [one.postage_yen for one in queries.history(OFFICER, SLUG, last_year())] == [500, 0]
    with pytest.raises(DatabaseError), transaction.atomic():
        CostEntry.objects.update(postage_yen=1)


def test_a_cost_at_a_sample_rate_is_shown_as_a_sample_and_is_no_number_of_the_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    completed(40)
    first = entered()
    assert first.sample
    found = queries.costs(last_year())[SLUG]
    assert (found.each, found.sample) == (Decimal("2250.0"), True)
    assert queries.overall(calendar_jp.today()) is None
    monkeypatch.setattr(queries, "costs_of", lambda pack: REAL)
    assert entered() != first
    assert not queries.costs(last_year())[SLUG].sample
    assert queries.overall(calendar_jp.today()) is not None


@pytest.mark.usefixtures("real_rate")
def test_the_cost_of_a_case_is_unmeasured_until_cost_and_cases_are_there() -> None:
    assert queries.costs(last_year()) == {}
    entered()
    assert queries.costs(last_year())[SLUG].each is None
    assert indicators.readings(["cost_of_a_case"])["cost_of_a_case"].value is None
    completed(40)
    assert queries.costs(last_year())[SLUG].each == Decimal("2250.0")
    reading = indicators.readings(["cost_of_a_case"])["cost_of_a_case"]
    assert (reading.value, reading.percent) == (2250.0, None)
    assert reading.amount is not None
    assert reading.amount.as_of == calendar_jp.fiscal_year_end(last_year())


def test_completed_cases_without_an_entry_have_no_cost_and_are_in_no_sum() -> None:
    completed(40)
    assert queries.costs(last_year())[SLUG].each is None
    assert queries.overall(calendar_jp.today()) is None


def test_only_cases_that_ended_in_the_year_count() -> None:
    case = b.filed()
    entered()
    start = calendar_jp.day_start(calendar_jp.fiscal_year_start(last_year()))

    def ended(state: str, at: datetime | None) -> int:
        Case.objects.filter(pk=case.pk).update(state=state, closed_at=at)
        return queries.costs(last_year())[SLUG].completed

    assert ended("in_review", None) == 0
    assert ended("withdrawn", start) == 0
    assert ended("formally_complete", start) == 1
    assert ended("formally_complete", calendar_jp.now()) == 0


def test_a_year_that_is_not_over_has_no_cost() -> None:
    with pytest.raises(Refused) as refused:
        actions.enter(actor=HEAD, procedure=SLUG, fiscal_year=last_year() + 1, said=SAID)
    assert refused.value.faults == {"staff_minutes": "costs.fault.not_over"}
    assert queries.costs(last_year() + 1) == {}


def test_a_city_without_a_rate_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "costs_of", lambda pack: CostsFile())
    with pytest.raises(Refused) as refused:
        entered()
    assert refused.value.faults == {"staff_minutes": "costs.fault.no_rate"}


@pytest.mark.parametrize(
    ("box", "text"),
    [
        ("staff_minutes", ""),
        ("staff_minutes", "-1"),
        ("system_yen", "1.5"),
        ("postage_yen", "9" * 12),
        ("evidence", " "),
        ("evidence", "長" * 2001),
    ],
)
def test_what_is_wrong_is_said_at_its_box(box: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        entered(**{box: text})
    assert list(refused.value.faults) == [box]
    assert not CostEntry.objects.exists()


def test_only_the_head_of_its_section_and_who_coordinates_enter_a_cost() -> None:
    for actor in (staff(Role.CASEWORKER, "childcare"), staff(Role.HEAD_OF_SECTION, "health")):
        with pytest.raises(Forbidden):
            actions.enter(actor=actor, procedure=SLUG, fiscal_year=last_year(), said=SAID)
    with pytest.raises(NotFound):
        actions.enter(actor=OFFICER, procedure="no-such", fiscal_year=last_year(), said=SAID)
    assert actions.enter(actor=OFFICER, procedure=SLUG, fiscal_year=last_year(), said=SAID).pk


def test_nothing_is_divided_by_nothing() -> None:
    assert logic.per_transaction(100, 0) is None
    assert logic.per_transaction(None, 5) is None
    assert logic.per_transaction(0, 5) == 0
    assert logic.per_transaction(100, 3) == Decimal("33.3")


def test_the_page_of_services_shows_the_cost_beside_the_other_three() -> None:
    officer = b.browser(headquarters())
    completed(40)
    page, form = reverse("office:indicators_services"), reverse("office:indicators_cost", args=[SLUG])
    assert f"{form}?year={last_year()}" in officer.get(page, {"year": last_year()}).content.decode()
    wrong = officer.post(f"{form}?year={last_year()}", SAID | {"system_yen": "たくさん"})
    assert wrong.status_code == 422
    assert "たくさん" in wrong.content.decode()
    done = officer.post(f"{form}?year={last_year()}", SAID)
    assert done.headers["Location"] == f"{page}?year={last_year()}"
    assert "見本 2,250円 90,000円 ÷ 40件" in b.words(officer.get(page, {"year": last_year()}).content)
    table = officer.get(reverse("office:indicators_services_table"), {"year": last_year()})
    assert ",40,90000,2250.0" in table.content.decode("utf-8-sig")
    assert "業務棚卸と契約書" in b.words(officer.get(f"{form}?year={last_year()}").content)
