"""Numbers of cases (件数): how many came, and how.

Owns K2 and the paper tallies a section keeps. Never names a case.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from dokodemo.administration.cases import policies
from dokodemo.administration.cases.models import Bundle, Case, Channel, Draft, PaperTally, State
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor
from dokodemo.kernel.once import asked_once


@dataclass(frozen=True)
class OnlineCases:
    """K2 for a span of days: cases that came online, and all cases, paper tallies included."""

    online: int
    total: int
    since: date
    until: date


def _arrived(since: date, until: date) -> QuerySet[Case]:
    return Case.objects.filter(
        arrived_at__gte=calendar_jp.day_start(since), arrived_at__lt=calendar_jp.day_end(until)
    )


def online_cases(*, since: date, until: date) -> OnlineCases:
    """Count cases by how they arrived, days in Japan, both ends included (オンライン利用率 K2)."""
    rows = _arrived(since, until)
    by_channel = dict(rows.order_by().values_list("channel").annotate(n=Count("*")))
    paper = PaperTally.objects.filter(month__gte=since.replace(day=1), month__lte=until).aggregate(
        n=Sum("cases")
    )["n"]
    online = by_channel.get(Channel.ONLINE, 0)
    return OnlineCases(online, sum(by_channel.values()) + (paper or 0), since, until)


@asked_once
def by_procedure(*, since: date, until: date) -> dict[str, tuple[int, int]]:
    """(online, all) cases of each procedure by slug, paper tallies included; days in Japan, both ends included."""
    found: dict[str, tuple[int, int]] = {}
    rows = _arrived(since, until).order_by().values_list("procedure", "channel").annotate(n=Count("*"))
    for slug, channel, number in rows:
        online, total = found.get(slug, (0, 0))
        found[slug] = (online + number * (channel == Channel.ONLINE), total + number)
    for slug, number in paper(since=since, until=until).items():
        online, total = found.get(slug, (0, 0))
        found[slug] = (online, total + number)
    return found


@asked_once
def paper(*, since: date, until: date) -> dict[str, int]:
    """Paper cases of each procedure that sections recorded for the months from one day to another."""
    rows = PaperTally.objects.filter(month__gte=since.replace(day=1), month__lte=until).order_by()
    return dict(rows.values_list("procedure").annotate(n=Sum("cases")))


def completed(*, since: date, until: date) -> dict[str, int]:
    """Cases decided or formally complete between two days in Japan, both included, by procedure; paper tallies included."""
    rows = Case.objects.filter(
        state__in=[State.DECIDED, State.FORMALLY_COMPLETE],
        closed_at__gte=calendar_jp.day_start(since),
        closed_at__lt=calendar_jp.day_end(until),
    )
    found = Counter(dict(rows.order_by().values_list("procedure").annotate(Count("pk"))))
    found.update(paper(since=since, until=until))
    return dict(found)


def tallies(actor: Actor, *, month: date) -> dict[str, int]:
    """Paper cases recorded for a month in the actor's sections, by procedure."""
    sections = frozenset().union(*(actor.sections(role) for role in policies.REVIEWERS))
    rows = PaperTally.objects.filter(section__in=sections, month=month)
    return dict(rows.values_list("procedure", "cases"))


@dataclass(frozen=True)
class Answers:
    """How many answers online cases held, and how many of them somebody typed."""

    typed: int
    total: int


def answers(*, since: date, until: date) -> Answers:
    """Answers of the online cases that arrived between two days in Japan, both included."""
    found = (
        _arrived(since, until)
        .filter(channel=Channel.ONLINE)
        .aggregate(typed=Sum("answers_typed", default=0), total=Sum("answers_total", default=0))
    )
    return Answers(found["typed"], found["total"])


@dataclass(frozen=True)
class Spared:
    """How many answers separate forms would have asked people to type, and how many of those a joint form spared them."""

    spared: int
    apart: int


def spared(*, since: date, until: date) -> Spared:
    """Answers of the bundles that arrived between two days in Japan, both included (まとめて申請)."""
    found = Bundle.objects.filter(
        arrived_at__gte=calendar_jp.day_start(since), arrived_at__lt=calendar_jp.day_end(until)
    ).aggregate(apart=Sum("typed_apart", default=0), once=Sum("typed_once", default=0))
    return Spared(max(0, found["apart"] - found["once"]), found["apart"])


@dataclass(frozen=True)
class Decided:
    """How many cases were decided, and how many of them by their due day."""

    in_time: int
    total: int


def decided(*, since: date, until: date) -> Decided:
    """Cases decided between two days in Japan; the due day already holds the days waited for corrections."""
    rows = Case.objects.filter(
        state=State.DECIDED,
        closed_at__gte=calendar_jp.day_start(since),
        closed_at__lt=calendar_jp.day_end(until),
    )
    in_time = Q(due_on__isnull=True) | Q(due_on__gte=TruncDate("closed_at", tzinfo=calendar_jp.JST))
    found = rows.aggregate(total=Count("*"), in_time=Count("state", filter=in_time))
    return Decided(found["in_time"], found["total"])


@dataclass(frozen=True)
class Standing:
    """What stands on one version of a procedure: open cases, and drafts residents are writing (corrections apart)."""

    version: int
    cases: int
    drafts: int


def standing_on(slug: str) -> list[Standing]:
    """How many open cases and open drafts stand on each version of a procedure, oldest version first."""
    cases = dict(
        Case.objects.filter(procedure=slug, closed_at__isnull=True)
        .values_list("version__number")
        .annotate(Count("pk"))
    )
    drafts = dict(
        Draft.objects.filter(procedure=slug, closed_at__isnull=True, correction__isnull=True)
        .values_list("version__number")
        .annotate(Count("pk"))
    )
    return [Standing(n, cases.get(n, 0), drafts.get(n, 0)) for n in sorted({*cases, *drafts})]
