"""Writing events and sealing them (記録・封印): the only writes of the log.

Owns `record` and `seal`. Never changes or removes what was written; the database's own triggers refuse it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import connection, transaction

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor
from dokodemo.kernel.events import logic
from dokodemo.kernel.events.models import Event, Seal

BATCH = 2000
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
    logic.checked(refs, numbers, digests)
    object_type, object_id = object
    return Event.objects.create(
        at=calendar_jp.now(),
        verb=verb,
        actor=actor.ref,
        object_type=object_type,
        object_id=str(object_id),
        refs=refs,
        numbers=numbers,
        digests=digests,
    )


@transaction.atomic
def seal(*, limit: int = BATCH) -> int:
    """Seal up to `limit` committed events, oldest first, into the chain; how many. One sealer works at a time.

    PostgreSQL commits identifiers out of order: an event that commits late is sealed late and gets a later sequence, so
    a reader that goes by sequence never misses it.
    """
    if not _alone():
        return 0
    last = Seal.objects.order_by("-sequence").values_list("sequence", "hash").first()
    sequence, previous = last or (0, logic.GENESIS)
    waiting = Event.objects.filter(seal__isnull=True).order_by("id")[:limit]
    links = []
    for event in waiting:
        sequence += 1
        previous = logic.link(previous, bytes_of(event))
        links.append(Seal(sequence=sequence, event=event, hash=previous))
    Seal.objects.bulk_create(links)
    return len(links)


def bytes_of(event: Event) -> bytes:
    """The bytes of an event that its link covers."""
    return logic.canonical(
        id=event.id,
        at=event.at,
        verb=event.verb,
        actor=event.actor,
        object_type=event.object_type,
        object_id=event.object_id,
        refs=event.refs,
        numbers=event.numbers,
        digests=event.digests,
    )


def _alone() -> bool:
    """SQLite's transaction already holds the one write lock; PostgreSQL lends a lock that ends with the transaction."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        row = cursor.fetchone()
        return bool(row and row[0])
