"""What the processes of the queue's tests do; each configures Django for itself, as separate programs do."""

import os
import time
from pathlib import Path
from typing import Any

from dokodemo.kernel.sqlite.queue import WriterQueue


def hold(path: Path, told: Any, seconds: float) -> None:
    """Take a turn, say so, and keep it."""
    queue = WriterQueue(path)
    queue.acquire()
    told.put(("has", os.getpid(), time.monotonic()))
    time.sleep(seconds)
    queue.release()


def hold_with_child(path: Path, told: Any) -> None:
    """Take a turn and fork a child that lives on without its parent."""
    queue = WriterQueue(path)
    queue.acquire()
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    told.put(("child", child, time.monotonic()))
    time.sleep(60)


def model_of(path: Path, **options: Any) -> Any:
    """Django on a file through our backend, and one table's model."""
    import django
    from django.conf import settings
    from django.db import models

    settings.configure(
        DATABASES={"default": {"ENGINE": "dokodemo.kernel.sqlite", "NAME": path, "OPTIONS": options}},
        INSTALLED_APPS=[],
        USE_TZ=True,
    )
    django.setup()

    class Row(models.Model):
        writer = models.IntegerField()
        body = models.TextField(default="x" * 300)

        class Meta:
            app_label = "queue"

        def __str__(self) -> str:
            return str(self.writer)

    return Row


def make_table(path: Path) -> None:
    """The table, made by whoever comes first."""
    model = model_of(path)
    from django.db import connection

    with connection.schema_editor() as editor:
        editor.create_model(model)


def write(path: Path, number: int, seconds: float, told: Any, gate: Any) -> None:
    """Write as fast as it goes: transactions, nested ones, ones that fail, and plain saves as libraries do them."""
    model = model_of(path)
    from django.db import transaction

    model.objects.count()
    gate.wait()
    waits: list[float] = []
    end = time.monotonic() + seconds
    while (start := time.monotonic()) < end:
        kind = len(waits) % 4
        if kind == 0:
            with transaction.atomic(), transaction.atomic():
                model.objects.create(writer=number)
        elif kind == 1:
            try:
                with transaction.atomic():
                    model.objects.create(writer=-1)
                    raise KeyError
            except KeyError:
                model.objects.create(writer=number)
        elif kind == 2:
            model(writer=number).save()
        else:
            model.objects.bulk_create([model(writer=number)])
        waits.append(time.monotonic() - start)
    told.put((number, len(waits), max(waits)))


def write_and_hang(path: Path, told: Any) -> None:
    """Write a row and never commit."""
    model = model_of(path)
    from django.db import transaction

    with transaction.atomic():
        model.objects.create(writer=99)
        told.put("written")
        time.sleep(60)


def start_and_write(path: Path, number: int, told: Any, gate: Any) -> None:
    """Be one of many that open a database that does not exist yet."""
    model_of(path)
    from django.db import connection

    gate.wait()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS started (n INTEGER)")
        cursor.execute("INSERT INTO started VALUES (%s)", [number])
    told.put(number)
