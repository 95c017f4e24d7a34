"""Reading the log (監査証跡の照会): by sealed sequence and by object.

Owns the reads that domains use. Never shows an unsealed event to a projection: what is not sealed may still be overtaken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from django.db.models import Max

from dokodemo.kernel.access import Actor
from dokodemo.kernel.events.models import Event, Seal

PAGE = 2000


def sealed(after: int = 0, *, verbs: Collection[str] | None = None) -> Iterator[tuple[int, Event]]:
    """Sealed events with a sequence greater than `after`, in sequence order; a reader keeps the last sequence it saw."""
    while True:
        rows = Seal.objects.select_related("event").filter(sequence__gt=after).order_by("sequence")
        if verbs is not None:
            rows = rows.filter(event__verb__in=verbs)
        page = list(rows[:PAGE])
        for row in page:
            yield row.sequence, row.event
        if len(page) < PAGE:
            return
        after = page[-1].sequence


def last_sequence() -> int:
    """The sequence of the newest seal; 0 before the first."""
    return Seal.objects.aggregate(last=Max("sequence"))["last"] or 0


def objects_between(after: int, until: int, *, verbs: Collection[str]) -> set[tuple[str, str]]:
    """What events of these verbs were about (type, identifier), of the seals after one sequence up to another."""
    rows = Seal.objects.filter(sequence__gt=after, sequence__lte=until).order_by()
    # The verbs are looked at here: asked for some verbs, a database reads every event that ever had one.
    return {
        (kind, pk)
        for verb, kind, pk in rows.values_list("event__verb", "event__object_type", "event__object_id")
        if verb in verbs
    }


def of_object(object_type: str, object_id: object, *, most: int = 500) -> list[Event]:
    """What happened to one thing, oldest first, the last `most`, sealed or not."""
    rows = Event.objects.filter(object_type=object_type, object_id=str(object_id)).order_by("-id")
    return list(rows[:most])[::-1]


def happened(
    verb: str,
    *,
    actor: Actor,
    object: tuple[str, object],
    since: datetime,
    refs: Mapping[str, str] | None = None,
) -> bool:
    """Whether an actor did something to a thing since a moment (UTC), sealed or not; with these references, if given."""
    object_type, object_id = object
    rows = Event.objects.filter(object_type=object_type, object_id=str(object_id), verb=verb, actor=actor.ref)
    named = {f"refs__{name}": value for name, value in (refs or {}).items()}
    return bool(rows.filter(at__gte=since, **named).exists())
