"""The national file: taken in as editions that never change, and this city compared with the others of its prefecture."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, NotFound, Role, system
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.tables import TableRefused
from dokodemo.promotion.national import actions, comparing
from dokodemo.promotion.national.actions import Refused
from dokodemo.promotion.national.comparing import NATION, Choice
from dokodemo.promotion.national.logic import Value
from dokodemo.promotion.national.models import Edition, Municipality
from tests.domains.promotion.national_files import ARAO, across, arao, by_line, cities, listed
from tests.domains.promotion.test_national import YEAR, confirmed, say, staff

pytestmark = pytest.mark.usefixtures("in_the_city")


# The national file


def take(data: bytes, **more: Any) -> actions.Imported:
    return actions.import_file(actor=more.pop("actor", system("test")), data=data, year=2024, **more)


def test_a_file_is_taken_in_whole_with_its_vintage_and_one_event() -> None:
    before = Event.objects.count()
    done = take(by_line([arao(), *cities(6)]))
    assert (done.new, done.edition.municipalities, done.edition.vintage) == (True, 7, "2024-07-12")
    assert Event.objects.count() == before + 1
    assert Municipality.objects.get(code=ARAO).values["card"] == 50.0


def test_the_very_same_file_again_changes_nothing() -> None:
    data = by_line([arao(), *cities(6)])
    first = take(data)
    again = take(data, vintage="another name")
    assert (again.new, again.edition.pk, Edition.objects.count()) == (False, first.edition.pk, 1)


def test_another_content_of_the_same_year_stands_beside_under_a_name_of_its_own() -> None:
    take(by_line([arao(), *cities(6)]))
    with pytest.raises(Refused) as caught:
        take(by_line([arao(51_000), *cities(6)]))
    assert caught.value.wrong == {"vintage": "national.fault.vintage_taken"}
    take(by_line([arao(51_000), *cities(6)]), vintage="訂正版")
    assert [one.vintage for one in comparing.editions()] == ["訂正版", "2024-07-12"]
    first = comparing.edition("2024-1")
    assert first is not None
    assert first.rows.get(code=ARAO).population == 50_000
    with pytest.raises(IntegrityError), transaction.atomic():
        Municipality.objects.filter(code=ARAO).update(population=1)


def test_a_broken_file_changes_nothing_and_is_told_by_line() -> None:
    with pytest.raises(TableRefused) as caught:
        take(by_line([arao(), *cities(6)], change={(3, "CIOの任命"): "はい"}))
    assert [(one.line, one.column) for one in caught.value.problems] == [(5, "CIOの任命")]
    assert not Edition.objects.exists()
    assert not Municipality.objects.exists()


def test_the_published_layout_comes_in_with_the_list_of_municipalities() -> None:
    rows = [arao(), *cities(6)]
    assert take(across(rows), listed=listed(rows)).edition.municipalities == 7


def test_the_nation_comes_in_with_progress_and_few_queries() -> None:
    rows = [arao(), *cities(1740, first=44001, prefecture="見本県")]
    told: list[tuple[str, int, int]] = []
    with CaptureQueriesContext(
        connection,
    ) as asked:
        take(by_line(rows), progress=lambda *stage: told.append(stage))
    assert Municipality.objects.count() == 1741
    assert len(asked) < 40
    assert told[-1] == ("write", 1741, 1741)
    assert {stage for stage, _, _ in told} == {"check", "write"}


def test_only_a_year_with_a_list_and_a_day_that_has_come_are_taken_in() -> None:
    data = by_line([arao()])
    with pytest.raises(NotFound):
        actions.import_file(actor=system("test"), data=data, year=2023)
    with pytest.raises(Refused) as caught:
        take(data, published_on=calendar_jp.today() + timedelta(days=1))
    assert caught.value.wrong == {"published_on": "national.fault.future"}
    with pytest.raises(Forbidden):
        take(data, actor=staff("childcare", Role.HEAD_OF_SECTION))


# Comparing


def group(*rows: Any, choice: Choice | None = None) -> comparing.Comparison:
    take(by_line(list(rows)))
    edition = comparing.edition()
    assert edition is not None
    return comparing.compare(edition, choice or Choice())


def test_this_city_stands_beside_its_prefecture_and_not_in_it() -> None:
    found = group(arao(), *cities(6), *cities(3, first=44001, prefecture="見本県"))
    assert (found.prefecture, found.cities) == ("熊本県", 6)
    card = next(one for one in found.compared if one.indicator.code == "card")
    assert card.ours == 50.0
    assert card.spread is not None
    assert (card.spread.known, card.spread.low, card.spread.high) == (6, 51, 56)
    cio = next(one for one in found.compared if one.indicator.code == "cio")
    assert (cio.ours, cio.shares) == ("no", {"yes": 4, "no": 2})


def test_the_band_of_population_narrows_the_nation() -> None:
    rows = [arao(), *cities(6, population=40_000), *cities(3, first=44001, prefecture="見本県")]
    assert group(*rows, choice=Choice(NATION, "30k-50k")).cities == 6
    edition = comparing.edition()
    assert edition is not None
    assert comparing.own_band(edition) == "50k-100k"
    assert comparing.compare(edition, Choice(NATION, "over-300k")).cities == 0


def test_fewer_than_five_cities_have_no_spread_and_no_shares() -> None:
    found = group(arao(), *cities(4))
    assert all(one.spread is None and one.shares is None and one.known == 4 for one in found.compared)


def test_cities_are_listed_by_code_whatever_their_values() -> None:
    group(*reversed(cities(6)), arao())
    edition = comparing.edition()
    assert edition is not None
    codes = [city.code for city in comparing.everything(edition, Choice())]
    assert codes == sorted(codes)
    assert ARAO not in codes


def test_an_edition_without_this_city_still_compares_by_the_prefecture_of_the_pack() -> None:
    found = group(*cities(6))
    assert (found.ours, found.prefecture, found.cities) == (None, "熊本県", 6)


def test_what_the_city_confirmed_stands_beside_what_was_published() -> None:
    say("card", typed={"numerator": "41000", "denominator": "50000"})
    confirmed()
    found = group(arao(), *cities(6))
    assert found.confirmed_year == YEAR
    card = next(one for one in found.compared if one.indicator.code == "card")
    assert card.confirmed == Value("", 41000, 50000)


def test_a_comparison_asks_as_often_for_the_nation_as_for_a_village() -> None:
    take(by_line([arao(), *cities(8), *cities(200, first=44001, prefecture="見本県")]))
    edition = comparing.edition()
    assert edition is not None
    comparing.compare(edition, Choice())
    with CaptureQueriesContext(connection) as few:
        comparing.compare(edition, Choice())
    with CaptureQueriesContext(connection) as many:
        comparing.compare(edition, Choice(NATION))
    assert len(many) <= len(few)
