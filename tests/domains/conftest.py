"""What tests with tables may use."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session", autouse=True)
def flush_lifts_guards() -> None:
    """Tests that really commit flush their tables afterwards; append-only ones refuse that, so their guard is lifted."""
    from dokodemo.kernel.events.append_only import lifted

    flush = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with lifted():
            flush(self)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]


@pytest.fixture(scope="module")
def a_city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A city with its sections and procedures, in force once for each file of tests."""
    from tests.domains.administration.cases.building import city_in_force

    with django_db_blocker.unblock(), city_in_force():
        yield


@pytest.fixture
def in_the_city(a_city: None, db: None) -> None:
    """The test starts from the city and leaves nothing behind."""


@pytest.fixture
def estimated_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Estimates without a process of their own: to load what estimates takes longer than the rest of such a test."""
    from dokodemo.promotion.evaluation import actions

    def here(work: Callable[..., Any], *given: Any) -> Any:
        return work(*given)

    monkeypatch.setattr(actions, "apart", here)
