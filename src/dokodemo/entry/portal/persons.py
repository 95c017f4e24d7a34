"""For whom an application is made (だれの申し込みか): the persons offered as a form names them, and reading its choice.

Owns the value a form posts for a person. It names the capacity itself, never a place in a list: what is offered may
have changed between the page and its answer. Never decides for whom somebody may act.
"""

from __future__ import annotations

from collections.abc import Iterable

from dokodemo.city.parties import port

FIELD = "for"
# Where an error about the choice leads: the choice, or the sentence that stands in its place.
ANCHOR = "whom"


def value(capacity: port.Capacity) -> str:
    """What a form posts for a capacity: kind, principal and mandate, empty where there is none."""
    return f"{capacity.kind}:{capacity.principal_id or ''}:{capacity.mandate_id or ''}"


def chosen(text: str, options: Iterable[port.PersonOption]) -> port.PersonOption | None:
    """The option of now that was posted; None when nothing was, or when it is offered no longer."""
    return next((option for option in options if value(option.capacity) == text), None)


def wrong(text: str) -> str:
    """The key of what to say about a posted value that is no option of now."""
    return "portal.start.no_longer" if text else "portal.start.choose"
