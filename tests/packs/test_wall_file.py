"""`plan/wall.yaml`: what a city makes public of its headquarters, nothing without the file, and errors that name the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dokodemo.kernel.packs import Pack, PackError, open_pack
from dokodemo.promotion.headquarters.definitions import Wall, load_wall

PACKS = Path(__file__).resolve().parents[2] / "src" / "dokodemo" / "packs"


def city(folder: Path, text: str | None) -> Pack:
    """A pack above the national one, with a wall.yaml of its own or without."""
    own = folder / "tiny"
    (own / "plan").mkdir(parents=True)
    title = "{ja: 小, easy: 小, en: Tiny}"
    (own / "pack.yaml").write_text(f"name: tiny\ntitle: {title}\nextends: [japan]\n", "utf-8")
    if text is not None:
        (own / "plan" / "wall.yaml").write_text(text, "utf-8")
    return open_pack("tiny", roots=[folder, PACKS])


def test_without_a_file_nothing_of_the_headquarters_is_public(tmp_path: Path) -> None:
    assert load_wall(city(tmp_path, None)) == Wall(seconds=20, next_meeting=False, overdue=False)


def test_a_city_says_what_is_public(tmp_path: Path) -> None:
    assert load_wall(city(tmp_path, "next_meeting: true\n")) == Wall(next_meeting=True)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("overdue: true\nseconds: 3\n", 2, "seconds"),
        ("overdue: perhaps\n", 1, "overdue"),
        ("meetings: true\n", 1, "meetings"),
    ],
)
def test_a_wrong_value_is_told_with_file_and_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(PackError) as refused:
        load_wall(city(tmp_path, text))
    problem = refused.value.problems[0]
    assert problem.file.endswith("tiny/plan/wall.yaml")
    assert problem.line == line
    assert said in str(problem)
