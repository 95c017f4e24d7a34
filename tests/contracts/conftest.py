"""Cities for the contract tests, on the engine of this round."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.cities import SERVER, City, fresh_database


@dataclass(frozen=True)
class Built:
    """A city with residents, cases and a letter; a backup of it; and what is in it."""

    city: City
    backup: Path
    facts: dict[str, Any]

    @property
    def letter(self) -> Path:
        """The letter as the resident downloaded it."""
        return self.city.home / "logs" / "letter.pdf"


@pytest.fixture(scope="session", autouse=True)
def programs_of_the_server() -> None:
    """A server that was unpacked for this run brings its own pg_dump: put it on PATH."""
    if not SERVER:
        return
    import os

    import psycopg

    with psycopg.connect(SERVER) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    unpacked = Path(row[0]).parent if row else Path("/nowhere")
    for program in unpacked.glob("server/*/bin/pg_dump"):
        os.environ["PATH"] = f"{program.parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The city all tests of a module look at, and its backup; nobody changes either."""
    folder = tmp_path_factory.mktemp("built")
    with fresh_database() as url:
        city = City(folder / "var", url, {"DJANGO_SETTINGS_MODULE": "dokodemo.entry.server.settings"})
        made = city.python("-m", "tests.contracts.build_city")
        assert made.returncode == 0, made.stderr
        kept = city.run("backup", str(folder / "copy"))
        assert kept.returncode == 0, kept.stderr
        yield Built(city, folder / "copy", json.loads(made.stdout))


type NewCity = Callable[..., City]


@pytest.fixture
def new_city(tmp_path: Path) -> Iterator[NewCity]:
    """A maker of empty cities, each with a home and a database of its own."""
    with ExitStack() as databases:

        def make(**environment: str) -> City:
            number = len(list(tmp_path.glob("city-*")))
            folder = tmp_path / f"city-{number}"
            folder.mkdir()
            url = databases.enter_context(fresh_database())
            usual = {"DJANGO_SETTINGS_MODULE": "dokodemo.entry.server.settings"}
            return City(folder / "var", url, usual | environment)

        yield make


@pytest.fixture(scope="session")
def plain() -> Callable[[str], str]:
    """Text of a command without line breaks, as one compares it."""
    return lambda text: re.sub(r"\s+", " ", text)
