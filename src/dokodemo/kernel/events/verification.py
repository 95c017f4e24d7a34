"""Verifying the log (監査証跡の検証): link by link, against the heads that were kept.

Owns the walk and its findings. Never writes a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.events import logic
from dokodemo.kernel.events.models import Event, Seal
from dokodemo.kernel.events.recording import COLUMNS

PAGE = 2000
PATIENCE = timedelta(minutes=15)
MOST_PROBLEMS = 20


@dataclass
class Report:
    """What verification found: `problems` in words, the last sequence and its hash, and how many wait to be sealed."""

    events: int = 0
    sequence: int = 0
    head: str = logic.GENESIS
    waiting: int = 0
    heads: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether everything is there and unchanged."""
        return not self.problems


def verify(
    progress: Callable[[int, int], None] | None = None, *, heads: Mapping[int, str] | None = None
) -> Report:
    """Walk the whole chain. `progress(done, total)` is called by page; `heads` are hashes kept elsewhere, by sequence.

    Finds changed, removed, inserted and reordered events, a cut or rewritten tail (by `heads`), and events nobody seals.
    Stops after MOST_PROBLEMS findings.
    """
    report = Report()
    kept = dict(heads or {})
    total = Seal.objects.count()
    page = _page(report.sequence)
    while page and len(report.problems) < MOST_PROBLEMS:
        events = _events(event_id for _, event_id, _ in page)
        for sequence, event_id, stored in page:
            _check(report, sequence, event_id, stored, events.get(event_id))
            _compare(report, kept)
        if progress is not None:
            progress(report.events, max(total, report.events))
        page = _page(report.sequence)
    if not page:
        for sequence in sorted(number for number in kept if number > report.sequence):
            report.problems.append(
                f"the chain ends at {report.sequence}, but a head was kept at {sequence}: its tail is cut off"
            )
    _look_for_forgotten(report)
    return report


def _page(after: int) -> list[tuple[int, int, str]]:
    rows = Seal.objects.filter(sequence__gt=after).order_by("sequence")
    return list(rows.values_list("sequence", "event_id", "hash")[:PAGE])


def _events(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    return {row["id"]: row for row in Event.objects.filter(id__in=list(ids)).values(*COLUMNS)}


def _check(report: Report, sequence: int, event_id: int, stored: str, event: dict[str, Any] | None) -> None:
    if sequence != report.sequence + 1:
        report.problems.append(f"sequence {report.sequence + 1} is missing: an event was removed")
    if event is None:
        report.problems.append(f"sequence {sequence}: its event {event_id} was removed")
    elif logic.link(report.head, logic.canonical(**event)) != stored:
        report.problems.append(
            f"sequence {sequence} (event {event_id}) does not fit: it, or its place in the chain, was changed"
        )
    # Going on from the stored hash shows each changed event once instead of everything after it.
    report.sequence, report.head = sequence, stored
    report.events += 1


def _compare(report: Report, kept: Mapping[int, str]) -> None:
    head = kept.get(report.sequence)
    if head is None:
        return
    report.heads += 1
    if head != report.head:
        report.problems.append(
            f"sequence {report.sequence} is not the head that was kept: the chain was rewritten"
        )


def _look_for_forgotten(report: Report) -> None:
    waiting = Event.objects.filter(seal__isnull=True)
    report.waiting = waiting.count()
    old = waiting.filter(at__lt=calendar_jp.now() - PATIENCE).order_by("id").first()
    if old is not None:
        report.problems.append(
            f"event {old.pk} has waited more than 15 minutes to be sealed: is the worker running?"
        )
