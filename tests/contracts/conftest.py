"""Cities for the contract tests, on the engine of this round."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connections
from django.test import override_settings

from dokodemo.kernel.access import Account
from tests.contracts.cities import SERVER, City, fresh_database

HERE = Path(__file__).resolve().parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin a round with these files of few and long tests: at its end one would leave the other worker idle."""
    items.sort(key=lambda item: HERE not in item.path.parents)


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
    with psycopg.connect(SERVER) as asking:
        row = asking.execute("SHOW data_directory").fetchone()
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


class SharedCity:
    """A city whose database this process has open too, and workers that are gone when the test ends."""

    def __init__(self, city: City, workers: ExitStack) -> None:
        self.city, self.workers = city, workers

    def start_worker(self, *arguments: str) -> subprocess.Popen[str]:
        """A worker that waits shortly, with more arguments of `ox_worker`."""
        command = ("-m", "django", "ox_worker", "--interval", "0.1", *arguments)
        return self.workers.enter_context(self.city.started(*command))

    def wait(self, true: Callable[[], object], seconds: float = 60) -> None:
        """Wait until something is true."""
        give_up = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < give_up, "it did not happen in time"
            time.sleep(0.1)


@pytest.fixture
def shared_city(tmp_path: Path, django_db_blocker: Any) -> Iterator[SharedCity]:
    """An empty city on the engine of this round, open in this process and to its workers."""
    with fresh_database() as url, ExitStack() as workers:
        city = City(tmp_path / "var", url, {"DJANGO_SETTINGS_MODULE": "tests.contracts.short_settings"})
        made = city.python("-m", "tests.contracts.job_steps", "prepare")
        assert made.returncode == 0, made.stderr
        name = urlsplit(url).path[1:] if url else str(city.home / "db" / "city.sqlite3")
        with django_db_blocker.unblock(), _connected_to(name):
            yield SharedCity(city, workers)


class OpenCity(SharedCity):
    """A shared city with Arao's procedures in force, whose home is this process's too; each person is a new one."""

    numbers = count(1, 10)

    def a_resident(self) -> Account:
        """The father of a fresh household, who can sign in."""
        from tests.domains.entry import building

        return building.resident_account(building.household(next(self.numbers))[0])

    def killed(self, point: str, *step: str) -> None:
        """Run one step in a process that ends itself with SIGKILL at a point, see `tests.contracts.killing`."""
        done = self.city.python("-m", "tests.contracts.killing", point, *step)
        assert done.returncode == -signal.SIGKILL, (point, done.returncode, done.stderr[-2000:])


@pytest.fixture(scope="module")
def open_city(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[OpenCity]:
    """One city for all tests of a module: what they do is committed, so each looks at its own people only."""
    with ExitStack() as ends:
        url = ends.enter_context(fresh_database())
        workers = ends.enter_context(ExitStack())
        usual = {"DJANGO_SETTINGS_MODULE": "tests.contracts.short_settings"}
        city = City(tmp_path_factory.mktemp("open") / "var", url, usual)
        made = city.python("-m", "tests.contracts.job_steps", "prepare")
        assert made.returncode == 0, made.stderr
        name = urlsplit(url).path[1:] if url else str(city.home / "db" / "city.sqlite3")
        ends.enter_context(django_db_blocker.unblock())
        ends.enter_context(_connected_to(name))
        ends.enter_context(override_settings(DOKODEMO_HOME=city.home))
        from tests.domains.administration.cases import building

        building.publish()
        yield OpenCity(city, workers)


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    """A fresh connection of this process to another database for the length of the block.

    The usual one is put aside rather than closed: a database in memory, where other tests ran before, does not close.
    """
    usual, place = connections["default"], connections.databases["default"]
    usual_name, place["NAME"] = place["NAME"], name
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = usual
        place["NAME"] = usual_name
