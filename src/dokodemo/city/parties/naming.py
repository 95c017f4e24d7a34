"""Who a sign-in is, for staff (代理人などの表示): the name, day of birth and number by which a clerk matches a paper.

Owns what staff are told of the person behind an account. Never shows an address; of a sheltered household it shows the
name alone, unless the viewer is authorised. Never decides what the account may do.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dokodemo.city.parties import events as verbs
from dokodemo.city.parties.definitions import LinkState
from dokodemo.city.parties.models import SignInLink
from dokodemo.city.parties.policies import works_in
from dokodemo.city.parties.sight import Sight, record_look, require_purpose
from dokodemo.kernel.access import Actor, NotFound

# Name, day of birth, number.
_FACTS = 3


@dataclass(frozen=True)
class NamedPerson:
    """A resident behind a sign-in; day of birth and number are withheld (None, "") when `masked`."""

    resident_id: UUID
    name: str
    date_of_birth: date | None
    number: str
    masked: bool = False


def people_of(actor: Actor, account_ids: Collection[UUID]) -> dict[UUID, NamedPerson]:
    """The residents behind accounts, as this member of staff sees them; an account that is nobody now is absent.

    The caller has checked that the actor may know them, and records the look where one person is looked at.
    """
    links = list(
        SignInLink.objects.filter(
            account_id__in=set(account_ids), state=LinkState.LINKED.value
        ).select_related("resident")
    )
    found = {link.account_id: link.resident for link in links if link.resident is not None}
    sight = Sight(actor, found.values())
    people = {}
    for account_id, resident in found.items():
        row, masked = sight.row(resident), bool(sight.hidden(resident))
        people[account_id] = NamedPerson(
            resident.pk,
            row.name,
            None if masked else row.date_of_birth,
            "" if masked else row.number,
            masked,
        )
    return people


def person_of_case(
    actor: Actor, account_id: UUID, *, purpose: str, section: str, case_id: UUID
) -> NamedPerson | None:
    """Who filed a case, for the section that handles it; None when the account is nobody now.

    The actor must be caseworker or head of `section`, else NotFound. The look is recorded with `purpose`, a slug, once
    a day and member of staff.
    """
    if not works_in(actor, frozenset({section})):
        raise NotFound("resident")
    require_purpose(purpose)
    found = people_of(actor, [account_id]).get(account_id)
    if found is not None:
        record_look(
            actor,
            verbs.RESIDENT_VIEWED,
            found.resident_id,
            purpose,
            1 if found.masked else _FACTS,
            section=section,
            case_id=case_id,
        )
    return found


def record_naming(actor: Actor, person: NamedPerson, *, purpose: str) -> None:
    """Write down that one person's name, day of birth and number were shown, outside a case; `purpose` is a slug."""
    require_purpose(purpose)
    record_look(actor, verbs.RESIDENT_VIEWED, person.resident_id, purpose, 1 if person.masked else _FACTS)
