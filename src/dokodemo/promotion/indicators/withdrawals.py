"""Reads of what was withdrawn (取下げの照会): for whoever looks for a value that stood here, and for who follows the plan.

Owns what is told of a withdrawn value. Never tells the value itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.firsts import FirstOfEach
from dokodemo.promotion.indicators import queries
from dokodemo.promotion.indicators.definitions import Indicator, Observed
from dokodemo.promotion.indicators.models import Observation, Withdrawal
from dokodemo.promotion.indicators.observing import Withdrawn, is_missed, newest
from dokodemo.promotion.indicators.queries import Reading

_NEWEST = FirstOfEach(
    lambda on: Withdrawal.objects.filter(void_from__lte=on).order_by(
        "-observation__period_to", "-observation__published_on", "-withdrawn_at"
    ),
    "pk",
    key="code",
    of=str,
    on=date,
)


def told(readings: Mapping[str, Reading], *, on: date | None = None) -> dict[str, Reading]:
    """Readings of a day, each with the value that would be shown in its place had it not been withdrawn by then."""
    entered = [code for code, one in readings.items() if one.indicator.state == "entered"]
    keys = _NEWEST.all(entered, on=on or calendar_jp.today())
    if not keys:
        return dict(readings)
    found = {
        one.code: _withdrawn(one)
        for one in Withdrawal.objects.filter(pk__in=keys.values()).select_related("observation")
    }
    return {
        code: replace(one, withdrawn=found[code])
        if code in found and is_missed(found[code], one.observed)
        else one
        for code, one in readings.items()
    }


def _withdrawn(row: Withdrawal) -> Withdrawn:
    one = row.observation
    return Withdrawn(
        one.period_from, one.period_to, one.vintage, one.published_on, row.withdrawn_on, row.cause, row.reason
    )


def without_value(codes: Collection[str]) -> set[tuple[str, date]]:
    """Of some indicators the last days of periods that had a value until it was withdrawn, and have none now: (code, day)."""
    rows = Withdrawal.objects.filter(code__in=list(codes)).values_list("code", "observation__period_to")
    gone = set(rows)
    for code in {code for code, _ in gone}:
        gone -= {(code, one.to) for one in queries.observed(code)}
    return gone


@dataclass(frozen=True)
class Taken:
    """A withdrawal as news: its lasting key, when (UTC), of which indicator, and what everybody may know of it."""

    id: UUID
    when: datetime
    indicator: Indicator
    withdrawn: Withdrawn


def latest(most: int, *, since: datetime | None = None, of: Sequence[str] | None = None) -> list[Taken]:
    """The last withdrawals of the plan's indicators, the newest first: of some or of all, from a moment on (UTC)."""
    known = queries.definitions()
    rows = Withdrawal.objects.filter(code__in=list(of)) if of is not None else Withdrawal.objects.all()
    if since is not None:
        rows = rows.filter(withdrawn_at__gte=since)
    found = rows.select_related("observation").order_by("-withdrawn_at", "pk")[:most]
    return [
        Taken(one.pk, one.withdrawn_at, known[one.code], _withdrawn(one))
        for one in found
        if one.code in known
    ]


def entry(actor: Actor, code: str, key: UUID) -> tuple[Observation, Observed | None]:
    """An entered value of an indicator, and what will be shown once it is withdrawn. Raises NotFound."""
    row = queries.entries(actor, code).filter(pk=key).first()
    if row is None:
        raise NotFound
    this = (row.period_from, row.period_to, row.vintage)
    rest = [one for one in queries.observed(code) if (one.from_, one.to, one.vintage) != this]
    return row, newest(rest)
