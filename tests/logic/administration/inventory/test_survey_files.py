"""Survey files: two editions known by their header, traps of separators and circles, and a report by line."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from dokodemo.administration.inventory.coding import Coder, UnknownValue, count_of
from dokodemo.administration.inventory.definitions import check, load_codes, load_priority
from dokodemo.administration.inventory.editions import R6, R7
from dokodemo.administration.inventory.survey import Survey, read_survey
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.tables import PROBLEM_LIMIT, LineProblem, TableRefused
from tests.domains.administration.inventory.surveys import r6, r7, row, table

CODES = load_codes(open_pack("japan"))


def read(data: bytes) -> Survey:
    return read_survey(data, Coder(CODES))


def refusal(data: bytes) -> list[LineProblem]:
    with pytest.raises(TableRefused) as refused:
        read(data)
    return refused.value.problems


def test_both_editions_are_known_by_their_header() -> None:
    assert (len(R6.columns), len(R7.columns)) == (38, 46)
    assert read(r6(row("101"))).edition is R6
    assert read(r7(row("101"))).edition is R7


def test_both_editions_say_the_same_of_the_same_procedure() -> None:
    ours = read(r6(row("101"))).rows[0].model_dump()
    theirs = read(r7(row("101"))).rows[0].model_dump()
    differing = {key for key in ours if ours[key] != theirs[key]}
    assert differing == {"edition", "law_number"}


def test_the_notes_that_only_r7_has_are_kept() -> None:
    found = read(r7(row("101", 関連する根拠法令="見本法施行令"))).rows[0]
    assert found.notes == {"関連する根拠法令": "見本法施行令"}


def test_columns_may_stand_in_any_order_and_headings_above_and_below_are_passed_over() -> None:
    body = r6(row("101")).decode("utf-8-sig")
    above = "行政手続等の棚卸調査結果" + "," * 37 + "\r\n"
    header, _, rest = body.partition("\r\n")
    below = ",".join(["（番号）"] * 38) + "\r\n"
    found = read((above + header + "\r\n" + below + rest).encode())
    assert [one.number for one in found.rows] == ["101"]


def test_a_computed_column_is_passed_over() -> None:
    lines = r6(row("101")).decode("utf-8-sig").splitlines()
    data = f"{lines[0]},オンライン化率\n{lines[1]},50.0\n".encode()
    assert read(data).rows[0].number == "101"


@pytest.mark.parametrize(
    "cell", ["出生・こども; 引越し", "出生・こども、引越し", "引越し・出生・こども", "出生・こども；引越し"]
)
def test_values_are_separated_in_four_ways_and_labels_keep_their_own_dots(cell: str) -> None:
    found = read(r6(row("101", **{"手続が行われるイベント(個人)": cell}))).rows[0]
    assert set(found.events_person) == {"birth", "moving"}
    assert {"birth", "moving_in"} <= set(found.life_events)


def test_labels_that_hold_a_comma_stay_whole() -> None:
    cells = {
        "手続主体": "7 国民等、民間事業者等",
        "申請時に添付させる書類": "営業許可証（食品衛生法、建設業等）、定款",
    }
    found = read(r6(row("101", **cells))).rows[0]
    assert found.filer == "citizens_or_businesses"
    assert found.evidence == ("business_licence", "articles")


@pytest.mark.parametrize(
    ("name", "cells"),
    [("kind", ("１　申請等", "1申請等", "1 申請等")), ("fee_method", ("1-3 ペイジー（ＡＴＭ）",))],
)
def test_width_and_spaces_do_not_matter(name: str, cells: tuple[str, ...]) -> None:
    coder = Coder(CODES)
    assert len({coder.one(name, cell) for cell in cells}) == 1


def test_a_number_with_another_label_is_unknown() -> None:
    with pytest.raises(UnknownValue):
        Coder(CODES).one("online_status", "1 未実施")


@pytest.mark.parametrize(
    ("text", "number"),
    [("", None), ("-", None), ("0", 0), ("1,234", 1234), ("１２", 12), ("12.0", 12), ("3件", 3)],
)
def test_counts_are_read_and_an_empty_cell_is_no_zero(text: str, number: int | None) -> None:
    assert count_of(text) == number


def test_zero_is_not_reported_and_an_empty_cell_is_not_zero() -> None:
    zero, empty = (read(r6(row("101", 総手続件数=cell))).rows[0] for cell in ("0", ""))
    assert (zero.total, empty.total) == (0, None)
    assert zero.national_volume is None
    assert empty.national_volume is None


def test_rows_of_other_authorities_are_counted_and_rows_without_an_office_are_kept_and_marked() -> None:
    found = read(
        r6(
            row("101"),
            row("102", 申請を提出する機関=""),
            row("103", 申請を提出する機関="都道府県庁"),
            row("104", 手続類型="4 作成・保存等"),
            row("105", 手続の受け手="1 国"),
            row("106", 手続主体="1 国"),
            row("107", 申請を提出する機関="都道府県庁; 市役所・町村役場"),
        )
    )
    assert {one.number: one.office_named for one in found.rows} == {"101": True, "102": False, "107": True}
    assert found.elsewhere == 4


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (codecs.BOM_UTF16_LE + "手続ID".encode("utf-16-le"), "UTF-16"),
        (r6(row("101")).decode("utf-8-sig").encode("cp932"), "Shift_JIS"),
        (b"PK\x03\x04" + b"\0" * 20, "Excel"),
        (b"\xff\x81\x00", "not text in UTF-8"),
        (b"", "no header"),
        ("名前,住所\n荒尾,花子\n".encode(), "no header"),
    ],
)
def test_a_file_that_is_no_survey_is_refused_with_what_it_is(data: bytes, word: str) -> None:
    assert word in str(refusal(data)[0])


def test_missing_unknown_and_doubled_columns_are_all_told() -> None:
    columns = [*R6.columns]
    columns[2], columns[3] = "手続名称", "手続ID"
    told = {(p.column, p.message.split()[0]) for p in refusal(table(R6, [row("101")], header=columns))}
    assert told >= {("手続名称", "is"), ("手続ID", "stands"), ("手続名", "is"), ("法令名", "is")}
    nearest = next(p for p in refusal(table(R6, [row("101")], header=columns)) if p.column == "手続名称")
    assert "手続名?" in nearest.remedy


def test_every_wrong_cell_is_told_with_its_line_and_column() -> None:
    data = r6(
        row("101"),
        row("102", オンライン化の実施状況="9 なぞ"),
        row("103", 総手続件数="たくさん"),
        row("101"),
        row("105", 手続名=""),
        row("x-6"),
        row("107", 手続主体=""),
    )
    told = [(p.line, p.column) for p in refusal(data)]
    assert told == [
        (3, "オンライン化の実施状況"),
        (4, "総手続件数"),
        (5, "手続ID"),
        (6, "手続名"),
        (7, "手続ID"),
        (8, "手続主体"),
    ]
    assert "9なぞ" in refusal(data)[0].message
    assert "1 実施済" in refusal(data)[0].remedy


def test_lines_are_counted_over_cells_with_line_breaks() -> None:
    data = r6(row("101", 独立行政法人等の名称="一\n二\n三"), row("102", 総手続件数="?"))
    assert [p.line for p in refusal(data)] == [5]


def test_broken_quotes_and_missing_cells_are_told() -> None:
    text = r6(row("101"), row("102")).decode("utf-8-sig")
    assert "cells" in refusal(text.replace(",見本省,", ",", 1).encode())[0].message
    assert "quotes" in refusal((text + '"103,"x"y').encode())[0].message


def test_only_the_first_problems_are_kept_and_all_are_counted() -> None:
    data = r6(*(row(f"{n}", 総手続件数="?") for n in range(1000, 1000 + PROBLEM_LIMIT + 5)))
    with pytest.raises(TableRefused) as refused:
        read(data)
    assert (len(refused.value.problems), refused.value.total) == (PROBLEM_LIMIT, PROBLEM_LIMIT + 5)


@pytest.mark.parametrize("name", ["japan", "arao", "mihon"])
def test_the_inventory_files_of_every_pack_are_right(name: str) -> None:
    assert check(open_pack(name)) == []


def test_the_lists_of_priority_have_as_many_entries_as_their_sources_name() -> None:
    priority = load_priority(open_pack("japan"))
    sure = {
        name: sum(getattr(e, name) == "yes" for e in priority.entries.values())
        for name in ("in_26", "in_31", "in_59")
    }
    assert sure == {"in_26": 26, "in_31": 31, "in_59": 44}
    assert sum(e.in_59 == "unverified" for e in priority.entries.values()) == 8


def test_the_real_survey_is_read_whole(shared: Path) -> None:
    found = read((shared / "data" / "procedures_localgov.csv").read_bytes())
    assert (len(found.rows), found.elsewhere) == (2599, 4611)
    assert sum(not one.office_named for one in found.rows) == 334
    by_number = {one.number: one for one in found.rows}
    assert by_number["9108"].fee_methods == ("counter", "online_other")
    wanted = {
        n for e in load_priority(open_pack("japan")).entries.values() if not e.prefecture for n in e.ids
    }
    assert wanted - by_number.keys() == {"40190"}  # filed with «another office», the survey says
