"""One twin for all tests of signing in as a resident, and a city that asks it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from twin_runner import CITY_HOST, Twin, running_twin

sys.path.append(str(Path(__file__).parents[2] / "city"))


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """The sign-in twin, running."""
    with running_twin(tmp_path_factory.mktemp("twin")) as running:
        yield running


@pytest.fixture
def city(twin: Twin, settings) -> Client:  # type: ignore[no-untyped-def]
    """A browser at the city, which asks this twin."""
    settings.SOCIALACCOUNT_PROVIDERS = twin.provider.as_setting()
    return Client(headers={"host": CITY_HOST})
