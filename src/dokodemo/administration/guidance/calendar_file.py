"""Deadlines as a calendar file (期限のカレンダー): iCalendar after RFC 5545.

Owns the writing of `.ics`: whole-day events, escaped text, lines folded at 75 octets between characters. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

MOST_OCTETS = 75
_LINE_END = "\r\n"


@dataclass(frozen=True)
class Entry:
    """One day to remember; `key` names it for ever, so that the same file read twice makes no second entry."""

    key: str
    day: date
    summary: str
    description: str
    url: str


def calendar_file(entries: Iterable[Entry], *, name: str, host: str, at: datetime, remind: str) -> str:
    """The text of an .ics file. `at` is aware; `remind` is what the reminder says, a week before the day."""
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Dokodemo//Guide//JA",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
    ]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{sha256(entry.key.encode()).hexdigest()[:32]}@{host}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(entry.summary)}",
            f"DESCRIPTION:{_escaped(entry.description)}",
            f"URL:{entry.url}",
            "TRANSP:TRANSPARENT",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_escaped(remind)}",
            "TRIGGER:-P7D",
            "END:VALARM",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(folded(line) + _LINE_END for line in lines)


def _escaped(text: str) -> str:
    """TEXT of RFC 5545, 3.3.11."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def folded(line: str) -> str:
    """A content line of RFC 5545, 3.1: no more than 75 octets of UTF-8 a line, broken between characters."""
    parts: list[str] = []
    part, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > MOST_OCTETS:
            parts.append(part)
            part, octets = " ", 1
        part += character
        octets += size
    return _LINE_END.join([*parts, part])
