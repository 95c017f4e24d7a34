"""One city for all journeys, brought up as a newcomer would, and a browser to walk through it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from journey_city import City, free_pair
from journey_people import Town
from journey_screens import Screens, picture_folder
from playwright.sync_api import Browser, sync_playwright

from tests.machine import Missing, chromium
from tests.papers import leave_out

HERE = Path(__file__).resolve().parent
RESIDENTS = 300


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder needs a real browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; absent, a visible skip that names the command which helps (a failure under CI=true)."""
    try:
        path = chromium()
    except Missing as missing:
        leave_out(str(missing))
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--force-color-profile=srgb"]
        )
        yield found
        found.close()


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    """A city with 300 residents, its web, worker and sign-in twin."""
    with tempfile.TemporaryDirectory(prefix="dokodemo-journey-") as home:
        port, twin = free_pair()
        found = City(Path(home), port, twin)
        try:
            found.open(residents=RESIDENTS)
            yield found
        finally:
            found.close()


@pytest.fixture(scope="session")
def screens(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Screens:
    """Where pictures go, what was wrong is written down, and titles are held against those of every other browser."""
    own = tmp_path_factory.getbasetemp()
    return Screens(picture_folder(), titles=(own if worker_id == "master" else own.parent) / "titles")


@pytest.fixture(scope="session")
def whole_town(city: City, browser: Browser, screens: Screens) -> Town:
    """Everybody, for the whole session."""
    return Town(city, browser, screens)


@pytest.fixture
def town(whole_town: Town) -> Iterator[Town]:
    """Everybody; after each journey the windows close, and nothing may have been wrong with any screen it saw."""
    before = len(whole_town.screens.wrong)
    yield whole_town
    whole_town.close_windows()
    assert not whole_town.screens.wrong[before:]
