"""Verbs where no city was ever made (未設置): they say how to make one, and make nothing themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.cities import ENGINE
from tests.contracts.conftest import NewCity

VERBS = {
    "audit": ("audit", "verify"),
    "eligibility": ("eligibility", "run"),
    "register": ("register", "import", "README.md"),
    "staff": ("staff", "password", "childcare-head"),
}


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_without_a_city_names_the_commands_that_make_one(new_city: NewCity, name: str) -> None:
    city = new_city()
    said = city.run(*VERBS[name])
    assert said.returncode == 1
    assert "There is no city in " in said.stderr
    assert "Run: dokodemo up" in said.stderr
    assert "dokodemo migrate" in said.stderr
    assert "Traceback" not in said.stderr
    assert not (city.home / "db").exists()


@pytest.mark.skipif(ENGINE != "sqlite", reason="a file that another program left")
def test_an_empty_file_in_the_place_of_the_database_is_no_city(new_city: NewCity) -> None:
    city = new_city()
    file = Path(city.home / "db" / "city.sqlite3")
    file.parent.mkdir(parents=True)
    file.touch()
    said = city.run("audit", "verify")
    assert said.returncode == 1
    assert "There is no city in " in said.stderr
    assert not file.stat().st_size


def test_a_database_of_an_earlier_release_names_the_command_that_brings_it_up(new_city: NewCity) -> None:
    city = new_city()
    before = city.python("-m", "django", "migrate", "contenttypes", "--verbosity", "0")
    assert before.returncode == 0, before.stderr
    said = city.run("audit", "verify")
    assert said.returncode == 1
    assert "The database is of an earlier release" in said.stderr
    assert "Run: dokodemo migrate" in said.stderr
    assert "Traceback" not in said.stderr
