"""How requests take turns in one process of the web server (Webサーバー)."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from dokodemo.adapters.web.serve import one_after_the_other

LONG = 20.0


class Desk:
    """An application that counts who is inside, and answers when it is told to."""

    def __init__(self) -> None:
        self.inside = 0
        self.most = 0
        self.entered = threading.Semaphore(0)
        self.leave = threading.Semaphore(0)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.entered.release()
        assert self.leave.acquire(timeout=LONG)
        self.inside -= 1
        return [b"answered"]


def asking(answer: Any, number: int) -> list[threading.Thread]:
    threads = [threading.Thread(target=answer, args=({}, None), daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()
    return threads


def test_the_second_request_begins_when_the_first_has_been_answered() -> None:
    desk = Desk()
    threads = asking(one_after_the_other(desk, patience=LONG), 3)
    for _ in threads:
        assert desk.entered.acquire(timeout=LONG)
        desk.leave.release()
    for thread in threads:
        thread.join(LONG)
    assert desk.most == 1


def test_nobody_waits_longer_than_the_patience_for_a_slow_page() -> None:
    desk = Desk()
    threads = asking(one_after_the_other(desk, patience=0.01), 2)
    assert desk.entered.acquire(timeout=LONG)
    assert desk.entered.acquire(timeout=LONG)
    assert desk.inside == 2
    desk.leave.release(2)
    for thread in threads:
        thread.join(LONG)


def test_a_request_that_fails_gives_its_turn_back() -> None:
    def failing(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        raise RuntimeError("broken")

    answer = one_after_the_other(failing, patience=LONG)
    for _ in range(2):
        try:
            answer({}, None)
        except RuntimeError:
            continue
        raise AssertionError("the fault was swallowed")
