"""The whole register at once, for rules that look for those entitled (台帳全体の照会).

Owns which facts of whom stand for a term, the same as `port` tells one person, and the masking of sheltered households:
of them everybody is asked about by themselves alone. Never reads a fact that was not asked for, keeps nothing, and
records nothing: the run that asks is the event.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from dokodemo.city.parties.definitions import DERIVED_FACTS, STORED_FACTS, Status
from dokodemo.city.parties.events import RESIDENT_VIEWED
from dokodemo.city.parties.logic import age_on, born_on, children_to_tell, derived_fact, value_of
from dokodemo.city.parties.models import Resident
from dokodemo.city.parties.policies import may_see_protected, works_in
from dokodemo.city.parties.sight import ResidentRow, Sight, record_look
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.vocabulary import Term

__all__ = ["Line", "hidden_residents", "register_lines", "rows_of"]

BATCH = 2000
_OWN = frozenset({"", "applicant", "subject"})
_CHILDREN, _MEMBERS = "child", "household_member"
_COLUMNS = ("pk", "household_id", "status", "protected", "is_head", "number", "record")
# Whose name stands in a fact would need the head of the household; no rule tests a name.
_NAMES = frozenset({"head_of_household_name"})


@dataclass(frozen=True, slots=True)
class Line:
    """One resident: the facts by term, repeating groups as members; the age in years; the town, "" when not told."""

    resident_id: UUID
    facts: Mapping[str, Any]
    age: int | None
    town: str


def register_lines(
    actor: Actor,
    terms: Iterable[Term],
    *,
    on: date,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[list[Line]]:
    """Everybody who lives here, in batches, with what the register says for the terms; absent keys are not known.

    Children are those of the same household, and there may be others elsewhere: `{"members": […], "complete": False}`.
    Raises NotFound for anybody but the system: the office asks for the results of a run, never for the register.
    """
    if actor.kind != "system":
        raise NotFound("register")
    wanted = _by_group(terms)
    people = Resident.objects.filter(status=Status.RESIDENT.value)
    total, done = people.count(), 0
    batch: list[Line] = []
    rows = people.only(*_COLUMNS[1:]).order_by("household_id", "number").iterator(chunk_size=BATCH)
    for _, members in groupby(rows, key=lambda person: person.household_id):
        batch += _household(list(members), wanted, on)
        if len(batch) >= BATCH:
            done += len(batch)
            if progress is not None:
                progress(done, total)
            yield batch
            batch = []
    if batch:
        if progress is not None:
            progress(total, total)
        yield batch


def hidden_residents(actor: Actor) -> frozenset[UUID]:
    """Everybody of a household with a protected person for whom this member of staff is not authorised (秘匿)."""
    protected = Resident.objects.filter(protected=True).values_list("household_id", "protected_section")
    closed = {household for household, section in protected if not may_see_protected(actor, section)}
    if not closed:
        return frozenset()
    return frozenset(Resident.objects.filter(household_id__in=closed).values_list("pk", flat=True))


def rows_of(
    actor: Actor, resident_ids: Iterable[UUID], *, purpose: str, section: str
) -> dict[UUID, ResidentRow]:
    """List rows of residents for the section that looks for them; each look is recorded, with the procedure as purpose.

    Raises NotFound for staff of another section. Whoever is protected from the actor is absent.
    """
    if not works_in(actor, frozenset({section})):
        raise NotFound("resident")
    people = list(Resident.objects.filter(pk__in=list(resident_ids)))
    sight = Sight(actor, people)
    found = {person.pk: sight.row(person) for person in people if not sight.hidden(person)}
    for pk in found:
        record_look(
            actor, RESIDENT_VIEWED, pk, purpose, len(ResidentRow.__dataclass_fields__), section=section
        )
    return found


def _by_group(terms: Iterable[Term]) -> dict[str, dict[str, str]]:
    """Group → field of the term → fact of the register."""
    wanted: dict[str, dict[str, str]] = {}
    for term in terms:
        if term.register is None:
            continue
        fact = term.register.rpartition(".")[2]
        if fact in (STORED_FACTS | DERIVED_FACTS) - _NAMES:
            wanted.setdefault(term.group_name or "", {})[term.field] = fact
    return wanted


def _household(members: list[Resident], wanted: Mapping[str, Mapping[str, str]], on: date) -> Iterator[Line]:
    sheltered = {members[0].household_id} if any(person.protected for person in members) else set()
    everybody: list[dict[str, Any]] | None = None
    for person in members:
        facts: dict[str, Any] = {}
        for group, fields in wanted.items():
            if group in _OWN:
                prefix = f"{group}." if group else ""
                facts.update({prefix + name: value for name, value in _facts(person, fields).items()})
            elif group == _CHILDREN:
                children = children_to_tell(person, members, on=on, sheltered=sheltered)
                if children:
                    told = [_facts(child, fields) for child in children]
                    facts[group] = {"members": told, "complete": False}
            elif group == _MEMBERS and not sheltered:
                everybody = everybody or [_facts(one, fields) for one in members]
                facts[group] = everybody
        born = born_on(person)
        town = "" if sheltered else str((value_of(person.facts, "address") or {}).get("town", ""))
        yield Line(person.pk, facts, None if born is None else age_on(born, on), town)


def _facts(person: Resident, fields: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for name, fact in fields.items():
        if fact in STORED_FACTS:
            value = value_of(person.facts, fact)
        else:
            derived = derived_fact(fact, person, None)
            value = None if derived is None else derived["value"]
        if value is not None:
            found[name] = value
    return found
