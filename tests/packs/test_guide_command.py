"""The verb guide as a person or a program calls it, from the pack and without a database."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dokodemo.entry.cli import source
from dokodemo.entry.cli.main import main

FACTS: dict[str, Any] = {
    "dog.kept_here": True,
    "dog.registered_before": True,
    "dog_notice.changed_on": "2026-11-01",
    "dog_notice.registered_here": False,
    "dog_notice.vaccinated_on": "2026-05-10",
    "dog_notice.your_role": "owner",
    "dog.date_of_birth": "2024-01-01",
    "stray_animal.in_city": False,
    "stray_animal.animal": "dog",
}


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """A city that has not been set up yet: verbs read its pack."""
    monkeypatch.setattr(source, "has_database", lambda: False)


def run(*arguments: str, data: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["guide", *arguments], input=data)


def guided(facts: dict[str, Any], *more: str) -> dict[str, Any]:
    result = run(
        "pets", "--facts", "-", "--json", "--on", "2026-11-23", *more, data=json.dumps(facts).encode()
    )
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


def test_the_list_comes_as_the_contract_s_json() -> None:
    found = guided(FACTS)
    assert list(found) == ["event", "on", "asked", "due", "not_due", "depends_on"]
    assert (found["event"], found["on"]) == ("pets", "2026-11-23")
    assert set(found["asked"]) <= set(FACTS)
    assert len(set(found["asked"])) == len(found["asked"])
    due = {row["slug"]: row for row in found["due"]}
    assert set(due) == {"dog-change", "rabies-vaccination-tag"}
    assert due["dog-change"]["title"] == "犬の登録事項の変更届"
    assert due["dog-change"]["deadline"] == "2026-12-01"
    assert due["dog-change"]["passed"] is False
    assert [reason["outcome"] for reason in due["dog-change"]["reasons"]] == [True, True]
    assert due["dog-change"]["reasons"][0]["law"] == "狂犬病予防法"
    assert due["rabies-vaccination-tag"]["deadline"] is None
    assert found["depends_on"] == []
    assert {row["slug"] for row in found["not_due"]} == {"dog-death", "dog-registration", "lost-cat-dog"}


def test_what_the_file_leaves_out_is_unknown_and_the_list_says_what_it_depends_on() -> None:
    found = guided({"dog.kept_here": True})
    depends = {row["slug"]: row for row in found["depends_on"]}
    assert list(depends["dog-change"]) == ["slug", "title", "terms"]
    assert depends["dog-change"]["terms"] == ["dog.registered_before"]


def test_without_json_the_list_is_for_people_in_their_language(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(FACTS), encoding="utf-8")
    output = run("pets", "--facts", str(file), "--on", "2026-12-24", "--lang", "en").output
    assert "by 2026-12-01, passed (狂犬病予防法" in output
    assert "due: 2" in output


@pytest.mark.parametrize(
    ("arguments", "data", "said"),
    [
        (("pest", "--facts", "-"), b"{}", 'Did you mean "pets"?'),
        (("pets", "--facts", "-"), b"{", "not correct JSON (line 1"),
        (("pets", "--facts", "-"), b"[]", "must hold one JSON object"),
        (("pets", "--facts", "-"), b"\xff\xfe", "is not UTF-8"),
        (("pets", "--facts", "-"), b'{"dog.kept_her": true}', 'Did you mean "dog.kept_here"?'),
        (("pets", "--facts", "-"), b'{"dog.kept_here": 3}', "must be true or false"),
        (("pets", "--facts", "-"), b'{"dog.kept_here": true, "dog.kept_here": false}', "is there twice"),
        (("pets", "--facts", "/nowhere.json"), b"", "cannot be read"),
        (("pets", "--facts", "-", "--on", "tomorrow"), b"{}", "is not a day"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_remedy(
    arguments: tuple[str, ...], data: bytes, said: str
) -> None:
    result = run(*arguments, data=data)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output
