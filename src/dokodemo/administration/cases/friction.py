"""Where people get stuck (つまずいた所): forms left lying at a page, and procedures people found hard.

Owns counts for improving. Never names a person, a draft or a case, and never tells of fewer than `FEWEST` people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Min, Q

from dokodemo.administration.cases.models import Case, Draft
from dokodemo.administration.cases.service import FEWEST as FEWEST_OPINIONS
from dokodemo.kernel import calendar_jp

FEWEST = 3
QUIET_DAYS = 14
HARD = (1, 2)


@dataclass(frozen=True)
class Stuck:
    """How many people got stuck at one place of a procedure, and between which days in Japan.

    `page`: how many pages of the form were done, 0 for none; -1 for a procedure as a whole.
    """

    slug: str
    page: int
    people: int
    first: date
    last: date


def abandoned(*, since: date, today: date, most: int) -> list[Stuck]:
    """Forms begun since a day, neither handed in nor thrown away, and not touched for `QUIET_DAYS`; the most first.

    A form for several procedures at once is left out: its pages belong to none of them alone.
    """
    rows = Draft.objects.filter(
        created_at__gte=calendar_jp.day_start(since),
        updated_at__lt=calendar_jp.day_start(today - timedelta(days=QUIET_DAYS - 1)),
        closed_at__isnull=True,
        handed_in=False,
        correction__isnull=True,
    ).exclude(procedure="")
    found = (
        rows.order_by()
        .values_list("procedure", "pages_done")
        .annotate(people=Count("owner", distinct=True), first=Min("updated_at"), last=Max("updated_at"))
        .filter(people__gte=FEWEST)
        .order_by("-people", "procedure", "pages_done")[:most]
    )
    return [
        Stuck(slug, page, people, calendar_jp.jst_day(first), calendar_jp.jst_day(last))
        for slug, page, people, first, last in found
    ]


def found_hard(*, since: date, until: date, most: int) -> list[Stuck]:
    """Procedures that people said were hard or very hard to apply for, where enough said anything; the most first."""
    rows = Case.objects.filter(
        arrived_at__gte=calendar_jp.day_start(since),
        arrived_at__lt=calendar_jp.day_end(until),
        satisfaction__isnull=False,
    ).order_by()
    said_so = Q(satisfaction__in=HARD)
    hard = (
        rows.values_list("procedure")
        .annotate(
            asked=Count("pk"),
            people=Count("pk", filter=said_so),
            first=Min("arrived_at", filter=said_so),
            last=Max("arrived_at", filter=said_so),
        )
        .filter(people__gte=FEWEST)
        .order_by("-people", "procedure")[:most]
    )
    return [
        Stuck(slug, -1, people, calendar_jp.jst_day(first), calendar_jp.jst_day(last))
        for slug, asked, people, first, last in hard
        if asked >= FEWEST_OPINIONS
    ]
