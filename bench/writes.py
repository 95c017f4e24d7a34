"""Writers at the same time (書込みの公平さ): our SQLite backend beside Django's own, on the same disk in the same run.

Each writer is a process that alternates a transaction (BEGIN IMMEDIATE) and a plain `Model.save()`, as a library writes.
What is measured is the time from wanting to write until the commit is on the disk, in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

OURS = "dokodemo.kernel.sqlite"
STOCK = "django.db.backends.sqlite3"
_PRAGMAS = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA temp_store=MEMORY;PRAGMA cache_size=-16000"
_BODY = "x" * 500


def _row_model(engine: str, path: Path) -> Any:
    import django
    from django.conf import settings
    from django.db import models

    options = {"init_command": _PRAGMAS, "transaction_mode": "IMMEDIATE", "timeout": 20}
    settings.configure(
        DATABASES={"default": {"ENGINE": engine, "NAME": path, "OPTIONS": options, "CONN_MAX_AGE": None}},
        INSTALLED_APPS=[],
        USE_TZ=True,
    )
    django.setup()

    class Row(models.Model):
        """One row as a writer writes it."""

        writer = models.IntegerField()
        body = models.TextField()

        class Meta:
            app_label = "bench"

        def __str__(self) -> str:
            return f"row of writer {self.writer}"

    return Row


def _make(engine: str, path: Path) -> None:
    model = _row_model(engine, path)
    from django.db import connection

    with connection.schema_editor() as editor:
        editor.create_model(model)


def _write(engine: str, path: Path, number: int, seconds: float, results: Any, gate: Any) -> None:
    model = _row_model(engine, path)
    from django.db import OperationalError, transaction

    model.objects.count()
    gate.wait()
    waits: list[float] = []
    failed = 0
    end = time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        try:
            if len(waits) % 2:
                model(writer=number, body=_BODY).save()
            else:
                with transaction.atomic():
                    model.objects.create(writer=number, body=_BODY)
        except OperationalError:
            failed += 1
        waits.append(time.perf_counter() - start)
    results.put((number, waits, failed))


def measure(engine: str, writers: int, seconds: float) -> dict[str, float]:
    """One backend under load; milliseconds, and commits a second over all writers."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="dokodemo-writes-") as folder:
        path = Path(folder) / "bench.sqlite3"
        maker = context.Process(target=_make, args=(engine, path))
        maker.start()
        maker.join()
        results, gate = context.Queue(), context.Barrier(writers)
        processes = [
            context.Process(target=_write, args=(engine, path, number, seconds, results, gate))
            for number in range(writers)
        ]
        for process in processes:
            process.start()
        found = [results.get(timeout=seconds + 120) for _ in processes]
        for process in processes:
            process.join()
    waits = sorted(wait for _, own, _ in found for wait in own)
    counts = [len(own) for _, own, _ in found]
    return {
        "commits_per_second": round(len(waits) / seconds, 1),
        "p50_ms": round(1000 * waits[len(waits) // 2], 2),
        "p99_ms": round(1000 * waits[int(len(waits) * 0.99)], 2),
        "max_ms": round(1000 * waits[-1], 2),
        "least_to_most": round(min(counts) / max(counts), 3),
        "failed": sum(failed for _, _, failed in found),
    }


def main(argv: Sequence[str]) -> int:
    """`bench writes [--writers 8] [--seconds 8] [--json]`."""
    parser = argparse.ArgumentParser(
        prog="bench writes", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--writers", type=int, default=8, help="writer processes at the same time (8)")
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each backend is measured (8)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args(argv)
    measured = {}
    for name, engine in (("dokodemo", OURS), ("django", STOCK)):
        print(f"Measuring {name}: {chosen.writers} writers, {chosen.seconds:g} s …", file=sys.stderr)
        measured[name] = measure(engine, chosen.writers, chosen.seconds)
    ours, stock = measured["dokodemo"], measured["django"]
    ratio = {
        "commits_per_second": round(ours["commits_per_second"] / stock["commits_per_second"], 2),
        "p99_ms": round(ours["p99_ms"] / stock["p99_ms"], 4),
        "max_ms": round(ours["max_ms"] / stock["max_ms"], 4),
    }
    if chosen.json:
        print(json.dumps({"writers": chosen.writers, "seconds": chosen.seconds, **measured, "ratio": ratio}))
        return 0
    print(f"{'':<24}{'dokodemo':>12}{'django':>12}{'ratio':>10}")
    for key in ours:
        share = ratio.get(key)
        print(f"{key:<24}{ours[key]:>12}{stock[key]:>12}{'' if share is None else share:>10}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
