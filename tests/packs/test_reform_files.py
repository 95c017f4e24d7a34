"""The tasks and rules of a pack: what is wrong is told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dokodemo.kernel.packs import Pack, PackError, open_pack
from dokodemo.promotion.reform.definitions import check, load_tasks

PACKS = Path(__file__).resolve().parents[2] / "src" / "dokodemo" / "packs"
TEXT = "{ja: あ, easy: あ, en: A}"
LIKE = "minutes: 30, cases: 100, rules_alone: wholly, medium_in: paper, medium_out: paper, basis: law"


def city(folder: Path, **files: str) -> Pack:
    """A pack of its own, on no other, with sections and the given files."""
    own = folder / "tiny"
    for path, text in {
        "pack.yaml": f"name: tiny\ntitle: {TEXT}\n",
        "organisation/sections.yaml": f"sections:\n  - {{code: desk, name: {TEXT}}}\n",
        **{name.replace("__", "/") + ".yaml": text for name, text in files.items()},
    }.items():
        (own / path).parent.mkdir(parents=True, exist_ok=True)
        (own / path).write_text(text, "utf-8")
    return open_pack("tiny", roots=[folder])


@pytest.mark.parametrize("name", ["arao", "mihon", "japan"])
def test_the_shipped_packs_have_nothing_wrong(name: str) -> None:
    assert check(open_pack(name)) == []


def test_a_pack_without_the_files_has_no_tasks_and_nothing_wrong(tmp_path: Path) -> None:
    pack = city(tmp_path)
    assert (load_tasks(pack).tasks, check(pack)) == ((), [])


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (f"when: {{medium_in: [digital]}}, example: {{{LIKE}}}", "does not hold for its own example"),
        (f"when: {{}}, example: {{{LIKE}}}", "holds for every task"),
        (f"when: {{medium_in: [paper]}}, example: {{{LIKE}, core: true}}", "core work"),
    ],
)
def test_a_rule_that_its_example_contradicts_is_told(tmp_path: Path, rule: str, said: str) -> None:
    text = f"rules:\n  - {{code: one, measure: rpa, reason: {TEXT}, {rule}}}\n"
    (problem,) = check(city(tmp_path, reform__rules=text))
    assert problem.file.endswith("tiny/reform/rules.yaml")
    assert problem.line == 2
    assert said in str(problem)


def test_a_rule_hidden_by_the_one_above_it_is_told(tmp_path: Path) -> None:
    line = f"  - {{code: CODE, measure: rpa, reason: {TEXT}, when: {{medium_in: [paper]}}, example: {{{LIKE}}}}}\n"
    text = "rules:\n" + line.replace("CODE", "one") + line.replace("CODE", "two")
    (problem,) = check(city(tmp_path, reform__rules=text))
    assert "taken by the rule one" in str(problem)


def test_a_task_of_a_section_the_city_lacks_is_told_with_its_line(tmp_path: Path) -> None:
    text = f"tasks:\n  - {{code: A, section: desk, title: あ, {LIKE}}}\n  - {{code: A, section: moon, title: い, {LIKE}}}\n"
    found = check(city(tmp_path, plan__tasks=text))
    assert [(problem.line, "moon" in str(problem)) for problem in found] == [(3, False), (3, True)]


def test_minutes_finer_than_a_tenth_are_refused(tmp_path: Path) -> None:
    text = f"tasks:\n  - {{code: A, section: desk, title: あ, {LIKE.replace('30', '0.55')}}}\n"
    with pytest.raises(PackError, match="finer than a tenth"):
        load_tasks(city(tmp_path, plan__tasks=text))
