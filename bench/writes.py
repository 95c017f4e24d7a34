"""Writers at the same time (書込みの公平さ): our SQLite backend beside Django's own, on the same disk in the same run.

Each writer is a process that alternates a transaction (BEGIN IMMEDIATE) and a plain `Model.save()`, as a library writes.
What is measured is the time from wanting to write until the commit is on the disk, in milliseconds.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

OURS = "dokodemo.kernel.sqlite"
STOCK = "django.db.backends.sqlite3"
_PRAGMAS = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA temp_store=MEMORY;PRAGMA cache_size=-16000"
WRITERS = 8
SECONDS = 8.0
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


def _measure_backend(engine: str, writers: int, seconds: float) -> dict[str, float]:
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


def measure(*, quick: bool = False) -> dict[str, Any]:
    """Both backends under WRITERS writers, one after the other; waits in milliseconds, ratios of ours to Django's."""
    seconds = 1.0 if quick else SECONDS
    measured = {}
    for name, engine in (("dokodemo", OURS), ("django", STOCK)):
        print(f"Measuring {name}: {WRITERS} writers, {seconds:g} s …", file=sys.stderr)
        measured[name] = _measure_backend(engine, WRITERS, seconds)
    ours, stock = measured["dokodemo"], measured["django"]
    ratio = {
        key: round(ours[key] / stock[key], 4) for key in ("commits_per_second", "p50_ms", "p99_ms", "max_ms")
    }
    return {"writers": WRITERS, "seconds": seconds, **measured, "ratio": ratio}


def table(result: dict[str, Any]) -> str:
    """The result for a person to read."""
    lines = [f"{result['writers']} writers  {'dokodemo':>22}{'django':>12}{'ratio':>10}"]
    for key, ours in result["dokodemo"].items():
        share = result["ratio"].get(key, "")
        lines.append(f"{key:<20}{ours:>14}{result['django'][key]:>12}{share:>10}")
    return "\n".join(lines)
