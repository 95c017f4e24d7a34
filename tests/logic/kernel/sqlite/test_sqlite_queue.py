"""The queue of writers: order is kept, the dead hold nobody up, and nobody waits without end."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import queue_programs

from dokodemo.kernel.sqlite import queue as module
from dokodemo.kernel.sqlite.queue import TooLong, WriterQueue

context = multiprocessing.get_context("spawn")
only_linux = pytest.mark.skipif(
    not module.FAIR, reason="locks of open files are Linux's; elsewhere order is not promised"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "city.sqlite3.queue"


@pytest.fixture
def start() -> Iterator[Any]:
    processes: list[BaseProcess] = []

    def run(target: Any, *arguments: Any) -> BaseProcess:
        process = context.Process(target=target, args=arguments)
        process.start()
        processes.append(process)
        return process

    yield run
    for process in processes:
        process.kill()
        process.join()


def waiting(path: Path, got: list[int], number: int, patience: float = 20) -> threading.Thread:
    """A writer in a thread that notes its number when its turn comes; returns when it stands in the queue."""
    probe = WriterQueue(path)
    probe.file = os.open(path, os.O_RDWR | os.O_CREAT)
    before = probe._counters()[0]

    def turn() -> None:
        queue = WriterQueue(path, patience)
        try:
            queue.acquire()
        except TooLong:
            got.append(-number)
            return
        got.append(number)
        time.sleep(0.01)
        queue.close() if number % 2 else queue.release()

    thread = threading.Thread(target=turn)
    thread.start()
    while module.FAIR and probe._counters()[0] == before:
        time.sleep(0.001)
    probe.close()
    return thread


@only_linux
def test_turns_come_in_the_order_of_asking(path: Path) -> None:
    holder, got = WriterQueue(path), list[int]()
    holder.acquire()
    threads = [waiting(path, got, number) for number in range(1, 9)]
    assert got == []
    holder.release()
    for thread in threads:
        thread.join(10)
    assert got == list(range(1, 9))


def test_a_turn_can_be_taken_again_and_again(path: Path) -> None:
    queue = WriterQueue(path)
    for _ in range(50):
        assert not queue.held
        queue.acquire()
        assert queue.held
        queue.release()
        queue.release()
    queue.close()
    queue.acquire()
    assert queue.held
    queue.close()
    assert not queue.held


def test_a_killed_holder_holds_nobody_up(path: Path, start: Any) -> None:
    told = context.Queue()
    process = start(queue_programs.hold, path, told, 60)
    told.get(timeout=30)
    mine, began = WriterQueue(path, 30), time.monotonic()
    threading.Timer(0.3, process.kill).start()
    mine.acquire()
    assert 0.2 < time.monotonic() - began < 10


@only_linux
def test_a_killed_waiter_is_stepped_over_but_its_predecessor_is_not(path: Path, start: Any) -> None:
    holder, told = WriterQueue(path), context.Queue()
    holder.acquire()
    second = start(queue_programs.hold, path, told, 60)
    while holder._counters()[0] < 2:
        time.sleep(0.01)
    got: list[int] = []
    third = waiting(path, got, 3)
    second.kill()
    second.join()
    time.sleep(0.2)
    assert got == []
    holder.release()
    third.join(10)
    assert got == [3]


@only_linux
def test_a_forked_child_does_not_keep_its_dead_parent_s_turn(path: Path, start: Any) -> None:
    told = context.Queue()
    parent = start(queue_programs.hold_with_child, path, told)
    _, child, _ = told.get(timeout=30)
    try:
        parent.kill()
        parent.join()
        mine = WriterQueue(path, 10)
        mine.acquire()
        assert mine.held
    finally:
        os.kill(child, signal.SIGKILL)


def test_whoever_waits_too_long_is_told_and_leaves_the_queue(path: Path) -> None:
    holder, got = WriterQueue(path), list[int]()
    holder.acquire()
    impatient = waiting(path, got, 1, patience=0.2)
    behind = waiting(path, got, 2)
    impatient.join(10)
    assert got == [-1]
    holder.release()
    behind.join(10)
    assert got == [-1, 2]


def test_a_connection_that_is_forgotten_gives_its_turn_up(path: Path) -> None:
    WriterQueue(path).acquire()
    mine = WriterQueue(path, 5)
    mine.acquire()
    assert mine.held


@pytest.mark.parametrize("content", [b"", b"\0", b"\xff" * 16, b"\x01" * 16, b"text that is no counter"])
def test_a_broken_queue_file_costs_order_at_most(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for _ in range(3):
        queue = WriterQueue(path, 5)
        queue.acquire()
        queue.release()


def test_without_locks_of_open_files_there_is_still_one_writer_at_a_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FAIR", False)
    inside, most = [0], [0]

    def work() -> None:
        queue = WriterQueue(path)
        for _ in range(20):
            queue.acquire()
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.0005)
            inside[0] -= 1
            queue.release()
        queue.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert most == [1]
    holder = WriterQueue(path)
    holder.acquire()
    with pytest.raises(TooLong):
        WriterQueue(path, 0.05).acquire()
