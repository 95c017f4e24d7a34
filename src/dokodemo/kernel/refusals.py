"""Why a change is refused (受け付けない理由), as every form hears it.

Owns the two answers an action gives instead of writing. Never says which rules there are: a rule's own domain does.
"""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """Something stands against it: text keys by box of the form."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(faults.values()))
        self.faults = dict(faults)


class ChangedMeanwhile(Exception):
    """Somebody else changed it since it was read; nothing was written."""
