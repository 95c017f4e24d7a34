"""The verbs pack, search and eligibility as a person or a program calls them."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from dokodemo.entry.cli import source
from dokodemo.entry.cli.main import VERBS, main
from dokodemo.kernel.packs import Pack

FACTS = {
    "applicant.resident_here": True,
    "applicant.is_public_servant": False,
    "applicant.main_earner": True,
    "child": [{"date_of_birth": "2026-11-01", "living_together": True, "cared_for": True}],
}


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """A city that has not been set up yet: verbs read its pack."""
    monkeypatch.setattr(source, "has_database", lambda: False)


def run(*arguments: str, data: bytes | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=data)


def test_a_search_prints_the_contract_s_json() -> None:
    result = run("search", "犬を飼い始めた", "--json")
    assert result.exit_code == 0
    first = json.loads(result.output)[0]
    assert list(first) == ["slug", "title", "inventory", "score"]
    assert (first["slug"], first["title"], first["inventory"]) == ("dog-registration", "犬の登録", ["48899"])
    assert first["score"] > 0


def test_a_search_without_json_is_for_people() -> None:
    assert "児童手当の認定請求" in run("search", "子どもが生まれた").output
    assert "Nothing found" in run("search", "ラーメン").output


def test_each_line_in_gives_one_line_out_whatever_it_holds() -> None:
    lines = [
        "犬".encode(),
        b"",
        b"   ",
        b"\xff\xfe\x80",
        "あ".encode() * 400_000,
        "住民票\r".encode(),
        b"\x00",
        "介護".encode(),
    ]
    result = run("search", "--stdin", "--json", data=b"\n".join(lines))
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.output.splitlines()]
    assert len(rows) == len(lines)
    first = [row[0]["slug"] if row else None for row in rows]
    assert first[0] == "dog-registration"
    assert first[1:5] == [None, None, None, None]
    assert first[5] == "resident-record-copy"
    assert first[7] == "care-need-certification"


def test_no_input_gives_no_output() -> None:
    result = run("search", "--stdin", "--json", data=b"")
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize(
    "arguments", [["search"], ["search", "犬", "--stdin"], ["search", "犬", "--limit", "0"]]
)
def test_a_search_that_is_not_one_is_refused_with_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_the_installed_command_reads_a_pipe(tmp_path: Path) -> None:
    """The real process, with a database folder that does not exist: it must not make one."""
    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, "-m", "dokodemo.entry.cli.main", "search", "--stdin", "--json"],
        input="子どもが生まれた\n住民票がほしい\n".encode(),
        capture_output=True,
        check=True,
        env={"DOKODEMO_HOME": str(home), "DOKODEMO_SECRET_KEY": "x" * 60, "PATH": "", "LANG": "C"},
    )
    rows = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    assert [row[0]["slug"] for row in rows] == ["child-allowance-claim", "resident-record-copy"]
    assert not (home / "db").exists()


@pytest.fixture
def explain(tmp_path: Path) -> Callable[..., Result]:
    def call(facts: Any, *more: str, slug: str = "child-allowance-claim") -> Result:
        file = tmp_path / "facts.json"
        file.write_bytes(facts if isinstance(facts, bytes) else json.dumps(facts).encode())
        return run("eligibility", "explain", slug, "--facts", str(file), *more)

    return call


def test_eligibility_is_explained_as_json(explain: Callable[..., Result]) -> None:
    result = explain(FACTS, "--json", "--on", "2026-11-23")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert found["eligible"] is True
    assert (found["amounts"][0]["value"], found["amounts"][0]["unit"]) == (15000, "yen")
    assert {rule["outcome"] for rule in found["rules"]} == {True}
    assert found["rules"][0]["law"] == "児童手当法"


def test_eligibility_is_explained_in_words(explain: Callable[..., Result]) -> None:
    result = explain(FACTS | {"applicant.is_public_servant": None}, "--on", "2026-11-23", "--lang", "en")
    assert "eligible unknown" in result.output
    assert "Next:" in result.output
    assert "applicant.is_public_servant" in result.output


def test_facts_may_come_from_standard_input() -> None:
    data = json.dumps(FACTS).encode()
    result = run("eligibility", "explain", "child-allowance-claim", "--facts", "-", "--json", data=data)
    assert json.loads(result.output)["slug"] == "child-allowance-claim"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"applicant.resident_hear": True}, 'Did you mean "applicant.resident_here"?'),
        ({"applicant.resident_here": "yes"}, "true or false"),
        ({"applicant.resident_here": 1}, "true or false"),
        ({"child": {"date_of_birth": "2026-11-01"}}, "list of objects"),
        ({"child": [{"date_of_brith": "2026-11-01"}]}, 'Did you mean "date_of_birth"?'),
        ({"child": [{"date_of_birth": "2026-02-30"}]}, "child.0.date_of_birth"),
        ({"child.date_of_birth": "2026-11-01"}, "repeating group"),
        ({"children_to_age_18": 2}, "derived"),
        ([1, 2], "one JSON object"),
        (b"{", "not correct JSON"),
        (b"", "not correct JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"a": NaN}', "NaN"),
        (b'{"child": [], "child": []}', "twice"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_facts_that_cannot_be_used_are_refused_with_2(
    explain: Callable[..., Result], facts: Any, words: str
) -> None:
    result = explain(facts, "--json")
    assert result.exit_code == 2, result.output
    assert words in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dog-registratoin", "--facts", "-"], 'Did you mean "dog-registration"?'),
        (["dog-registration", "--facts", "/nowhere/facts.json"], "cannot be read"),
        (["dog-registration", "--facts", "-", "--on", "2026-13-01"], "not a day"),
        (["dog-registration"], "--facts"),
    ],
)
def test_a_question_that_is_none_is_refused_with_2(arguments: list[str], words: str) -> None:
    result = run("eligibility", "explain", *arguments, data=b"{}")
    assert result.exit_code == 2
    assert words in result.output


def test_checking_a_right_pack_ends_with_0() -> None:
    result = run("pack", "check", "arao", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["ok"] is True
    assert report["counts"]["procedures"] >= 7


def test_checking_a_wrong_pack_ends_with_1_and_names_the_line(
    edited: Callable[..., Pack], small_folder: Path
) -> None:
    edited(("procedures/tree-grant/procedure.yaml", "unit: green", "unit: blue"))
    result = run("pack", "check", str(small_folder))
    assert result.exit_code == 1
    assert "packs/small/procedures/tree-grant/procedure.yaml:10: " in result.stdout
    as_json = json.loads(run("pack", "check", str(small_folder), "--json").stdout)
    assert as_json["ok"] is False
    assert as_json["problems"][0]["line"] == 10


def test_checking_a_pack_that_is_not_there_ends_with_1() -> None:
    result = run("pack", "check", "atlantis")
    assert result.exit_code == 1
    assert "atlantis" in result.stdout


@pytest.mark.django_db
def test_loading_publishes_and_says_so(edited: Callable[..., Pack], small_folder: Path) -> None:
    edited()
    assert "2 published, 0 unchanged, 0 retired" in run("pack", "load", str(small_folder)).output
    assert "0 published, 2 unchanged, 0 retired" in run("pack", "load", str(small_folder)).output


@pytest.mark.django_db
def test_loading_a_wrong_pack_loads_nothing(edited: Callable[..., Pack], small_folder: Path) -> None:
    edited(("procedures/tree-grant/procedure.yaml", "unit: green", "unit: blue"))
    result = run("pack", "load", str(small_folder))
    assert result.exit_code == 1
    assert "Nothing was loaded" in result.output
    assert "procedure.yaml:10" in result.output


def test_every_verb_has_its_command() -> None:
    for verb in VERBS:
        found = main.get_command(click.Context(main), verb)  # type: ignore[attr-defined]
        assert found is not None, verb
        assert found.short_help == VERBS[verb]
    files = {file.stem for file in Path(source.__file__).parent.glob("*.py")}
    assert set(VERBS) <= files


def test_loading_without_a_database_says_how_to_get_one(
    edited: Callable[..., Pack], small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from dokodemo.administration.procedures import actions

    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("no such table")

    edited()
    monkeypatch.setattr(actions, "publish", refuse)
    result = run("pack", "load", str(small_folder))
    assert result.exit_code == 1
    assert "dokodemo migrate" in result.output
