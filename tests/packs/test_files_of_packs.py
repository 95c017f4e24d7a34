"""A file that nothing would read is named, in `pack check`."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dokodemo.entry.cli.pack_checks import check_pack
from dokodemo.entry.cli.pack_files import files_have_readers, is_read
from dokodemo.kernel.packs import Pack, open_pack

NAMES = {
    "procedures/tree-grant/procedur.yaml": 'Did you mean "procedures/tree-grant/procedure.yaml"?',
    "procedure/tree-grant/procedure.yaml": 'Did you mean "procedures/tree-grant/procedure.yaml"?',
    "plann/plan.yaml": 'Did you mean "plan/plan.yaml"?',
    "vocabulry/animals.yaml": 'Did you mean "vocabulary/animals.yaml"?',
    "lifeevents.yaml": 'Did you mean "life_events.yaml"?',
    "procedures/tree-grant/letters/approval.txt": 'Did you mean "procedures/tree-grant/letters/approval.typ"?',
    "parks.geojson": "Rename it, or move it out of the pack",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_with_a_name_nobody_reads_is_named_with_the_name_that_was_meant(
    edited: Callable[..., Pack], name: str
) -> None:
    pack = edited((name, "", "{}\n"))
    (problem,) = [
        one for one in check_pack(lambda: pack).findings.problems if one.file == f"packs/small/{name}"
    ]
    assert problem.message == "Nothing reads a file of this name"
    assert NAMES[name] in problem.remedy


def test_notes_beside_the_data_are_no_problem(edited: Callable[..., Pack]) -> None:
    assert files_have_readers(edited(("README.md", "", "# Ours\n"), ("plan/notes.md", "", "-\n"))) == []


@pytest.mark.parametrize("name", ["arao", "mihon", "japan"])
def test_every_file_of_the_packs_we_bring_is_read(name: str) -> None:
    assert files_have_readers(open_pack(name)) == []


@pytest.mark.parametrize("folder", ["tests/packs/small", "bench/packs/bench"])
def test_every_file_of_the_packs_of_tests_and_measurements_is_read(project: Path, folder: str) -> None:
    place = project / folder
    pack = open_pack(place.name, roots=[place.parent, project / "src" / "dokodemo" / "packs"])
    assert files_have_readers(pack) == []


def test_every_file_the_code_asks_a_pack_for_is_in_the_list(project: Path) -> None:
    asked = re.compile(r'"((?:[a-z_*]+/)+[a-z_*]+\.yaml)"')
    found = {
        name
        for file in (project / "src" / "dokodemo").rglob("*.py")
        if file.name != "pack_files.py"
        for name in asked.findall(file.read_text("utf-8"))
        if "**" not in name and not name.endswith("texts.yaml")
    }
    # Whole folders are asked for only to see whether there is anything in them.
    folders = {"demo/*.yaml", "plan/*.yaml", "inventory/*.yaml"}
    assert len(found) > 20
    assert {name for name in found - folders if not is_read(name.replace("*", "x"))} == set()
