"""The backend: durable, fair to every writer, and never stuck, whatever a writer does or how it dies."""

import multiprocessing
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import queue_programs
from django.db import IntegrityError, OperationalError, connections, transaction
from django.db.utils import ConnectionHandler

context = multiprocessing.get_context("spawn")
ALIAS = "queued"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "city.sqlite3"


@pytest.fixture
def connect(path: Path, django_db_blocker: Any) -> Iterator[Callable[..., Any]]:
    """Further connections of this thread, under aliases of their own."""
    made: list[str] = []

    def make(alias: str = ALIAS, **options: Any) -> Any:
        described = {"ENGINE": "dokodemo.kernel.sqlite", "NAME": str(path), "OPTIONS": options}
        connections.settings[alias] = ConnectionHandler({"default": described}).settings["default"]
        made.append(alias)
        return connections[alias]

    with django_db_blocker.unblock():
        yield make
        for alias in made:
            connections[alias].close()
            del connections[alias]
            del connections.settings[alias]


@pytest.fixture
def city(connect: Callable[..., Any]) -> Any:
    city = connect()
    with city.cursor() as cursor:
        cursor.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        cursor.execute(
            "CREATE TABLE child (id INTEGER PRIMARY KEY, of INTEGER REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED)"
        )
    return city


def add(city: Any, number: int, table: str = "parent") -> None:
    with city.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} VALUES (%s)" if table == "parent" else "INSERT INTO child VALUES (%s, 999)",
            [number],
        )


def writable(path: Path) -> bool:
    """Whether somebody else could write this instant."""
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("synchronous", 2), ("journal_mode", "wal"), ("foreign_keys", 1), ("recursive_triggers", 1)],
)
def test_what_is_acknowledged_is_on_the_disk(city: Any, pragma: str, value: object) -> None:
    with city.cursor() as cursor:
        assert cursor.execute(f"PRAGMA {pragma}").fetchone()[0] == value


def test_a_transaction_holds_its_turn_from_beginning_to_end(city: Any, path: Path) -> None:
    with transaction.atomic(ALIAS):
        assert city.queue.held
        assert not writable(path)
        with transaction.atomic(ALIAS):
            add(city, 1)
        assert city.queue.held
    assert not city.queue.held
    assert writable(path)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_an_error_at_any_depth_gives_the_turn_up(city: Any, path: Path, depth: int) -> None:
    def fail(levels: int) -> None:
        with transaction.atomic(ALIAS):
            add(city, levels)
            if levels > 1:
                fail(levels - 1)
            raise KeyError

    with pytest.raises(KeyError):
        fail(depth)
    assert not city.queue.held
    assert writable(path)


def test_a_savepoint_that_is_rolled_back_keeps_the_turn(city: Any) -> None:
    def fail() -> None:
        with transaction.atomic(ALIAS):
            add(city, 2)
            raise KeyError

    with transaction.atomic(ALIAS):
        add(city, 1)
        with pytest.raises(KeyError):
            fail()
        assert city.queue.held
    with city.cursor() as cursor:
        assert cursor.execute("SELECT id FROM parent").fetchall() == [(1,)]


def test_a_commit_that_fails_gives_the_turn_up(city: Any, path: Path) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(ALIAS):
        add(city, 1, "child")
    assert not city.queue.held
    assert writable(path)


def test_closing_in_the_middle_gives_the_turn_up(city: Any, path: Path) -> None:
    with transaction.atomic(ALIAS):
        add(city, 1)
        city.close()
    assert writable(path)
    add(city, 2)
    with city.cursor() as cursor:
        assert cursor.execute("SELECT id FROM parent").fetchall() == [(2,)]


def test_a_begin_that_fails_gives_the_turn_up(connect: Callable[..., Any], path: Path) -> None:
    city = connect(timeout=0.1)
    city.ensure_connection()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), transaction.atomic(ALIAS):
        pass
    assert not city.queue.held
    other.close()
    with transaction.atomic(ALIAS):
        assert city.queue.held


def test_a_second_connection_in_the_same_transaction_is_told_instead_of_waiting_for_ever(
    city: Any, connect: Callable[..., Any]
) -> None:
    second = connect("second", timeout=0.2)
    with transaction.atomic(ALIAS), pytest.raises(OperationalError, match="database is locked"):
        add(second, 1)
    add(second, 1)


def test_a_plain_write_waits_its_turn_too(city: Any, connect: Callable[..., Any]) -> None:
    second = connect("second", timeout=0.2)
    city.queue.acquire()
    with pytest.raises(OperationalError, match="its turn to write"):
        add(second, 1)
    city.queue.release()
    add(second, 1)


def test_a_write_that_returns_rows_is_committed_before_they_are_read(city: Any, path: Path) -> None:
    with city.cursor() as cursor:
        cursor.execute("INSERT INTO parent VALUES (1), (2), (3), (4), (5) RETURNING id")
        assert not city.queue.held
        assert writable(path)
        assert cursor.fetchone() == (1,)
        assert cursor.fetchmany(2) == [(2,), (3,)]
        assert next(cursor.cursor) == (4,)
        assert cursor.fetchall() == [(5,)]
        assert cursor.fetchone() is None
        cursor.execute("SELECT count(*) FROM parent")
        assert cursor.fetchone() == (5,)


def test_reading_never_waits(city: Any, connect: Callable[..., Any]) -> None:
    second = connect("second", timeout=0.2)
    with transaction.atomic(ALIAS):
        add(city, 1)
        with second.cursor() as cursor:
            assert cursor.execute("SELECT count(*) FROM parent").fetchone() == (0,)


def test_a_database_in_memory_has_no_queue(django_db_blocker: Any) -> None:
    described = {"ENGINE": "dokodemo.kernel.sqlite", "NAME": ":memory:"}
    with django_db_blocker.unblock():
        memory = ConnectionHandler({"default": described})["default"]
        with memory.cursor() as cursor:
            cursor.execute("CREATE TABLE t (n INTEGER)")
        assert memory.queue is None


def test_eight_writers_all_get_their_share_and_lose_nothing(path: Path) -> None:
    maker = context.Process(target=queue_programs.make_table, args=(path,))
    maker.start()
    maker.join()
    told, gate = context.Queue(), context.Barrier(8)
    writers = [
        context.Process(target=queue_programs.write, args=(path, number, 3.0, told, gate))
        for number in range(8)
    ]
    for writer in writers:
        writer.start()
    results = [told.get(timeout=90) for _ in writers]
    for writer in writers:
        writer.join()
    counts = {number: count for number, count, _ in results}
    with sqlite3.connect(path) as found:
        rows = dict(found.execute("SELECT writer, count(*) FROM queue_row GROUP BY writer").fetchall())
    assert rows == counts
    assert min(counts.values()) > 0.5 * max(counts.values())
    assert max(longest for _, _, longest in results) < 3.0


def test_a_writer_killed_in_its_transaction_leaves_nothing_and_blocks_nobody(path: Path) -> None:
    maker = context.Process(target=queue_programs.make_table, args=(path,))
    maker.start()
    maker.join()
    told, gate = context.Queue(), context.Barrier(1)
    victim = context.Process(target=queue_programs.write_and_hang, args=(path, told))
    victim.start()
    assert told.get(timeout=30) == "written"
    writer = context.Process(target=queue_programs.write, args=(path, 1, 0.2, told, gate))
    writer.start()
    time.sleep(0.5)
    victim.kill()
    number, count, _ = told.get(timeout=30)
    writer.join()
    with sqlite3.connect(path) as found:
        assert found.execute("SELECT writer, count(*) FROM queue_row GROUP BY writer").fetchall() == [
            (number, count)
        ]


def test_many_processes_may_open_a_new_database_at_once(path: Path) -> None:
    told, gate = context.Queue(), context.Barrier(6)
    starters = [
        context.Process(target=queue_programs.start_and_write, args=(path, number, told, gate))
        for number in range(6)
    ]
    for starter in starters:
        starter.start()
    assert sorted(told.get(timeout=60) for _ in starters) == list(range(6))
    for starter in starters:
        starter.join()
        assert starter.exitcode == 0


def test_a_process_that_ends_leaves_the_log_to_those_that_still_write(
    city: Any, connect: Callable[..., Any], path: Path
) -> None:
    add(city, 1)
    # A process with a connection opens another, as a worker does for each of its threads.
    add(connect("second"), 2)
    log = path.with_name(f"{path.name}-wal")
    before = log.stat().st_ino
    look = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT id FROM parent').fetchall(); c.close()"
    subprocess.run([sys.executable, "-c", look, str(path)], check=True)
    assert log.stat().st_ino == before
    add(city, 3)
    count = "import sqlite3, sys; print(*(row[0] for row in sqlite3.connect(sys.argv[1]).execute('SELECT id FROM parent')))"
    seen = subprocess.run(
        [sys.executable, "-c", count, str(path)], check=True, capture_output=True, text=True
    )
    assert seen.stdout.split() == ["1", "2", "3"]
