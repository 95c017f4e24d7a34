"""Reads of the register for the office (住民情報の照会). Residents and the portal come through `port`, never here.

Owns what staff are shown: fetching is the permission check, each look at a person is an event with its purpose, and
what locates a protected person, or anybody of their household, is masked unless the section is authorised.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from dokodemo.city.parties import events as verbs
from dokodemo.city.parties import indexes
from dokodemo.city.parties.capacities import members_of, name_of
from dokodemo.city.parties.definitions import DERIVED_FACTS, SOURCES, Fact, Status
from dokodemo.city.parties.logic import (
    children_to_tell,
    derived_fact,
    full_name_text,
    is_purpose,
    masked_facts,
    value_of,
)
from dokodemo.city.parties.mandate_views import mandates_to_confirm
from dokodemo.city.parties.models import Resident
from dokodemo.city.parties.policies import may_see_protected, require_register_keeper, works_in
from dokodemo.city.parties.sign_in_views import sign_in_candidates, sign_ins_to_confirm
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.packs import Text
from dokodemo.kernel.vocabulary import Term

__all__ = [
    "RegisterValue",
    "ResidentRow",
    "ResidentView",
    "compare",
    "find_residents",
    "get_resident",
    "history",
    "mandates_to_confirm",
    "protections_to_review",
    "sign_in_candidates",
    "sign_ins_to_confirm",
]
PAGE = 50


@dataclass(frozen=True)
class RegisterValue:
    """What the register says: the value with its source and times (UTC); `masked` when it is kept from this viewer."""

    value: Any
    source: Text
    asserted_at: datetime | None
    verified_at: datetime | None
    masked: bool = False


@dataclass(frozen=True)
class ResidentRow:
    """A person in a list: number, name, reading, day of birth, status; the address None when masked."""

    id: UUID
    number: str
    name: str
    kana: str
    date_of_birth: date | None
    address: str | None
    status: Status
    protected: bool


@dataclass(frozen=True)
class ResidentView:
    """A person with the facts of the record by name, and the others of the household as rows."""

    row: ResidentRow
    household_number: str
    facts: dict[str, RegisterValue]
    household: tuple[ResidentRow, ...]
    protected_section: str
    protection_review_on: date | None


class _Sight:
    """What one member of staff may see of persons: knows the protected members of every household it is asked about."""

    def __init__(self, actor: Actor, residents: Iterable[Resident]) -> None:
        households = {resident.household_id for resident in residents}
        self.sections: dict[UUID, set[str]] = {}
        rows = Resident.objects.filter(household_id__in=households, protected=True).values_list(
            "household_id", "protected_section"
        )
        for household, section in rows:
            self.sections.setdefault(household, set()).add(section)
        self.actor = actor

    def hidden(self, resident: Resident) -> frozenset[str]:
        """The facts of a person that are masked: shown only to who is authorised for all protected of the household."""
        sections = self.sections.get(resident.household_id, set())
        authorised = all(may_see_protected(self.actor, section) for section in sections)
        return masked_facts(sheltered=bool(sections), authorised=authorised)

    def row(self, resident: Resident) -> ResidentRow:
        """A list row, masked where needed."""
        record = resident.facts
        name = value_of(record, "full_name") or {}
        born = value_of(record, "date_of_birth")
        masked = "address" in self.hidden(resident)
        return ResidentRow(
            id=resident.pk,
            number=resident.number,
            name=full_name_text(name),
            kana=" ".join(p for p in (name.get("family_kana"), name.get("given_kana")) if p),
            date_of_birth=date.fromisoformat(born) if born else None,
            address=None if masked else (value_of(record, "address") or {}).get("full"),
            status=Status(resident.status),
            protected=resident.protected,
        )

    def value(self, resident: Resident, name: str, fact: Fact) -> RegisterValue:
        """A fact as this viewer sees it."""
        asserted, verified = (
            datetime.fromisoformat(at) if at else None for at in (fact["asserted_at"], fact["verified_at"])
        )
        masked = name in self.hidden(resident)
        return RegisterValue(
            None if masked else fact["value"], SOURCES[fact["source"]], asserted, verified, masked
        )


def get_resident(actor: Actor, resident_id: UUID, *, purpose: str) -> ResidentView:
    """One person for the section that keeps the register and for protection officers; the look is recorded.

    `purpose` is a slug. Raises NotFound for everybody else and for unknown persons, ValueError for free text.
    """
    require_register_keeper(actor)
    _require_purpose(purpose)
    resident = Resident.objects.filter(pk=resident_id).select_related("household").first()
    if resident is None:
        raise NotFound("resident")
    members = members_of(resident.household_id)
    sight = _Sight(actor, [resident])
    facts = {name: sight.value(resident, name, fact) for name, fact in resident.facts.items()}
    for name in sorted(DERIVED_FACTS - {"relation", "living_together"}):
        fact = derived_fact(name, resident, next((p for p in members if p.is_head), None))
        if fact is not None:
            facts[name] = sight.value(resident, name, fact)
    authorised = not sight.hidden(resident)
    others = [person for person in members if person.pk != resident.pk] if authorised else []
    _record_look(actor, verbs.RESIDENT_VIEWED, resident.pk, purpose, len(facts))
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
    sight = _Sight(actor, [resident])
    _record_look(actor, verbs.RESIDENT_VIEWED, resident.pk, "history", len(resident.facts))
    return [
        (
            version.recorded_at,
            version.replaced_at,
            {name: sight.value(resident, name, fact) for name, fact in version.record.items()},
        )
        for version in resident.versions.order_by("-number")
    ]


def compare(
    actor: Actor, resident_id: UUID, *, terms: Sequence[Term], purpose: str, section: str
) -> dict[str, RegisterValue | list[dict[str, RegisterValue]]]:
    """What the register says for the terms of a case about a person, for the section that handles it (突合).

    Keyed like `port.released_facts`. The caller has fetched the case, which is the check that it is the section's;
    here the actor must be caseworker or head of `section`, else NotFound. Groups of a sheltered household are
    absent unless the actor is authorised. The look is recorded with `purpose`, e.g. `case:<number>`.
    """
    if not works_in(actor, frozenset({section})):
        raise NotFound("resident")
    _require_purpose(purpose)
    resident = Resident.objects.filter(pk=resident_id).first()
    if resident is None:
        raise NotFound("resident")
    members = members_of(resident.household_id)
    sight = _Sight(actor, [resident])
    sheltered = [resident.household_id] if sight.hidden(resident) else []
    groups: dict[str, Sequence[Resident]] = {
        "child": children_to_tell(resident, members, on=calendar_jp.today(), sheltered=sheltered),
        "household_member": [] if sheltered else members,
    }
    head = next((person for person in members if person.is_head), None)
    found: dict[str, RegisterValue | list[dict[str, RegisterValue]]] = {}
    for term in terms:
        fact_name = (term.register or "").rpartition(".")[2]
        group, _, _ = term.name.partition(".")
        if not fact_name or group in groups:
            continue
        fact = resident.facts.get(fact_name) or derived_fact(fact_name, resident, head)
        if fact is not None:
            found[term.name] = sight.value(resident, fact_name, fact)
    for group, people in groups.items():
        rows = [_fields(sight, person, group, terms) for person in people]
        if any(rows):
            found[group] = rows
    _record_look(actor, verbs.RESIDENT_COMPARED, resident.pk, purpose, len(found), section=section)
    return found


def _fields(sight: _Sight, person: Resident, group: str, terms: Sequence[Term]) -> dict[str, RegisterValue]:
    fields: dict[str, RegisterValue] = {}
    for term in terms:
        prefix, _, field = term.name.partition(".")
        name = (term.register or "").rpartition(".")[2]
        fact = person.facts.get(name) or derived_fact(name, person, None)
        if prefix == group and fact is not None:
            fields[field] = sight.value(person, name, fact)
    return fields


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
    sight = _Sight(actor, found)
    return [sight.row(resident) for resident in found], total


def protections_to_review(actor: Actor, *, until: date) -> list[ResidentRow]:
    """Protected persons whose review day has come by `until`, of the sections the actor is authorised for."""
    require_register_keeper(actor)
    due = Resident.objects.filter(protected=True, protection_review_on__lte=until).order_by(
        "protection_review_on", "number"
    )
    mine = [resident for resident in due if may_see_protected(actor, resident.protected_section)]
    sight = _Sight(actor, mine)
    return [sight.row(resident) for resident in mine]


def resident_name(resident_id: UUID) -> str:
    """A person's name for another domain that has already checked that its actor may see it; empty when unknown."""
    return name_of(Resident.objects.filter(pk=resident_id).first())


def _require_purpose(purpose: str) -> None:
    if not is_purpose(purpose):
        raise ValueError("The purpose of use is a slug, never free text.")


def _record_look(
    actor: Actor, verb: str, resident_id: UUID, purpose: str, facts: int, *, section: str | None = None
) -> None:
    with transaction.atomic():
        events.record(
            verb,
            actor=actor,
            object=("resident", resident_id),
            refs={"purpose": purpose, "section": section or min(actor.sections(), default=None)},
            numbers={"facts": facts},
        )
