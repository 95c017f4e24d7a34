"""What one YAML file of a pack may look like, and how its mistakes are told."""

import json
from pathlib import Path

import pytest

from dokodemo.kernel.packs import PackError, Problem
from dokodemo.kernel.packs.located import place, plain
from dokodemo.kernel.packs.reading import MAX_BYTES, parse_yaml, read_yaml


def refused(data: bytes | str) -> Problem:
    with pytest.raises(PackError) as caught:
        parse_yaml(data if isinstance(data, bytes) else data.encode(), "packs/x/a.yaml")
    assert len(caught.value.problems) == 1
    return caught.value.problems[0]


def test_yaml_1_2_is_read_as_people_mean_it() -> None:
    text = 'on: 2026-11-23\nyes: no\ncode: "0179"\nn: -12\nx: 1.5\nt: true\nz: ~\ntime: 12:30\nl: [a, 1]\n2026: k\n'
    assert plain(parse_yaml(text.encode(), "f")) == {
        "on": "2026-11-23",
        "yes": "no",
        "code": "0179",
        "n": -12,
        "x": 1.5,
        "t": True,
        "z": None,
        "time": "12:30",
        "l": ["a", 1],
        "2026": "k",
    }


def test_every_value_knows_its_line() -> None:
    root = parse_yaml(b"a:\n  - b: 1\n    c:\n      2\n  - d\n", "packs/x/a.yaml")
    assert place(root, ("a", 0, "b")) == ("packs/x/a.yaml", 2)
    assert place(root, ("a", 0, "c")) == ("packs/x/a.yaml", 3)
    assert place(root, ("a", 1)) == ("packs/x/a.yaml", 5)
    assert place(root, ("a", 0, "absent")) == ("packs/x/a.yaml", 2)
    assert place(root, ("a", "SomeUnionBranch", 1)) == ("packs/x/a.yaml", 5)


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "twice"),
        ("a:\n\tb: 1\n", 2, "tab"),
        ("a: b: c\n", 1, "not correct YAML"),
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "not correct YAML"),
        ("", 1, "empty"),
        ("# only a comment\n", 1, "empty"),
        ("a: &x 1\nb: *x\n", 1, "Anchors"),
        ("a: *x\n", 1, "not correct YAML"),
        ("a: !!python/object:os.system 1\n", 1, "tag"),
        ("<<: {a: 1}\n", 1, "Merge keys"),
        ("? [a, b]\n: 1\n", 1, "key must be a word"),
        ("code: 0179\n", 1, "leading zero"),
        ("a: 1\nb: 1e999\n", 2, "too large"),
        ("a: 1\n---\nb: 2\n", 2, "not correct YAML"),
        ("a: 1\nb: \x07\n", 2, "control character"),
        (f"a: {'9' * 31}\n", 1, "30 digits"),
        ("[" * 60 + "]" * 60, 1, "nested"),
        ("[" * 100_000, None, "nested"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_a_remedy(text: str, line: int | None, word: str) -> None:
    problem = refused(text)
    assert problem.line == line
    assert word in problem.message
    assert problem.remedy


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ("a: 1\nb: 申請\n".encode("cp932"), "Shift_JIS"),
        ("a: 1\nb: 児童手当\n".encode("euc_jp"), "EUC-JP"),
        ("a: 申請".encode("utf-16"), "UTF-16"),
        ("a: 申請".encode("utf-8-sig"), "byte order mark"),
        (b"a: 1\nb: \xff\xff\xff\n", "not encoded in UTF-8"),
    ],
)
def test_a_file_in_another_encoding_is_named(data: bytes, word: str) -> None:
    problem = refused(data)
    assert word in problem.message
    assert "UTF-8" in problem.remedy


def test_a_shift_jis_file_is_located_by_line() -> None:
    assert refused("a: 1\nb: 申請\n".encode("cp932")).line == 2


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"a: " + b"x" * MAX_BYTES)
    with pytest.raises(PackError, match="larger than"):
        read_yaml(file, "packs/x/a.yaml")


def test_a_missing_file_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="cannot be opened"):
        read_yaml(tmp_path / "absent.yaml", "packs/x/absent.yaml")


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: 1\n")
    first = read_yaml(file, "x/a.yaml")
    assert read_yaml(file, "x/a.yaml") is first
    file.write_text("a: 22\n")
    assert plain(read_yaml(file, "x/a.yaml")) == {"a": 22}


def test_a_problem_reads_as_one_line_and_as_json() -> None:
    problem = Problem("packs/arao/x.yaml", 12, "The fee is missing", "Add `fee: …` here")
    assert str(problem) == "packs/arao/x.yaml:12: The fee is missing. Add `fee: …` here."
    assert json.loads(json.dumps(problem.as_json())) == {
        "file": "packs/arao/x.yaml",
        "line": 12,
        "message": "The fee is missing",
        "remedy": "Add `fee: …` here",
    }


def test_problems_are_listed_by_file_and_line() -> None:
    error = PackError([Problem("b", 2, "m", "r"), Problem("a", 9, "m", "r"), Problem("b", None, "m", "r")])
    assert [(problem.file, problem.line) for problem in error.problems] == [("a", 9), ("b", None), ("b", 2)]
