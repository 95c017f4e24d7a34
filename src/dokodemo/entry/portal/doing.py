"""What is done for the plan this year (今年度の取組), as residents read it.

Owns what of an action is public. Never shows what a section wrote in a report.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dokodemo.city.organisation import queries as organisation
from dokodemo.city.organisation.queries import SectionView
from dokodemo.promotion.headquarters import queries as headquarters
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.action_plan import Action


@dataclass(frozen=True)
class Doing:
    """An action of this year as residents read it: who does it, and the state it was last reported in ("" for none).

    `version`: the adopted version that has it.
    """

    action: Action
    section: SectionView | None
    state: str
    version: UUID

    @property
    def said(self) -> tuple[object, ...]:
        """Everything that is said of it: a version never changes."""
        return self.version, self.action.code, self.section.name if self.section else None, self.state


def doing(on: date | None = None) -> list[Doing]:
    """The actions of the version in force on a day (today), with the states reported by then."""
    version = plans.in_force(on)
    if version is None:
        return []
    actions = plans.actions_of(version)
    states = headquarters.public_states([one.code for one in actions], on)
    sections = {one.code: one for one in organisation.sections()}
    return [Doing(one, sections.get(one.section), states.get(one.code, ""), version.pk) for one in actions]
