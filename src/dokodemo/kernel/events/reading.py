"""Reading the log (監査証跡の照会・検証): by sealed sequence, by object, and link by link.

Owns every read and the verification of the chain. Never writes a table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor
from dokodemo.kernel.events import logic
from dokodemo.kernel.events.models import Event, Seal
from dokodemo.kernel.events.recording import bytes_of

PAGE = 2000
PATIENCE = timedelta(minutes=15)
MOST_PROBLEMS = 20


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


def of_object(object_type: str, object_id: object, *, most: int = 500) -> list[Event]:
    """What happened to one thing, oldest first, the last `most`, sealed or not."""
    rows = Event.objects.filter(object_type=object_type, object_id=str(object_id)).order_by("-id")
    return list(rows[:most])[::-1]


def happened(verb: str, *, actor: Actor, object: tuple[str, object], since: datetime) -> bool:
    """Whether an actor did something to a thing since a moment (UTC), sealed or not."""
    object_type, object_id = object
    rows = Event.objects.filter(object_type=object_type, object_id=str(object_id), verb=verb, actor=actor.ref)
    return rows.filter(at__gte=since).exists()


@dataclass
class Report:
    """What verification found: `problems` in words, the last sequence and its hash, and how many wait to be sealed."""

    events: int = 0
    sequence: int = 0
    head: str = logic.GENESIS
    waiting: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether everything is there and unchanged."""
        return not self.problems


def verify(
    progress: Callable[[int, int], None] | None = None, *, head: tuple[int, str] | None = None
) -> Report:
    """Walk the whole chain. `progress(done, total)` is called by page; `head` is a sequence and hash kept elsewhere.

    Finds changed, removed, inserted and reordered events, a cut tail (by `head`), and events nobody seals.
    """
    report = Report()
    total = Seal.objects.count()
    while len(report.problems) < MOST_PROBLEMS:
        rows = (
            Seal.objects.select_related("event")
            .filter(sequence__gt=report.sequence)
            .order_by("sequence")[:PAGE]
        )
        page = list(rows)
        for row in page:
            _check(row, report, head)
        if progress is not None:
            progress(report.events, total)
        if len(page) < PAGE:
            break
    if head is not None and head[0] > report.sequence:
        report.problems.append(
            f"the chain ends at {report.sequence}, but a head was kept at {head[0]}: its tail is cut off"
        )
    waiting = Event.objects.filter(seal__isnull=True)
    report.waiting = waiting.count()
    old = waiting.filter(at__lt=calendar_jp.now() - PATIENCE).order_by("id").first()
    if old is not None:
        report.problems.append(
            f"event {old.pk} has waited more than 15 minutes to be sealed: is the worker running?"
        )
    return report


def _check(row: Seal, report: Report, head: tuple[int, str] | None) -> None:
    if row.sequence != report.sequence + 1:
        report.problems.append(f"sequence {report.sequence + 1} is missing: an event was removed")
    expected = logic.link(report.head, bytes_of(row.event))
    if row.hash != expected:
        report.problems.append(
            f"sequence {row.sequence} (event {row.event_id}) does not fit: it, or one before it, was changed"
        )
    if head is not None and head[0] == row.sequence and head[1] != row.hash:
        report.problems.append(
            f"sequence {row.sequence} is not the head that was kept: the chain was rewritten"
        )
    # Going on from the stored hash shows each changed event once instead of everything after it.
    report.sequence, report.head = row.sequence, row.hash
    report.events += 1
