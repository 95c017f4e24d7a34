"""Changes to one resident (住民の訂正・支援措置・連絡先)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from dokodemo.city.parties import events as verbs
from dokodemo.city.parties.actions.importing import revise
from dokodemo.city.parties.actions.sign_ins import suspend_sign_ins
from dokodemo.city.parties.definitions import (
    ASSERTABLE_FACTS,
    REGISTER_SOURCE,
    RESIDENT_SOURCE,
    STORED_FACTS,
    EndingGround,
    Fact,
    Record,
    Status,
)
from dokodemo.city.parties.logic import ending_fault, protection_fault, value_of
from dokodemo.city.parties.models import RecordVersion, Resident
from dokodemo.city.parties.policies import keeps_register, may_protect, may_see_protected
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound


def _locked(resident_id: UUID) -> Resident:
    resident = Resident.objects.select_for_update(of=("self",)).filter(pk=resident_id).first()
    if resident is None:
        raise NotFound("resident")
    return resident


def correct_resident(*, actor: Actor, resident_id: UUID, facts: Mapping[str, Any], ground: str) -> int:
    """Correct facts of the register by hand (職権修正・訂正); returns the number of the new record.

    `facts` maps names of `STORED_FACTS` to vocabulary values, None removes one; `ground` is a slug of the reason
    (`disclosure-correction`). The record before stays as a version. Raises NotFound and ValueError.
    """
    if not keeps_register(actor):
        raise NotFound("resident")
    unknown = facts.keys() - STORED_FACTS
    if unknown or "household_relation" in facts:
        raise ValueError(
            "Only stored facts can be corrected, and relations only by importing the whole household."
        )
    with transaction.atomic():
        resident = _locked(resident_id)
        if resident.protected and not may_see_protected(actor, resident.protected_section):
            raise NotFound("resident")
        now = calendar_jp.now()
        at = now.isoformat()
        record: Record = {name: fact for name, fact in resident.facts.items() if name not in facts}
        for name, value in facts.items():
            if value is not None:
                record[name] = Fact(value=value, source=REGISTER_SOURCE, asserted_at=at, verified_at=at)
        versions: list[RecordVersion] = []
        if revise(resident, record, now, versions):
            # The next file is compared anew with what a person has corrected here.
            resident.source_digest = ""
            RecordVersion.objects.bulk_create(versions)
            resident.save()
            events.record(
                verbs.RESIDENT_CORRECTED,
                actor=actor,
                object=("resident", resident_id),
                refs={"ground": ground},
                numbers={"facts": len(facts), "record": resident.record_number},
            )
    return resident.record_number


def assert_contact(*, actor: Actor, facts: Mapping[str, str]) -> None:
    """Keep a telephone number or e-mail address that signed-in residents tell about themselves, for the next form.

    Raises NotFound for anybody who is not a linked resident, ValueError for other facts.
    """
    if actor.resident_id is None or actor.kind != "resident":
        raise NotFound("resident")
    if facts.keys() - ASSERTABLE_FACTS:
        raise ValueError("Only ways of contact are kept as a person tells them.")
    with transaction.atomic():
        resident = _locked(actor.resident_id)
        now = calendar_jp.now()
        told: Record = {
            name: Fact(value=value, source=RESIDENT_SOURCE, asserted_at=now.isoformat(), verified_at=None)
            for name, value in facts.items()
            if value and value != value_of(resident.facts, name)
        }
        versions: list[RecordVersion] = []
        if told and revise(resident, {**resident.facts, **told}, now, versions):
            RecordVersion.objects.bulk_create(versions)
            resident.save()
            events.record(
                verbs.CONTACT_ASSERTED,
                actor=actor,
                object=("resident", resident.pk),
                numbers={"facts": len(told)},
            )


class ProtectionRefused(ValueError):
    """A protection cannot begin or change like this; `code` is a text key "parties.protection.…" about `field`."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


def protect_resident(
    *, actor: Actor, resident_id: UUID, section: str, starts_on: date, review_on: date | None
) -> None:
    """Start a protection (支援措置の開始): from this moment the address is shown to the section only.

    A sign-in that was linked to the person waits for a clerk again: it may not be theirs.
    Raises NotFound unless the actor is a protection officer of `section`, ProtectionRefused for days that cannot be,
    for who does not live and for who is protected already.
    """
    if not may_protect(actor, section):
        raise NotFound("resident")
    _require_days(starts_on=starts_on, review_on=review_on)
    with transaction.atomic():
        resident = _locked(resident_id)
        if resident.protected:
            if not may_protect(actor, resident.protected_section):
                raise NotFound("resident")
            raise ProtectionRefused("parties.protection.already")
        if resident.status == Status.DEAD:
            raise ProtectionRefused("parties.protection.dead")
        suspend_sign_ins(actor=actor, resident_ids=[resident_id])
        _protect(resident, section, starts_on, review_on)
        events.record(
            verbs.PROTECTION_STARTED,
            actor=actor,
            object=("resident", resident_id),
            refs={"section": section, "review_on": review_on.isoformat() if review_on else None},
        )


def renew_protection(*, actor: Actor, resident_id: UUID, review_on: date) -> None:
    """Renew a protection (支援措置の延長): the same section, the same first day, a later day to review.

    Raises NotFound unless the actor is a protection officer of the section in charge, ProtectionRefused for a day that
    cannot be.
    """
    with transaction.atomic():
        resident = _locked(resident_id)
        section, first = resident.protected_section, resident.protected_from
        if first is None or not resident.protected or not may_protect(actor, section):
            raise NotFound("resident")
        _require_days(starts_on=first, review_on=review_on, until=resident.protection_review_on)
        _protect(resident, section, first, review_on)
        events.record(
            verbs.PROTECTION_RENEWED,
            actor=actor,
            object=("resident", resident_id),
            refs={"section": section, "review_on": review_on.isoformat()},
        )


def end_protection(*, actor: Actor, resident_id: UUID, ground: EndingGround) -> None:
    """End a protection (支援措置の終了); never happens by itself.

    Raises NotFound, Forbidden (not protected) and ProtectionRefused (said to be over before its review day has passed).
    """
    with transaction.atomic():
        resident = _locked(resident_id)
        if not may_protect(actor, resident.protected_section):
            raise NotFound("resident")
        if not resident.protected:
            raise Forbidden("This person is not protected.")
        fault = ending_fault(ground, until=resident.protection_review_on, today=calendar_jp.today())
        if fault is not None:
            raise ProtectionRefused(fault, "ground")
        section = resident.protected_section
        _protect(resident, "", None, None)
        events.record(
            verbs.PROTECTION_ENDED,
            actor=actor,
            object=("resident", resident_id),
            refs={"section": section, "ground": ground.value},
        )


def _require_days(*, starts_on: date, review_on: date | None, until: date | None = None) -> None:
    fault = protection_fault(starts_on=starts_on, review_on=review_on, today=calendar_jp.today(), until=until)
    if fault is not None:
        field, code = fault
        raise ProtectionRefused(code, field)


def _protect(resident: Resident, section: str, starts_on: date | None, review_on: date | None) -> None:
    """Write a protection in the charge of a section, or none where no section is named."""
    resident.protected = bool(section)
    resident.protected_from, resident.protection_review_on = starts_on, review_on
    resident.protected_section = section
    resident.save(update_fields=["protected", "protected_from", "protection_review_on", "protected_section"])
