"""What a series must be, how a table of months is read, and the arithmetic of effort saved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.promotion.evaluation.reading import Refused, read_events, read_series, text_of
from dokodemo.promotion.evaluation.savings import Effort, totals
from dokodemo.promotion.evaluation.series import Point, lacks, missing, modelled, month_after, refusals

JANUARY = date(2024, 1, 1)


def points(*values: float) -> tuple[Point, ...]:
    return tuple(Point(month_after(JANUARY, n), value) for n, value in enumerate(values))


def faults(text: str, unit: str = "cases") -> list[tuple[str, object]]:
    """The key of each fault, without its domain, and the line it names."""
    with pytest.raises(Refused) as refused:
        read_series(text, unit)
    return [(fault.key.rpartition(".")[2], fault.params.get("line")) for fault in refused.value.faults]


def test_months_run_on_over_the_year() -> None:
    assert month_after(date(2024, 12, 1)) == date(2025, 1, 1)
    assert month_after(date(2025, 1, 1), -1) == date(2024, 12, 1)
    assert month_after(date(2024, 2, 1), 25) == date(2026, 3, 1)


def test_a_series_is_refused_for_gaps_a_month_outside_and_for_never_moving() -> None:
    whole = points(1, 2, 3, 4)
    assert refusals(whole, date(2024, 3, 1)) == []
    assert refusals((), JANUARY) == ["empty"]
    assert refusals(whole[:1] + whole[2:], date(2024, 3, 1)) == ["gaps"]
    assert missing(whole[:1] + whole[3:]) == [date(2024, 2, 1), date(2024, 3, 1)]
    for outside in (date(2023, 12, 1), JANUARY, date(2024, 5, 1)):
        assert refusals(whole, outside) == ["outside"]
    assert refusals(points(5, 5, 5), date(2024, 2, 1)) == ["constant"]
    # With a comparison it is the difference that must move.
    beside = tuple(Point(p.month, p.value, comparison=p.value - 1) for p in whole)
    assert refusals(beside, date(2024, 3, 1)) == ["constant"]


def test_twelve_months_before_and_six_from_the_change_on_are_enough() -> None:
    values = points(*range(18))
    assert lacks(values, month_after(JANUARY, 12)) == []
    assert lacks(values, month_after(JANUARY, 11)) == ["before"]
    assert lacks(values, month_after(JANUARY, 13)) == ["after"]


def test_a_difference_is_per_working_day_where_they_are_known() -> None:
    assert modelled((Point(JANUARY, 50, 20, 10),)) == [2.0]
    assert modelled((Point(JANUARY, 50, None, 10),)) == [40.0]
    assert modelled((Point(JANUARY, 50, 20),)) == [50.0]


def test_a_table_is_read_in_any_order_with_japanese_names_and_full_width_digits() -> None:
    text = '年月,値,開庁日数\n2024年2月,１２,19\n2024-01,"1,234",20\n令和6年3月,7,20\n'
    assert read_series(text, "cases") == (
        Point(JANUARY, 1234.0, 20),
        Point(date(2024, 2, 1), 12.0, 19),
        Point(date(2024, 3, 1), 7.0, 20),
    )


def test_every_fault_of_a_table_is_told_by_its_line() -> None:
    text = "month,value\n2024-01,5件\n2024-02,\n2024-03,1.5\n2024-13,4\n2024-05,4\n2024-05,4\n2099-01,4\n2024-06,1,2\n"
    assert faults(text) == [
        ("number", 2),
        ("nothing", 3),
        ("whole", 4),
        ("month", 5),
        ("twice", 7),
        ("future", 8),
        ("cells", 9),
    ]
    assert faults("month,value\n2024-01,101\n2024-02,-1\n", "percent") == [("percent", 2), ("percent", 3)]
    assert faults("month,value,working_days\n2024-02,4,30\n2024-03,4,0\n2024-04,4,x\n") == [
        ("days", 2),
        ("days", 3),
        ("days", 4),
    ]
    assert faults("month,value\n2024-01,4\n2024-03,4\n") == [("gap", 3)]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "empty"),
        ("month,value\n", "empty"),
        ("month,amount\n2024-01,4\n", "column"),
        ("month,comparison\n2024-01,4\n", "header"),
        ("month,value,value\n2024-01,4,4\n", "header"),
        ('month,value\n"2024-01,4\n', "quotes"),
        ("month,value\n" + "2024-01,1\n" * 241, "long"),
    ],
)
def test_a_table_that_is_none_is_refused_as_a_whole(text: str, key: str) -> None:
    assert faults(text)[0][0] == key


def test_working_days_belong_to_counts_only() -> None:
    assert faults("month,value,working_days\n2024-01,4.5,20\n", "days") == [("days_of_a_rate", None)]


def test_a_file_in_another_encoding_is_named() -> None:
    with pytest.raises(Refused) as refused:
        text_of("月,値\n".encode("cp932"))
    assert refused.value.faults[0].params == {"found": "Shift_JIS (CP932)"}
    with pytest.raises(Refused):
        text_of(b"x" * 200_001)
    assert text_of("月,値".encode("utf-8-sig")) == "月,値"


def test_other_events_are_a_month_and_words_a_line() -> None:
    assert read_events("2025-06 制度改正\n\n令和7年4月　手数料の 改定\n") == (
        (date(2025, 4, 1), "手数料の 改定"),
        (date(2025, 6, 1), "制度改正"),
    )
    with pytest.raises(Refused) as refused:
        read_events("制度改正\n2025-06\n2025-07 " + "長" * 121)
    assert [(f.key.rpartition(".")[2], f.params["line"]) for f in refused.value.faults] == [
        ("month", 1),
        ("words", 2),
        ("words", 3),
    ]


def effort(before: str, after: str, cases: int, **more: str) -> Effort:
    return Effort(
        Decimal(before),
        Decimal(after),
        cases,
        Decimal(more.get("build", "0")),
        Decimal(more.get("upkeep", "0")),
        more.get("one", "measured"),  # type: ignore[arg-type]
        more.get("other", "measured"),  # type: ignore[arg-type]
    )


def test_hours_saved_are_what_the_formula_says() -> None:
    # (25 - 10) minutes x 1,667 cases / 60 = 416.75 hours, less 40 for building and 12 for upkeep.
    assert effort("25", "10", 1667, build="40", upkeep="12").hours == Decimal("364.75")
    assert effort("5", "8", 20).hours == Decimal(-1)


def test_measured_and_estimated_hours_are_never_one_sum() -> None:
    found = totals(
        [
            effort("10", "4", 100),
            effort("10", "4", 100, other="estimated"),
            effort("10", "4", 200, one="estimated"),
        ]
    )
    assert (found["measured"].hours, found["measured"].tasks) == (Decimal(10), 1)
    assert (found["estimated"].hours, found["estimated"].tasks) == (Decimal(30), 2)


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 600), st.integers(1, 5000), st.booleans())))
def test_each_hour_is_in_exactly_one_total(rows: list[tuple[int, int, int, bool]]) -> None:
    efforts = [
        effort(str(before), str(after), cases, one="measured" if measured else "estimated")
        for before, after, cases, measured in rows
    ]
    found = totals(efforts)
    assert sum(total.tasks for total in found.values()) == len(rows)
    for basis, total in found.items():
        hours = sum((one.hours for one in efforts if one.basis == basis), Decimal(0))
        assert abs(total.hours - hours) < Decimal("0.0001")
