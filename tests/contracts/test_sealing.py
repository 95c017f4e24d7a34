"""Sealing among many writers: every event once, in one unbroken chain, and no reader misses any."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, transaction

from dokodemo.kernel import events
from dokodemo.kernel.access import system
from dokodemo.kernel.events.recording import seal_all

WRITERS, EACH = 4, 25


def test_many_writers_and_several_sealers_make_one_chain_that_readers_follow(shared_city: Any) -> None:
    written, over = threading.Event(), threading.Event()
    seen: list[str] = []

    def write(writer: int) -> None:
        chance = random.Random(writer)
        for number in range(EACH):
            with transaction.atomic():
                events.record(
                    "samples.written", actor=system("tests"), object=("sample", f"{writer}-{number}")
                )
                # On PostgreSQL others commit higher identifiers meanwhile.
                time.sleep(chance.random() / 50)
        connection.close()

    def keep_sealing() -> None:
        while not written.is_set():
            events.seal(limit=7)
            time.sleep(0.005)
        connection.close()

    def follow() -> None:
        last = 0
        while True:
            ended = over.is_set()
            for sequence, event in events.sealed(after=last):
                seen.append(event.object_id)
                last = sequence
            if ended:
                break
            time.sleep(0.01)
        connection.close()

    with ThreadPoolExecutor(max_workers=WRITERS + 3) as pool:
        sealers, reader = [pool.submit(keep_sealing) for _ in range(2)], pool.submit(follow)
        for writer in [pool.submit(write, number) for number in range(WRITERS)]:
            writer.result()
        written.set()
        for sealer in sealers:
            sealer.result()
        seal_all(thorough=True)
        over.set()
        reader.result()
    report = events.verify()
    assert (report.problems, report.events, report.waiting) == ([], WRITERS * EACH, 0)
    assert Counter(seen) == {f"{writer}-{number}": 1 for writer in range(WRITERS) for number in range(EACH)}
