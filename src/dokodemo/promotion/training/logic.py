"""Pure rules of training (研修の規則): who must take what by when, what an attempt scored, who is up to date.

Never reads a table, a pack or the clock. Days are JST days, a due day is the last day in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dokodemo.kernel.calendar_jp.periods import add_months

LEVELS = (0, 1, 2, 3, 4)
ALONE = 3  # from this level somebody works without help
SOON_DAYS = 30
FEWEST = 3  # an average, or counts of a section, over fewer people would tell what one of them did
By = Literal["quiz", "attendance", "both", "drill"]
State = Literal["done", "soon", "waiting", "overdue"]


@dataclass(frozen=True)
class Requirement:
    """Who must take a course and how often. `since` is the first day it is demanded, `grace_days` the time a person has
    for it at first, or again after falling for a drill that leads here; without `every_months` it is taken once."""

    code: str
    roles: frozenset[str]
    completed_by: By
    since: date
    grace_days: int
    every_months: int | None


@dataclass(frozen=True)
class Done:
    """The last day on which somebody passed the quiz, attended, took part in the drill, or fell for a drill that leads
    to this course."""

    passed: date | None = None
    attended: date | None = None
    drilled: date | None = None
    clicked: date | None = None


@dataclass(frozen=True)
class Standing:
    """How somebody stands with a course they must take: last completed, and due until (None: never again)."""

    code: str
    completed_on: date | None
    due_on: date | None
    state: State

    @property
    def to_do(self) -> bool:
        """Whether they should do something about it now."""
        return self.state != "done"


def completed_on(by: By, done: Done) -> date | None:
    """The day a course counts as completed; where both are asked for, the older one ages first."""
    if by == "quiz":
        return done.passed
    if by == "attendance":
        return done.attended
    if by == "drill":
        return done.drilled
    return min(done.passed, done.attended) if done.passed and done.attended else None


def standing(course: Requirement, *, must_since: date, done: Done, today: date) -> Standing:
    """How somebody stands who must take a course since a day."""
    completed = completed_on(course.completed_by, done)
    grace = timedelta(days=course.grace_days)
    if completed is None:
        due: date | None = max(must_since, course.since) + grace
    else:
        due = None if course.every_months is None else add_months(completed, course.every_months)
    fell = done.clicked is not None and (completed is None or completed < done.clicked)
    if fell and done.clicked is not None:
        due = done.clicked + grace if due is None else min(due, done.clicked + grace)
    return Standing(course.code, completed, due, _state(completed, due, today, fell=fell))


def _state(completed: date | None, due: date | None, today: date, *, fell: bool) -> State:
    if due is not None and due < today:
        return "overdue"
    if completed is None or fell:
        return "waiting"
    return "soon" if due is not None and due - today <= timedelta(days=SOON_DAYS) else "done"


def must_since(course: Requirement, posts: Iterable[tuple[str, date]]) -> date | None:
    """Since when somebody must take a course, from the posts (role, first day) they hold now; None if they need not."""
    days = [starts_on for role, starts_on in posts if role in course.roles]
    return min(days) if days else None


@dataclass(frozen=True)
class Completion:
    """People who are up to date over people who must be. Whoever has only courses still in their first time is `waiting`
    and in neither number."""

    up_to_date: int
    must_be: int
    waiting: int

    @property
    def percent(self) -> float | None:
        """The share, None of nobody."""
        return 100 * self.up_to_date / self.must_be if self.must_be else None


def completion(people: Iterable[Sequence[Standing]]) -> Completion:
    """The number of people who are up to date with everything they must take."""
    up_to_date = must_be = waiting = 0
    for standings in people:
        if not standings:
            continue
        if all(one.state == "waiting" for one in standings):
            waiting += 1
            continue
        must_be += 1
        up_to_date += all(one.state != "overdue" for one in standings)
    return Completion(up_to_date, must_be, waiting)


@dataclass(frozen=True)
class Score:
    """What an attempt scored: right answers of all, and whether that is enough."""

    right: int
    questions: int
    passed: bool


def graded(right: Sequence[int], answers: Sequence[int], pass_mark: int) -> Score:
    """Right choices against chosen ones, question by question (counted from 1); `pass_mark` in percent.

    Raises ValueError when an answer is missing.
    """
    good = sum(wanted == chosen for wanted, chosen in zip(right, answers, strict=True))
    return Score(good, len(right), 100 * good >= pass_mark * len(right))


def level_of(by_self: int | None, by_head: int | None) -> int | None:
    """The level that counts: what the head says, else what the person says, else none."""
    return by_self if by_head is None else by_head


def by_level(levels: Iterable[int | None]) -> dict[int | None, int]:
    """How many people are on each level; None for those of whom nobody has said it."""
    counts: dict[int | None, int] = dict.fromkeys((*LEVELS, None), 0)
    for level in levels:
        counts[level] += 1
    return counts


def average(people: Iterable[Sequence[tuple[int, int]]]) -> float | None:
    """The mean share of right answers in percent, from each person's attempts as (right, questions).

    None of fewer than FEWEST people who made any.
    """
    tried = [scores for scores in people if scores]
    if len(tried) < FEWEST:
        return None
    shares = [100 * right / questions for scores in tried for right, questions in scores]
    return sum(shares) / len(shares)
