"""How the log stands (記録の状況): how many events there are, how many wait for their seal, and since when.

Owns three cheap numbers. Never proves anything: that is `verify`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.events.models import Event, Seal
from dokodemo.kernel.events.recording import LOOKBACK

# The sealer runs every few seconds: whatever waits longer says that no worker runs.
PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Standing:
    """Sealed and waiting events, the last sequence, and since when the oldest waits (UTC)."""

    sealed: int
    waiting: int
    waiting_since: datetime | None

    @property
    def behind(self) -> bool:
        """Whether an event waits for its seal much longer than it should."""
        return self.waiting_since is not None and calendar_jp.now() - self.waiting_since > PATIENCE


def standing() -> Standing:
    """The numbers of this moment, without reading the whole log.

    A chain has no gaps, so its last sequence is its length; what waits is among the newest identifiers.
    """
    chain = Seal.objects.aggregate(last=Max("sequence"), newest=Max("event_id"))
    recent = Event.objects.filter(seal__isnull=True, id__gt=(chain["newest"] or 0) - LOOKBACK)
    waiting = recent.aggregate(number=Count("pk"), since=Min("at"))
    return Standing(chain["last"] or 0, waiting["number"], waiting["since"])
