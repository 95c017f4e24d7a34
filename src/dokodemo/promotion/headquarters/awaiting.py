"""What is awaited of sections (報告・フォローアップの提出期限), for whoever reminds of it.

Reads only, of the whole city. Never shown as it is: who may see which part is for the reads of pages.
"""

from __future__ import annotations

from datetime import date

from dokodemo.kernel.once import asked_once
from dokodemo.promotion.headquarters import queries
from dokodemo.promotion.headquarters.logic import Quarter
from dokodemo.promotion.headquarters.models import FollowUp, Report
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.action_plan import Action

MOST_FOLLOW_UPS = 2000


def unreported(of: Quarter) -> list[Action]:
    """The actions that report on a quarter and have not."""
    filed = set(
        Report.objects.filter(
            plan=plans.plan().code,
            fiscal_year=of.fiscal_year,
            quarter=of.number,
            filed_at__isnull=False,
        ).values_list("action", flat=True)
    )
    return [one for one in queries.actions_of(of) if one.code not in filed]


@asked_once
def undone(on: date | None = None) -> list[FollowUp]:
    """The follow-ups that are not done, or were not at the end of a day, the earliest due first; at most MOST_FOLLOW_UPS."""
    rows = queries.still_open(FollowUp.objects.filter(decision__meeting__plan=plans.plan(on).code), on)
    return list(rows.select_related("decision").order_by("due", "given_at", "pk")[:MOST_FOLLOW_UPS])
