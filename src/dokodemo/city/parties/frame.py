"""Whom the city may ask by chance (標本の名簿): the living residents as a frame for a sample, and rows to write letters to.

Owns who is in the frame: nobody of a household with a protected person (秘匿), for a mailing list leaves the section that
is authorised; nobody who died or moved; nobody whose age the register does not hold. Never knows what is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import batched
from uuid import UUID

from django.db import transaction

from dokodemo.city.parties.definitions import Status
from dokodemo.city.parties.events import RESIDENT_VIEWED
from dokodemo.city.parties.logic import age_on, full_name_text, value_of
from dokodemo.city.parties.models import Resident
from dokodemo.city.parties.policies import may_write_to
from dokodemo.city.parties.sight import record_look, require_purpose
from dokodemo.kernel.access import Actor, NotFound

BATCH = 2000


@dataclass(frozen=True, slots=True)
class FramePerson:
    """One person of the frame: the number of the register, age in years, sex and town by the register ("" unknown)."""

    resident_id: UUID
    number: str
    age: int
    sex: str
    town: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """Name and address as a letter carries them, and where mail goes; postal code, reading and mailbox "" when not held."""

    name: str
    kana: str
    postal_code: str
    address: str
    mailbox: str = ""


def frame_people(
    actor: Actor, *, on: date, progress: Callable[[int, int], None] | None = None
) -> Iterator[list[FramePerson]]:
    """Everybody who may be drawn, in batches; ages are those of the day `on`.

    Raises NotFound for anybody but the system: the office gets samples, never the register.
    """
    if actor.kind != "system":
        raise NotFound("register")
    sheltered = set(Resident.objects.filter(protected=True).values_list("household_id", flat=True))
    people = Resident.objects.filter(status=Status.RESIDENT.value)
    total = people.count()
    batch: list[FramePerson] = []
    rows = people.only("number", "household_id", "record").order_by("number").iterator(chunk_size=BATCH)
    for done, person in enumerate(rows, start=1):
        if person.household_id not in sheltered:
            batch += _framed(person, on)
        if done % BATCH == 0:
            if progress is not None:
                progress(done, total)
            yield batch
            batch = []
    if progress is not None:
        progress(total, total)
    yield batch


def _framed(person: Resident, on: date) -> list[FramePerson]:
    facts = person.facts
    born = value_of(facts, "date_of_birth")
    if not born:
        return []
    town = str((value_of(facts, "address") or {}).get("town", ""))
    sex = str(value_of(facts, "sex") or "not_known")
    return [FramePerson(person.pk, person.number, age_on(date.fromisoformat(born), on), sex, town)]


def addressees(
    actor: Actor, resident_ids: Iterable[UUID], *, purpose: str, section: str
) -> dict[UUID, Addressee]:
    """Names and addresses for a mailing list of a section; each look is recorded with its purpose (a slug).

    Whoever died, moved away or came under protection meanwhile is absent, and so is who has no address. Raises NotFound
    for staff who may not write to residents for the section.
    """
    if not may_write_to(actor, section):
        raise NotFound("resident")
    require_purpose(purpose)
    found = {pk: one for pk, one in _reachable(resident_ids).items() if one.address}
    _tell_looks(actor, found, purpose, len(Addressee.__dataclass_fields__), section)
    return found


def mailboxes(actor: Actor, resident_ids: Iterable[UUID], *, purpose: str, section: str) -> dict[UUID, str]:
    """Where mail to people goes, for a job that sends it at once; each look is recorded with its purpose (a slug).

    Whoever died, moved away, came under protection meanwhile or has no mailbox is absent. Raises NotFound for anybody but the
    system.
    """
    if actor.kind != "system":
        raise NotFound("resident")
    require_purpose(purpose)
    found = {pk: one.mailbox for pk, one in _reachable(resident_ids).items() if one.mailbox}
    _tell_looks(actor, found, purpose, 1, section)
    return found


def _reachable(resident_ids: Iterable[UUID]) -> dict[UUID, Addressee]:
    """Those of some people who live here and in no household with a protected person."""
    wanted = list(dict.fromkeys(resident_ids))
    found: dict[UUID, Addressee] = {}
    for start in range(0, len(wanted), 500):
        people = list(
            Resident.objects.filter(pk__in=wanted[start : start + 500], status=Status.RESIDENT.value)
        )
        homes = {person.household_id for person in people}
        sheltered = set(
            Resident.objects.filter(household_id__in=homes, protected=True).values_list(
                "household_id", flat=True
            )
        )
        found |= {person.pk: _addressee(person) for person in people if person.household_id not in sheltered}
    return found


def _tell_looks(actor: Actor, found: Iterable[UUID], purpose: str, facts: int, section: str) -> None:
    for some in batched(found, 200):
        # A few at a time: a list of thousands must not keep the rest of the city from writing.
        with transaction.atomic():
            for pk in some:
                record_look(actor, RESIDENT_VIEWED, pk, purpose, facts, section=section)


def _addressee(person: Resident) -> Addressee:
    facts = person.facts
    name, address = value_of(facts, "full_name") or {}, value_of(facts, "address") or {}
    return Addressee(
        full_name_text(name),
        " ".join(part for part in (name.get("family_kana"), name.get("given_kana")) if part),
        str(address.get("postal_code") or ""),
        str(address.get("full") or ""),
        str(value_of(facts, "email") or ""),
    )
