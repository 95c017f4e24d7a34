"""Reads of the plan (計画の照会): the plan of this city, its action plan as of a day, drafts and remarks.

Owns the plan in force for this server. Never computes a number: that is indicators'.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.packs import open_pack
from dokodemo.promotion.plan import policies
from dokodemo.promotion.plan.action_plan import Action, read_action
from dokodemo.promotion.plan.definitions import Measure, Plan, Strategy, load_plan
from dokodemo.promotion.plan.models import ActionPlan, PlanDraft, Remark


@lru_cache(maxsize=4)
def _plan_of(pack: str) -> Plan:
    return load_plan(open_pack(pack))


@lru_cache(maxsize=4)
def _indicators_of(pack: str) -> frozenset[str]:
    document = open_pack(pack).document("plan/indicators.yaml")
    listed = document.data.get("indicators", []) if document is not None else []
    return frozenset(str(one.get("code")) for one in listed)


def plan() -> Plan:
    """The plan of the city this server runs for. Raises PackError."""
    return _plan_of(settings.DOKODEMO_PACK)


def indicator_codes() -> frozenset[str]:
    """The indicators an action may name. What they mean and count is indicators', which stands above."""
    return _indicators_of(settings.DOKODEMO_PACK)


def by_strategy() -> list[tuple[Strategy, list[Measure]]]:
    """Strategies in the plan's order, each with its measures in theirs."""
    found = plan()
    return [
        (strategy, sorted((m for m in found.measures if m.strategy == strategy.code), key=lambda m: m.number))
        for strategy in found.strategies
    ]


def actions_of(version: ActionPlan | PlanDraft) -> tuple[Action, ...]:
    """The actions of a version or a draft, in their order."""
    return tuple(read_action(one) for one in version.content["actions"])


def _versions() -> QuerySet[ActionPlan]:
    return ActionPlan.objects.filter(plan=plan().code)


def in_force(on: date | None = None) -> ActionPlan | None:
    """The version in force at the end of a day (JST): of that fiscal year the last adopted by then, else of the year before
    that has one. None before the first."""
    day = on or calendar_jp.today()
    until = calendar_jp.day_end(day)
    rows = _versions().filter(adopted_at__lt=until, fiscal_year__lte=calendar_jp.fiscal_year(day))
    return rows.order_by("-fiscal_year", "-number").first()


def latest(fiscal_year: int) -> ActionPlan | None:
    """The last adopted version of a fiscal year."""
    return _versions().filter(fiscal_year=fiscal_year).order_by("-number").first()


def latest_before(fiscal_year: int) -> ActionPlan | None:
    """The last adopted version of an earlier fiscal year."""
    return _versions().filter(fiscal_year__lt=fiscal_year).order_by("-fiscal_year", "-number").first()


def versions(actor: Actor) -> Sequence[ActionPlan]:
    """All adopted versions without their content, the newest first. Raises NotFound for whoever is no staff."""
    _reads(actor)
    return list(_versions().defer("content").order_by("-fiscal_year", "-number")[:200])


def adopted(most: int) -> list[ActionPlan]:
    """The versions adopted last, the newest first, with their content: what was adopted is public."""
    return list(_versions().order_by("-adopted_at", "-number")[:most])


def get_version(actor: Actor, version_id: UUID) -> ActionPlan:
    """One adopted version. Raises NotFound."""
    _reads(actor)
    found = _versions().filter(pk=version_id).first()
    if found is None:
        raise NotFound
    return found


def version_before(version: ActionPlan) -> ActionPlan | None:
    """The version that was in force before this one was adopted."""
    same = _versions().filter(fiscal_year=version.fiscal_year, number__lt=version.number)
    return same.order_by("-number").first() or latest_before(version.fiscal_year)


def drafts(actor: Actor) -> Sequence[PlanDraft]:
    """What is being written or reviewed, the latest year first."""
    _reads(actor)
    return list(PlanDraft.objects.filter(plan=plan().code).order_by("-fiscal_year"))


def get_draft(actor: Actor, draft_id: UUID) -> PlanDraft:
    """One draft with the version it began from. Raises NotFound."""
    _reads(actor)
    rows = PlanDraft.objects.filter(plan=plan().code).select_related("based_on")
    found = rows.filter(pk=draft_id).first()
    if found is None:
        raise NotFound
    return found


def remarks(draft: PlanDraft) -> list[Remark]:
    """The remarks on a draft, the open ones first; at most 500."""
    rows = list(draft.remarks.all()[:500])
    return sorted(rows, key=lambda one: one.settled_at is not None)


def _reads(actor: Actor) -> None:
    if not policies.may_read(actor):
        raise NotFound
