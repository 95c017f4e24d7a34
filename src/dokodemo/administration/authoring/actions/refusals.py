"""Why an act on a proposal cannot be done (できない理由)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID


class Refused(Exception):
    """An act that cannot be done now; `code` is a key of the text catalogue."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


class ChangedMeanwhile(Exception):
    """Somebody saved the same page after it was opened; who (account), when, and the proposal as it is now.

    Nothing was written. Whoever sees it may save once more, knowing what stands there now.
    """

    def __init__(self, by: UUID | None, at: datetime) -> None:
        self.by, self.at = by, at
        super().__init__()
