"""Pure rules of the organisation (組織の規則): periods that touch, and what changes when sections are loaded.

Never reads the database or the clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


def periods_overlap(first: tuple[date, date | None], second: tuple[date, date | None]) -> bool:
    """Whether two periods share a day; both ends are inclusive, None is open."""
    (first_start, first_end), (second_start, second_end) = first, second
    return (first_end is None or first_end >= second_start) and (
        second_end is None or second_end >= first_start
    )


@dataclass(frozen=True)
class SectionRow:
    """A section as stored or wanted: its key is (code, valid_from); `content` is everything else but the end."""

    code: str
    valid_from: date
    valid_to: date | None
    content: Mapping[str, Any]


@dataclass(frozen=True)
class SectionChanges:
    """What loading has to do: rows to open, rows whose content or end differs, rows to close (with the last day)."""

    opened: tuple[SectionRow, ...]
    changed: tuple[SectionRow, ...]
    closed: tuple[tuple[SectionRow, date], ...]

    def __bool__(self) -> bool:
        return bool(self.opened or self.changed or self.closed)


def section_changes(
    *, stored: Iterable[SectionRow], wanted: Iterable[SectionRow], today: date
) -> SectionChanges:
    """Compare the table with the file.

    A section that is no longer in the file is closed yesterday (or on its own first day when it opened today or
    later), never deleted; one that returns with another first day closes its open predecessor the day before.
    """
    old = {(row.code, row.valid_from): row for row in stored}
    new = {(row.code, row.valid_from): row for row in wanted}
    opened = tuple(row for key, row in new.items() if key not in old)
    changed = tuple(row for key, row in new.items() if key in old and old[key] != row)
    starts = {row.code: row.valid_from for row in new.values()}
    closed = []
    for key, row in old.items():
        if key in new:
            continue
        start = starts.get(row.code)
        if start is None:
            last = max(row.valid_from, today - timedelta(days=1))
        elif row.valid_from < start:
            last = max(row.valid_from, start - timedelta(days=1))
        else:
            last = row.valid_from
        if row.valid_to is None or row.valid_to > last:
            closed.append((row, last))
    return SectionChanges(opened, changed, tuple(closed))
