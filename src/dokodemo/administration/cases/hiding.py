"""Who of a case is protected (秘匿・支援措置), and which of its answers tell where somebody is.

Owns that judgement for screens and letters alike. Never masks by itself, never reads an answer, and never decides who is
authorised: that is the register's.
"""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from dokodemo.administration.cases.models import Case
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.city.parties import port
from dokodemo.city.parties import queries as parties
from dokodemo.kernel.access import Actor, NotFound
from dokodemo.kernel.vocabulary import TermType


def filed_by(case: Case) -> UUID | None:
    """Who the sign-in that filed a case is to the register; None while it is nobody."""
    return port.resident_of(case.owner_id) if case.owner_id else None


def people_of(case: Case) -> frozenset[UUID]:
    """Everybody of the register whose whereabouts a case may tell: its subject, its applicant, and whoever filed it.

    A protected person's first case is filed unconfirmed and names nobody: the sign-in tells who it is once it is linked.
    """
    people = (case.subject_id, case.applicant_id, filed_by(case))
    return frozenset(person for person in people if person is not None)


def hides_places(actor: Actor, case: Case) -> bool:
    """Whether a person of the case is protected (秘匿) and this member of staff is not of the authorised section."""
    return any(not parties.shows_address(actor, person) for person in people_of(case))


def is_sheltered(case: Case) -> bool:
    """Whether a person of the case lives in a household with a protected person, whoever asks."""
    return any(parties.is_sheltered(person) for person in people_of(case))


def locating_terms(procedure: CompiledProcedure) -> frozenset[str]:
    """The terms of a procedure whose values tell where somebody is, papers among them: any may show an address.

    What the version in force marks counts for cases of earlier versions too: a mark that came late protects at once.
    """
    versions = [procedure]
    # One that has ended since has none: its cases are still examined by their own.
    with suppress(NotFound):
        versions.append(procedures.get_published(procedure.slug))
    return frozenset(
        name
        for one in versions
        for name, term in one.vocabulary.terms.items()
        if term.tells_where or term.type == TermType.FILE
    )
