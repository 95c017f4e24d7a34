"""Writing events and sealing them (記録・封印): the only writes of the log.

Owns `record` and `seal`. Never changes or removes what was written; the database's own triggers refuse it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor
from dokodemo.kernel.events import logic
from dokodemo.kernel.events.models import Event, Seal

BATCH = 2000
LOOKBACK = 20_000
COLUMNS = ("id", "at", "verb", "actor", "object_type", "object_id", "refs", "numbers", "digests")
_ADVISORY_LOCK = 0x646F6B6F  # "doko": the one sealer of this database


class NoTransaction(RuntimeError):
    """An event outside a transaction could outlive, or miss, the write it tells of."""


def record(
    verb: str,
    *,
    actor: Actor,
    object: tuple[str, str | UUID],
    refs: Mapping[str, str | int | None] | None = None,
    numbers: Mapping[str, int] | None = None,
    digests: Mapping[str, str] | None = None,
) -> Event:
    """Append one event in the caller's transaction. Raises NoTransaction, logic.NotAReference."""
    if not connection.in_atomic_block:
        raise NoTransaction(f"{verb} was recorded outside a transaction")
    refs, numbers, digests = dict(refs or {}), dict(numbers or {}), dict(digests or {})
    object_type, object_id = object[0], str(object[1])
    logic.checked(
        verb=verb,
        actor=actor.ref,
        object=(object_type, object_id),
        refs=refs,
        numbers=numbers,
        digests=digests,
    )
    return Event.objects.create(
        at=calendar_jp.now(),
        verb=verb,
        actor=actor.ref,
        object_type=object_type,
        object_id=object_id,
        refs=refs,
        numbers=numbers,
        digests=digests,
    )


def seal(*, limit: int = BATCH, thorough: bool = False) -> int:
    """Seal up to `limit` committed events, oldest first, into the chain; how many. One sealer works at a time.

    PostgreSQL commits identifiers out of order: an event that commits late is sealed late and gets a later sequence, so
    a reader that goes by sequence never misses it. The usual look goes back LOOKBACK identifiers; the `thorough` one,
    once a day, through the whole log.
    """
    if not _waiting(_last(), thorough)[:1]:
        return 0
    with transaction.atomic():
        if not _alone():
            return 0
        last = _last()
        sequence, previous = (last.sequence, last.hash) if last else (0, logic.GENESIS)
        links = []
        for event in _waiting(last, thorough)[:limit]:
            sequence += 1
            previous = logic.link(previous, logic.canonical(**event))
            links.append(Seal(sequence=sequence, event_id=event["id"], hash=previous))
        Seal.objects.bulk_create(links)
    return len(links)


def seal_all(*, thorough: bool = False) -> int:
    """Seal everything that waits, batch by batch; how many."""
    done = 0
    while batch := seal(thorough=thorough):
        done += batch
    return done


def _last() -> Seal | None:
    return Seal.objects.order_by("-sequence").first()


def _waiting(last: Seal | None, thorough: bool) -> QuerySet[Event, dict[str, Any]]:
    """Events without a seal, oldest first, as what `logic.canonical` takes."""
    events: QuerySet[Event, dict[str, Any]] = Event.objects.order_by("id").values(*COLUMNS)
    if last is None or thorough:
        return events.filter(seal__isnull=True)
    if connection.vendor == "sqlite":
        # One writer at a time: identifiers are committed in their order.
        return events.filter(id__gt=last.event_id)
    newest = Seal.objects.aggregate(newest=Max("event_id"))["newest"]
    return events.filter(seal__isnull=True, id__gt=newest - LOOKBACK)


def _alone() -> bool:
    """SQLite's transaction already holds the one write lock; PostgreSQL lends a lock that ends with the transaction."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        row = cursor.fetchone()
        return bool(row and row[0])
