"""Reads of the competence map (技能マップの照会): levels of people for those who may see people, counts for others.

Owns who sees which. Never tells a name: the organisation does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.promotion.training import logic, policies
from dokodemo.promotion.training.definitions import Skill
from dokodemo.promotion.training.models import SkillLevel
from dokodemo.promotion.training.queries import catalogue


@dataclass(frozen=True)
class Level:
    """A skill of one person: as they say, and as their head says."""

    skill: Skill
    by_self: int | None = None
    by_head: int | None = None

    @property
    def counts(self) -> int | None:
        """The level that counts."""
        return logic.level_of(self.by_self, self.by_head)


@dataclass(frozen=True)
class Counts:
    """How many people are on each level of a skill; None stands for those of whom nobody has said it."""

    skill: Skill
    levels: dict[int | None, int]

    @property
    def alone(self) -> int:
        """How many do it without help."""
        return sum(
            number for level, number in self.levels.items() if level is not None and level >= logic.ALONE
        )


def _levels(accounts: Collection[UUID]) -> dict[UUID, list[Level]]:
    known = {(one.account, one.skill): one for one in SkillLevel.objects.filter(account__in=list(accounts))}
    found: dict[UUID, list[Level]] = {}
    for account in accounts:
        found[account] = []
        for skill in catalogue().skills:
            said = known.get((account, skill.code))
            found[account].append(Level(skill, said.by_self, said.by_head) if said else Level(skill))
    return found


def mine(actor: Actor) -> list[Level]:
    """The actor's own levels. Raises NotFound for whoever holds no post."""
    if not policies.takes_part(actor):
        raise NotFound
    return _levels([actor.account])[actor.account]


def city_counts(actor: Actor) -> list[Counts]:
    """How many people of the whole city are on each level. Raises NotFound for whoever holds no post."""
    if not policies.takes_part(actor):
        raise NotFound
    accounts = organisation.staff_on()
    return _counts(_levels(accounts))


def section_counts(actor: Actor, section: str) -> list[Counts]:
    """The same of one section, for those who may count it; none of so few people that counts would tell a person.

    Raises NotFound.
    """
    allowed = policies.counts_all(actor) or section in policies.counted_sections(actor)
    if not allowed or organisation.section(section) is None:
        raise NotFound
    accounts = _of(section)
    if len(accounts) < logic.FEWEST and not policies.sees_people(actor, section):
        return []
    return _counts(_levels(accounts))


def section_levels(actor: Actor, section: str) -> dict[UUID, list[Level]]:
    """The levels of each person of a section; empty for those who see counts only."""
    return _levels(_of(section)) if policies.sees_people(actor, section) else {}


def person(actor: Actor, section: str, account: UUID) -> list[Level]:
    """The levels of one person, for the head of the section they are in; nobody is the head of themselves. Raises NotFound."""
    if not policies.heads(actor, section) or account == actor.account_id or account not in _of(section):
        raise NotFound
    return _levels([account])[account]


def _of(section: str) -> list[UUID]:
    return list(dict.fromkeys(post.account_id for post in organisation.holders(section)))


def _counts(people: dict[UUID, list[Level]]) -> list[Counts]:
    return [
        Counts(skill, logic.by_level(levels[place].counts for levels in people.values()))
        for place, skill in enumerate(catalogue().skills)
    ]
