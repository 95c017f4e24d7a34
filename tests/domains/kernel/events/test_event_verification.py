"""Verification: whatever is done to the log behind its back is found."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import system
from dokodemo.kernel.events import heads, logic
from dokodemo.kernel.events.append_only import lifted
from dokodemo.kernel.events.models import Event, Seal
from dokodemo.kernel.events.recording import seal_all
from dokodemo.kernel.events.tasks import keep_head

pytestmark = pytest.mark.django_db
MANY = 12


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path, db: None) -> Path:
    # Keys are found by their own path: only the heads move.
    settings.DOKODEMO_HOME = tmp_path
    for number in range(MANY):
        events.record("tests.happened", actor=system("tests"), object=("thing", str(number)))
    seal_all()
    return tmp_path


def tampered(change: Callable[[], object]) -> list[str]:
    with lifted():
        change()
    return events.verify().problems


def test_an_untouched_log_is_good() -> None:
    seen: list[tuple[int, int]] = []
    report = events.verify(lambda done, total: seen.append((done, total)))
    assert (report.good, report.events, report.sequence, report.waiting) == (True, MANY, MANY, 0)
    assert seen[-1] == (MANY, MANY)


def test_an_empty_log_is_good() -> None:
    with lifted():
        Seal.objects.all().delete()
        Event.objects.all().delete()
    assert events.verify().good


@pytest.mark.parametrize(
    "change",
    [{"verb": "tests.other"}, {"actor": "anonymous"}, {"object_id": "99"}, {"refs": {"a": 1}}, {"numbers": {"n": 1}},
     {"digests": {"d": "0" * 64}}, {"object_type": "other"}],
)  # fmt: skip
def test_one_changed_event_is_found_and_only_that_one(change: dict[str, Any]) -> None:
    fifth = Event.objects.order_by("id")[4]
    problems = tampered(lambda: Event.objects.filter(pk=fifth.pk).update(**change))
    assert problems == [
        f"sequence 5 (event {fifth.pk}) does not fit: it, or its place in the chain, was changed"
    ]


def test_an_event_moved_by_a_microsecond_is_found() -> None:
    fifth = Event.objects.order_by("id")[4]
    assert tampered(lambda: Event.objects.filter(pk=fifth.pk).update(at=fifth.at + timedelta(microseconds=1)))


def test_a_removed_event_with_its_seal_is_found() -> None:
    seal = Seal.objects.get(sequence=6)
    problems = tampered(lambda: (seal.delete(), Event.objects.filter(pk=seal.event_id).delete()))
    assert problems[0] == "sequence 6 is missing: an event was removed"


def test_two_events_that_changed_places_are_found() -> None:
    one, two = Seal.objects.get(sequence=3), Seal.objects.get(sequence=9)

    def swap() -> None:
        Seal.objects.filter(sequence__in=(3, 9)).delete()
        Seal.objects.create(sequence=3, event_id=two.event_id, hash=one.hash)
        Seal.objects.create(sequence=9, event_id=one.event_id, hash=two.hash)

    assert len(tampered(swap)) == 2


def test_an_inserted_event_is_found_even_when_it_is_chained() -> None:
    def insert() -> None:
        event = events.record("tests.forged", actor=system("tests"), object=("thing", "x"))
        middle = Seal.objects.get(sequence=5)
        later = list(Seal.objects.filter(sequence__gt=5).order_by("-sequence").values())
        Seal.objects.filter(sequence__gt=5).delete()
        row = Event.objects.values(
            "id", "at", "verb", "actor", "object_type", "object_id", "refs", "numbers", "digests"
        )
        forged = logic.link(middle.hash, logic.canonical(**row.get(pk=event.pk)))
        Seal.objects.create(sequence=6, event_id=event.pk, hash=forged)
        for seal in later:
            Seal.objects.create(sequence=seal["sequence"] + 1, event_id=seal["event_id"], hash=seal["hash"])

    assert any("sequence 7" in problem for problem in tampered(insert))


def test_an_event_lost_under_its_seal_is_found_even_at_the_end() -> None:
    last = Seal.objects.get(sequence=MANY)
    if connection.vendor == "postgresql":
        foreign_keys_off, on_again = (
            "SET session_replication_role = replica",
            "SET session_replication_role = origin",
        )
    else:
        foreign_keys_off, on_again = "PRAGMA defer_foreign_keys = ON", "PRAGMA defer_foreign_keys = OFF"
    with lifted(), connection.cursor() as cursor:
        cursor.execute(foreign_keys_off)
        cursor.execute("DELETE FROM events_event WHERE id = %s", [last.event_id])
        assert events.verify().problems == [f"sequence {MANY}: its event {last.event_id} was removed"]
        cursor.execute("DELETE FROM events_seal WHERE sequence = %s", [MANY])
        cursor.execute(on_again)


def cut_tail() -> None:
    with lifted():
        gone = list(Seal.objects.filter(sequence__gt=8).values_list("event_id", flat=True))
        Seal.objects.filter(sequence__gt=8).delete()
        Event.objects.filter(pk__in=gone).delete()


def test_a_cut_tail_is_found_by_a_kept_head_and_by_nothing_else(home: Path) -> None:
    heads.keep()
    cut_tail()
    assert events.verify().good
    problems = events.verify(heads=heads.kept()).problems
    assert problems == [f"the chain ends at 8, but a head was kept at {MANY}: its tail is cut off"]


def test_a_log_that_was_cut_and_sealed_anew_is_found() -> None:
    kept = heads.parse(f"{MANY}:{Seal.objects.get(sequence=MANY).hash}")
    cut_tail()
    for number in range(MANY):
        events.record("tests.other", actor=system("tests"), object=("thing", str(number)))
    seal_all()
    report = events.verify(heads=dict([kept]))
    assert report.problems == [f"sequence {MANY} is not the head that was kept: the chain was rewritten"]


def test_the_day_s_head_is_kept_and_replaced_only_by_one_that_follows(home: Path) -> None:
    path = heads.keep()
    assert path == home / "heads" / f"{calendar_jp.today().isoformat()}.json"
    assert heads.kept() == {MANY: Seal.objects.get(sequence=MANY).hash}
    events.record("tests.more", actor=system("tests"), object=("thing", "y"))
    keep_head.func()
    assert list(heads.kept()) == [MANY + 1]
    assert events.verify(heads=heads.kept()).heads == 1
    cut_tail()
    with pytest.raises(heads.HeadError, match="no longer in the chain"):
        heads.keep()
    assert list(heads.kept()) == [MANY + 1]


@pytest.mark.parametrize("content", ["", "{}", '{"sequence": 1, "hash": "zz"}', "[]"])
def test_a_broken_head_is_named(home: Path, content: str) -> None:
    (home / "heads").mkdir()
    (home / "heads" / "2026-01-01.json").write_text(content)
    with pytest.raises(heads.HeadError, match=r"2026-01-01\.json"):
        heads.kept()


@pytest.mark.parametrize("text", ["", "12", "12:", "x:" + "0" * 64, "12:" + "0" * 63, "-1:" + "0" * 64])
def test_a_head_is_written_in_one_way_only(text: str) -> None:
    with pytest.raises(heads.HeadError):
        heads.parse(text)


def test_events_nobody_seals_are_reported() -> None:
    event = events.record("tests.waits", actor=system("tests"), object=("thing", "z"))
    report = events.verify()
    assert (report.good, report.waiting) == (True, 1)
    with lifted():
        Event.objects.filter(pk=event.pk).update(at=calendar_jp.now() - timedelta(hours=1))
    report = events.verify()
    assert report.problems == [
        f"event {event.pk} has waited more than 15 minutes to be sealed: is the worker running?"
    ]


def test_a_log_in_ruins_is_not_walked_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dokodemo.kernel.events.verification.PAGE", 2)
    monkeypatch.setattr("dokodemo.kernel.events.verification.MOST_PROBLEMS", 3)
    with transaction.atomic():
        problems = tampered(lambda: Event.objects.update(verb="x.y"))
    assert len(problems) == 4
