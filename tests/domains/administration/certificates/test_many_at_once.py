"""Many people at once: nobody ever gets another person's letter."""

import random
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from dokodemo.administration.certificates import actions, queries
from dokodemo.administration.certificates.models import IssuedDocument, NumberSequence
from dokodemo.kernel.access import Actor
from dokodemo.kernel.events.append_only import lifted
from dokodemo.kernel.events.models import Event
from tests.domains.own_database import on_file
from tests.papers import need

type MakeOrder = Callable[..., actions.Order]

PEOPLE = 208
TWICE = 24


@pytest.fixture
def own_database(db: None, tmp_path: Path) -> Iterator[None]:
    """A database that threads share as processes would: on SQLite a file (in memory its locks are others)."""
    if connection.vendor == "sqlite":
        yield from on_file(tmp_path / "city.sqlite3")
        return
    with ThreadPoolExecutor(max_workers=1) as pool:
        # In a connection of its own: the test's transaction must hold no lock on the log.
        last = pool.submit(_last_event).result()
        yield
        pool.submit(_forget_since, last).result()


def _last_event() -> int:
    try:
        return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    finally:
        connection.close()


def _forget_since(last: int) -> None:
    try:
        IssuedDocument.objects.all().delete()
        NumberSequence.objects.all().delete()
        with lifted("events_event"):
            Event.objects.filter(id__gt=last).delete()
    finally:
        connection.close()


def test_two_hundred_letters_at_once_each_reach_their_own_person(
    own_database: None, worker: Actor, make_order: MakeOrder, resident: Actor, tmp_path: Path
) -> None:
    orders = [make_order(f"第{number:03d} 太郎") for number in range(PEOPLE)]
    queue = orders + orders[:TWICE]
    random.Random(1).shuffle(queue)

    def issue(order: actions.Order) -> tuple[str, actions.Issued]:
        try:
            return order.key, actions.issue(actor=worker, order=order)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=16) as pool:
        results = list(pool.map(issue, queue))

    by_key = dict(results)
    assert len(by_key) == PEOPLE
    assert sum(issued.created for _, issued in results) == PEOPLE
    assert IssuedDocument.objects.count() == PEOPLE
    assert len(set(IssuedDocument.objects.values_list("number", flat=True))) == PEOPLE
    assert NumberSequence.objects.get().last >= PEOPLE
    folder = tmp_path / "letters"
    folder.mkdir()
    for order in orders:
        document_id = by_key[order.key].id
        opened = queries.open_document(
            resident, document_id, case_id=order.case_id, subject_id=order.subject_id
        )
        (folder / f"{order.content['addressee']['name'][1:4]}.pdf").write_bytes(opened.content)
    for path in list(folder.iterdir())[::8]:
        assert queries.verify_upload(path.read_bytes()).status == "genuine"
    need("pdftotext")
    for path in folder.iterdir():
        text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
        names = {word for word in text.split() if word.startswith("第")}
        assert names == {f"第{path.stem}"}


def test_a_pair_of_requests_in_the_same_instant_never_cross(
    own_database: None, worker: Actor, make_order: MakeOrder
) -> None:
    for _ in range(10):
        pair = [make_order("川崎 一郎"), make_order("川崎 二郎")]

        def issue(order: actions.Order) -> actions.Issued:
            try:
                return actions.issue(actor=worker, order=order)
            finally:
                connection.close()

        with ThreadPoolExecutor(max_workers=2) as pool:
            issued = list(pool.map(issue, pair))
        for order, result in zip(pair, issued, strict=True):
            document = IssuedDocument.objects.get(pk=result.id)
            assert (document.request_key, document.case_id) == (order.key, order.case_id)
            assert document.subject_digest == queries.subject_digest(order.subject_id)
