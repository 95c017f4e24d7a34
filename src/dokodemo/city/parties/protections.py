"""Protections as the office begins, renews and ends them (支援措置の開始・延長・終了).

Owns what a protection officer is told before an act: how things stand, and whom the act touches. Never changes
anything (`actions`), and tells nobody but the officers of the section in charge.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from dokodemo.city.parties import events as verbs
from dokodemo.city.parties.capacities import members_of, name_of
from dokodemo.city.parties.definitions import LinkState, Status
from dokodemo.city.parties.logic import year_after
from dokodemo.city.parties.models import Resident
from dokodemo.city.parties.policies import may_protect, require_register_keeper
from dokodemo.city.parties.sight import record_look
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, NotFound, Role

# What the look of an officer is recorded for. The person's own page of looks prints it, and a guardian's page of a
# child: it must not say to somebody who should not know it that a protection is prepared, or ever was.
PURPOSE = "register-keeping"


@dataclass(frozen=True)
class Protection:
    """How things stand with one person: under protection or not, and whom a change touches.

    `sections` are those in whose name the actor may begin one; `suggested` the review day the law's year leads to.
    `others` counts the others of the household, `others_protected` says whether one of them is protected as well.
    """

    resident_id: UUID
    name: str
    number: str
    protected: bool
    section: str
    since: date | None
    review_on: date | None
    sections: tuple[str, ...]
    suggested: date
    others: int
    others_protected: bool
    linked: bool
    may_begin: bool


def protection_of(actor: Actor, resident_id: UUID) -> Protection | None:
    """A person's protection for who may change it; None for everybody else and for unknown persons."""
    sections = actor.sections(Role.PROTECTION_OFFICER)
    mine = tuple(sorted(section for section in sections if may_protect(actor, section)))
    resident = Resident.objects.filter(pk=resident_id).first()
    if not mine or resident is None:
        return None
    if resident.protected and not may_protect(actor, resident.protected_section):
        return None
    others = [person for person in members_of(resident.household_id) if person.pk != resident.pk]
    of_household = Resident.objects.filter(household_id=resident.household_id, protected=True)
    return Protection(
        resident_id=resident.pk,
        name=name_of(resident),
        number=resident.number,
        protected=resident.protected,
        section=resident.protected_section,
        since=resident.protected_from,
        review_on=resident.protection_review_on,
        sections=mine,
        suggested=_suggested(resident.protection_review_on),
        others=len(others),
        others_protected=of_household.exclude(pk=resident.pk).exists(),
        linked=resident.sign_ins.filter(state=LinkState.LINKED.value).exists(),
        may_begin=not resident.protected and resident.status != Status.DEAD,
    )


def protection_to_change(actor: Actor, resident_id: UUID) -> Protection:
    """The same for the page of an act; the look is recorded. Raises NotFound for who may not change it."""
    require_register_keeper(actor)
    found = protection_of(actor, resident_id)
    if found is None:
        raise NotFound("resident")
    record_look(actor, verbs.RESIDENT_VIEWED, resident_id, PURPOSE, len(("full_name", "number")))
    return found


def _suggested(until: date | None) -> date:
    """The last day of a year that begins today, or after the review day while that still lies ahead."""
    today = calendar_jp.today()
    if until is not None and until > today:
        return year_after(until)
    return year_after(today) - timedelta(days=1)
