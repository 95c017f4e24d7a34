"""How a procedure serves people, counted (サービスの指標): started and handed in, how people found it.

Owns the counts behind take-up, completion and satisfaction. Never names a case, and never says how fewer than
`FEWEST` people found a procedure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from dokodemo.administration.cases import counts
from dokodemo.administration.cases.models import Case, Draft, DraftPart
from dokodemo.kernel import calendar_jp

FEWEST = 5
LEVELS = (1, 2, 3, 4, 5)


@dataclass
class Service:
    """One procedure in a span of days: cases online and by any channel, forms begun and handed in, opinions by level.

    `begun` are forms begun in the span (corrections apart), `handed_in` those of them that were handed in until now.
    `opinions`: how many people gave each level, 5 the best.
    """

    slug: str
    online: int = 0
    total: int = 0
    begun: int = 0
    handed_in: int = 0
    opinions: dict[int, int] = field(default_factory=dict)

    @property
    def take_up(self) -> float | None:
        """Cases that came online, in percent of all (digital take-up)."""
        return 100 * self.online / self.total if self.total else None

    @property
    def completion(self) -> float | None:
        """Forms handed in, in percent of those begun (completion rate)."""
        return 100 * self.handed_in / self.begun if self.begun else None

    @property
    def asked(self) -> int:
        """How many people said how they found it."""
        return sum(self.opinions.values())

    @property
    def satisfaction(self) -> float | None:
        """Of those who said, how many found it easy or very easy, in percent; None for fewer than `FEWEST`."""
        if self.asked < FEWEST:
            return None
        return 100 * (self.opinions.get(4, 0) + self.opinions.get(5, 0)) / self.asked


def services(*, since: date, until: date) -> dict[str, Service]:
    """The procedures with anything to count between two days in Japan, both included, by slug."""
    found: dict[str, Service] = {}

    def of(slug: str) -> Service:
        return found.setdefault(slug, Service(slug))

    for slug, (online, total) in counts.by_procedure(since=since, until=until).items():
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
