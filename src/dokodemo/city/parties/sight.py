"""What a member of staff may see of persons (職員に見える範囲), and how each look is written down.

Owns the masking of what locates protected persons and everybody of their households. Never decides who may ask.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from dokodemo.city.parties.definitions import SOURCES, Fact, Status
from dokodemo.city.parties.logic import full_name_text, is_purpose, masked_facts, told_source, value_of
from dokodemo.city.parties.models import Resident
from dokodemo.city.parties.policies import may_see_protected
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor
from dokodemo.kernel.packs import Text


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


class Sight:
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
            None if masked else fact["value"], SOURCES[told_source(name, fact)], asserted, verified, masked
        )


def require_purpose(purpose: str) -> None:
    """Raises ValueError unless the purpose of use is a slug, so that no name gets into the log."""
    if not is_purpose(purpose):
        raise ValueError("The purpose of use is a slug, never free text.")


def record_look(
    actor: Actor,
    verb: str,
    resident_id: UUID,
    purpose: str,
    facts: int,
    *,
    section: str | None = None,
    case_id: UUID | None = None,
) -> None:
    """Write one look at a person down, with its purpose and, for staff, a section they are appointed in.

    A look that belongs to a case is written once a day: opening the case ten times is one examination of it.
    """
    case = {"case": str(case_id)} if case_id is not None else {}
    since = calendar_jp.day_start(calendar_jp.today())
    about = ("resident", resident_id)
    if case and events.happened(verb, actor=actor, object=about, since=since, refs=case):
        return
    with transaction.atomic():
        events.record(
            verb,
            actor=actor,
            object=about,
            refs={"purpose": purpose, "section": section or min(actor.sections(), default=None), **case},
            numbers={"facts": facts},
        )
