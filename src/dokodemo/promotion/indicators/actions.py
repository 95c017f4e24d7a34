"""Keeping indicators (指標の記録): once a month, so that the way to a target can be drawn.

Owns the only write of this domain. Never keeps a month twice and never corrects one.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor
from dokodemo.promotion.indicators import events as verbs
from dokodemo.promotion.indicators.models import MonthlyReading
from dokodemo.promotion.indicators.queries import readings


def keep_month(*, actor: Actor, on: date | None = None) -> int:
    """Keep what each measured indicator is now, unless this month has it already; how many were kept."""
    today = on or calendar_jp.today()
    month = today.replace(day=1)
    with transaction.atomic():
        known = set(MonthlyReading.objects.filter(month=month).values_list("code", flat=True))
        new = [
            MonthlyReading(
                code=code,
                month=month,
                numerator=reading.ratio.numerator,
                denominator=reading.ratio.denominator,
                as_of=today,
            )
            for code, reading in readings().items()
            if reading.ratio is not None and code not in known
        ]
        if not new:
            return 0
        # Another process may keep the same month at the same moment: the first one stands.
        MonthlyReading.objects.bulk_create(new, ignore_conflicts=True)
        events.record(
            verbs.KEPT,
            actor=actor,
            object=("indicators_month", f"{month:%Y-%m}"),
            numbers={"indicators": len(new)},
        )
    return len(new)
