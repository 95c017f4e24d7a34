"""The cycle of the plan in numbers (図3 DX の好循環): from findings to issues, actions, and numbers that moved.

Owns the counts of a fiscal year, each by the day its stage was reached. Never holds words: residents read these counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.headquarters import queries as headquarters
from dokodemo.promotion.improvement import queries
from dokodemo.promotion.improvement.effects import effects
from dokodemo.promotion.improvement.models import Evidence, Issue
from dokodemo.promotion.plan import queries as plans


@dataclass(frozen=True)
class Standing:
    """Where an issue stands: the days its action was decided and reported as finished, and the draft it is written in."""

    decided_on: date | None = None
    finished_on: date | None = None
    draft: UUID | None = None

    @property
    def gone(self) -> bool:
        """Whether its action is in no version: the draft it stood in was given up."""
        return self.decided_on is None and self.draft is None


@dataclass(frozen=True)
class Cycle:
    """How often the cycle turned in a fiscal year: findings seen, and the issues that reached each later stage in it."""

    fiscal_year: int
    seen: int
    reached: Mapping[str, frozenset[UUID]]

    @property
    def counts(self) -> dict[str, int]:
        """Stage → count, in the order of the cycle."""
        return {"seen": self.seen, **{stage: len(found) for stage, found in self.reached.items()}}


def standings(issues: list[Issue]) -> dict[UUID, Standing]:
    """Where each issue that became an action stands."""
    opened = {one.action: one for one in issues if one.action}
    decided, finished = plans.first_adopted(opened.keys()), headquarters.finished(opened.keys())
    drafted = plans.drafted(opened.keys())
    return {
        one.pk: Standing(_day(decided.get(code)), _day(finished.get(code)), drafted.get(code))
        for code, one in opened.items()
    }


def _day(at: datetime | None) -> date | None:
    return calendar_jp.jst_day(at) if at is not None else None


def cycle() -> Cycle:
    """The counts of this fiscal year."""
    today = calendar_jp.today()
    year = calendar_jp.fiscal_year(today)
    first = calendar_jp.fiscal_year_start(year)
    issues = queries.all_issues()
    where = standings(issues)
    moved = effects(one for one in issues if one.state == "done")

    def reached(day: date | None) -> bool:
        return day is not None and first <= day <= today

    decided = {pk for pk, one in where.items() if reached(one.decided_on)}
    done = {pk for pk, one in where.items() if reached(one.finished_on) and one.decided_on is not None}
    return Cycle(
        year,
        _seen(first),
        {
            "taken_up": frozenset(one.pk for one in issues if reached(_day(one.raised_at))),
            "decided": frozenset(decided),
            "done": frozenset(done),
            "moved": frozenset(
                pk for pk in done if (effect := moved.get(str(pk))) is not None and effect.moved is True
            ),
        },
    )


def _seen(first: date) -> int:
    """Findings of the year: those that are there, and those somebody judged in it."""
    there = {one.key for one in queries.signals(None) if one.last >= first}
    judged = Evidence.objects.filter(judged_at__gte=calendar_jp.day_start(first))
    return len(there.union(judged.values_list("key", flat=True)))
