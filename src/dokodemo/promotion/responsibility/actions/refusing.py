"""Why a change is refused (受け付けない理由): a text key for each box of the form."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """Something stands against it: text keys by box."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(faults.values()))
        self.faults = dict(faults)


class ChangedMeanwhile(Exception):
    """What was shown is no longer so: somebody else changed it."""
