"""Members of staff as those who learn (職員の受講状況): how everybody stands, and how many are up to date.

Owns the numbers the plan counts. Never decides who sees whom: that is `queries`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.conf import settings

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.queries import HolderView
from dokodemo.kernel import calendar_jp
from dokodemo.promotion.training import logic
from dokodemo.promotion.training.definitions import training_of
from dokodemo.promotion.training.logic import Completion, Standing
from dokodemo.promotion.training.standing import (
    Dones,
    Recorded,
    dones_by,
    dones_of,
    recorded,
    standings_with,
)


@dataclass(frozen=True)
class Person:
    """A member of staff with the section they are shown in and how they stand."""

    account: UUID
    section: str
    standings: list[Standing]

    @property
    def overdue(self) -> list[Standing]:
        """What is over its time."""
        return [one for one in self.standings if one.state == "overdue"]


def people_on(on: date, only: Collection[str] | None = None) -> list[Person]:
    """Everybody once in each section they hold a post in, of some sections or of all; how they stand comes from all their
    posts."""
    return _people_of(organisation.roster(on), dones_by(on, None), on, only)


def _people_of(
    roster: Mapping[str, list[HolderView]], dones: Dones, on: date, only: Collection[str] | None = None
) -> list[Person]:
    posts: dict[UUID, list[HolderView]] = {}
    for held in roster.values():
        for post in held:
            posts.setdefault(post.account_id, []).append(post)
    shown = {
        section: list(dict.fromkeys(post.account_id for post in held))
        for section, held in roster.items()
        if only is None or section in only
    }
    standings = {
        account: standings_with(posts[account], dones, on)
        for accounts in shown.values()
        for account in accounts
    }
    return [
        Person(account, section, standings[account])
        for section, accounts in shown.items()
        for account in accounts
    ]


def completion(on: date | None = None) -> Completion:
    """People who are up to date over people who must be, on a day, each person once: a number for an indicator."""
    day = on or calendar_jp.today()
    posts = tuple(post for held in organisation.roster(day).values() for post in held)
    return _completion_as_recorded(settings.DOKODEMO_PACK, day, posts, recorded(day, None))


@lru_cache(maxsize=2)
def _completion_as_recorded(pack: str, on: date, posts: tuple[HolderView, ...], rows: Recorded) -> Completion:
    """The same of those posts and records: every page of the plan asks, and both change seldom."""
    roster: dict[str, list[HolderView]] = {}
    for post in posts:
        roster.setdefault(post.section, []).append(post)
    return completion_of(_people_of(roster, dones_of(rows), on))


def completion_of(people: Iterable[Person]) -> Completion:
    """The same of some people, each person once."""
    return logic.completion({one.account: one.standings for one in people}.values())


def completed_in(since: date, until: date) -> dict[str, int]:
    """How many people last completed each course between two days (inclusive), by its code: a number for an indicator."""
    dones = dones_by(until, None)
    accounts = {who for done in (dones.passed, dones.attended, dones.drilled) for _, who in done}
    found = dict.fromkeys((one.code for one in training_of(settings.DOKODEMO_PACK).courses), 0)
    for one in training_of(settings.DOKODEMO_PACK).courses:
        for account in accounts:
            completed = logic.completed_on(one.completed_by, dones.of(one.code, account))
            found[one.code] += completed is not None and completed >= since
    return found
