"""A city with its sections and procedures, in force once for each file of tests."""

import pytest


@pytest.fixture(autouse=True)
def _in_the_city(in_the_city: None) -> None:
    """Each test starts from the city and leaves nothing behind."""
