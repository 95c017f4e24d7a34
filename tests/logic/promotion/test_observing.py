"""Values observed elsewhere: what cannot be, which period is due, and that only one vintage compares."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dokodemo.kernel.packs import Text
from dokodemo.kernel.tables import TableRefused
from dokodemo.promotion.indicators import observing
from dokodemo.promotion.indicators.definitions import Indicator, Observed
from dokodemo.promotion.indicators.observation_table import read_table

TODAY = date(2026, 11, 23)
WORDS = Text(ja="数", easy="数《かず》", en="number")


def an_indicator(**changes: Any) -> Indicator:
    data = {
        "code": "use",
        "kind": "mid",
        "title": WORDS,
        "says": WORDS,
        "unit": "percent",
        "direction": "up",
        "numerator": WORDS,
        "denominator": WORDS,
        "source": "external",
        "state": "entered",
        "owner": "policy",
        "every": "year",
        "lag_months": 12,
    }
    return Indicator.model_validate(data | changes)


def a_value(**changes: Any) -> Observed:
    data = {
        "indicator": "use",
        "from": "2024-04-01",
        "to": "2025-03-31",
        "value": "57.0",
        "vintage": "first",
        "published_on": "2025-11-01",
        "source": "survey",
    }
    return Observed.model_validate(data | changes)


@pytest.mark.parametrize(
    ("changes", "indicator", "keys"),
    [
        ({}, {}, []),
        ({}, {"state": "works"}, ["indicator"]),
        ({"to": "2024-03-31"}, {}, ["to"]),
        ({"to": "2027-03-31"}, {}, ["to", "published_on"]),
        ({"to": "2027-03-31", "status": "estimate"}, {}, []),
        ({"from": "2027-04-01", "to": "2028-03-31", "status": "estimate"}, {}, ["from"]),
        ({"published_on": "2027-01-01"}, {}, ["published_on"]),
        ({"published_on": "2024-12-31"}, {}, ["published_on"]),
        ({"published_on": "2024-12-31", "status": "estimate"}, {}, []),
        ({"value": "100.1"}, {}, ["value"]),
        ({"value": "-0.1"}, {}, ["value"]),
        ({"numerator": 570}, {}, ["denominator"]),
        ({"denominator": 1000}, {}, ["numerator"]),
        ({"numerator": 0, "denominator": 0}, {}, ["denominator"]),
        ({"numerator": 570, "denominator": 1000}, {}, []),
        ({"numerator": 5704, "denominator": 10_000}, {}, []),
        ({"numerator": 571, "denominator": 1000}, {}, ["value"]),
        ({"value": "12.5"}, {"unit": "count"}, ["value"]),
        ({"value": "-3"}, {"unit": "count"}, ["value"]),
        ({"value": "25046"}, {"unit": "million_yen"}, []),
        ({"value": "-25046"}, {"unit": "million_yen"}, []),
    ],
)
def test_what_cannot_be_is_named_by_its_key(
    changes: dict[str, Any], indicator: dict[str, Any], keys: list[str]
) -> None:
    found = observing.faults(a_value(**changes), an_indicator(**indicator), TODAY)
    assert [key for key, _, _ in found] == keys


def test_an_indicator_nobody_has_is_the_only_fault() -> None:
    assert [key for key, _, _ in observing.faults(a_value(), None, TODAY)] == ["indicator"]


@pytest.mark.parametrize(
    ("every", "lag", "today", "first", "last"),
    [
        ("year", 12, date(2026, 11, 23), date(2024, 4, 1), date(2025, 3, 31)),
        ("year", 0, date(2026, 4, 30), date(2024, 4, 1), date(2025, 3, 31)),
        ("year", 0, date(2026, 5, 1), date(2025, 4, 1), date(2026, 3, 31)),
        ("quarter", 0, date(2026, 11, 23), date(2026, 7, 1), date(2026, 9, 30)),
        ("quarter", 0, date(2026, 2, 1), date(2025, 10, 1), date(2025, 12, 31)),
        ("month", 1, date(2026, 3, 31), date(2025, 12, 1), date(2025, 12, 31)),
        ("month", 0, date(2026, 3, 1), date(2026, 1, 1), date(2026, 1, 31)),
    ],
)
def test_a_period_is_due_a_month_after_its_value_can_be_known(
    every: str, lag: int, today: date, first: date, last: date
) -> None:
    found = observing.last_period(an_indicator(every=every, lag_months=lag), today)
    assert found == observing.Period(first, last)


def test_what_is_counted_every_day_is_never_due() -> None:
    assert observing.last_period(an_indicator(every="day"), TODAY) is None


def test_baseline_and_value_are_compared_within_one_vintage_only() -> None:
    def year(of: int, vintage: str, value: str, known: str) -> Observed:
        return a_value(
            **{"from": f"{of}-04-01", "to": f"{of + 1}-03-31", "vintage": vintage},
            value=value,
            published_on=known,
        )

    old = [year(2018, "old", "20", "2021-01-01"), year(2019, "old", "21", "2022-01-01")]
    alone = [year(2020, "new", "30", "2023-01-01")]
    revised = [*alone, year(2018, "new", "25", "2023-01-01")]
    pair = observing.comparable(2018, [*old, *alone])
    assert pair is not None
    assert [str(one.value) for one in pair] == ["20", "21"]
    pair = observing.comparable(2018, [*old, *revised])
    assert pair is not None
    assert [str(one.value) for one in pair] == ["25", "30"]
    assert observing.comparable(2017, old) is None
    assert observing.comparable(2018, [old[0]]) is None


HEADER = "indicator,from,to,value,unit,numerator,denominator,status,vintage,published_on,source"
GOOD = "use,2024-04-01,2025-03-31,57.0,percent,570,1000,final,first,2025-11-01,survey"


def table(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def test_a_table_is_read_in_its_order_with_or_without_a_mark_at_its_beginning() -> None:
    other = GOOD.replace("2024-04-01,2025-03-31,57.0", "2023-04-01,2024-03-31,57.0")
    for mark in (b"", b"\xef\xbb\xbf"):
        found = read_table(mark + table(HEADER, GOOD, other), {"use": an_indicator()}, TODAY)
        assert [one.from_.year for one in found] == [2024, 2023]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (GOOD.replace("percent", "million_yen"), "unit"),
        (GOOD.replace("use,", "none,"), "indicator"),
        (GOOD.replace("2025-03-31", "2027-03-31"), "to"),
        (GOOD.replace("2024-04-01", "令和6年"), "from"),
        (GOOD.replace("570,1000", "570,0"), "denominator"),
        (GOOD.replace("57.0", "57,0"), ""),
        (GOOD.rpartition(",")[0], ""),
        (GOOD.replace("57.0", "many"), "value"),
        (GOOD.replace("final", "sure"), "status"),
        (GOOD, ""),
    ],
)
def test_a_wrong_line_is_told_with_its_column_and_nothing_is_taken(line: str, column: str) -> None:
    with pytest.raises(TableRefused) as refused:
        read_table(table(HEADER, GOOD, line), {"use": an_indicator()}, TODAY)
    assert {(one.line, one.column) for one in refused.value.problems} >= {(3, column)}


@pytest.mark.parametrize(
    ("data", "column"),
    [
        (table(HEADER + ",colour", GOOD + ",red"), "colour"),
        (table(HEADER.replace("vintage", "source"), GOOD), "source"),
        (table(HEADER.replace(",vintage", "")), "vintage"),
        (table(HEADER), ""),
        (b"", "indicator"),
        (HEADER.encode("utf-16"), ""),
        (table(HEADER, GOOD.replace("survey", "調査")).decode().encode("cp932"), ""),
        (b"PK\x03\x04" + b"x" * 40, ""),
        (table(HEADER, '"' + GOOD), ""),
    ],
)
def test_a_file_that_is_no_such_table_says_so(data: bytes, column: str) -> None:
    with pytest.raises(TableRefused) as refused:
        read_table(data, {"use": an_indicator()}, TODAY)
    assert column in {one.column for one in refused.value.problems}


SURVEY = {"survey": "use", "wave": 1, "answers": 400, "low": "52.0", "high": "62.0"}


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        (SURVEY, []),
        (SURVEY | {"low": "57.0", "high": "57.0"}, []),
        (SURVEY | {"low": "57.1"}, ["low"]),
        (SURVEY | {"high": "56.9"}, ["low"]),
        (SURVEY | {"low": None}, ["low"]),
        (SURVEY | {"high": None}, ["high"]),
        (SURVEY | {"wave": None}, ["wave"]),
        (SURVEY | {"survey": None}, ["survey"]),
    ],
)
def test_an_interval_holds_its_value_and_a_wave_is_of_a_survey(
    changes: dict[str, Any], keys: list[str]
) -> None:
    found = observing.faults(a_value(**changes), an_indicator(), TODAY)
    assert [key for key, _, _ in found] == keys


def test_a_table_brings_answers_and_interval_back() -> None:
    head = "indicator,from,to,value,unit,vintage,published_on,source,answers,low,high,survey,wave"
    row = "use,2024-11-01,2024-11-30,57.0,percent,first,2025-01-20,survey,400,52.0,62.0,use,1"
    (one,) = read_table(f"{head}\n{row}\n".encode(), {"use": an_indicator()}, TODAY)
    assert (one.answers, one.low, one.high, one.survey, one.wave) == (
        400,
        Decimal("52.0"),
        Decimal("62.0"),
        "use",
        1,
    )
    with pytest.raises(TableRefused) as refused:
        read_table(f"{head}\n{row.replace(',400,', ',many,')}\n".encode(), {"use": an_indicator()}, TODAY)
    assert [(problem.line, problem.column) for problem in refused.value.problems] == [(2, "answers")]


def test_a_survey_stands_for_the_year_it_is_held_in_and_another_value_must_reach_its_end() -> None:
    year = observing.Period(date(2024, 4, 1), date(2025, 3, 31))
    held = a_value(**{"from": "2024-11-01", "to": "2024-11-30"}, **SURVEY)
    assert observing.is_of(held, year)
    assert not observing.is_of(a_value(**{"from": "2024-11-01", "to": "2024-11-30"}), year)
    assert not observing.is_of(a_value(**{"from": "2024-03-01", "to": "2024-03-31"}, **SURVEY), year)
    assert observing.is_of(a_value(), year)
    assert not observing.is_of(None, year)


def test_waves_stand_in_one_line_each_as_last_published_and_vintages_of_a_series_do_not() -> None:
    waves = [
        a_value(
            **{"from": f"{year}-11-01", "to": f"{year}-11-30"}, **SURVEY | {"wave": wave, "low": "0"}
        ).model_copy(
            update={"vintage": published, "published_on": date.fromisoformat(published), "value": value}
        )
        for year, wave, published, value in (
            (2023, 1, "2024-01-20", 50),
            (2023, 1, "2024-03-20", 51),
            (2024, 2, "2025-01-20", 60),
        )
    ]
    assert [one.value for one in observing.in_line(waves)] == [51, 60]
    other = a_value(**{"from": "2022-04-01", "to": "2023-03-31"}, vintage="second")
    assert observing.in_line([other, a_value()]) == [a_value()]
    assert observing.in_line([]) == []
