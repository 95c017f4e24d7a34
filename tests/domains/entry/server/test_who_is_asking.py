"""Whose request it is, found by two questions: the session, and the account together with its resident."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dokodemo.city.parties.port import resident_beside_account
from dokodemo.kernel.access import Account
from tests.domains.administration.cases.building import CHILD_ALLOWANCE
from tests.domains.entry import building as b


def test_the_resident_of_a_sign_in_comes_with_its_account() -> None:
    (resident, *_) = b.household()
    visitor = b.browser(b.resident_account(resident))
    with CaptureQueriesContext(connection) as asked:
        request = visitor.get(reverse("portal:start", args=[CHILD_ALLOWANCE])).wsgi_request
    assert request.actor.resident_id == resident.pk
    assert type(request.actor.resident_id) is type(resident.pk)
    assert sum("parties_signinlink" in query["sql"] for query in asked.captured_queries) == 1


def test_an_account_that_is_nobody_yet_has_no_resident() -> None:
    request = b.browser(b.resident_account()).get(reverse("portal:my")).wsgi_request
    assert request.actor.resident_id is None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by its statistics")
def test_the_sign_in_is_looked_up_by_its_account_however_many_are_linked() -> None:
    account = b.resident_account(b.household()[0])
    rows = Account.objects.filter(pk=account.pk).annotate(linked_resident=resident_beside_account())
    assert "INDEX parties_sign_in_of_account (account_id=? AND state=?)" in rows.explain()
