"""The event log: written once with what it tells of, refused to everybody afterwards, sealed in order."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dokodemo.kernel import events
from dokodemo.kernel.access import ANONYMOUS, Actor, system
from dokodemo.kernel.events import recording
from dokodemo.kernel.events.append_only import guarded, lifted
from dokodemo.kernel.events.logic import NotAReference
from dokodemo.kernel.events.models import Event, Seal
from dokodemo.kernel.events.recording import NoTransaction, seal_all
from dokodemo.kernel.events.tasks import seal_events

pytestmark = pytest.mark.django_db
CLERK = Actor(kind="staff", account_id=uuid4(), name="clerk")


def record(number: int = 1, **more: Any) -> Event:
    return events.record("tests.happened", actor=CLERK, object=("thing", str(number)), **more)


def test_an_event_keeps_who_did_what_to_what_and_when() -> None:
    event = record(
        7, refs={"unit": "childcare", "n": 3, "none": None}, numbers={"k": 5}, digests={"d": "0" * 64}
    )
    again = Event.objects.get(pk=event.pk)
    assert (again.verb, again.actor, again.object_type, again.object_id) == (
        "tests.happened", f"account:{CLERK.account_id}", "thing", "7",
    )  # fmt: skip
    assert (again.refs, again.numbers, again.digests) == (
        {"unit": "childcare", "n": 3, "none": None}, {"k": 5}, {"d": "0" * 64},
    )  # fmt: skip
    assert abs((datetime.now(UTC) - again.at).total_seconds()) < 60


def test_personal_data_never_enters() -> None:
    with pytest.raises(NotAReference):
        record(refs={"name": "荒尾 花子"})
    assert not Event.objects.exists()


def test_the_three_kinds_of_actors_are_told_apart() -> None:
    for actor, ref in ((ANONYMOUS, "anonymous"), (system("worker"), "system:worker")):
        assert events.record("tests.done", actor=actor, object=("x", "1")).actor == ref


@pytest.mark.parametrize("table", ["events_event", "events_seal"])
@pytest.mark.parametrize("what", ["UPDATE {} SET {}", "DELETE FROM {}", "truncate", "replace"])
def test_the_database_refuses_to_change_or_remove(table: str, what: str) -> None:
    record()
    events.seal()
    column = "verb = 'tests.other'" if table == "events_event" else "hash = '0'"
    if what == "truncate":
        if connection.vendor == "sqlite":
            what = "DELETE FROM {} WHERE 1"
        else:
            # References still to be checked would stop it before the guard does.
            what = "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {} CASCADE"
    elif what == "replace":
        if connection.vendor == "sqlite":
            what = "REPLACE INTO {0} SELECT * FROM {0}"
        else:
            what = "UPDATE {0} SET " + column
    before = list(Event.objects.values()), list(Seal.objects.values())
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(what.format(table, column))
    assert before == (list(Event.objects.values()), list(Seal.objects.values()))


def test_the_orm_is_refused_too() -> None:
    event = record()
    for change in (event.delete, event.save, lambda: Event.objects.update(verb="x.y")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_guard_can_be_lifted_by_name_and_comes_back() -> None:
    record()
    assert {"events_event", "events_seal"} <= set(guarded())
    everything = guarded()
    with lifted("events_event"):
        assert set(everything) - set(guarded()) == {"events_event"}
        Event.objects.all().delete()
    assert guarded() == everything
    with lifted():
        assert guarded() == []
    assert guarded() == everything
    record()
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.all().delete()


def test_nothing_is_sealed_twice_and_order_is_kept() -> None:
    for number in range(5):
        record(number)
    assert (events.seal(limit=3), events.seal(limit=3), events.seal()) == (3, 2, 0)
    record(5)
    assert seal_all() == 1
    assert [(n, e.object_id) for n, e in events.sealed()] == [(n + 1, str(n)) for n in range(6)]
    assert [n for n, _ in events.sealed(after=4)] == [5, 6]
    assert list(events.sealed(verbs=["tests.other"])) == []


def test_what_events_were_about_is_read_by_the_range_of_seals_and_never_by_their_verbs() -> None:
    for number in range(5):
        record(number)
    events.record("tests.other", actor=system("tests"), object=("thing", "9"))
    seal_all()
    verb = Event.objects.order_by("pk")[0].verb
    with CaptureQueriesContext(connection) as asked:
        found = events.objects_between(1, 6, verbs={verb})
    assert found == {("thing", str(number)) for number in range(1, 5)}
    # A database that is asked for verbs reads every event that ever had one.
    assert '"verb"' not in asked.captured_queries[0]["sql"].partition(" WHERE ")[2]
    assert len(asked.captured_queries) == 1


def test_readers_see_only_what_is_sealed_but_the_object_s_page_sees_everything() -> None:
    event = record(3)
    assert list(events.sealed()) == []
    assert events.of_object("thing", "3") == [event]
    assert events.of_object("thing", "4") == []


def test_an_event_committed_late_is_sealed_late_and_still_found_by_readers() -> None:
    """As on PostgreSQL, where a lower identifier may be committed after a higher one."""
    first, late, third = record(1), record(2), record(3)
    with lifted():
        Event.objects.filter(pk=late.pk).delete()
    events.seal()
    seen = [sequence for sequence, _ in events.sealed()]
    late.save(force_insert=True)
    assert seal_all(thorough=True) == 1
    assert [(n, e.pk) for n, e in events.sealed(after=seen[-1])] == [(3, late.pk)]
    assert [e.pk for _, e in events.sealed()] == [first.pk, third.pk, late.pk]
    assert events.verify().good


def test_a_late_commit_is_found_by_the_usual_look_where_it_can_happen_and_by_the_thorough_one_anywhere() -> (
    None
):
    late, _ = record(1), record(2)
    with lifted():
        Event.objects.filter(pk=late.pk).delete()
    events.seal()
    late.save(force_insert=True)
    # SQLite has one writer at a time and commits identifiers in their order: its usual look need not go back.
    usual = int(connection.vendor == "postgresql")
    assert (events.seal(), seal_all(thorough=True)) == (usual, 1 - usual)


def test_readers_go_through_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dokodemo.kernel.events.reading.PAGE", 3)
    monkeypatch.setattr(recording, "BATCH", 4)
    for number in range(10):
        record(number)
    assert seal_all() == 10
    assert [event.object_id for _, event in events.sealed()] == [str(n) for n in range(10)]


def test_the_job_seals_what_waits() -> None:
    record()
    seal_events.func()
    assert Seal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestOutsideATransaction:
    def test_an_event_without_its_transaction_is_an_error(self) -> None:
        with pytest.raises(NoTransaction):
            record()

    def test_an_event_disappears_with_what_it_told_of(self) -> None:
        def fail_after_recording() -> None:
            with transaction.atomic():
                record()
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail_after_recording()
        assert not Event.objects.exists()

    def test_an_event_that_was_committed_is_flushed_for_the_next_test_only_because_its_guard_was_lifted(
        self,
    ) -> None:
        with transaction.atomic():
            record()
        with pytest.raises(DatabaseError):
            Event.objects.all().delete()
