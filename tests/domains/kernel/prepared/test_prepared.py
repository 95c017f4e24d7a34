"""A prepared question gives what the queryset gives, on whichever engine."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Count, F

from dokodemo.city.parties.models import SignInLink
from dokodemo.kernel.access.models import Account
from dokodemo.kernel.prepared import Prepared, PreparedValues

pytestmark = pytest.mark.django_db
BY_ID = Prepared(lambda pk: Account.objects.filter(pk=pk), pk=UUID)
BY_NAMES = Prepared(
    lambda one, other: Account.objects.filter(username__in=[one, other]).order_by("-username"),
    one=str,
    other=str,
)
LIVING = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now), key=str, now=datetime
)
LOCKED = Prepared(lambda pk: Account.objects.select_for_update().filter(pk=pk), pk=UUID)
AMONG = Prepared(
    lambda names, kinds: Account.objects.filter(username__in=names, kind__in=kinds).order_by("username"),
    names=list[str],
    kinds=list[str],
)
EVERYBODY = Prepared(lambda: Account.objects.order_by("username"))


def test_a_row_is_the_same_instance_the_queryset_would_give() -> None:
    account = Account.objects.create(username="a")
    Account.objects.create(username="b")
    found = BY_ID.first(pk=account.pk)
    assert found == account
    assert vars(found).keys() == vars(Account.objects.get(pk=account.pk)).keys()
    assert found is not None
    assert (found.username, found.kind, found.date_joined) == ("a", account.kind, account.date_joined)


def test_other_values_ask_another_question() -> None:
    one, other = Account.objects.create(username="a"), Account.objects.create(username="b")
    assert [BY_ID.first(pk=account.pk) for account in (one, other)] == [one, other]
    assert BY_ID.first(pk=uuid4()) is None
    assert BY_NAMES.all(one="b", other="a") == [other, one]
    assert EVERYBODY.all() == [one, other]


def test_a_list_may_be_of_any_length() -> None:
    every = [Account.objects.create(username=f"{number:02}", kind=Account.Kind.STAFF) for number in range(20)]
    for length in (1, 2, 3, 4, 5, 7, 8, 9, 20):
        names = [one.username for one in every[:length]]
        assert AMONG.all(names=names, kinds=["staff"]) == every[:length]
        assert AMONG.all(kinds=["staff", "resident", "staff"], names=[*names, names[0]]) == every[:length]
        assert AMONG.all(names=names, kinds=["resident"]) == []


def test_of_an_empty_list_there_are_no_rows() -> None:
    Account.objects.create(username="a", kind=Account.Kind.STAFF)
    assert AMONG.all(names=[], kinds=["staff"]) == []
    assert AMONG.all(names=["a"], kinds=[]) == []
    assert AMONG.first(names=[], kinds=[]) is None


def test_text_is_a_value_and_never_sql() -> None:
    Account.objects.create(username="a")
    for name in ("' OR 1=1 --", "%s", "%", "a%", "\ue000prepared-0"):
        assert BY_NAMES.all(one=name, other=name) == []


def test_a_moment_is_compared_as_a_moment() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    Session.objects.create(session_key="k", session_data="", expire_date=now)
    assert LIVING.first(key="k", now=now - timedelta(microseconds=1)) is not None
    assert LIVING.first(key="k", now=now) is None


def test_a_locking_question_works_inside_a_transaction() -> None:
    account = Account.objects.create(username="a")
    with transaction.atomic():
        assert LOCKED.first(pk=account.pk) == account


def test_a_missing_or_unknown_name_is_refused() -> None:
    with pytest.raises(TypeError):
        BY_ID.first()
    with pytest.raises(TypeError):
        BY_ID.first(pk=uuid4(), name="a")


def test_a_value_the_query_does_not_use_as_it_is_is_refused() -> None:
    lowered = Prepared(lambda name: Account.objects.filter(username=name.upper() + "x"), name=str)
    with pytest.raises(TypeError, match="name"):
        lowered.first(name="a")


def test_a_question_that_is_cut_short_gives_one_row() -> None:
    for name in "abc":
        Account.objects.create(username=name)
    assert len(Prepared(lambda: Account.objects.order_by("username")[:1]).all()) == 1


def test_more_than_the_rows_of_one_model_is_refused() -> None:
    with pytest.raises(TypeError, match="one model"):
        Prepared(lambda: Account.objects.values("kind")).all()  # type: ignore[arg-type,return-value]
    with pytest.raises(TypeError, match="one model"):
        Prepared(lambda: SignInLink.objects.select_related("account")).all()


def test_what_is_annotated_stands_on_the_instance_with_its_type() -> None:
    account = Account.objects.create(username="a")
    noted = Prepared(
        lambda pk: Account.objects.filter(pk=pk).annotate(again=F("id"), n=Count("pk")), pk=UUID
    ).first(pk=account.pk)
    assert noted == account
    assert vars(noted)["again"] == account.pk
    assert vars(noted)["n"] == 1


def test_a_narrow_question_leaves_the_other_columns_for_later() -> None:
    account = Account.objects.create(username="a")
    found = Prepared(lambda pk: Account.objects.filter(pk=pk).only("username"), pk=UUID).first(pk=account.pk)
    assert found is not None
    assert found.get_deferred_fields() >= {"kind", "password"}
    assert (found.username, found.kind) == ("a", account.kind)


def test_values_are_those_of_the_queryset_in_its_order() -> None:
    for name in "ab":
        Account.objects.create(username=name)
    rows = Account.objects.order_by("-username").values("username", "date_joined", again=F("id"))
    assert PreparedValues(lambda: rows).all() == list(rows)


def test_values_may_be_grouped_and_their_filters_left_open() -> None:
    Account.objects.create(username="a", kind=Account.Kind.STAFF)
    for name in "bc":
        Account.objects.create(username=name)
    counted = PreparedValues(
        lambda name: Account.objects.exclude(username=name).values("kind").annotate(n=Count("pk")), name=str
    )
    assert {row["kind"]: row["n"] for row in counted.all(name="b")} == {"staff": 1, "resident": 1}
    assert {row["kind"]: row["n"] for row in counted.all(name="a")} == {"resident": 2}


def test_instances_are_no_values() -> None:
    with pytest.raises(TypeError, match="values"):
        PreparedValues(lambda: Account.objects.order_by("username")).all()  # type: ignore[arg-type,return-value]
