"""`findings.yaml`: the national values, a city's own, and errors that name the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dokodemo.administration.findings.definitions import FindingsFile, load_findings
from dokodemo.kernel.packs import Pack, PackError, open_pack

PACKS = Path(__file__).resolve().parents[2] / "src" / "dokodemo" / "packs"


def city(folder: Path, text: str | None) -> Pack:
    """A pack above the national one, with a findings.yaml of its own or without."""
    own = folder / "tiny"
    own.mkdir()
    title = "{ja: 小, easy: 小, en: Tiny}"
    (own / "pack.yaml").write_text(f"name: tiny\ntitle: {title}\nextends: [japan]\n", "utf-8")
    if text is not None:
        (own / "findings.yaml").write_text(text, "utf-8")
    return open_pack("tiny", roots=[folder, PACKS])


def test_a_city_changes_one_value_and_keeps_the_others(tmp_path: Path) -> None:
    found = load_findings(city(tmp_path, "shown_from: {times: 5}\n"))
    assert (found.shown_from.times, found.shown_from.days, found.kept_days) == (5, 2, 400)


def test_without_a_file_of_its_own_a_city_has_the_national_values(tmp_path: Path) -> None:
    assert load_findings(city(tmp_path, None)) == FindingsFile()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("kept_days: 400\nkept_unshown_days: 500\n", None, "longer than"),
        ("kept_days: 400\nshown_from: {times: 0}\n", 2, "times"),
        ("kept_days: 10\n", 1, "kept_days"),
        ("kept_weeks: 3\n", 1, "kept_weeks"),
    ],
)
def test_a_wrong_value_is_told_with_file_and_line(
    tmp_path: Path, text: str, line: int | None, said: str
) -> None:
    with pytest.raises(PackError) as refused:
        load_findings(city(tmp_path, text))
    problem = refused.value.problems[0]
    assert problem.file.endswith("tiny/findings.yaml")
    assert line in (None, problem.line)
    assert said in str(problem)
