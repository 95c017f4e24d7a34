"""Members of staff who sign in, and a cache of attempts that starts empty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from dokodemo.city.organisation.actions import create_staff
from dokodemo.kernel.access import Account, system

PASSWORD = "correct-horse-battery"


@pytest.fixture(autouse=True)
def _no_attempts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _quick_hashes(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clerk(db: None) -> Account:
    """A real member of staff who has never signed in."""
    made = create_staff(actor=system("test"), username="hanako", name="荒尾 花子", password=PASSWORD)
    return Account.objects.get(pk=made)


@pytest.fixture
def demo_clerk(db: None) -> Account:
    """One of the demonstration's."""
    made = create_staff(
        actor=system("up"), username="resident-caseworker", name="市民課 担当（見本）", password=PASSWORD
    )
    return Account.objects.get(pk=made)
