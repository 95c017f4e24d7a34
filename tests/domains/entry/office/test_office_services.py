"""How each procedure is used: counted per procedure, what few people said hidden, the same as a table."""

from __future__ import annotations

import pytest
from django.urls import reverse

from dokodemo.administration.cases import actions
from dokodemo.administration.cases.models import Case
from dokodemo.administration.cases.service import FEWEST, Service
from dokodemo.kernel import calendar_jp
from dokodemo.promotion.indicators.counted import services
from tests.domains.administration.cases.building import start
from tests.domains.entry import building as b
from tests.domains.entry.office.addressing import headquarters

pytestmark = pytest.mark.django_db
SLUG = "child-allowance-claim"


def counted() -> Service:
    today = calendar_jp.today()
    return services(since=today, until=today)[SLUG]


def test_forms_begun_and_handed_in_are_counted_and_what_few_said_is_not_told() -> None:
    case = b.filed()
    people = b.household(11)
    start(b.acting(b.resident_account(people[0])), SLUG)
    found = counted()
    assert (found.begun, found.handed_in, found.total, found.online) == (2, 1, 1, 1)
    assert (found.completion, found.take_up) == (50.0, 100.0)
    assert case.owner is not None
    actions.give_satisfaction(actor=b.acting(case.owner), case_id=case.pk, points=5)
    found = counted()
    assert (found.asked, found.satisfaction) == (1, None)


def test_a_form_that_was_thrown_away_was_begun_and_not_handed_in() -> None:
    actor = b.acting(b.resident_account(b.household()[0]))
    draft = start(actor, SLUG)
    actions.discard_draft(actor=actor, draft_id=draft.pk)
    assert (counted().begun, counted().handed_in, counted().completion) == (1, 0, 0.0)


def test_a_day_without_anything_counts_nothing() -> None:
    b.filed()
    day = calendar_jp.fiscal_year_start(2001)
    assert services(since=day, until=day) == {}


@pytest.mark.parametrize(
    ("opinions", "share"),
    [({5: FEWEST - 1}, None), ({5: 2, 4: 1, 3: 1, 1: 1}, 60.0), ({1: FEWEST}, 0.0), ({}, None)],
)
def test_satisfied_are_those_who_found_it_easy(opinions: dict[int, int], share: float | None) -> None:
    assert Service("x", opinions=opinions).satisfaction == share


def test_the_page_and_the_table_say_the_same_and_an_odd_year_is_this_one() -> None:
    b.filed()
    Case.objects.update(satisfaction=4)
    officer = b.browser(headquarters())
    for year in ("", "nonsense", "1066", "9999"):
        words = b.words(officer.get(reverse("office:indicators_services"), {"year": year}).content)
        assert "児童手当の認定請求 1 100.0% 1/1 100.0% 1/1 5人未満のため表示しません" in words
    table = officer.get(reverse("office:indicators_services_table")).content.decode("utf-8-sig")
    assert f"{SLUG},1,1,100.0,1,1,100.0,," in table.replace("\r\n", "\n")
    empty = officer.get(
        reverse("office:indicators_services"), {"year": str(calendar_jp.fiscal_year(calendar_jp.today()) - 1)}
    )
    assert "この年度に数えるものはありません" in b.words(empty.content)
