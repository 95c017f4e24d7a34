"""The lists of national indicators in a pack: what is wrong is told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dokodemo.kernel.packs import Pack, PackError, open_pack
from dokodemo.promotion.national.definitions import check, load_lists
from dokodemo.promotion.national.logic import read_cell

TEXT = "{ja: あ, easy: あ, en: A}"
HEAD = f"year: 2024\ntitle: {TEXT}\npublished_on: 2024-07-12\nsource: {TEXT}\nurl: https://example.org/\nindicators:\n"
ONE = f"category: work, title: {TEXT}, says: {TEXT}"


def city(folder: Path, *lines: str, name: str = "2024", head: str = HEAD) -> Pack:
    """A pack of its own with one list."""
    own = folder / "tiny"
    (own / "national").mkdir(parents=True)
    (own / "pack.yaml").write_text(f"name: tiny\ntitle: {TEXT}\n", "utf-8")
    (own / "national" / f"{name}.yaml").write_text(
        head + "".join(f"  - {{{line}}}\n" for line in lines), "utf-8"
    )
    return open_pack("tiny", roots=[folder])


@pytest.mark.parametrize("name", ["arao", "mihon", "japan"])
def test_the_shipped_packs_have_fifteen_indicators_and_nothing_wrong(name: str) -> None:
    assert check(open_pack(name)) == []
    (found,) = load_lists(open_pack(name))
    assert len(found.indicators) == 15
    assert {one.kind for one in found.indicators} == {"yes_no", "ratio", "count"}


def test_each_example_is_a_cell_that_is_read() -> None:
    (found,) = load_lists(open_pack("japan"))
    assert all(read_cell(one.shape, one.example) is not None for one in found.indicators)


def test_a_pack_without_lists_has_nothing_wrong(tmp_path: Path) -> None:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "pack.yaml").write_text(f"name: tiny\ntitle: {TEXT}\n", "utf-8")
    pack = open_pack("tiny", roots=[tmp_path])
    assert (load_lists(pack), check(pack)) == ((), [])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"code: a, {ONE}, published: あ, kind: yes_no, example: はい", "cannot be read as a yes_no"),
        (f'code: a, {ONE}, published: あ, kind: count, example: "調査無し"', "cannot be read as a count"),
        (
            f"code: a, {ONE}, published: あ, kind: yes_no, example: 実施, source: inventory.often_used",
            "gives no such answer",
        ),
        (
            f"code: a, {ONE}, published: あ, kind: yes_no, example: 実施, source: moon.phase",
            "gives no such answer",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    (problem,) = check(city(tmp_path, line))
    assert problem.file.endswith("tiny/national/2024.yaml")
    assert problem.line == 7
    assert said in str(problem)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"code: a, {ONE}, published: あ, kind: ratio, example: 1%", "does not say what it counts over what"),
        (f"code: a, {ONE}, published: あ, kind: choice, example: あ", "a choice with 0 choices"),
    ],
)
def test_a_kind_without_what_it_needs_is_refused_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(PackError, match=said) as caught:
        check(city(tmp_path, line))
    assert 7 in [problem.line for problem in caught.value.problems]


def test_a_code_and_a_published_name_stand_once(tmp_path: Path) -> None:
    line = f"code: a, {ONE}, published: あ, kind: yes_no, example: 実施"
    found = check(city(tmp_path, line, line.replace("published: あ", "published: ' あ '")))
    assert [problem.line for problem in found] == [8, 8]
    assert any("under the name of another indicator" in str(problem) for problem in found)


def test_a_choice_stands_once(tmp_path: Path) -> None:
    choice = f"{{code: x, published: あ, title: {TEXT}}}"
    line = f"code: a, {ONE}, published: あ, kind: choice, example: あ, choices: [{choice}, {choice}]"
    (problem,) = check(city(tmp_path, line))
    assert "offers a choice twice" in str(problem)


def test_a_list_lies_in_the_file_of_its_year(tmp_path: Path) -> None:
    line = f"code: a, {ONE}, published: あ, kind: yes_no, example: 実施"
    (problem,) = check(city(tmp_path, line, name="2025"))
    assert "Call the file 2024.yaml" in str(problem)
