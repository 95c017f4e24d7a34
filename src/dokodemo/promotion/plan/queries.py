"""Reads of the plan (計画の照会): the plans of this city, the action plan as of a day, drafts, remarks, and what was closed.

Owns the plan in force for this server. Never computes a number: that is indicators'.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.once import asked_once
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.prepared import Prepared
from dokodemo.promotion.plan import policies
from dokodemo.promotion.plan.action_plan import Action, read_action
from dokodemo.promotion.plan.definitions import Measure, Plan, Strategy, load_plans
from dokodemo.promotion.plan.models import PASS_ON, ActionPlan, ClosedPlan, PlanDraft, Remark

# Adopted versions whose actions are kept in memory: ten years of one plan and some revisions.
VERSIONS_KEPT = 16
# And those of which only the codes are: every version there is likely to be.
OUTLINES_KEPT = 200


@lru_cache(maxsize=4)
def _plans_of(pack: str) -> tuple[Plan, ...]:
    return load_plans(open_pack(pack))


@lru_cache(maxsize=4)
def _indicators_of(pack: str) -> frozenset[str]:
    document = open_pack(pack).document("plan/indicators.yaml")
    listed = document.data.get("indicators", []) if document is not None else []
    return frozenset(str(one.get("code")) for one in listed)


def plans() -> tuple[Plan, ...]:
    """All plans of the city this server runs for, the earliest first. Raises PackError."""
    return _plans_of(settings.DOKODEMO_PACK)


def plan(on: date | None = None) -> Plan:
    """The plan of a day (today): the one in force, or else the last that was, since its numbers go on; before the first, that.

    Raises PackError.
    """
    day, found = on or calendar_jp.today(), plans()
    return next((one for one in reversed(found) if one.period.from_ <= day), found[0])


def plan_of_year(fiscal_year: int) -> Plan:
    """The plan an action plan of a fiscal year belongs to: that of the year's last day."""
    return plan(calendar_jp.fiscal_year_end(fiscal_year))


def plan_called(code: str) -> Plan | None:
    """The plan of a code, if the city has it."""
    return next((one for one in plans() if one.code == code), None)


def plan_of(version: ActionPlan | PlanDraft) -> Plan:
    """The plan a version or a draft is of; today's where the pack has it no more."""
    return plan_called(version.plan) or plan()


def predecessor(of: Plan) -> Plan | None:
    """The plan that names this one as its successor."""
    return next((one for one in plans() if one.successor == of.code), None)


def indicator_codes() -> frozenset[str]:
    """The indicators an action may name. What they mean and count is indicators', which stands above."""
    return _indicators_of(settings.DOKODEMO_PACK)


def by_strategy(of: Plan | None = None) -> list[tuple[Strategy, list[Measure]]]:
    """Strategies in the order of a plan (today's), each with its measures in theirs."""
    found = of or plan()
    return [
        (strategy, sorted((m for m in found.measures if m.strategy == strategy.code), key=lambda m: m.number))
        for strategy in found.strategies
    ]


def actions_of(version: ActionPlan | PlanDraft) -> tuple[Action, ...]:
    """The actions of a version or a draft, in their order; those of an adopted version are read once."""
    if isinstance(version, ActionPlan):
        return _actions_of_version(version.pk)
    return tuple(read_action(one) for one in version.content["actions"])


@lru_cache(maxsize=VERSIONS_KEPT)
def _actions_of_version(version_id: UUID) -> tuple[Action, ...]:
    # The database refuses to change a version, so what was read of it once stays true.
    return tuple(read_action(one) for one in content_of(version_id)["actions"])


type Outline = tuple[tuple[str, tuple[str, str] | None], ...]


@lru_cache(maxsize=OUTLINES_KEPT)
def _outline(version_id: UUID) -> Outline:
    return _outline_of(content_of(version_id))


def _outline_of(content: Mapping[str, Any]) -> Outline:
    """Of each action its code, and where it came from, as (plan, action)."""
    origins = ((one["code"], one.get("origin")) for one in content["actions"])
    return tuple(
        (code, (came["plan"], came["action"]) if came is not None else None) for code, came in origins
    )


def content_of(version_id: UUID) -> dict[str, Any]:
    """What an adopted version holds, as in the file of a pack."""
    content: dict[str, Any] = ActionPlan.objects.values_list("content", flat=True).get(pk=version_id)
    return content


def _codes() -> list[str]:
    return [one.code for one in plans()]


# The content of a version is long, and `actions_of` has most likely read it before.
def _versions(code: str) -> QuerySet[ActionPlan]:
    return ActionPlan.objects.filter(plan=code).defer("content", "remarks")


def _all_versions() -> QuerySet[ActionPlan]:
    return ActionPlan.objects.filter(plan__in=_codes()).defer("content", "remarks")


def in_force(on: date | None = None) -> ActionPlan | None:
    """The version in force at the end of a day (JST): of that fiscal year the last adopted by then, else of the year before
    that has one. None before the first of the day's plan."""
    return _in_force(on or calendar_jp.today())


@asked_once
def _in_force(day: date) -> ActionPlan | None:
    return _IN_FORCE.first(
        plan=plan(day).code, until=calendar_jp.day_end(day), year=calendar_jp.fiscal_year(day)
    )


_IN_FORCE = Prepared(
    lambda plan, until, year: (
        _versions(plan)
        .filter(adopted_at__lt=until, fiscal_year__lte=year)
        .order_by("-fiscal_year", "-number")[:1]
    ),
    plan=str,
    until=datetime,
    year=int,
)


def latest(fiscal_year: int) -> ActionPlan | None:
    """The last adopted version of a fiscal year."""
    rows = _versions(plan_of_year(fiscal_year).code).filter(fiscal_year=fiscal_year)
    return rows.order_by("-number").first()


def latest_before(fiscal_year: int) -> ActionPlan | None:
    """The last adopted version of an earlier fiscal year of the same plan."""
    rows = _versions(plan_of_year(fiscal_year).code).filter(fiscal_year__lt=fiscal_year)
    return rows.order_by("-fiscal_year", "-number").first()


def last_version(of: Plan) -> ActionPlan | None:
    """The last version of a plan's own years, whenever it was adopted: what its final evaluation looks back on."""
    rows = _versions(of.code).filter(fiscal_year__lte=calendar_jp.fiscal_year(of.period.to))
    return rows.order_by("-fiscal_year", "-number").first()


def versions(actor: Actor) -> Sequence[ActionPlan]:
    """All adopted versions, the newest first. Raises NotFound for whoever is no staff."""
    _reads(actor)
    return list(_all_versions().order_by("-fiscal_year", "-number")[:200])


def adopted(most: int) -> list[ActionPlan]:
    """The versions adopted last, the newest first: what was adopted is public."""
    return list(_all_versions().order_by("-adopted_at", "-number")[:most])


def first_adopted(codes: Collection[str]) -> dict[str, datetime]:
    """When each of these actions first stood in an adopted version (UTC); none for one that never did."""
    found: dict[str, datetime] = {}
    if codes:
        for version in _all_versions().order_by("adopted_at", "number"):
            for code, _ in _outline(version.pk):
                if code in codes:
                    found.setdefault(code, version.adopted_at)
    return found


def drafted(codes: Collection[str]) -> dict[str, UUID]:
    """Which of these actions stand in a version that is being written, with that draft."""
    if not codes:
        return {}
    return {
        one["code"]: pk
        for pk, content in PlanDraft.objects.filter(plan=plan().code).values_list("pk", "content")
        for one in content["actions"]
        if one["code"] in codes
    }


def get_version(actor: Actor, version_id: UUID) -> ActionPlan:
    """One adopted version. Raises NotFound."""
    _reads(actor)
    found = _all_versions().filter(pk=version_id).first()
    if found is None:
        raise NotFound
    return found


def version_before(version: ActionPlan) -> ActionPlan | None:
    """The version that was in force before this one was adopted."""
    same = ActionPlan.objects.filter(
        plan=version.plan, fiscal_year=version.fiscal_year, number__lt=version.number
    )
    return same.order_by("-number").first() or latest_before(version.fiscal_year)


def drafts(actor: Actor) -> Sequence[PlanDraft]:
    """What is being written or reviewed, the latest year first."""
    _reads(actor)
    return list(PlanDraft.objects.filter(plan__in=_codes()).defer("content").order_by("-fiscal_year"))


def get_draft(actor: Actor, draft_id: UUID) -> PlanDraft:
    """One draft with the version it began from. Raises NotFound."""
    _reads(actor)
    rows = PlanDraft.objects.filter(plan__in=_codes()).select_related("based_on")
    found = rows.filter(pk=draft_id).first()
    if found is None:
        raise NotFound
    return found


def remarks(draft: PlanDraft) -> list[Remark]:
    """The remarks on a draft, the open ones first; at most 500."""
    rows = list(draft.remarks.all()[:500])
    return sorted(rows, key=lambda one: one.settled_at is not None)


@dataclass(frozen=True)
class Said:
    """What somebody said of a version while it was reviewed: of which action ("" for the whole), when (UTC), and who."""

    action: str
    words: str
    made_at: datetime
    made_by: UUID


def said_of(version: ActionPlan) -> list[Said]:
    """The remarks an adopted version was given in review, the earliest first."""
    return [
        Said(one["action"], one["words"], datetime.fromisoformat(one["made_at"]), UUID(one["made_by"]))
        for one in version.remarks or []
    ]


def closed(code: str, *, by: date | None = None) -> ClosedPlan | None:
    """How a plan was closed (計画の終了); None while it was not, or not by the end of that day."""
    found = _CLOSED.first(plan=code)
    return None if found is None or (by is not None and calendar_jp.jst_day(found.closed_at) > by) else found


_CLOSED = Prepared(lambda plan: ClosedPlan.objects.filter(plan=plan), plan=str)


def waiting(of: Plan) -> list[Action]:
    """The actions the plan before passed on (引継ぎ) that stand in no version and no draft of this plan yet."""
    before = predecessor(of)
    done = closed(before.code) if before is not None else None
    if before is None or done is None:
        return []
    there = arrived(of, before.code)
    passed = (read_action(one["action"]) for one in done.handed if one["choice"] == PASS_ON)
    return [one for one in passed if one.code not in there]


def arrived(of: Plan, origin: str) -> dict[str, ActionPlan | PlanDraft]:
    """Where the actions another plan passed on stand in this one: their codes there, with the first version or draft here."""
    rows: list[ActionPlan | PlanDraft] = [
        *_versions(of.code).order_by("fiscal_year", "number")[:200],
        *PlanDraft.objects.filter(plan=of.code),
    ]
    found: dict[str, ActionPlan | PlanDraft] = {}
    for row in rows:
        outline = _outline(row.pk) if isinstance(row, ActionPlan) else _outline_of(row.content)
        for _, came in outline:
            if came is not None and came[0] == origin:
                found.setdefault(came[1], row)
    return found


def _reads(actor: Actor) -> None:
    if not policies.may_read(actor):
        raise NotFound
