"""The mailing list and its codes (発送名簿・回答番号).

Owns when a code is made and seen: in the moment it is handed out, once. Never keeps a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from dokodemo.city.parties.frame import Addressee, addressees
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Role
from dokodemo.promotion.surveys import events as verbs
from dokodemo.promotion.surveys import queries
from dokodemo.promotion.surveys.actions.planning import BadWave
from dokodemo.promotion.surveys.codes import new_code, normalise
from dokodemo.promotion.surveys.models import BATCH, DRAFT, LISTED, NOWHERE, OPEN, RENEWED, Invitation, Wave


@dataclass(frozen=True)
class ListRow:
    """One line of the mailing list: the number for a second code, where the letter goes, and the code."""

    number: int
    name: str
    kana: str
    postal_code: str
    address: str
    code: str


def make_list(*, actor: Actor, wave_id: UUID) -> list[ListRow]:
    """The mailing list with a fresh code for everybody, seen this once. Made again before the wave opens, all earlier codes
    are void. Who cannot be written to any more gets none. Raises NotFound, Forbidden, BadWave.

    Addresses are read, and each look is recorded, before the short transaction that makes the codes.
    """
    queries.require_runner(actor)
    wave = queries.get(actor, wave_id)
    _require_drawn(wave)
    section = min(actor.sections(Role.DIGITAL_OFFICER))
    asked = list(Invitation.objects.filter(wave=wave).values_list("resident_id", flat=True))
    people = addressees(actor, asked, purpose=f"survey-{wave.survey}", section=section)
    with transaction.atomic():
        wave = queries.get(actor, wave_id, lock=True)
        _require_drawn(wave)
        return _listed(actor, wave, people, section)


def _require_drawn(wave: Wave) -> None:
    if wave.state != DRAFT or wave.drawn_on is None:
        raise BadWave("surveys.fault.list")


def _listed(actor: Actor, wave: Wave, people: Mapping[UUID, Addressee], section: str) -> list[ListRow]:
    invitations = list(Invitation.objects.filter(wave=wave).order_by("number"))
    rows: list[ListRow] = []
    for one in invitations:
        person = people.get(one.resident_id)
        one.sent, one.code_index = NOWHERE, None
        if person is not None:
            code = new_code()
            one.sent, one.code_index = LISTED, queries.code_index(normalise(code))
            rows.append(
                ListRow(one.number, person.name, person.kana, person.postal_code, person.address, code)
            )
    Invitation.objects.bulk_update(invitations, ["sent", "code_index"], batch_size=BATCH // 4)
    wave.listed_on = calendar_jp.today()
    wave.save(update_fields=["listed_on"])
    events.record(
        verbs.LISTED,
        actor=actor,
        object=(verbs.OBJECT, wave.pk),
        refs={"survey": wave.survey, "section": section},
        numbers={"letters": len(rows), "nowhere": len(invitations) - len(rows)},
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
