"""Cases counted straight from their rows, another way than the counters count them: what tests hold the counters against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from dokodemo.administration.cases import counts
from dokodemo.administration.cases.counts import OnlineCases
from dokodemo.administration.cases.models import Bundle, Case, Channel, Draft, DraftPart, PaperTally, State
from dokodemo.administration.cases.service import Service
from dokodemo.kernel import calendar_jp


def _between(name: str, since: date, until: date) -> Q:
    start, end = calendar_jp.day_start(since), calendar_jp.day_end(until)
    return Q(**{f"{name}__gte": start, f"{name}__lt": end})


def online_cases(*, since: date, until: date) -> OnlineCases:
    """Count cases by how they arrived, days in Japan, both ends included (オンライン利用率 K2)."""
    rows = Case.objects.filter(_between("arrived_at", since, until))
    by_channel = dict(rows.order_by().values_list("channel").annotate(n=Count("*")))
    paper = PaperTally.objects.filter(month__gte=since.replace(day=1), month__lte=until).aggregate(
        n=Sum("cases")
    )["n"]
    online = by_channel.get(Channel.ONLINE, 0)
    return OnlineCases(online, sum(by_channel.values()) + (paper or 0), since, until)


@dataclass(frozen=True)
class Answers:
    """How many answers online cases held, and how many of them somebody typed."""

    typed: int
    total: int


def answers(*, since: date, until: date) -> Answers:
    """Answers of the online cases that arrived between two days in Japan, both included."""
    found = (
        Case.objects.filter(_between("arrived_at", since, until))
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
    found = Bundle.objects.filter(_between("arrived_at", since, until)).aggregate(
        apart=Sum("typed_apart", default=0), once=Sum("typed_once", default=0)
    )
    return Spared(max(0, found["apart"] - found["once"]), found["apart"])


@dataclass(frozen=True)
class Decided:
    """How many cases were decided, and how many of them by their due day."""

    in_time: int
    total: int


def decided(*, since: date, until: date) -> Decided:
    """Cases decided between two days in Japan; the due day already holds the days waited for corrections."""
    rows = Case.objects.filter(_between("closed_at", since, until), state=State.DECIDED)
    in_time = Q(due_on__isnull=True) | Q(due_on__gte=TruncDate("closed_at", tzinfo=calendar_jp.JST))
    found = rows.aggregate(total=Count("*"), in_time=Count("state", filter=in_time))
    return Decided(found["in_time"], found["total"])


def by_procedure(*, since: date, until: date) -> dict[str, tuple[int, int]]:
    """(online, all) cases of each procedure by slug, paper tallies included; days in Japan, both ends included."""
    found: dict[str, tuple[int, int]] = {}
    rows = (
        Case.objects.filter(_between("arrived_at", since, until))
        .order_by()
        .values_list("procedure", "channel")
        .annotate(n=Count("*"))
    )
    for slug, channel, number in rows:
        online, total = found.get(slug, (0, 0))
        found[slug] = (online + number * (channel == Channel.ONLINE), total + number)
    for slug, number in counts.paper(since=since, until=until).items():
        online, total = found.get(slug, (0, 0))
        found[slug] = (online, total + number)
    return found


def services(*, since: date, until: date) -> dict[str, Service]:
    """The procedures with anything to count between two days in Japan, both included, by slug."""
    found: dict[str, Service] = {}

    def of(slug: str) -> Service:
        return found.setdefault(slug, Service(slug))

    for slug, (online, total) in by_procedure(since=since, until=until).items():
        of(slug).online, of(slug).total = online, total
    span = (calendar_jp.day_start(since), calendar_jp.day_end(until))
    alone = Draft.objects.filter(
        created_at__gte=span[0], created_at__lt=span[1], correction__isnull=True
    ).exclude(procedure="")
    joint = DraftPart.objects.filter(draft__created_at__gte=span[0], draft__created_at__lt=span[1])
    for rows, handed in ((alone, Q(handed_in=True)), (joint, Q(draft__handed_in=True))):
        listed = (
            rows.order_by().values_list("procedure").annotate(n=Count("pk"), m=Count("pk", filter=handed))
        )
        for slug, begun, handed_in in listed:
            of(slug).begun += begun
            of(slug).handed_in += handed_in
    said = Case.objects.filter(
        arrived_at__gte=span[0], arrived_at__lt=span[1], satisfaction__isnull=False
    ).order_by()
    for slug, level, number in said.values_list("procedure", "satisfaction").annotate(n=Count("pk")):
        of(slug).opinions[level] = number
    return found
