"""Dated parameters as packs write them."""

from datetime import date
from pathlib import Path

import pytest

from dokodemo.kernel.expressions import ParameterSet, load_parameters
from dokodemo.kernel.expressions.values import Failure
from dokodemo.kernel.packs import PackError, open_pack

LABEL = "label: {ja: 額, easy: お金《かね》, en: Amount}"
GOOD = f"""\
- name: child_allowance
  type: yen
  {LABEL}
  values:
    - {{from: 2020-04-01, value: 10000, article: 第6条}}
    - {{from: 2024-10-01, value: 15000}}
- {{name: starts, type: date, {LABEL}, values: [{{from: 2020-04-01, value: 2026-04-01}}]}}
- {{name: month, type: year_month, {LABEL}, values: [{{from: 2020-04-01, value: 2026-04}}]}}
- {{name: open, type: boolean, {LABEL}, values: [{{from: 2020-04-01, value: true}}]}}
"""


def load(folder: Path, text: str, name: str = "law.yaml") -> ParameterSet:
    pack = folder / "sample"
    (pack / "parameters").mkdir(parents=True, exist_ok=True)
    (pack / "pack.yaml").write_text(
        "name: sample\ntitle: {ja: 見本, easy: 見本《みほん》, en: Sample}\n", "utf-8"
    )
    (pack / "parameters" / name).write_text(text, "utf-8")
    return load_parameters(open_pack("sample", roots=[folder]))


def test_a_parameter_is_read_with_its_days_and_articles(tmp_path: Path) -> None:
    found = load(tmp_path, GOOD)
    assert sorted(found) == ["child_allowance", "month", "open", "starts"]
    allowance = found["child_allowance"]
    assert allowance.type.kind == "yen"
    assert allowance.on(date(2024, 9, 30)) == 10_000
    assert allowance.on(date(2024, 10, 1)) == 15_000
    assert isinstance(allowance.on(date(2020, 3, 31)), Failure)
    assert allowance.values[0].article == "第6条"
    assert found["starts"].on(date(2026, 1, 1)) == date(2026, 4, 1)
    assert found["month"].on(date(2026, 1, 1)) == "2026-04"
    assert found["open"].on(date(2026, 1, 1)) is True


def test_the_digest_changes_with_any_value(tmp_path: Path) -> None:
    before = load(tmp_path, GOOD).digest
    assert load(tmp_path, GOOD).digest == before
    assert load(tmp_path, GOOD.replace("15000", "15001")).digest != before
    assert load(tmp_path, GOOD.replace("2024-10-01", "2024-10-02")).digest != before


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (GOOD.replace("15000", "much"), 6, "the value is not an amount in yen"),
        (GOOD.replace("15000", "true"), 6, "the value is not an amount in yen"),
        (GOOD.replace("2024-10-01", "2020-04-01"), 6, "2020-04-01 does not come after 2020-04-01"),
        (GOOD.replace("2024-10-01", "soon"), 6, "day"),
        (GOOD.replace("name: child_allowance", "name: Child"), 1, "is not a name"),
        (GOOD.replace("type: yen", "type: choice"), 2, "cannot be choice"),
        (GOOD.replace("type: yen", "type: money"), 2, "cannot be"),
        (GOOD.replace("value: 2026-04-01", "value: 2026-02-30"), 7, "the value is not a date"),
        (GOOD.replace("name: month", "name: starts"), 8, "defined twice"),
        (GOOD.replace("article", "artikel"), 5, "artikel"),
        (f"- {{name: a, type: yen, {LABEL}, values: []}}", 1, "no value"),
        ("a: 1", 1, "not a list"),
    ],
)
def test_a_broken_parameter_is_told_with_file_and_line(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    with pytest.raises(PackError) as caught:
        load(tmp_path, text)
    (problem,) = caught.value.problems
    assert problem.file.endswith("sample/parameters/law.yaml")
    assert problem.line == line
    assert message in problem.message
    assert problem.remedy


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(PackError) as caught:
        load(tmp_path, GOOD.replace("15000", "much").replace("value: 2026-04-01", "value: 2026-02-30"))
    assert len(caught.value.problems) == 2
