"""Reads of the register for the office (住民情報の照会). Residents and the portal come through `port`, never here.

Owns what staff are shown: fetching is the permission check, each look at a person is an event with its purpose, and
what locates a protected person, or anybody of their household, is masked unless the section is authorised.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from dokodemo.city.parties import events as verbs
from dokodemo.city.parties import indexes
from dokodemo.city.parties.capacities import members_of, name_of, sheltered_among
from dokodemo.city.parties.comparing import NotCertified, certified_facts, compare, why_uncertified
from dokodemo.city.parties.definitions import DERIVED_FACTS, Status, Uncertified
from dokodemo.city.parties.logic import derived_fact
from dokodemo.city.parties.mandate_views import mandate_to_confirm, mandates_to_confirm
from dokodemo.city.parties.models import Resident
from dokodemo.city.parties.naming import NamedPerson, person_of_case
from dokodemo.city.parties.policies import may_see_protected, require_register_keeper
from dokodemo.city.parties.sight import RegisterValue, ResidentRow, Sight, record_look, require_purpose
from dokodemo.city.parties.sign_in_views import sign_in_candidates, sign_ins_to_confirm
from dokodemo.kernel import events
from dokodemo.kernel.access import Actor, NotFound

__all__ = [
    "NamedPerson",
    "NotCertified",
    "RegisterValue",
    "ResidentRow",
    "ResidentView",
    "Status",
    "Uncertified",
    "certified_facts",
    "compare",
    "find_residents",
    "get_resident",
    "history",
    "is_sheltered",
    "left_the_register",
    "mandate_to_confirm",
    "mandates_to_confirm",
    "person_of_case",
    "protections_to_review",
    "require_register_keeper",
    "resident_name",
    "shows_address",
    "sign_in_candidates",
    "sign_ins_to_confirm",
    "why_uncertified",
]
PAGE = 50


@dataclass(frozen=True)
class ResidentView:
    """A person with the facts of the record by name, and the others of the household as rows."""

    row: ResidentRow
    household_number: str
    facts: dict[str, RegisterValue]
    household: tuple[ResidentRow, ...]
    protected_section: str
    protection_review_on: date | None


def get_resident(actor: Actor, resident_id: UUID, *, purpose: str) -> ResidentView:
    """One person for the section that keeps the register and for protection officers; the look is recorded.

    `purpose` is a slug. Raises NotFound for everybody else and for unknown persons, ValueError for free text.
    """
    require_register_keeper(actor)
    require_purpose(purpose)
    resident = Resident.objects.filter(pk=resident_id).select_related("household").first()
    if resident is None:
        raise NotFound("resident")
    members = members_of(resident.household_id)
    sight = Sight(actor, [resident])
    facts = {name: sight.value(resident, name, fact) for name, fact in resident.facts.items()}
    for name in sorted(DERIVED_FACTS - {"relation", "living_together"}):
        fact = derived_fact(name, resident, next((p for p in members if p.is_head), None))
        if fact is not None:
            facts[name] = sight.value(resident, name, fact)
    authorised = not sight.hidden(resident)
    others = [person for person in members if person.pk != resident.pk] if authorised else []
    record_look(actor, verbs.RESIDENT_VIEWED, resident.pk, purpose, len(facts))
    return ResidentView(
        row=sight.row(resident),
        household_number=resident.household.number,
        facts=facts,
        household=tuple(sight.row(person) for person in others),
        protected_section=resident.protected_section,
        protection_review_on=resident.protection_review_on,
    )


def history(actor: Actor, resident_id: UUID) -> list[tuple[datetime, datetime, dict[str, RegisterValue]]]:
    """Earlier records of a person, newest first: recorded at, replaced at, facts; masked like the current one."""
    require_register_keeper(actor)
    resident = Resident.objects.filter(pk=resident_id).first()
    if resident is None:
        raise NotFound("resident")
    sight = Sight(actor, [resident])
    record_look(actor, verbs.RESIDENT_VIEWED, resident.pk, "history", len(resident.facts))
    return [
        (
            version.recorded_at,
            version.replaced_at,
            {name: sight.value(resident, name, fact) for name, fact in version.record.items()},
        )
        for version in resident.versions.order_by("-number")
    ]


def find_residents(
    actor: Actor,
    *,
    name: str = "",
    date_of_birth: date | None = None,
    number: str = "",
    offset: int = 0,
    limit: int = PAGE,
) -> tuple[list[ResidentRow], int]:
    """Persons whose name, day of birth and number equal what is given (at least one), and how many there are.

    The name is compared without spaces and with variants of characters folded. Raises NotFound for who does not
    keep the register, ValueError when nothing is given. The search is recorded, without its words.
    """
    require_register_keeper(actor)
    if not (name or date_of_birth or number):
        raise ValueError("Give a name, a day of birth or a number.")
    rows = Resident.objects.order_by("number")
    if name:
        rows = rows.filter(name_index=indexes.of_name(name))
    if date_of_birth:
        rows = rows.filter(birth_index=indexes.of_birth(date_of_birth.isoformat()))
    if number:
        rows = rows.filter(number=number)
    total = rows.count()
    found = list(rows[offset : offset + min(limit, PAGE)])
    with transaction.atomic():
        events.record(
            verbs.RESIDENTS_SEARCHED, actor=actor, object=("register", "search"), numbers={"found": total}
        )
    sight = Sight(actor, found)
    return [sight.row(resident) for resident in found], total


def protections_to_review(actor: Actor, *, until: date) -> list[ResidentRow]:
    """Protected persons whose review day has come by `until`, of the sections the actor is authorised for."""
    require_register_keeper(actor)
    due = Resident.objects.filter(protected=True, protection_review_on__lte=until).order_by(
        "protection_review_on", "number"
    )
    mine = [resident for resident in due if may_see_protected(actor, resident.protected_section)]
    sight = Sight(actor, mine)
    return [sight.row(resident) for resident in mine]


def shows_address(actor: Actor, resident_id: UUID) -> bool:
    """Whether a member of staff may see a person's address: not when the household is protected from them (秘匿)."""
    resident = Resident.objects.filter(pk=resident_id).first()
    return resident is not None and not Sight(actor, [resident]).hidden(resident)


def left_the_register(actor: Actor, resident_id: UUID) -> Status | None:
    """Whether a person of a case has died or moved out since; None for who lives here, and for who is unknown.

    For the section that handles the case. That somebody protected has moved is not told to who may not see an address.
    """
    resident = Resident.objects.filter(pk=resident_id).first()
    if resident is None or resident.status == Status.RESIDENT:
        return None
    status = Status(resident.status)
    if status is Status.MOVED_OUT and Sight(actor, [resident]).hidden(resident):
        return None
    return status


def is_sheltered(resident_id: UUID | None) -> bool:
    """Whether a person lives in a household with a protected person, so that no letter may print an address."""
    if resident_id is None:
        return False
    household = Resident.objects.filter(pk=resident_id).values_list("household_id", flat=True)
    return bool(sheltered_among(household))


def resident_name(resident_id: UUID) -> str:
    """A person's name for another domain that has already checked that its actor may see it; empty when unknown."""
    return name_of(Resident.objects.filter(pk=resident_id).first())
