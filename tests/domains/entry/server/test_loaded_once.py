"""What all web workers share is read before they are forked (起動時の読み込み), and no connection goes with them."""

from __future__ import annotations

import gc
import sys
from importlib import import_module

import pytest
from django.db import OperationalError, connections

from dokodemo.administration.procedures import queries

WSGI = "dokodemo.entry.server.wsgi"


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.delitem(sys.modules, WSGI, raising=False)
    done: list[str] = []
    monkeypatch.setattr(queries, "published", lambda: done.append("procedures"))
    monkeypatch.setattr(connections, "close_all", lambda: done.append("connections closed"))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("frozen"))
    return done


def test_the_procedures_in_force_are_read_and_the_database_left_before_the_workers_are_forked(
    steps: list[str],
) -> None:
    import_module(WSGI)
    assert steps == ["procedures", "connections closed", "frozen"]


def test_a_database_that_does_not_answer_stops_no_web_server(
    steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent() -> None:
        raise OperationalError("no such table")

    monkeypatch.setattr(queries, "published", silent)
    import_module(WSGI)
    assert steps == ["connections closed", "frozen"]
