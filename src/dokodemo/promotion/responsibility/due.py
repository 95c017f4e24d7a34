"""What is due, overdue and nobody's (期限・責任者なしの一覧): what reminders go by, and what the CIO sees first.

Reads only. A thing is overdue from the day after it was due; `escalated` from the day the pack says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.promotion.headquarters import awaiting as headquarters
from dokodemo.promotion.headquarters.definitions import wall_of
from dokodemo.promotion.headquarters.logic import to_report
from dokodemo.promotion.indicators.awaiting import awaited
from dokodemo.promotion.responsibility import policies, queries, seats
from dokodemo.promotion.responsibility.logic import stage_of
from dokodemo.promotion.responsibility.queries import Matter, Standing


@dataclass(frozen=True)
class Due:
    """Something that is due: the thing, the period it is about, the day, and its stage on the day it was asked for."""

    matter: Matter
    period: str
    due: date
    stage: str


def due_things(today: date) -> list[Due]:
    """What is to be reminded of on a day or is overdue, the earliest due first. Nothing that is done is among it."""
    rules = seats.promotion().reminders
    ahead = rules.before_days
    quarter = to_report(today)
    reported, report_due = f"{quarter.fiscal_year}-{quarter.number}", quarter.due
    found = [
        *(
            (
                Matter("indicator", one.indicator.code, one.indicator.owner, one.indicator.title),
                one.to,
                one.due,
            )
            for one in awaited(today, ahead_days=ahead)
        ),
        *(
            (
                Matter("action", one.code, one.section, one.title),
                reported,
                report_due,
            )
            for one in headquarters.unreported(quarter)
        ),
        *(
            (Matter("follow_up", str(one.pk), one.section, words=one.words), one.due, one.due)
            for one in headquarters.undone()
        ),
    ]
    listed = []
    for matter, period, day in found:
        stage = stage_of(day, today, before_days=ahead, after_days=rules.after_days)
        if stage is not None:
            listed.append(Due(matter, str(period), day, stage))
    return sorted(listed, key=lambda one: (one.due, one.matter.kind, one.matter.code))


@dataclass(frozen=True)
class Late:
    """Something overdue: how many days, who answers for it (None: nobody), and whether the head and the CIO were to know."""

    due: Due
    days: int
    account: UUID | None

    @property
    def escalated(self) -> bool:
        """Whether it stands so long that it went up."""
        return self.due.stage == "after"


@dataclass(frozen=True)
class Attention:
    """What stands on the CIO's first screen: everything overdue, and how many things of each kind nobody answers for."""

    late: list[Late]
    ownerless: Sequence[tuple[str, Mapping[str, int]]]

    @property
    def without(self) -> int:
        """How many things nobody answers for."""
        return sum(sum(counts.values()) for _, counts in self.ownerless)

    @property
    def escalated(self) -> int:
        """How many things went up."""
        return sum(one.escalated for one in self.late)


def attention(actor: Actor) -> Attention:
    """What is overdue, the longest first, and what is nobody's, by section. Raises NotFound for who has no post."""
    if not policies.may_read(actor):
        raise NotFound
    today = calendar_jp.today()
    known = {one.matter.key: one for one in queries.standings(today)}
    late = [
        Late(one, (today - one.due).days, _whose(known.get(one.matter.key)))
        for one in due_things(today)
        if one.due < today
    ]
    counts: dict[str, dict[str, int]] = {}
    for standing in known.values():
        if standing.ownerless:
            of_section = counts.setdefault(standing.matter.section, {})
            of_section[standing.matter.kind] = of_section.get(standing.matter.kind, 0) + 1
    ownerless = sorted(counts.items(), key=lambda one: (-sum(one[1].values()), one[0]))
    return Attention(late, ownerless)


def public_overdue() -> int | None:
    """How many things are overdue, where the city's pack says that this is public; never which or whose."""
    if not wall_of(settings.DOKODEMO_PACK).overdue:
        return None
    today = calendar_jp.today()
    return sum(1 for one in due_things(today) if one.due < today)


def _whose(standing: Standing | None) -> UUID | None:
    return standing.account if standing is not None else None
