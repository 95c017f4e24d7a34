"""`dokodemo audit verify`: says what it found, in words and in JSON, and ends with a code that a script can use."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dokodemo.entry.cli.main import main
from dokodemo.kernel import events
from dokodemo.kernel.access import system
from dokodemo.kernel.events.append_only import lifted
from dokodemo.kernel.events.models import Event, Seal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.DOKODEMO_HOME = tmp_path
    for number in range(4):
        events.record("tests.happened", actor=system("tests"), object=("thing", str(number)))
    return tmp_path


def audit(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["audit", "verify", *arguments], catch_exceptions=False)


def test_a_whole_log_is_sealed_verified_and_its_head_kept(home: Path) -> None:
    result = audit()
    head = Seal.objects.get(sequence=4).hash
    assert result.exit_code == 0
    assert "4 events, 0 not yet sealed: every event is there, unchanged." in result.output
    assert f"Head: 4:{head}" in result.output
    assert [json.loads(path.read_text())["hash"] for path in (home / "heads").iterdir()] == [head]


def test_a_script_reads_json() -> None:
    found = json.loads(audit("--json").stdout)
    assert (found["ok"], found["events"], found["sequence"], found["problems"]) == (True, 4, 4, [])


def test_a_changed_event_ends_with_one_and_is_named(home: Path) -> None:
    events.seal()
    with lifted():
        Event.objects.filter(object_id="2").update(verb="tests.forged")
    result = audit()
    assert result.exit_code == 1
    assert "sequence 3 (event " in result.output
    assert not (home / "heads").exists()
    found = audit("--json")
    assert (found.exit_code, json.loads(found.stdout)["ok"]) == (1, False)


def test_a_head_from_another_machine_proves_a_cut() -> None:
    head = json.loads(audit("--json").stdout)["head"]
    assert audit("--head", f"4:{head}").exit_code == 0
    assert audit("--head", f"4:{'0' * 64}").exit_code == 1
    assert audit("--head", f"9:{head}").exit_code == 1


def test_a_head_that_is_none_says_how_one_is_written() -> None:
    result = audit("--head", "nonsense")
    assert result.exit_code == 1
    assert "A head is written as its sequence" in result.output
