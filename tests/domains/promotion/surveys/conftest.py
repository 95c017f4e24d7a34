"""A city with its sections and procedures, in force once for each file of tests."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.domains.administration.cases.building import city_in_force


@pytest.fixture(scope="module", autouse=True)
def _city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), city_in_force():
        yield


@pytest.fixture(autouse=True)
def _in_the_city(_city: None, db: None) -> None:
    """Each test starts from the city and leaves nothing behind."""
