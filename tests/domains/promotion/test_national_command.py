"""The verb national as a person or a program calls it: a report of what was taken in, or of every wrong line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dokodemo.entry.cli import national
from dokodemo.kernel import calendar_jp
from dokodemo.promotion.national.models import Edition
from tests.domains.promotion.national_files import across, arao, by_line, cities, listed

pytestmark = pytest.mark.django_db
ROWS = [arao(), *cities(6)]


@pytest.fixture(autouse=True)
def a_city(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables are there already."""
    monkeypatch.setattr(national, "city_ready", lambda: None)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(national.command, [str(one) for one in arguments])


def test_a_file_is_taken_in_and_the_same_again_says_so(tmp_path: Path) -> None:
    file = tmp_path / "national.csv"
    file.write_bytes(by_line(ROWS, encoding="cp932"))
    assert "Taken in: 7 municipalities, list of 2024, edition 2024-07-12." in run("import", file).output
    assert "nothing was changed" in run("import", file).output
    assert Edition.objects.count() == 1


def test_the_published_layout_takes_its_list_and_tells_programs_in_json(tmp_path: Path) -> None:
    file, more = tmp_path / "n.csv", tmp_path / "l.csv"
    file.write_bytes(across(ROWS))
    more.write_bytes(listed(ROWS))
    bare = run("import", file)
    assert bare.exit_code == 1
    assert "has no codes" in bare.output
    done = run("import", file, "--list", more, "--vintage", "試し", "--published-on", "2024-08-01", "--json")
    assert json.loads(done.stdout) == {
        "year": 2024,
        "number": 1,
        "vintage": "試し",
        "municipalities": 7,
        "new": True,
    }


def test_a_broken_file_is_told_by_line_and_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "n.csv"
    file.write_bytes(by_line(ROWS, change={(1, "CIOの任命"): "はい"}))
    refused = run("import", file)
    assert refused.exit_code == 1
    assert "n.csv: line 3, CIOの任命: Write 実施 (yes)" in refused.output
    assert "Nothing was changed" in refused.output
    assert json.loads(run("import", file, "--json").stdout)["total"] == 1
    assert not Edition.objects.exists()


def test_a_year_without_a_list_and_a_name_that_is_taken_are_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "n.csv"
    file.write_bytes(by_line(ROWS))
    assert "Choose one of: 2024" in run("import", file, "--year", "1999").output
    run("import", file)
    file.write_bytes(by_line(ROWS[1:]))
    taken = run("import", file)
    assert (taken.exit_code, "give the new one a name" in taken.output) == (1, True)


def test_the_answers_are_printed_and_none_is_null() -> None:
    year = calendar_jp.fiscal_year(calendar_jp.today())
    found = json.loads(run("status", "--json").output)
    assert (found["fiscal_year"], found["list"], len(found["indicators"])) == (year, 2024, 15)
    ai = next(one for one in found["indicators"] if one["code"] == "ai")
    assert (ai["answer"], ai["how"]) == (None, "unanswered")
    assert "of 15 answered" in run("status").output
