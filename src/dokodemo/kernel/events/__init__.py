"""The append-only, sealed event log (監査証跡): every action of the city, once.

Owns recording, sealing, reading and verifying. Never holds personal data, and nothing in it is ever changed.
"""

from typing import Any

__all__ = ["Report", "happened", "of_object", "record", "seal", "sealed", "verify"]

_HOMES = {
    "record": "recording",
    "seal": "recording",
    "sealed": "reading",
    "of_object": "reading",
    "verify": "reading",
    "happened": "reading",
    "Report": "reading",
}


def __getattr__(name: str) -> Any:
    # The models can only be imported once Django is set up.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"dokodemo.kernel.events.{_HOMES[name]}"), name)
    raise AttributeError(name)
