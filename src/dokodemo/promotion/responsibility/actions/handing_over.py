"""Handing over at a change of posts (人事異動の引継ぎ): everything one person answers for, in one action.

Owns the dry look ahead and the one write. One transaction, one event for each thing and one for the handover.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from dokodemo.kernel import events
from dokodemo.kernel.access import Actor
from dokodemo.kernel.refusals import ChangedMeanwhile, Refused
from dokodemo.promotion.responsibility import events as verbs
from dokodemo.promotion.responsibility import queries
from dokodemo.promotion.responsibility.actions.assigning import FIRST_DAY, LAST_DAY, end, locked, started
from dokodemo.promotion.responsibility.models import Responsible
from dokodemo.promotion.responsibility.queries import Carried

# What may stand in the place of a successor.
KEEP, NOBODY = "keep", "nobody"
type Choice = UUID | str


@dataclass(frozen=True)
class Step:
    """One thing of a handover: who follows, None for nobody; `kept`: nothing changes; `ownerless`: nobody answers then."""

    carried: Carried
    successor: UUID | None
    kept: bool
    ownerless: bool


@dataclass(frozen=True)
class Plan:
    """What a handover does, thing by thing, from `day` on."""

    account: UUID
    day: date
    steps: tuple[Step, ...]

    @property
    def ownerless(self) -> list[Step]:
        """What nobody answers for afterwards."""
        return [step for step in self.steps if step.ownerless]

    @property
    def passed(self) -> list[Step]:
        """What goes to a successor."""
        return [step for step in self.steps if step.successor is not None]


def look_ahead(*, actor: Actor, account_id: UUID, day: date | None, choices: Mapping[UUID, Choice]) -> Plan:
    """What a handover would do, with all that is refused. Writes nothing.

    `choices`: for each row the successor's account, KEEP or NOBODY. Raises Forbidden, NotFound, ChangedMeanwhile when the
    rows are no longer those, and Refused with a text key for `day` and for `to-ROW` of each thing.
    """
    found = queries.to_hand_over(actor, account_id)
    if {one.row for one in found} != set(choices):
        raise ChangedMeanwhile
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise Refused({"day": "responsibility.fault.day"})
    people = queries.appointed(day)
    faults, steps = {}, []
    for one in found:
        choice, there = choices[one.row], people.get(one.matter.section, set())
        if choice == KEEP:
            steps.append(Step(one, None, kept=True, ownerless=account_id not in there))
            continue
        successor = choice if isinstance(choice, UUID) else None
        if successor is None and choice != NOBODY:
            faults[f"to-{one.row}"] = "responsibility.fault.successor"
        elif successor == account_id:
            faults[f"to-{one.row}"] = "responsibility.fault.same"
        elif successor is not None and successor not in there:
            faults[f"to-{one.row}"] = "responsibility.fault.not_appointed"
        if one.since >= day:
            faults["day"] = "responsibility.fault.before_it_began"
        steps.append(Step(one, successor, kept=False, ownerless=successor is None))
    if faults:
        raise Refused(faults)
    return Plan(account_id, day, tuple(steps))


@transaction.atomic
def hand_over(*, actor: Actor, account_id: UUID, day: date | None, choices: Mapping[UUID, Choice]) -> Plan:
    """Do what `look_ahead` says. Raises the same, and Refused when somebody else is already named for a later day."""
    # The rows are locked in one order before they are looked at, so two handovers wait for each other.
    for matter in sorted(
        (one.matter for one in queries.to_hand_over(actor, account_id)), key=lambda m: m.key
    ):
        locked(matter)
    plan = look_ahead(actor=actor, account_id=account_id, day=day, choices=choices)
    for step in plan.steps:
        if not step.kept:
            _pass_on(actor, plan, step)
    events.record(
        verbs.HANDED_OVER,
        actor=actor,
        object=("account", account_id),
        refs={"on": str(plan.day)},
        numbers={"things": len(plan.passed), "ownerless": len(plan.ownerless)},
    )
    return plan


def _pass_on(actor: Actor, plan: Plan, step: Step) -> None:
    matter = step.carried.matter
    row = Responsible.objects.select_for_update().select_related("thing").get(pk=step.carried.row)
    last = plan.day - timedelta(days=1)
    if row.until is None or row.until > last:
        end(row, last)
    if step.successor is not None:
        later = row.thing.people.filter(since__gte=plan.day).order_by("since").first()
        if later is not None and later.since == plan.day:
            raise Refused({f"to-{row.pk}": "responsibility.fault.taken_later"})
        until = later.since - timedelta(days=1) if later is not None else None
        started(row.thing, matter, step.successor, plan.day, until, actor)
    events.record(
        verbs.PASSED_ON,
        actor=actor,
        object=(matter.kind, matter.code),
        refs={
            "from": str(plan.account),
            "to": str(step.successor) if step.successor is not None else None,
            "section": matter.section,
            "on": str(plan.day),
        },
    )
