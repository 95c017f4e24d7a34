"""Reads of improvement (課題の照会): what waits to be judged, issues with what they rest on, and where each stands.

Owns the lists. Never shows what a resident typed to whom its own domain does not, and never writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.promotion.improvement import logic, policies
from dokodemo.promotion.improvement.models import Evidence, Issue
from dokodemo.promotion.improvement.sources import READINGS, Signal
from dokodemo.promotion.plan import queries as plans

PAGE = 50
MOST_ISSUES = 2000
MOST_CHOSEN = 50


def _reads(actor: Actor) -> None:
    if not policies.may_read(actor):
        raise NotFound


@dataclass(frozen=True)
class Proposal:
    """Something found that nobody judged yet, or that doubled since (`judged`: its count then). `shown`: None below 3."""

    signal: Signal
    judged: int | None

    @property
    def shown(self) -> int | None:
        """The count as it may be shown."""
        return logic.told_count(self.signal.source, self.signal.count)


def signals(actor: Actor | None, sources: Collection[str] = logic.SOURCES) -> list[Signal]:
    """Everything found of some sources that this actor may see, the most frequent of each first; None: without words."""
    today = calendar_jp.today()
    return [one for name in logic.SOURCES if name in sources for one in READINGS[name](actor, today)]


def _judged(keys: Iterable[str]) -> dict[str, Evidence]:
    """The last judgement of each finding."""
    rows = Evidence.objects.filter(key__in=list(keys)).order_by("turn")
    return {one.key: one for one in rows}


def proposals(actor: Actor, *, source: str = "", measure: str = "") -> list[Proposal]:
    """What waits to be judged, the most frequent first; of a source, of a measure, or all. Raises NotFound."""
    _reads(actor)
    found = signals(actor, [source] if source else logic.SOURCES)
    if measure:
        found = [one for one in found if measure in one.measures]
    judged = {key: one.count for key, one in _judged(one.key for one in found).items()}
    waiting = [
        Proposal(one, judged.get(one.key))
        for one in found
        if logic.comes_back(one.count, judged.get(one.key))
    ]
    return sorted(waiting, key=lambda one: (-one.signal.count, one.signal.last, one.signal.key))


def among(actor: Actor, keys: Collection[str]) -> list[Proposal]:
    """Those of the proposals that have one of these keys, the most frequent first. Raises NotFound."""
    _reads(actor)
    wanted = set(keys)
    return [one for one in proposals(actor) if one.signal.key in wanted] if wanted else []


def chosen(actor: Actor, keys: Collection[str]) -> list[Proposal]:
    """The proposals with these keys. Raises NotFound when one of them is not, or no more, to be judged, or all are too many."""
    found = among(actor, keys)
    if len(found) != len(set(keys)) or len(found) > MOST_CHOSEN:
        raise NotFound
    return found


def turns(keys: Collection[str]) -> dict[str, int]:
    """How often each finding was judged."""
    return {key: one.turn + 1 for key, one in _judged(keys).items()}


@dataclass(frozen=True)
class Filters:
    """Which issues somebody wants to see; empty for all."""

    state: str = ""
    measure: str = ""
    section: str = ""


def _issues() -> QuerySet[Issue]:
    return Issue.objects.filter(plan=plans.plan().code)


def listed(
    actor: Actor, filters: Filters, *, only: Collection[UUID] | None = None, page: int = 1
) -> Page[Issue]:
    """A page of issues, the latest changed first; `only` these. Raises NotFound."""
    return Paginator(_chosen(actor, filters, only), PAGE).get_page(page)


def everything(actor: Actor, filters: Filters, *, only: Collection[UUID] | None = None) -> list[Issue]:
    """All issues of a choice up to MOST_ISSUES, for a table. Raises NotFound."""
    return list(_chosen(actor, filters, only)[:MOST_ISSUES])


def _chosen(actor: Actor, filters: Filters, only: Collection[UUID] | None) -> QuerySet[Issue]:
    _reads(actor)
    wanted = {key: value for key, value in vars(filters).items() if value}
    rows = _issues().filter(**wanted)
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    return rows.prefetch_related("evidence").order_by("-changed_at", "pk")


def all_issues() -> list[Issue]:
    """The issues of this plan, the latest first, up to MOST_ISSUES: for counting."""
    return list(_issues().order_by("-raised_at", "pk")[:MOST_ISSUES])


def shown_issues() -> list[Issue]:
    """The issues residents may read of, the latest first."""
    return [one for one in all_issues() if one.shown]


def get(actor: Actor, issue_id: UUID) -> Issue:
    """One issue. Raises NotFound."""
    _reads(actor)
    found = _issues().filter(pk=issue_id).first()
    if found is None:
        raise NotFound
    return found


def open_issues(actor: Actor) -> list[Issue]:
    """The issues that findings may still be joined to by this actor."""
    _reads(actor)
    rows = _issues().filter(state__in=["new", "looked_at", "action"]).order_by("-changed_at")
    return [one for one in rows[:MOST_ISSUES] if policies.may_write(actor, one.section)]


@dataclass(frozen=True)
class Ground:
    """What an issue rests on: the finding as it was judged, and as it is now where it is still there to be seen."""

    evidence: Evidence
    now: Signal | None

    @property
    def then(self) -> int | None:
        """The count at the time as it may be shown."""
        return logic.told_count(self.evidence.source, self.evidence.count)

    @property
    def today(self) -> int | None:
        """The count now as it may be shown; None also when the finding is gone."""
        return logic.told_count(self.now.source, self.now.count) if self.now is not None else None


def grounds(actor: Actor, issue: Issue) -> list[Ground]:
    """What an issue rests on, the first joined first."""
    rows = list(issue.evidence.all())
    # A search becomes a question once somebody sends it: both readings know it by one key.
    wanted = {one.source for one in rows}
    if wanted & {"searches", "questions"}:
        wanted |= {"searches", "questions"}
    now = {one.key: one for one in signals(actor, wanted)}
    return [Ground(one, now.get(one.key)) for one in rows]


def origins(codes: Collection[str]) -> dict[str, Issue]:
    """The issue each of these actions came from, where it came from one."""
    return {one.action: one for one in _issues().filter(action__in=list(codes)).exclude(action="")}
