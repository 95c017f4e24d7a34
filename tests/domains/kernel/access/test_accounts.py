"""Accounts: identifiers of their own and nothing personal in what they print."""

import pytest

from dokodemo.kernel.access import Account

pytestmark = pytest.mark.django_db


def test_an_account_is_a_resident_s_unless_said_otherwise() -> None:
    account = Account.objects.create_user("k3j9")
    assert account.kind == Account.Kind.RESIDENT
    assert account.pk.version == 7


def test_an_account_never_prints_its_name() -> None:
    account = Account.objects.create_user("hanako", kind=Account.Kind.STAFF)
    assert "hanako" not in f"{account} {account!r}"
