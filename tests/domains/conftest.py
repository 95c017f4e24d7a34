"""What tests with tables may use."""

import pytest
from django.test import TransactionTestCase


@pytest.fixture(scope="session", autouse=True)
def flush_lifts_guards() -> None:
    """Tests that really commit flush their tables afterwards; append-only ones refuse that, so their guard is lifted."""
    from dokodemo.kernel.events.append_only import lifted

    flush = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with lifted():
            flush(self)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
