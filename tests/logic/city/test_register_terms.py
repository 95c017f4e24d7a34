"""Terms that say they are filled from the register (住民情報から埋まる用語)."""

from __future__ import annotations

from pathlib import Path

import pytest

from dokodemo.city.parties.checking import register_facts_exist
from dokodemo.kernel.packs import open_pack


@pytest.mark.parametrize("name", ["japan", "arao", "mihon"])
def test_every_pack_names_facts_the_register_holds(name: str) -> None:
    assert [str(problem) for problem in register_facts_exist(open_pack(name))] == []


def test_a_fact_that_does_not_exist_is_told_with_file_line_and_remedy(tmp_path: Path) -> None:
    folder = tmp_path / "little" / "vocabulary"
    folder.mkdir(parents=True)
    title = "{ja: a, easy: a, en: a}"
    (tmp_path / "little" / "pack.yaml").write_text(f"name: little\ntitle: {title}\n", encoding="utf-8")
    (folder / "person.yaml").write_text(
        "terms:\n  - name: applicant.full_name\n    register: ful_name\n"
        "  - name: child.sex\n    register: child.sex\n  - name: dog.name\n    register: null\n",
        encoding="utf-8",
    )
    (problem,) = register_facts_exist(open_pack("little", roots=[tmp_path]))
    assert problem.file.endswith("little/vocabulary/person.yaml")
    assert problem.line == 3
    assert problem.remedy == "Did you mean full_name?"
