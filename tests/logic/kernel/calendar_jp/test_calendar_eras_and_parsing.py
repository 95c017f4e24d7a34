"""Japanese years both ways, and what is understood of a typed day."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.kernel.calendar_jp import (
    ERAS,
    ImpossibleDate,
    date_from_boxes,
    era_of,
    era_year,
    month_label,
    parse_date,
    parse_year_month,
    to_wareki,
    year_month_from_boxes,
)

days = st.dates(date(1873, 1, 1), date(2199, 12, 31))
FULL_WIDTH = str.maketrans("0123456789-/.", "０１２３４５６７８９－／．")
HYPHENS = "-－‐‑‒–—―−ーｰ/／.．・、 　"


def unclear(text: str) -> ImpossibleDate:
    with pytest.raises(ImpossibleDate) as caught:
        parse_date(text)
    return caught.value


def reason_of[T](read: Callable[[T], object], typed: T) -> str | None:
    try:
        read(typed)
    except ImpossibleDate as error:
        return error.reason
    return None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("令和6年4月1日", "2024-04-01"),
        ("R6.4.1", "2024-04-01"),
        ("ｒ６．４．１", "2024-04-01"),
        ("s39/2/3", "1964-02-03"),
        ("昭 39. 2. 3", "1964-02-03"),
        ("昭和39年2月3日生まれ", "1964-02-03"),
        ("1964年 2月 3日生", "1964-02-03"),
        ("令和元年5月1日", "2019-05-01"),
        ("令和1年5月1日", "2019-05-01"),
        ("平成元年１月８日", "1989-01-08"),
        ("平成31ー4―30", "2019-04-30"),
        ("H31・4・30", "2019-04-30"),
        ("令和六年四月一日", "2024-04-01"),
        ("昭和六十四年一月七日", "1989-01-07"),
        ("昭和二十年十二月三十一日", "1945-12-31"),
        ("㋿6年4月1日", "2024-04-01"),
        ("明治6年1月1日", "1873-01-01"),
        ("R080401", "2026-04-01"),
        ("2026-11-23", "2026-11-23"),
        ("２０２６年１１月２３日（月）", "2026-11-23"),
        ("令和8年11月23日（2026年）", "2026-11-23"),
        ("2026年11月23日月曜日", "2026-11-23"),
        ("西暦2026年11月23日", "2026-11-23"),
        ("20261123", "2026-11-23"),
        ("2026.11.23.", "2026-11-23"),
        ("23 November 2026", "2026-11-23"),
        ("23rd Nov, 2026", "2026-11-23"),
        ("November 23, 2026", "2026-11-23"),
        ("Mon, 23 Nov 2026", "2026-11-23"),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_a_day_is_understood_however_it_is_written(text: str, expected: str) -> None:
    assert parse_date(text).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "reason", "params"),
    [
        ("昭和65年4月1日", "era", {"suggestion": "平成2年4月1日 (1990-04-01)"}),
        ("平成元年1月3日", "era", {"suggestion": "昭和64年1月3日 (1989-01-03)"}),
        ("平成31年5月1日", "era", {"suggestion": "令和元年5月1日 (2019-05-01)"}),
        ("令和元年4月30日", "era", {"suggestion": "平成31年4月30日 (2019-04-30)"}),
        ("大正元年7月29日", "era", {"suggestion": "明治45年7月29日 (1912-07-29)"}),
        ("明治5年12月2日", "year", {"first": "1873", "last": "2199"}),
        ("令和0年1月1日", "year", {"first": "1873", "last": "2199"}),
        ("1800-01-01", "year", {"first": "1873", "last": "2199"}),
        ("2026-02-29", "day", {"month": "2", "last": "28"}),
        ("令和6年2月30日", "day", {"month": "2", "last": "29"}),
        ("2026-04-31", "day", {"month": "4", "last": "30"}),
        ("2026-00-10", "month", {}),
        ("2026-13-01", "month", {}),
        ("26/4/1", "no_era", {}),
        ("6年4月1日", "no_era", {}),
        ("23/11/2026", "unreadable", {}),
        ("きのう", "unreadable", {}),
        ("", "unreadable", {}),
        ("2026-11-23" + " " * 60 + "x", "unreadable", {}),
        ("令和十十年1月1日", "unreadable", {}),
    ],
)
def test_what_cannot_be_a_day_is_refused_with_its_reason(
    text: str, reason: str, params: dict[str, str]
) -> None:
    error = unclear(text)
    assert (error.reason, error.params) == (reason, params)


@pytest.mark.parametrize(
    ("text", "day"), [("明治45年7月30日", "1912-07-30"), ("大正15年12月25日", "1926-12-25")]
)
def test_the_two_days_with_two_names_are_understood_by_both(text: str, day: str) -> None:
    assert parse_date(text).isoformat() == day
    assert parse_date(to_wareki(date.fromisoformat(day))).isoformat() == day


def test_the_text_itself_is_never_in_the_error() -> None:
    assert "1964" not in str(unclear("1964 or so")) + repr(unclear("1964 or so"))


@given(days)
def test_a_day_written_in_japanese_years_is_read_back(day: date) -> None:
    written = to_wareki(day, "ja")
    assert parse_date(written) == day
    assert parse_date(written.translate(FULL_WIDTH)) == day
    assert parse_date(to_wareki(day, "easy")) == day
    assert parse_date(to_wareki(day, "en")) == day


@given(days, st.sampled_from(HYPHENS[:-2]), st.sampled_from(["", " ", "　"]), st.booleans())
def test_every_separator_and_width_is_forgiven(day: date, mark: str, space: str, wide: bool) -> None:
    code, year = era_year(day.year, day.month, day.day)
    letter = next(era.letter for era in ERAS if era.code == code)
    separator = f"{space}{mark}{space}"
    for text in (
        f"{letter}{year}{separator}{day.month}{separator}{day.day}",
        day.isoformat().replace("-", separator),
    ):
        assert parse_date(text.translate(FULL_WIDTH) if wide else text) == day


@given(days)
def test_boxes_are_read_back_in_both_calendars(day: date) -> None:
    code, year = era_year(day.year, day.month, day.day)
    rest = {"month": str(day.month), "day": f"{day.day}日"}
    assert date_from_boxes({"era": code, "year": year, **rest}) == day
    assert date_from_boxes({"era": "", "year": str(day.year), **rest}) == day
    assert year_month_from_boxes({"era": code, "year": year, "month": str(day.month)}) == (
        day.year,
        day.month,
    )


@given(days, days)
def test_later_days_never_have_earlier_eras(first: date, second: date) -> None:
    first, second = sorted((first, second))
    order = [era.code for era in ERAS]
    one, two = era_of(first), era_of(second)
    assert one is not None
    assert two is not None
    assert order.index(one.code) <= order.index(two.code)


def test_eras_follow_each_other_without_a_gap() -> None:
    for era, following in pairwise(ERAS):
        assert era.last + timedelta(days=1) == following.first


@given(st.text(max_size=70))
def test_no_text_breaks_the_reader(text: str) -> None:
    for read in (parse_date, parse_year_month):
        assert reason_of(read, text) in {None, "unreadable", "no_era", "year", "month", "day", "era"}


@given(
    st.fixed_dictionaries(
        {
            part: st.text("0123456789令和Rr元年月日 ー９፩²", max_size=9)
            for part in ("era", "year", "month", "day")
        }
    )
)
def test_no_boxes_break_the_reader(boxes: dict[str, str]) -> None:
    for read in (date_from_boxes, year_month_from_boxes):
        assert reason_of(read, boxes) in {
            None,
            "incomplete",
            "unreadable",
            "no_era",
            "year",
            "month",
            "day",
            "era",
        }


@pytest.mark.parametrize(
    ("boxes", "reason", "part"),
    [
        ({"era": "", "year": "8", "month": "4", "day": "1"}, "no_era", "era"),
        ({"era": "reiwa", "year": "", "month": "4", "day": "1"}, "incomplete", "year"),
        ({"era": "reiwa", "year": "8", "month": "", "day": "1"}, "incomplete", "month"),
        ({"era": "reiwa", "year": "8", "month": "4", "day": ""}, "incomplete", "day"),
        ({"era": "reiwa", "year": "8", "month": "x", "day": "1"}, "unreadable", "month"),
        ({"era": "showa", "year": "65", "month": "4", "day": "1"}, "era", "year"),
        ({"era": "reiwa", "year": "8", "month": "2", "day": "29"}, "day", "day"),
        ({}, "incomplete", "year"),
    ],
)
def test_an_error_names_the_box(boxes: dict[str, str], reason: str, part: str) -> None:
    with pytest.raises(ImpossibleDate) as caught:
        date_from_boxes(boxes)
    assert (caught.value.reason, caught.value.part) == (reason, part)


@pytest.mark.parametrize(
    "boxes",
    [
        {"era": "reiwa", "year": "元", "month": "５", "day": "１"},
        {"era": "reiwa", "year": "1年", "month": "5月", "day": "1日"},
        {"era": "", "year": "令和元", "month": "5", "day": "1"},
        {"era": "heisei", "year": "R1", "month": "5", "day": "1"},
        {"era": "reiwa", "year": "2019", "month": "5", "day": "1"},
        {"era": "", "year": "令和元年5月1日", "month": "", "day": ""},
        {"era": "reiwa", "year": "2019/5/1", "month": "", "day": ""},
        {"era": "", "year": "2019", "month": "May", "day": "1"},
    ],
)
def test_boxes_forgive_what_tired_people_do(boxes: dict[str, str]) -> None:
    assert date_from_boxes(boxes) == date(2019, 5, 1)


@pytest.mark.parametrize(
    "text", ["令和8年11月", "R8.11", "２０２６／１１", "2026年11月", "202611", "November 2026", "2026-11"]
)
def test_a_month_is_understood_however_it_is_written(text: str) -> None:
    assert parse_year_month(text) == (2026, 11)


def test_a_month_in_which_the_era_changed_belongs_to_both() -> None:
    assert parse_year_month("昭和64年1月") == parse_year_month("平成元年1月") == (1989, 1)
    with pytest.raises(ImpossibleDate) as caught:
        parse_year_month("平成31年5月")
    assert caught.value.params == {"suggestion": "令和元年5月 (2019-05)"}


def test_days_are_written_for_each_reader() -> None:
    day = date(2019, 5, 1)
    assert [to_wareki(day, lang) for lang in ("ja", "easy", "en")] == [
        "令和元年5月1日",
        "2019年5月1日",
        "1 May 2019",
    ]
    assert [month_label(2026, 11, lang) for lang in ("ja", "easy", "en")] == [
        "令和8年11月",
        "2026年11月",
        "November 2026",
    ]
    assert month_label(2026, 12) == "令和8年12月"


def test_before_the_gregorian_calendar_only_western_years_are_used() -> None:
    assert to_wareki(date(1870, 1, 2)) == "1870年1月2日"
    assert era_year(1870, 1, 2) == ("", "1870")
    assert era_of(date(1872, 12, 31)) is None
