"""`dokodemo pack export`: the city's folder with what the office put in force, and nothing written over."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from dokodemo.administration.authoring import actions
from dokodemo.administration.procedures.checking import check_procedures
from dokodemo.entry.cli.pack import command
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Role
from dokodemo.kernel.packs import open_pack
from tests.domains.city.city_builders import staff

pytestmark = pytest.mark.django_db


def changed() -> None:
    author = staff(("green", Role.CASEWORKER))
    proposal = actions.start_from_published(actor=author, slug="tree-grant")
    actions.change(actor=author, proposal_id=proposal.pk, values={"minutes": 44})
    actions.submit(actor=author, proposal_id=proposal.pk)
    head = staff(("green", Role.HEAD_OF_SECTION))
    actions.approve(actor=head, proposal_id=proposal.pk, publish_on=calendar_jp.today())
    assert actions.publish_due() == ["tree-grant"]


def test_the_folder_is_the_citys_pack_with_the_offices_files(tmp_path: Path) -> None:
    changed()
    folder = tmp_path / "packs" / "small"
    done = CliRunner().invoke(command, ["export", str(folder)])
    assert done.exit_code == 0, done.output
    own = open_pack("small").layers[-1].folder
    differing = [
        file.relative_to(own).as_posix()
        for file in sorted(own.rglob("*"))
        if file.is_file() and file.read_bytes() != (folder / file.relative_to(own)).read_bytes()
    ]
    assert differing == ["procedures/tree-grant/procedure.yaml"]
    exported = open_pack("small", roots=[folder.parent])
    document = exported.document("procedures/tree-grant/procedure.yaml")
    assert document is not None
    assert document.data["minutes"] == 44
    assert check_procedures(exported).problems == []


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", "utf-8")
    done = CliRunner().invoke(command, ["export", str(tmp_path)])
    assert done.exit_code != 0
    assert "not empty" in done.output
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]
