"""Numbers of cases (件数): how many came, and how.

Owns cases by procedure and the paper tallies a section keeps. Never names a case.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from dokodemo.administration.cases import policies
from dokodemo.administration.cases.models import Case, Draft, PaperTally, State
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor
from dokodemo.kernel.once import asked_once
from dokodemo.kernel.prepared import PreparedValues


@dataclass(frozen=True)
class OnlineCases:
    """K2 for a span of days: cases that came online, and all cases, paper tallies included."""

    online: int
    total: int
    since: date
    until: date


@asked_once
def paper(*, since: date, until: date) -> dict[str, int]:
    """Paper cases of each procedure that sections recorded for the months from one day to another."""
    rows = _PAPER.all(since=since.replace(day=1), until=until)
    return {row["procedure"]: row["n"] for row in rows}


_PAPER = PreparedValues(
    lambda since, until: (
        PaperTally.objects.filter(month__gte=since, month__lte=until)
        .order_by()
        .values("procedure")
        .annotate(n=Sum("cases"))
    ),
    since=date,
    until=date,
)


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
