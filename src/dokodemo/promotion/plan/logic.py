"""Rules of action plans (アクションプランの規則): carrying an action into another year, sums, and what differs.

Pure. Never reads a record.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from dokodemo.kernel import calendar_jp
from dokodemo.promotion.plan.action_plan import Action, Origin
from dokodemo.promotion.plan.definitions import Plan


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


def passed_on(action: Action, before: Plan, to: Plan, fiscal_year: int, taken: Collection[str]) -> Action:
    """The action of a plan that ended, as it stands in a fiscal year of its successor: with its origin, days moved there.

    It serves the measures that take over those it served. Where none does it keeps their codes, which the successor does not
    have: somebody must choose. `taken`: codes others have; its own gets a number where it is among them.
    """
    here = {measure.code for measure in to.measures}
    over = [one.code for one in to.measures if set(one.takes_over) & set(action.measures)]
    measures = tuple(dict.fromkeys([*over, *(code for code in action.measures if code in here)]))
    guidelines = {one.code for one in to.guidelines}
    changes = {
        "code": next(code for code in _codes(action.code) if code not in taken),
        "measures": measures or action.measures,
        "guidelines": {code: said for code, said in action.guidelines.items() if code in guidelines},
        "related": tuple(place for place in action.related if place in to.related_places),
        "origin": Origin(plan=before.code, action=action.code),
    }
    return carried(action, fiscal_year).model_copy(update=changes)


def _codes(code: str) -> Iterator[str]:
    yield code
    for number in count(2):
        yield f"{code[:55]}-{number}"


def with_passed_on(
    actions: Sequence[Action], waiting: Sequence[Action], to: Plan, before: Plan | None, fiscal_year: int
) -> tuple[Action, ...]:
    """Actions of a plan with those behind them that the plan before passed on."""
    if before is None:
        return tuple(actions)
    found = list(actions)
    for one in waiting:
        found.append(passed_on(one, before, to, fiscal_year, {other.code for other in found}))
    return tuple(found)


def without_measure(actions: Iterable[Action], plan: Plan) -> list[Action]:
    """The actions that serve no measure of the plan."""
    known = {measure.code for measure in plan.measures}
    return [one for one in actions if not known & set(one.measures)]


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
