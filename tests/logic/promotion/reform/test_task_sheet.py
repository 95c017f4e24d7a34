"""The table of tasks: what is written is read back, and every wrong line is told with column and remedy."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.kernel.tables import TableRefused
from dokodemo.kernel.ui import texts
from dokodemo.promotion.reform import reading, sheet
from dokodemo.promotion.reform.logic import TaskFacts

HEADER = ",".join(sheet.COLUMNS.values())
GOOD = "CHI-05,childcare,名簿の照合,4.5,3300,全部,児童手当; 表計算,データ,紙,法令,いいえ,実測"


def problems(text: str | bytes) -> list[tuple[int, str, str]]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(TableRefused) as refused:
        sheet.read(data)
    return [(p.line, p.column, p.message) for p in refused.value.problems]


def test_a_line_becomes_a_task() -> None:
    ((line, task),) = sheet.read(f"{HEADER}\n{GOOD}\n".encode())
    assert line == 2
    assert task == TaskFacts(
        code="CHI-05",
        section="childcare",
        title="名簿の照合",
        minutes=Decimal("4.5"),
        cases=3300,
        rules_alone="wholly",
        medium_in="digital",
        medium_out="paper",
        basis="law",
        core=False,
        measured=True,
        systems=("児童手当", "表計算"),
    )


words = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)


@given(
    title=words,
    tenths=st.integers(1, 99_999),
    cases=st.integers(0, 10_000_000),
    alone=st.sampled_from(list(reading.RULES_WORDS)),
    out=st.sampled_from(list(reading.MEDIA_WORDS)),
    core=st.booleans(),
    systems=st.lists(words, max_size=4, unique=True),
)
def test_what_is_written_is_read_back(
    title: str, tenths: int, cases: int, alone: str, out: str, core: bool, systems: list[str]
) -> None:
    task = TaskFacts(
        code="T-1",
        section="tax",
        title=title,
        minutes=Decimal(tenths) / 10,
        cases=cases,
        rules_alone=alone,
        medium_in="paper",
        medium_out=out,
        basis="city",
        core=core,
        measured=False,
        systems=tuple(systems),
    )
    assert sheet.read(sheet.write([task])) == [(2, task)]


def test_every_wrong_cell_of_every_line_is_told_at_once() -> None:
    bad = "CHI 06,childcare,,0,many,たぶん,,紙,石,法令,いいえ,実測"
    found = problems(f"{HEADER}\n{GOOD}\n{bad}\n{GOOD}\n")
    assert found == [
        (3, "業務コード", "reform.fault.code"),
        (3, "業務名", "reform.fault.title"),
        (3, "1件の分数", "reform.fault.minutes"),
        (3, "年間件数", "reform.fault.cases"),
        (3, "決まりだけで判断", "reform.fault.rules_alone"),
        (3, "渡す媒体", "reform.fault.medium"),
        (4, "業務コード", "reform.sheet.twice"),
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"{HEADER}\n", "reform.sheet.empty"),
        (f"{HEADER}\n{GOOD},x\n", "reform.sheet.cells"),
        (f"{HEADER},x\n{GOOD},x\n", "reform.sheet.unknown_column"),
        (f"{HEADER},根拠\n{GOOD},法令\n", "reform.sheet.column_twice"),
        (f"{HEADER[:-6]}\n{GOOD[:-3]}\n", "reform.sheet.column_missing"),
        (f"{HEADER}\n{GOOD}\n".encode("cp932"), "reform.sheet.encoding"),
        (f'{HEADER}\n"{GOOD}\n', "reform.sheet.quotes"),
    ],
)
def test_a_table_of_another_shape_is_refused_with_a_remedy(text: str | bytes, key: str) -> None:
    assert problems(text)[0][2] == key


def test_each_thing_that_can_be_told_has_its_text() -> None:
    known = texts.catalogue().entries
    for name in sheet.COLUMNS:
        assert f"reform.words.{name}" in known
        assert f"reform.column.{name}" in known


def test_no_cell_is_a_formula_for_a_spreadsheet_and_the_mark_is_taken_off_again() -> None:
    line = GOOD.replace("名簿の照合", "=1+1")
    ((_, task),) = sheet.read(f"{HEADER}\n{line}\n".encode())
    written = sheet.write([task]).decode("utf-8-sig")
    assert "'=1+1" in written
    assert sheet.read(written.encode()) == [(2, task)]
