"""Rules of action plans (アクションプランの規則): carrying an action into another year, sums, and what differs.

Pure. Never reads a record.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.plan.action_plan import Action


def years_later(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 28 in a year that has none."""
    year = day.year + years
    return day.replace(year=year, day=28 if (day.month, day.day) == (2, 29) and not isleap(year) else day.day)


def carried(action: Action, fiscal_year: int) -> Action:
    """The action as it stands in a later fiscal year: unchanged while it still runs, else all its days moved there."""
    years = fiscal_year - calendar_jp.fiscal_year(action.to)
    if years <= 0:
        return action
    tasks = tuple(task.model_copy(update={"due": years_later(task.due, years)}) for task in action.tasks)
    moved = {"from_": years_later(action.from_, years), "to": years_later(action.to, years), "tasks": tasks}
    return action.model_copy(update=moved)


@dataclass(frozen=True)
class Sums:
    """What actions cost together: yen and hours of those that say it, and how many say neither."""

    actions: int
    budget_yen: int
    person_hours: int
    silent: int


def sums(actions: Iterable[Action]) -> Sums:
    """Budget and hours, each action once however many measures it serves."""
    once = list({action.code: action for action in actions}.values())
    return Sums(
        len(once),
        sum(action.budget_yen or 0 for action in once),
        sum(action.person_hours or 0 for action in once),
        sum(1 for action in once if action.budget_yen is None and action.person_hours is None),
    )


def by_measure(actions: Sequence[Action], measures: Iterable[str]) -> dict[str, list[Action]]:
    """The actions of each measure in their order; one that serves several stands under each."""
    return {code: [action for action in actions if code in action.measures] for code in measures}


@dataclass(frozen=True)
class Kept:
    """How many actions keep a guideline, will, or say it does not concern them; the others say nothing."""

    kept: int
    coming: int
    not_concerned: int
    silent: int


def guideline_checks(actions: Sequence[Action], guidelines: Iterable[str]) -> dict[str, Kept]:
    """The self-checks of all actions, by guideline."""
    found = {}
    for code in guidelines:
        said = [action.guidelines.get(code) for action in actions]
        found[code] = Kept(
            said.count("kept"), said.count("coming"), said.count("not_concerned"), said.count(None)
        )
    return found


@dataclass(frozen=True)
class Change:
    """One action in two versions: `before` or `after` is None where it is not in that version."""

    code: str
    before: Action | None
    after: Action | None


def changes(before: Sequence[Action], after: Sequence[Action]) -> list[Change]:
    """The actions that are new, changed or gone, in the order of the later version, gone ones last."""
    old: Mapping[str, Action] = {action.code: action for action in before}
    new: Mapping[str, Action] = {action.code: action for action in after}
    found = [Change(code, old.get(code), action) for code, action in new.items() if old.get(code) != action]
    return found + [Change(code, action, None) for code, action in old.items() if code not in new]
