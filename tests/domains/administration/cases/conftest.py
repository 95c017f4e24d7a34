"""A city in force for the tests of a module that asks for it."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from tests.domains.administration.cases import building


@pytest.fixture(scope="module")
def city(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A city's procedures published once for a module: Arao's, or those of the pack the test names."""
    pack = getattr(request, "param", "arao")
    usual, settings.DOKODEMO_PACK = settings.DOKODEMO_PACK, pack
    with django_db_blocker.unblock(), building.city_in_force(pack):
        yield pack
    settings.DOKODEMO_PACK = usual


@pytest.fixture(scope="module")
def arao(city: str) -> str:
    """Arao."""
    return city
