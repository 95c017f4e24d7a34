"""Rules of logic models (ロジックモデルの規則). Pure.

Owns the order of the kinds and what a sound model is: steps are not skipped, every outcome comes from an output. Never
says whether an assumption is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

BoxKind = Literal["input", "activity", "output", "short", "mid", "long", "impact"]
ORDER: tuple[BoxKind, ...] = ("input", "activity", "output", "short", "mid", "long", "impact")
OUTCOMES: tuple[BoxKind, ...] = ("short", "mid", "long", "impact")


@dataclass(frozen=True)
class Fault:
    """What is wrong: at the link or the box of this number, in words, and what to do."""

    part: Literal["links", "boxes"]
    place: int
    message: str
    remedy: str


def faults(boxes: Mapping[str, BoxKind], links: Sequence[tuple[str, str]]) -> Iterator[Fault]:
    """Everything wrong with a model whose boxes are given by code in their order, with the links between them."""
    whole = True
    for place, link in enumerate(links):
        for fault in _of_a_link(boxes, place, link, links):
            whole = False
            yield fault
    if not whole:
        return
    reached = _reached(boxes, links)
    for place, (code, kind) in enumerate(boxes.items()):
        if kind in OUTCOMES and code not in reached:
            yield Fault(
                "boxes",
                place,
                f"Nothing that is produced leads to {code}",
                "Add a link, or a chain of links, from an output to it",
            )


def _of_a_link(
    boxes: Mapping[str, BoxKind], place: int, link: tuple[str, str], links: Sequence[tuple[str, str]]
) -> Iterator[Fault]:
    source, target = link
    for code in link:
        if code not in boxes:
            yield Fault(
                "links",
                place,
                f"A link names {code}, which is no box of this model",
                f"Choose among {', '.join(boxes)}",
            )
            return
    if link in links[:place]:
        yield Fault("links", place, f"The link from {source} to {target} is there twice", "Delete one")
    from_kind, to_kind = boxes[source], boxes[target]
    if ORDER.index(to_kind) <= ORDER.index(from_kind):
        yield Fault(
            "links",
            place,
            f"The link from {source} ({from_kind}) to {target} ({to_kind}) does not lead forward",
            "Links lead from a kind to a later one, so that nothing is its own cause",
        )
    elif from_kind == "output" and to_kind in ("long", "impact"):
        yield Fault(
            "links",
            place,
            f"The link from {source} to {target} jumps from an output to {to_kind}",
            "Say through which short or mid outcome it happens, and link over it",
        )
    elif from_kind in ("input", "activity") and to_kind in OUTCOMES:
        yield Fault(
            "links",
            place,
            f"The link from {source} ({from_kind}) to {target} ({to_kind}) passes over what is produced",
            "Say which output it gives, and link over it",
        )


def _reached(boxes: Mapping[str, BoxKind], links: Sequence[tuple[str, str]]) -> set[str]:
    """The boxes that an output leads to. Links lead forward, so one pass in the order of the kinds is enough."""
    found = {code for code, kind in boxes.items() if kind == "output"}
    for source, target in sorted(links, key=lambda link: ORDER.index(boxes[link[0]])):
        if source in found:
            found.add(target)
    return found
