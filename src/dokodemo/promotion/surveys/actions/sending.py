"""The mailing list and its codes (発送名簿・回答番号), and who is asked by mail instead.

Owns when a code is made and seen: in the moment it is handed out, once. Never keeps a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from dokodemo.adapters.mail import is_offered
from dokodemo.city.parties.frame import Addressee, addressees
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Role
from dokodemo.promotion.surveys import events as verbs
from dokodemo.promotion.surveys import queries
from dokodemo.promotion.surveys.actions.planning import BadWave
from dokodemo.promotion.surveys.codes import new_code, normalise
from dokodemo.promotion.surveys.models import (
    BATCH,
    BY_MAIL,
    DRAFT,
    LISTED,
    NOWHERE,
    OPEN,
    RENEWED,
    RETURNED,
    Invitation,
    Wave,
)


@dataclass(frozen=True)
class ListRow:
    """One line of the mailing list: the number for a second code, where the letter goes, and the code."""

    number: int
    name: str
    kana: str
    postal_code: str
    address: str
    code: str


def make_list(*, actor: Actor, wave_id: UUID, by_mail: bool = False) -> list[ListRow]:
    """The mailing list with a fresh code for everybody, seen this once. Made again before the wave opens, all earlier codes
    are void. Who cannot be written to any more gets none. Raises NotFound, Forbidden, BadWave.

    `by_mail`: whoever has a mailbox by the register is not on it and gets a mail once the wave is open. Of an open wave it is
    the list of those whom the mail did not reach.

    Addresses are read, and each look is recorded, before the short transaction that makes the codes.
    """
    queries.require_runner(actor)
    asked = list(_to_list(queries.get(actor, wave_id), by_mail=by_mail))
    section = min(actor.sections(Role.DIGITAL_OFFICER))
    purpose = queries.purpose_of(asked[0].wave.survey)
    people = addressees(actor, (one.resident_id for one in asked), purpose=purpose, section=section)
    with transaction.atomic():
        wave = queries.get(actor, wave_id, lock=True)
        return _listed(actor, wave, _to_list(wave, by_mail=by_mail), people, section, by_mail=by_mail)


def _to_list(wave: Wave, *, by_mail: bool) -> QuerySet[Invitation]:
    """The invitations a list is made of now: all before the wave opens, then those the mail did not reach."""
    rows = Invitation.objects.filter(wave=wave).select_related("wave").order_by("number")
    if by_mail and not (wave.state == DRAFT and is_offered()):
        raise BadWave("surveys.fault.by_mail")
    if wave.state == OPEN:
        missed = (RETURNED,) if is_offered() else (RETURNED, BY_MAIL)
        rows = rows.filter(sent__in=missed, used=False)
    if (wave.state == DRAFT and wave.drawn_on is not None) or (wave.state == OPEN and rows.exists()):
        return rows
    raise BadWave("surveys.fault.list")


def _listed(
    actor: Actor,
    wave: Wave,
    asked: QuerySet[Invitation],
    people: Mapping[UUID, Addressee],
    section: str,
    *,
    by_mail: bool,
) -> list[ListRow]:
    invitations = list(asked)
    rows: list[ListRow] = []
    for one in invitations:
        person = people.get(one.resident_id)
        one.sent, one.code_index = NOWHERE, None
        if person is not None and by_mail and person.mailbox:
            # Its code is made when it leaves.
            one.sent = BY_MAIL
        elif person is not None:
            code = new_code()
            one.sent, one.code_index = LISTED, queries.code_index(normalise(code))
            rows.append(
                ListRow(one.number, person.name, person.kana, person.postal_code, person.address, code)
            )
    Invitation.objects.bulk_update(invitations, ["sent", "code_index"], batch_size=BATCH // 4)
    wave.listed_on = calendar_jp.today()
    wave.save(update_fields=["listed_on"])
    mails = sum(one.sent == BY_MAIL for one in invitations)
    events.record(
        verbs.LISTED,
        actor=actor,
        object=(verbs.OBJECT, wave.pk),
        refs={"survey": wave.survey, "section": section},
        numbers={
            "letters": len(rows),
            "mails": mails,
            "nowhere": len(invitations) - len(rows) - mails,
        },
    )
    return rows


@transaction.atomic
def renew_code(*, actor: Actor, wave_id: UUID, number: int) -> str:
    """A second code for who lost theirs, by the number on the mailing list; the first is void. Seen this once.

    Raises NotFound, Forbidden, BadWave when the number is unknown or has answered.
    """
    queries.require_runner(actor)
    wave = queries.get(actor, wave_id, lock=True)
    if wave.state != OPEN:
        raise BadWave("surveys.fault.not_open")
    one = Invitation.objects.filter(wave=wave, number=number).first()
    if one is None:
        raise BadWave("surveys.fault.number", "number")
    if one.used:
        raise BadWave("surveys.fault.answered", "number")
    code = new_code()
    one.sent, one.code_index = RENEWED, queries.code_index(normalise(code))
    one.save(update_fields=["sent", "code_index"])
    events.record(
        verbs.CODE_RENEWED, actor=actor, object=(verbs.OBJECT, wave.pk), refs={"survey": wave.survey}
    )
    return code
