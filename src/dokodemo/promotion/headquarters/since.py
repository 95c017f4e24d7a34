"""What happened since the last meeting (前回の会議からの動き): what was decided then and became of it, and what is new.

Reads only. Everything from the day of that meeting on counts, that day included: what was decided in the morning is done
in the afternoon.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.headquarters import queries
from dokodemo.promotion.headquarters.models import Decision, FollowUp, Meeting
from dokodemo.promotion.headquarters.queries import Told
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.queries import Reading
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.models import ActionPlan

# A meeting looks back on months, not on years.
MOST = 200


@dataclass(frozen=True)
class Since:
    """What happened since a meeting. `then`: the numbers as they stood at the end of its day, by code."""

    meeting: Meeting
    decisions: list[Decision]
    done: list[FollowUp]
    versions: list[ActionPlan]
    filed: list[Told]
    then: dict[str, Reading]


def since_meeting(before: Meeting) -> Since:
    """What happened since a meeting that was held; what is done and filed newest first."""
    start: datetime = calendar_jp.day_start(before.on)
    done = FollowUp.objects.filter(done_at__gte=start, decision__meeting__plan=before.plan)
    return Since(
        meeting=before,
        decisions=list(before.decisions.prefetch_related("follow_ups")),
        done=list(done.order_by("-done_at", "pk")[:MOST]),
        versions=[one for one in plans.adopted(MOST) if one.adopted_at >= start],
        filed=queries.told(MOST, since=start),
        then=indicators.readings(on=before.on),
    )
