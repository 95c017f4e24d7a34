"""The first row of each key is what asking key by key gives, on whichever engine, in one question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.test.utils import CaptureQueriesContext

from dokodemo.kernel.access.models import Account
from dokodemo.kernel.events.models import Event
from dokodemo.kernel.firsts import AT_ONCE, FirstOfEach

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _accounts() -> None:
    """Three of staff and two residents, each joined a day later."""
    for day, (name, kind) in enumerate(
        [("a", "staff"), ("b", "resident"), ("c", "staff"), ("d", "resident"), ("e", "staff")]
    ):
        Account.objects.create(username=name, kind=kind, date_joined=START + timedelta(days=day))


def first_of_each(rows: QuerySet[Any], column: str, *, key: str, keys: Sequence[Any]) -> dict[Any, Any]:
    """The question asked for the first time, and again for the same."""
    question = FirstOfEach(lambda: rows, column, key=key, of=type(keys[0]) if keys else str)
    found = question.all(keys)
    assert question.all(keys) == found
    return found


def test_each_key_gets_its_own_first_row_in_the_order_of_the_rows() -> None:
    kinds = ["staff", "resident"]
    newest = Account.objects.order_by("-date_joined")
    assert first_of_each(newest, "username", key="kind", keys=kinds) == {"staff": "e", "resident": "d"}
    oldest = Account.objects.order_by("date_joined")
    assert first_of_each(oldest, "username", key="kind", keys=kinds) == {"staff": "a", "resident": "b"}


def test_a_value_is_of_its_own_type_and_not_as_it_lies_in_the_table() -> None:
    found = first_of_each(
        Account.objects.order_by("-date_joined"), "date_joined", key="kind", keys=["staff", "resident"]
    )
    assert found == {"staff": START + timedelta(days=4), "resident": START + timedelta(days=3)}
    ids = first_of_each(Account.objects.order_by("username"), "pk", key="username", keys=["a", "c"])
    assert ids == {one.username: one.pk for one in Account.objects.filter(username__in=["a", "c"])}


def test_rows_may_be_chosen_by_values_of_their_own_and_by_other_rows() -> None:
    before = Account.objects.filter(date_joined__lt=START + timedelta(days=3)).order_by("-date_joined")
    assert first_of_each(before, "username", key="kind", keys=["resident", "staff"]) == {
        "staff": "c",
        "resident": "b",
    }
    later = Account.objects.filter(kind=OuterRef("kind"), date_joined__gt=OuterRef("date_joined"))
    last = Account.objects.filter(~Exists(later), username__lt="e").order_by("username")
    assert first_of_each(last, "username", key="kind", keys=["resident", "staff"]) == {"resident": "d"}


def test_a_key_without_a_row_and_an_empty_value_have_no_entry() -> None:
    rows = Account.objects.order_by("date_joined")
    assert first_of_each(rows, "username", key="kind", keys=["nobody", "it's % none"]) == {}
    assert first_of_each(rows, "last_login", key="kind", keys=["staff"]) == {}
    assert first_of_each(rows, "username", key="kind", keys=[]) == {}


def test_many_keys_are_asked_for_in_few_questions_and_whole_numbers_are_keys_too() -> None:
    rows = Account.objects.order_by("date_joined")
    names = [f"nobody-{number}" for number in range(2 * AT_ONCE)] + ["a"]
    with CaptureQueriesContext(connection) as caught:
        assert first_of_each(rows, "kind", key="username", keys=names) == {"a": "staff"}
    assert len(caught.captured_queries) == 2 * 3
    assert first_of_each(Event.objects.order_by("id"), "verb", key="id", keys=[-1]) == {}


def test_the_rows_may_depend_on_a_day() -> None:
    newest = FirstOfEach(
        lambda before: Account.objects.filter(date_joined__lt=before).order_by("-date_joined"),
        "username",
        key="kind",
        of=str,
        before=datetime,
    )
    kinds = ["staff", "resident", "nobody"]
    assert newest.all(kinds, before=START + timedelta(days=9)) == {"staff": "e", "resident": "d"}
    assert newest.all(kinds, before=START + timedelta(days=1)) == {"staff": "a"}
    with pytest.raises(TypeError):
        newest.all(kinds)


def test_rows_without_an_order_have_no_first_one() -> None:
    with pytest.raises(ValueError, match="order"):
        first_of_each(Account.objects.order_by(), "username", key="kind", keys=["staff"])
