"""The shape of a list as it is kept (保存した案内の形). Never touches the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from dokodemo.administration.guidance.logic import Item, Listing
from dokodemo.kernel.packs import Text


@dataclass(frozen=True)
class Line:
    """One procedure of a kept list: its name as it was, and by when it must be filed."""

    slug: str
    title: Text
    until: date | None


@dataclass(frozen=True)
class Kept:
    """What is kept of a list: the life event, the day it was made for, what is due, what still depends on answers."""

    event: str
    title: Text
    on: date
    due: tuple[Line, ...]
    depends_on: tuple[Line, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, as the encrypted column takes it."""
        return {
            "event": self.event,
            "title": self.title.model_dump(),
            "on": self.on.isoformat(),
            "due": [_line_json(line) for line in self.due],
            "depends_on": [_line_json(line) for line in self.depends_on],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """What `as_json` wrote."""
        return cls(
            content["event"],
            Text(**content["title"]),
            date.fromisoformat(content["on"]),
            tuple(map(_line, content["due"])),
            tuple(map(_line, content["depends_on"])),
        )


def kept(event: str, title: Text, on: date, listing: Listing) -> Kept:
    """A list as it is kept."""
    return Kept(event, title, on, _lines(listing.due), _lines(listing.depends_on))


def _lines(items: Iterable[Item]) -> tuple[Line, ...]:
    return tuple(
        Line(item.slug, item.procedure.definition.title, item.deadline.until if item.deadline else None)
        for item in items
    )


def _line_json(line: Line) -> dict[str, Any]:
    until = None if line.until is None else line.until.isoformat()
    return {"slug": line.slug, "title": line.title.model_dump(), "until": until}


def _line(content: Mapping[str, Any]) -> Line:
    until = content["until"]
    return Line(
        content["slug"], Text(**content["title"]), None if until is None else date.fromisoformat(until)
    )
