"""The append-only, sealed event log (監査証跡): every action of the city, once.

Owns recording, sealing, reading and verifying. Never holds personal data, and nothing in it is ever changed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dokodemo.kernel.events.reading import happened, last_sequence, objects_between, of_object, sealed
    from dokodemo.kernel.events.recording import record, seal
    from dokodemo.kernel.events.verification import Report, verify

__all__ = [
    "Report",
    "happened",
    "last_sequence",
    "objects_between",
    "of_object",
    "record",
    "seal",
    "sealed",
    "verify",
]

_HOMES = {
    "Report": "verification",
    "happened": "reading",
    "last_sequence": "reading",
    "objects_between": "reading",
    "of_object": "reading",
    "record": "recording",
    "seal": "recording",
    "sealed": "reading",
    "verify": "verification",
}


def __getattr__(name: str) -> Any:
    # The models can only be imported once Django is set up.
    if name in _HOMES:
        return getattr(import_module(f"dokodemo.kernel.events.{_HOMES[name]}"), name)
    raise AttributeError(name)
