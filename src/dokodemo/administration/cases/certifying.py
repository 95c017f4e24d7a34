"""Whether the certificate a case asks for can be made from the register now (証明の可否).

Owns the question, asked before a fee is taken, before a decision and again when the certificate is made. Never refuses by
itself, and never tells a person why: what the register knows of somebody may be news to whoever reads.
"""

from __future__ import annotations

from uuid import UUID

from dokodemo.administration.cases.hiding import filed_by
from dokodemo.administration.cases.models import Case, Outcome
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.city.parties import queries as parties
from dokodemo.city.parties.queries import Uncertified
from dokodemo.kernel.vocabulary import Term


def stated_terms(procedure: CompiledProcedure) -> list[Term]:
    """The terms a procedure's certificate states; empty for one that certifies nothing."""
    certificate = procedure.definition.certificate
    return [procedure.vocabulary.term(name) for name in certificate.terms] if certificate else []


def why_not(subject_id: UUID | None, procedure: CompiledProcedure) -> Uncertified | None:
    """What stands against the certificate of this procedure about a person; None when nothing does, or nobody is known."""
    if procedure.definition.certificate is None or subject_id is None:
        return None
    return parties.why_uncertified(subject_id, terms=stated_terms(procedure))


def refusal(case: Case, procedure: CompiledProcedure, outcome: str = Outcome.APPROVED) -> str | None:
    """The text that tells a clerk why the certificate of a case cannot be made and what to do; None when it can."""
    if procedure.definition.certificate is None or outcome == Outcome.REFUSED:
        return None
    # Filed unconfirmed it names nobody yet: the sign-in tells who it is once it is linked.
    about = case.subject_id or filed_by(case)
    why = why_not(about, procedure)
    return f"cases.certificate.{why}" if why is not None else None


def only_at_counter(subject_id: UUID | None, procedure: CompiledProcedure) -> bool:
    """Whether the person is given this certificate at the counter alone, so that it is not applied for here."""
    return why_not(subject_id, procedure) is Uncertified.AT_COUNTER
