"""Pure rules of the organisation (組織の規則): periods that touch, what staff may be called, what loading sections changes.

Never reads the database or the clock.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

# Letters and digits that nobody confuses when typing from the screen.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_SIGN_IN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
LONGEST_NAME = 60  # characters of a name or a title


def periods_overlap(first: tuple[date, date | None], second: tuple[date, date | None]) -> bool:
    """Whether two periods share a day; both ends are inclusive, None is open."""
    (first_start, first_end), (second_start, second_end) = first, second
    return (first_end is None or first_end >= second_start) and (
        second_end is None or second_end >= first_start
    )


def first_day_uncovered(
    wanted: tuple[date, date | None], periods: Iterable[tuple[date, date | None]]
) -> date | None:
    """The first day of a period on which none of the others holds; None when there is none. None as an end is open."""
    day, last = wanted
    for start, end in sorted(periods, key=lambda period: period[0]):
        if start > day:
            break
        if end is None or end == date.max:
            return None
        day = max(day, end + timedelta(days=1))
    return day if last is None or day <= last else None


def is_sign_in_name(text: str) -> bool:
    """Whether staff can sign in by it: small letters, digits, dot, hyphen and underscore, 60 at most."""
    return _SIGN_IN_NAME.fullmatch(text) is not None


def new_password() -> str:
    """Four groups of four characters, about 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


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
