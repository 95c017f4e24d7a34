"""Numbers of cases (件数): how many came, and how.

Owns K2 and the paper tallies a section keeps. Never names a case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from dokodemo.administration.cases import policies
from dokodemo.administration.cases.models import Case, Channel, PaperTally
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor


@dataclass(frozen=True)
class OnlineCases:
    """K2 for a span of days: cases that came online, and all cases, paper tallies included."""

    online: int
    total: int
    since: date
    until: date


def online_cases(*, since: date, until: date) -> OnlineCases:
    """Count cases by how they arrived, days in Japan, both ends included (オンライン利用率 K2)."""
    start, end = calendar_jp.day_start(since), calendar_jp.day_end(until)
    rows = Case.objects.filter(arrived_at__gte=start, arrived_at__lt=end)
    by_channel = dict(rows.order_by().values_list("channel").annotate(n=Count("pk")))
    paper = PaperTally.objects.filter(month__gte=since.replace(day=1), month__lte=until).aggregate(n=Sum("cases"))["n"]
    online = by_channel.get(Channel.ONLINE, 0)
    return OnlineCases(online, sum(by_channel.values()) + (paper or 0), since, until)


def tallies(actor: Actor, *, month: date) -> dict[str, int]:
    """Paper cases recorded for a month in the actor's sections, by procedure."""
    sections = frozenset().union(*(actor.sections(role) for role in policies.REVIEWERS))
    rows = PaperTally.objects.filter(section__in=sections, month=month)
    return dict(rows.values_list("procedure", "cases"))
