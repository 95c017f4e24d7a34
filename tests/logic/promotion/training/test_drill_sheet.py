"""The table of a drill: read line by line, every mistake told."""

from __future__ import annotations

import pytest

from dokodemo.kernel.tables import TableRefused, as_csv
from dokodemo.promotion.training import sheet
from dokodemo.promotion.training.sheet import Result

HEADER = ",".join(sheet.HEADER)


def problems(data: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(TableRefused) as refused:
        sheet.read(data)
    return [(p.line, p.column, p.message) for p in refused.value.problems]


def test_a_line_says_what_one_person_did_whatever_the_order_of_columns() -> None:
    data = "報告した,ログイン名,リンクを開いた\nはい,tax-head,いいえ\n".encode()
    assert sheet.read(data) == [Result(2, "tax-head", clicked=False, reported=True)]


def test_every_mistake_is_told() -> None:
    data = f"{HEADER}\na,はい,いいえ\na,たぶん,\n,はい,はい\nb,はい\n".encode()
    assert problems(data) == [
        (3, "ログイン名", "training.sheet.twice"),
        (3, "リンクを開いた", "training.sheet.yes_no"),
        (3, "報告した", "training.sheet.yes_no"),
        (4, "ログイン名", "training.sheet.nobody"),
        (5, "", "training.sheet.cells"),
    ]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (f"{HEADER}\n".encode(), "training.sheet.empty"),
        ("ログイン名,報告した\na,はい\n".encode(), "training.sheet.column"),
        (f"{HEADER},氏名\na,はい,はい,山田\n".encode(), "training.sheet.unknown_column"),
        (f"{HEADER}\na,はい,はい\n".encode("cp932"), "training.sheet.encoding"),
    ],
)
def test_a_table_of_another_shape_is_refused(data: bytes, key: str) -> None:
    assert problems(data)[0][2] == key


def test_no_cell_is_a_formula() -> None:
    assert as_csv([["=1", "a"]]).decode("utf-8-sig") == "'=1,a\r\n"
