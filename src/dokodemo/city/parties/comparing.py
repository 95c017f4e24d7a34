"""The register beside a case (突合): what it says for the terms of a form, and what a certificate prints from it.

Owns the answer for the section that handles a case. The caller has fetched the case, which is the check that it is
that section's; persons are masked here all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from dokodemo.city.parties import events as verbs
from dokodemo.city.parties.capacities import members_of, sheltered_among
from dokodemo.city.parties.definitions import Fact, Uncertified
from dokodemo.city.parties.logic import certified_value, children_to_tell, derived_fact, uncertified
from dokodemo.city.parties.models import Resident
from dokodemo.city.parties.policies import works_in
from dokodemo.city.parties.sight import RegisterValue, Sight, record_look, require_purpose
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, NotFound, system
from dokodemo.kernel.vocabulary import Term

# Groups of the vocabulary that are about the person of the case; `representative` is somebody else.
_OWN_GROUPS = frozenset({"", "applicant", "subject"})
_OTHERS = frozenset({"child", "household_member"})


def compare(
    actor: Actor,
    resident_id: UUID,
    *,
    terms: Sequence[Term],
    purpose: str,
    section: str,
    case_id: UUID | None = None,
) -> dict[str, RegisterValue | list[dict[str, RegisterValue]]]:
    """What the register says for the terms of a case about a person, for the section that handles it (突合).

    Keyed like `port.released_facts`. The actor must be caseworker or head of `section`, else NotFound. Groups of a
    sheltered household are absent unless the actor is authorised. The look is recorded with `purpose`, a slug;
    for a case that is named, once a day and member of staff.
    """
    if not works_in(actor, frozenset({section})):
        raise NotFound("resident")
    require_purpose(purpose)
    resident = _resident(resident_id)
    sight = Sight(actor, [resident])
    known = _known(resident, terms, sheltered=bool(sight.hidden(resident)))
    found: dict[str, RegisterValue | list[dict[str, RegisterValue]]] = {
        name: sight.value(resident, fact_name, fact) for name, (fact_name, fact) in known.own.items()
    }
    for group, rows in known.groups.items():
        found[group] = [
            {field: sight.value(person, name, fact) for field, (name, fact) in fields.items()}
            for person, fields in rows
        ]
    record_look(
        actor, verbs.RESIDENT_COMPARED, resident.pk, purpose, len(found), section=section, case_id=case_id
    )
    return found


class NotCertified(Exception):
    """The register certifies nothing about a person now; `why` says what stands against it."""

    def __init__(self, why: Uncertified) -> None:
        super().__init__(why.value)
        self.why = why


def why_uncertified(resident_id: UUID, *, terms: Sequence[Term]) -> Uncertified | None:
    """What stands against a certificate of these terms about a person now; None when it can be made.

    For a caller that has fetched the case or draft the certificate belongs to. Raises NotFound.
    """
    return _why_not(_resident(resident_id), terms)


def _why_not(resident: Resident, terms: Sequence[Term]) -> Uncertified | None:
    return uncertified(
        status=resident.status,
        sheltered=bool(sheltered_among([resident.household_id])),
        stated=[(term.register or "").rpartition(".")[2] for term in terms],
        household=any(term.group_name in _OTHERS for term in terms),
    )


def certified_facts(resident_id: UUID, *, terms: Sequence[Term], case_id: UUID) -> dict[str, Any]:
    """What a certificate made from the register states (証明書の記載事項): bare values, keyed like released facts.

    The caller is the job that issues the certificate of a decided case. A name is stated with its reading only where that
    is registered. Records one event. Raises NotFound, and NotCertified of who does not live here any more and, where the
    terms locate anybody, of a sheltered household: that certificate is made at the counter of the section in charge.
    """
    resident = _resident(resident_id)
    why = _why_not(resident, terms)
    if why is not None:
        raise NotCertified(why)
    known = _known(resident, terms, sheltered=bool(sheltered_among([resident.household_id])))
    values: dict[str, Any] = {
        name: certified_value(resident.facts, fact["value"]) for name, (_, fact) in known.own.items()
    }
    for group, rows in known.groups.items():
        values[group] = [
            {field: certified_value(person.facts, fact["value"]) for field, (_, fact) in fields.items()}
            for person, fields in rows
        ]
    with transaction.atomic():
        events.record(
            verbs.FACTS_CERTIFIED,
            actor=system("certificates"),
            object=("resident", resident.pk),
            refs={"case": str(case_id)},
            numbers={"facts": len(values)},
        )
    return values


def _resident(resident_id: UUID) -> Resident:
    resident = Resident.objects.filter(pk=resident_id).first()
    if resident is None:
        raise NotFound("resident")
    return resident


type _Fields = dict[str, tuple[str, Fact]]


@dataclass(frozen=True)
class _Known:
    """The facts for some terms: one's own by term name, others' by group; each with its name in the register."""

    own: _Fields
    groups: dict[str, list[tuple[Resident, _Fields]]]


def _known(resident: Resident, terms: Sequence[Term], *, sheltered: bool) -> _Known:
    members = members_of(resident.household_id)
    head = next((person for person in members if person.is_head), None)
    hiding = [resident.household_id] if sheltered else []
    people: dict[str, Sequence[Resident]] = {
        "child": children_to_tell(resident, members, on=calendar_jp.today(), sheltered=hiding),
        "household_member": [] if sheltered else members,
    }
    own = _fields(resident, terms, _OWN_GROUPS, head, whole_names=True)
    groups = {}
    for group, found in people.items():
        rows = [(person, _fields(person, terms, frozenset({group}), head)) for person in found]
        if any(fields for _, fields in rows):
            groups[group] = rows
    return _Known(own, groups)


def _fields(
    person: Resident,
    terms: Sequence[Term],
    groups: frozenset[str],
    head: Resident | None,
    *,
    whole_names: bool = False,
) -> _Fields:
    fields: _Fields = {}
    for term in terms:
        name = (term.register or "").rpartition(".")[2]
        if not name or (term.group_name or "") not in groups:
            continue
        fact = person.facts.get(name) or derived_fact(name, person, head)
        if fact is not None:
            fields[term.name if whole_names else term.field] = (name, fact)
    return fields
