"""The national file: both layouts, both encodings, cities of one name, and a report of all that is wrong."""

from __future__ import annotations

import pytest

from dokodemo.kernel.tables import TableRefused
from dokodemo.promotion.national.national_file import read
from tests.domains.promotion.national_files import (
    ARAO,
    HEADER,
    across,
    arao,
    by_line,
    cities,
    code,
    listed,
    the_list,
)

ROWS = [arao(), *cities(4)]
FUCHU = [
    (code(13104), "東京都", "新宿区", 350_000),
    (code(13206), "東京都", "府中市", 260_000),
    (code(13207), "東京都", "昭島市", 110_000),
    (code(34207), "広島県", "福山市", 460_000),
    (code(34208), "広島県", "府中市", 37_000),
    (code(34209), "広島県", "三次市", 50_000),
]


def refused(data: bytes, more: bytes | None = None) -> TableRefused:
    with pytest.raises(TableRefused) as caught:
        read(data, the_list(), listed=more)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp932"])
def test_a_line_a_city_is_read_in_utf_8_and_in_shift_jis(encoding: str) -> None:
    found = read(by_line(ROWS, encoding=encoding), the_list())
    assert [city.code for city in found] == sorted(row[0] for row in ROWS)
    own = next(city for city in found if city.code == ARAO)
    assert (own.prefecture, own.name, own.population) == ("熊本県", "荒尾市", 50_000)
    assert (own.values["cio"], own.values["card"], own.values["often_used_performed"]) == ("no", 50.0, 24)


def test_the_published_layout_says_the_same_as_the_lines() -> None:
    assert read(across(ROWS), the_list(), listed=listed(ROWS)) == read(by_line(ROWS), the_list())


def test_a_blank_population_and_a_question_not_asked_are_not_known() -> None:
    data = by_line([arao(None)], change={(0, "CIOの任命"): "調査無し"})
    (own,) = read(data, the_list())
    assert (own.population, own.values["cio"]) == (None, None)


def test_two_cities_of_one_name_are_told_apart_by_the_order_of_the_codes() -> None:
    found = read(across(FUCHU), the_list(), listed=listed(FUCHU))
    assert [(city.code, city.prefecture) for city in found if city.name == "府中市"] == [
        (code(13206), "東京都"),
        (code(34208), "広島県"),
    ]


def test_a_name_that_the_order_does_not_settle_is_a_problem_and_its_prefecture_settles_it() -> None:
    mixed = [FUCHU[3], *FUCHU[:3], *FUCHU[4:]]
    problems = refused(across(mixed), listed(FUCHU)).problems
    assert {(one.column, one.message) for one in problems} == {("府中市", "national.file.which_city")}
    names = [row[1] + row[2] for row in mixed]
    assert len(read(across(mixed, names=names), the_list(), listed=listed(FUCHU))) == len(FUCHU)


def test_a_name_the_list_lacks_and_a_city_twice_are_problems() -> None:
    assert refused(across(ROWS), listed(ROWS[1:])).problems[0].message == "national.file.unknown_city"
    twice = across(ROWS, names=["荒尾市", *["熊本県荒尾市"], *(row[2] for row in ROWS[2:])])
    assert {one.message for one in refused(twice, listed(ROWS)).problems} == {"national.file.twice"}


def test_a_file_without_codes_asks_for_the_list() -> None:
    assert refused(across(ROWS)).problems[0].message == "national.file.list_needed"


def test_every_wrong_cell_is_told_with_line_and_column() -> None:
    data = by_line(
        ROWS,
        change={
            (0, "団体コード"): "43204",
            (1, "人口"): "たくさん",
            (2, "マイナンバーカードの保有状況"): "0.72",
            (3, "CIOの任命"): "=HYPERLINK(1)",
            (4, "市区町村名"): "",
        },
    )
    assert [(one.line, one.column, one.message) for one in refused(data).problems] == [
        (2, "団体コード", "national.file.code"),
        (3, "人口", "national.file.count"),
        (4, "マイナンバーカードの保有状況", "national.file.percent"),
        (5, "CIOの任命", "national.file.yes_no"),
        (6, "市区町村名", "national.file.name"),
    ]


def test_a_header_must_have_every_column_of_the_year_and_no_other() -> None:
    names = [*HEADER, *(one.published for one in the_list().indicators)]
    wrong = refused(by_line(ROWS, header=[*names[:-1], "順位"]))
    assert [(one.column, one.message) for one in wrong.problems] == [
        ("順位", "national.file.unknown_column"),
        (names[-1], "national.file.column_missing"),
    ]
    assert "national.file.column_twice" in {
        one.message for one in refused(by_line(ROWS, header=[*names[:-1], names[0]])).problems
    }


def test_a_city_twice_a_short_line_and_an_empty_file_are_problems() -> None:
    assert refused(by_line([arao(), arao()])).problems[0].message == "national.file.twice"
    short = by_line(ROWS) + "432059,熊本県\r\n".encode()
    assert [(one.line, one.message) for one in refused(short).problems] == [(7, "national.file.cells")]
    assert refused(by_line([])).problems[0].message == "national.file.empty"
    assert refused(b"").problems[0].message == "national.file.empty"


@pytest.mark.parametrize(
    ("data", "found"),
    [(b"PK\x03\x04rest", "Excel"), (b"\xff\xfea\x00", "UTF-16"), (b"\x80\xff\x00\xfe", "?")],
)
def test_what_is_no_text_is_named(data: bytes, found: str) -> None:
    wrong = refused(data)
    assert (wrong.problems[0].message, wrong.encoding) == ("national.file.encoding", found)


def test_a_row_missing_unknown_or_cut_short_in_the_published_layout_is_told() -> None:
    lines = across(ROWS).decode("utf-8-sig").split("\r\n")
    lines[1] = lines[1].rpartition(",")[0]
    lines[2] = lines[2].replace("CIO補佐官等の任命", "順位")
    wrong = refused("\r\n".join(lines).encode(), listed(ROWS))
    assert [(one.line, one.message) for one in wrong.problems] == [
        (1, "national.file.row_missing"),
        (2, "national.file.cells"),
        (3, "national.file.unknown_row"),
    ]


def test_hundreds_of_mistakes_are_counted_and_the_first_are_told() -> None:
    rows = cities(300, first=40000)
    wrong = refused(by_line(rows, change={(n, "CIOの任命"): "はい" for n in range(300)}))
    assert (wrong.total, len(wrong.problems)) == (300, 200)
