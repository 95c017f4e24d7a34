"""Boxes of a form of the office (入力欄): what each is called, what stands in it, what is wrong with it.

Owns their shape; `office/parts/boxes.html` draws them. Never reads a request and never judges what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dokodemo.entry.office import pages
from dokodemo.entry.server.requests import Request


@dataclass(frozen=True)
class Box:
    """One box: `label`, `hint` and `wrong` are keys of texts; `options` pairs of value and what is said of it.

    `kind`: text, number, date, area, choice (one of few, as radio buttons) or select (one of many).
    """

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    options: tuple[tuple[str, Any], ...] = ()
    longest: int = 200
    value: str = ""
    wrong: str = ""
    fixed: bool = False


def filled(boxes: Sequence[Box], typed: Mapping[str, str], wrong: Mapping[str, str]) -> list[Box]:
    """The boxes with what was typed and what is wrong."""
    return [replace(box, value=typed.get(box.name, ""), wrong=wrong.get(box.name, "")) for box in boxes]


def typed(request: Request, boxes: Sequence[Box]) -> dict[str, str]:
    """What came back in each box, cut where no honest answer is longer."""
    return {box.name: request.POST.get(box.name, "")[: box.longest * 5] for box in boxes}


def errors(request: Request, boxes: Sequence[Box]) -> list[dict[str, Any]]:
    """What is wrong, for the summary at the top of the page, in the order of the boxes."""
    return pages.errors(request, [(box.name, box.wrong) for box in boxes if box.wrong])
