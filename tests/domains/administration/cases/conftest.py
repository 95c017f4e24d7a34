"""The city of Arao in force for the tests of a module that asks for it."""

from collections.abc import Iterator

import pytest

from tests.domains.administration.cases import building


@pytest.fixture(scope="module")
def arao(django_db_setup: None, django_db_blocker: pytest.FixtureDef[object]) -> Iterator[None]:
    """Arao's procedures published once for a module."""
    with django_db_blocker.unblock(), building.city_in_force():  # type: ignore[attr-defined]
        yield
