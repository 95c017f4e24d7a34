"""The one door between the portal and the register (住民情報の窓口), so that both can be deployed apart (三層分離).

Owns what leaves the register towards residents: only the facts a form's terms ask for, only about the person the
capacity covers, and each time an event for each person concerned. Nobody of a household with a protected person is
shown to anybody but themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from dokodemo.city.parties import events as verbs
from dokodemo.city.parties.actions import (
    MandateRefused,
    assert_contact,
    link_sign_in,
    request_mandate,
    revoke_mandate,
    unlink,
)
from dokodemo.city.parties.capacities import (
    UNCONFIRMED,
    Capacity,
    PersonOption,
    capacities,
    capacity_stands,
    may_act,
    members_of,
    resident_beside_account,
    resident_of,
    sheltered_among,
)
from dokodemo.city.parties.definitions import (
    DERIVED_FACTS,
    EVERY_PROCEDURE,
    SOURCES,
    STORED_FACTS,
    Fact,
    LinkOutcome,
    MandateKind,
)
from dokodemo.city.parties.link_state import OwnLink, own_link
from dokodemo.city.parties.logic import children_to_tell, derived_fact, is_purpose, may_release, told_source
from dokodemo.city.parties.looks import Look, who_looked
from dokodemo.city.parties.mandate_views import MandateView, my_mandates
from dokodemo.city.parties.models import Resident
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.packs import Text
from dokodemo.kernel.prepared import Prepared
from dokodemo.kernel.vocabulary import Term

__all__ = [
    "EVERY_PROCEDURE",
    "UNCONFIRMED",
    "Capacity",
    "LinkOutcome",
    "Look",
    "MandateKind",
    "MandateRefused",
    "MandateView",
    "OwnFact",
    "OwnLink",
    "PersonOption",
    "ReleasedFact",
    "assert_contact",
    "capacities",
    "capacity_stands",
    "link_sign_in",
    "may_act",
    "my_mandates",
    "own_facts",
    "own_link",
    "released_facts",
    "released_together",
    "request_mandate",
    "resident_beside_account",
    "resident_of",
    "revoke_mandate",
    "unlink",
    "who_looked",
]

# Whose facts a group of the vocabulary asks for. Groups that are not named here are never filled from the register.
_PRINCIPAL_GROUPS = frozenset({"", "applicant", "subject"})
_REPRESENTATIVE = "representative"
_CHILDREN = "child"
_MEMBERS = "household_member"
# Who may see others of the household beside the person it is about: not a care manager, not a guardian of one child.
_HOUSEHOLD_KINDS = frozenset({"self", "mandate"})
_RESIDENT = Prepared(lambda pk: Resident.objects.filter(pk=pk), pk=UUID)


@dataclass(frozen=True)
class ReleasedFact:
    """A fact that has left the register: its value in the vocabulary's shape, who said it, when said and checked (UTC)."""

    value: Any
    source: Text
    asserted_at: datetime | None
    verified_at: datetime | None


type Released = dict[str, ReleasedFact | list[dict[str, ReleasedFact]]]


@dataclass(frozen=True)
class OwnFact:
    """One fact the city holds about the person who asks."""

    name: str
    value: Any
    source: Text
    verified_at: datetime | None


def own_facts(actor: Actor) -> list[OwnFact]:
    """Everything the register holds about oneself, in the order of the record (自己の記録の閲覧); the look is recorded.

    Raises NotFound for a sign-in that is not linked.
    """
    me = _RESIDENT.first(pk=actor.resident_id) if actor.resident_id is not None else None
    if me is None:
        raise NotFound("resident")
    facts = {name: _released(name, fact) for name, fact in me.facts.items()}
    _record(actor, Capacity("self", me.pk), "own-data", {me.pk: len(facts)})
    return [OwnFact(name, fact.value, fact.source, fact.verified_at) for name, fact in facts.items()]


def released_facts(*, actor: Actor, capacity: Capacity, terms: Iterable[Term], purpose: str) -> Released:
    """The facts the city holds for these terms, by term name; repeating groups by group name with bare field names.

    A key that is absent is not known here; an empty list never stands for "none". `purpose` is a slug (procedure).
    Nothing for a sign-in that is not linked. Raises NotFound when the capacity does not stand, ValueError for free
    text as purpose. Records one event for each person whose facts are in the answer.
    """
    return released_together(actor=actor, capacity=capacity, wanted={purpose: list(terms)})


def released_together(*, actor: Actor, capacity: Capacity, wanted: Mapping[str, Sequence[Term]]) -> Released:
    """As `released_facts`, for several purposes at once: purpose → its terms.

    Each fact is in the answer once; the record tells for each purpose by itself what it was released for. Raises the same.
    """
    if not all(is_purpose(purpose) for purpose in wanted):
        raise ValueError("The purpose of use is a slug, never free text.")
    if not may_act(actor=actor, capacity=capacity):
        raise NotFound("resident")
    if capacity.kind == "unconfirmed":
        return {}
    release = _Release(actor, capacity)
    released: Released = {}
    for purpose, terms in wanted.items():
        released = release.gather(terms)
        _record(actor, capacity, purpose, release.told)
    if len(wanted) > 1:
        every = {term.name: term for terms in wanted.values() for term in terms}
        released = release.gather(every.values())
    return released


def _by_group(terms: Iterable[Term]) -> dict[str, list[Term]]:
    wanted: dict[str, list[Term]] = {}
    for term in terms:
        if term.register is not None:
            wanted.setdefault(term.group_name or "", []).append(term)
    return wanted


class _Release:
    """One release: the people it may touch, read once, and how many facts of each were told."""

    def __init__(self, actor: Actor, capacity: Capacity) -> None:
        ids = {pk for pk in (actor.resident_id, capacity.principal_id) if pk is not None}
        people = {pk: person for pk in ids if (person := _RESIDENT.first(pk=pk)) is not None}
        if capacity.principal_id not in people:
            raise NotFound("resident")
        self.viewer_id = actor.resident_id
        self.principal = people[capacity.principal_id]
        self.agent = people.get(actor.resident_id) if actor.resident_id else None
        self.kind = capacity.kind
        self.sheltered = sheltered_among(person.household_id for person in people.values())
        self.told: dict[UUID, int] = {}
        self._household: list[Resident] | None = None

    def gather(self, terms: Iterable[Term]) -> Released:
        """The facts for these terms; `told` then counts what is in the answer, by person."""
        self.told = {}
        released: Released = {}
        for group, fields in _by_group(terms).items():
            if group in (_CHILDREN, _MEMBERS):
                people = self.children() if group == _CHILDREN else self.members()
                rows = [row for person in people if (row := self.facts(person, fields))]
                if rows:
                    released[group] = list(rows)
                continue
            person = self.single(group)
            if person is not None:
                prefix = f"{group}." if group else ""
                released.update({prefix + k: fact for k, fact in self.facts(person, fields).items()})
        return released

    def household(self) -> list[Resident]:
        """The principal's household; nobody but the viewer when it is sheltered."""
        if self._household is None:
            self._household = [
                person
                for person in members_of(self.principal.household_id)
                if may_release(viewer_id=self.viewer_id, person=person, sheltered=self.sheltered)
            ]
        return self._household

    def children(self) -> Sequence[Resident]:
        """The principal's children, where this capacity may see them."""
        if self.kind not in _HOUSEHOLD_KINDS or self.principal.household_id in self.sheltered:
            return []
        today = calendar_jp.today()
        return children_to_tell(self.principal, self.household(), on=today, sheltered=self.sheltered)

    def members(self) -> Sequence[Resident]:
        """Everybody of the principal's household; nobody when it is sheltered, since half a list would be wrong."""
        if self.kind not in _HOUSEHOLD_KINDS or self.principal.household_id in self.sheltered:
            return []
        return self.household()

    def single(self, group: str) -> Resident | None:
        """Whose facts a group that does not repeat asks for."""
        if group in _PRINCIPAL_GROUPS:
            return self.principal
        if group == _REPRESENTATIVE and self.agent is not None and self.agent.pk != self.principal.pk:
            return self.agent
        return None

    def facts(self, person: Resident, terms: Sequence[Term]) -> dict[str, ReleasedFact]:
        """The facts of one person for the terms of one group, by bare field name."""
        if not may_release(viewer_id=self.viewer_id, person=person, sheltered=self.sheltered):
            return {}
        found = {}
        for term in terms:
            name = (term.register or "").rpartition(".")[2]
            fact = self._fact(person, name)
            if fact is not None and _fits(term, fact["value"]):
                found[term.field] = _released(name, fact)
        if found:
            self.told[person.pk] = self.told.get(person.pk, 0) + len(found)
        return found

    def _fact(self, person: Resident, name: str) -> Fact | None:
        if name == "previous_address" and person.pk != self.viewer_id:
            # Where a child lived before may be where the other parent hides.
            return None
        if name in STORED_FACTS:
            return person.facts.get(name)
        if name not in DERIVED_FACTS:
            return None
        if name == "head_of_household_name":
            if person.household_id != self.principal.household_id:
                return None
            return derived_fact(name, person, next((p for p in self.household() if p.is_head), None))
        return derived_fact(name, person, None)


def _fits(term: Term, value: Any) -> bool:
    """A choice the vocabulary does not offer is left to the person."""
    return not term.choices or value in {choice.value for choice in term.choices}


def _released(name: str, fact: Fact) -> ReleasedFact:
    asserted, verified = (
        datetime.fromisoformat(at) if at else None for at in (fact["asserted_at"], fact["verified_at"])
    )
    return ReleasedFact(fact["value"], SOURCES[told_source(name, fact)], asserted, verified)


def _record(actor: Actor, capacity: Capacity, purpose: str, told: dict[UUID, int]) -> None:
    with transaction.atomic(savepoint=False):
        for person_id, count in told.items():
            events.record(
                verbs.FACTS_RELEASED,
                actor=actor,
                object=("resident", person_id),
                refs={
                    "purpose": purpose,
                    "capacity": capacity.kind,
                    "mandate": str(capacity.mandate_id) if capacity.mandate_id else None,
                },
                numbers={"facts": count},
            )
